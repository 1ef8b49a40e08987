"""Bench: the device a network runs on, set up so that equal inputs give equal bytes; and how much fits on it.

Knows torch's switches and the machine's free memory. Does not know what is computed.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ..errors import OperationError
from ..operation import Precision

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
_KEPT = 1 << 26  # bytes from which on a block is taken from the system by itself
_MAPPED: dict[Precision, int] = {"fp32": 1 << 22, "bf16": 1 << 24}
"""The same while tiles are painted: as much is kept as there is room for in 3 GB at 4096 pixels square."""
_CGROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


@contextmanager
def reproducible(name: str, threads: int) -> Iterator[torch.device]:
    """The device called `name`, `threads` CPU threads, deterministic kernels; afterwards all is as before.

    Raises OperationError when this machine has no such device.
    """
    device = _device(name)
    _keep_freed_memory()
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, threads))
    try:
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            yield device
    finally:
        torch.set_num_threads(before)


def _keep_freed_memory() -> None:
    """Asks glibc to keep freed blocks for the next step, not to fetch them anew: a sixth of a step."""
    _call_allocator("mallopt", _M_MMAP_THRESHOLD, _KEPT)
    _call_allocator("mallopt", _M_TRIM_THRESHOLD, 1 << 30)


@contextmanager
def memory_for_tiles(precision: Precision) -> Iterator[None]:
    """Within it a large block is taken from the system by itself, and given back when it is freed.

    What is kept lies in pieces, into which blocks of tiles of another size do not fit: a tile would take
    three times what it holds. Fetching it anew costs little where pages are huge (see `composer.cli.main`).
    It helps only where not much was kept before.
    """
    return_freed_memory()
    _call_allocator("mallopt", _M_MMAP_THRESHOLD, _MAPPED[precision])
    try:
        yield
    finally:
        _call_allocator("mallopt", _M_MMAP_THRESHOLD, _KEPT)
        return_freed_memory()


def return_freed_memory() -> None:
    """Gives back what is kept of freed memory; to be called where much was freed for good."""
    _call_allocator("malloc_trim", 0)


def _call_allocator(name: str, *values: int) -> None:
    """Calls a function of glibc's, where that allocates."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), name):
        libc[name](*values)


def _device(name: str) -> torch.device:
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise OperationError(f'there is no device "{name}" on this machine', "use --device cpu")
    return device


def available_memory(device: torch.device) -> int:
    """Bytes that can still be taken on `device` without swapping; a limit set on a container counts."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min(_free_memory(), *(_left_in_cgroup(*files) for files in _CGROUPS))


def _free_memory() -> int:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return kilobytes * 1024


def _left_in_cgroup(limit: Path, used: Path) -> int:
    try:
        return max(0, int(limit.read_text()) - int(used.read_text()))
    except (OSError, ValueError):
        return 1 << 62
