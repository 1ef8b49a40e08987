"""`composer doctor`: what this machine can do, and the command that brings what it lacks."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from .. import __version__, registry
from ..build.device import choose_precision, cpu_threads
from ..composite.kernel import kernel_in_use
from ..errors import UsageError
from ..neural import device
from ..neural.shipped import encoder_digest
from ..registry import Kind
from .models import model_lines

_PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "psd-tools",
    "rembg",
    "numba",
)


def run(_options: argparse.Namespace) -> int:
    """Print one line a fact; nothing is changed or fetched."""
    for line in _facts():
        print(line)
    return 0


def _facts() -> Iterator[str]:
    system = f"{platform.system()} {platform.machine()}"
    yield f"composer {__version__}, Python {platform.python_version()}, {system}"
    yield f"processors: {cpu_threads()}; memory: {_memory()}"
    yield f"packages: {', '.join(f'{name} {metadata.version(name)}' for name in _PACKAGES)}"
    yield f"neural layers run on: {_device()}"
    kernel = kernel_in_use()
    yield f"compositing runs on: {kernel.name} ({kernel.reason})"
    yield f"style engine moments: encoder {encoder_digest()[:12]} (in the package)"
    for kind in Kind:
        yield f"{FOLDER_WORDS[kind]}: {', '.join(registry.names(kind))}"
    yield "weights that can be fetched:"
    yield from model_lines()


FOLDER_WORDS = {
    Kind.MASK: "masks",
    Kind.FILTER: "filters",
    Kind.STYLE: "style engines",
    Kind.EXPORT: "output formats",
    Kind.BLEND: "blend modes",
}


def _device() -> str:
    name = device.detect()
    try:
        return f"{name} {device.model_of(name)}".strip() + f", in {choose_precision(name)}"
    except UsageError as error:
        return f"cpu ({error.message})"


def _memory() -> str:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    sizes = {line.split(":")[0]: int(line.split()[1]) / 2**20 for line in lines}
    return f"{sizes['MemTotal']:.1f} GiB, {sizes['MemAvailable']:.1f} GiB free"
