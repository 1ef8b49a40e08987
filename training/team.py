"""Several worker processes that train one network: each computes the gradient of its share of every batch.

Knows processes and gradients; does not know the network. On a busy machine one thread a process wastes far
less than many threads in one.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, distributed, nn
from torch.multiprocessing.spawn import spawn


def average_gradients(network: nn.Module) -> None:
    """Replaces every gradient by its mean over the team; leaves them alone where nobody else works."""
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    if distributed.is_initialized() and gradients:
        flat = torch.cat([g.flatten() for g in gradients])
        distributed.all_reduce(flat)
        _spread(flat / distributed.get_world_size(), gradients)


def _spread(flat: Tensor, gradients: Sequence[Tensor]) -> None:
    parts = torch.split(flat, [g.numel() for g in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view(gradient.shape))


def in_team(workers: int, work: Callable[[int], None]) -> None:
    """Runs work(0), work(1)... at once, a process each; `work` must be picklable. Raises when one does."""
    if workers == 1:
        work(0)
        return
    with TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        spawn(_join, (workers, meeting, work), nprocs=workers)  # type: ignore[no-untyped-call]


def _join(rank: int, workers: int, meeting: Path, work: Callable[[int], None]) -> None:
    distributed.init_process_group(
        "gloo", init_method=f"file://{meeting}", rank=rank, world_size=workers, timeout=timedelta(minutes=30)
    )
    try:
        work(rank)
    finally:
        distributed.destroy_process_group()
