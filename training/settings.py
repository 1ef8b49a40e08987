"""Settings of a training: what the command line says.

Knows options and their defaults, which made the shipped weights. Does not know what is done with them.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

WHAT = "Trains the compact encoder and writes the weights that ship."


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says; every field is an option of the same name."""

    images: tuple[Path, ...]
    teacher: Path
    output: Path
    holdout: tuple[str, ...]
    gain: float
    steps: int
    batch: int
    side: int
    procedural: float
    pictures: int
    seed: int
    workers: int


def read_command_line(arguments: list[str]) -> Settings:
    """Settings from the arguments; exits with argparse's message when they are wrong."""
    parser = argparse.ArgumentParser(prog="python -m training.encoder", description=WHAT)
    option = parser.add_argument
    option("--images", type=Path, nargs="*", default=[], help="folders of photographs and paintings")
    option("--teacher", type=Path, required=True, help="distilled .safetensors or torchvision's vgg19 .pth")
    option(
        "--output",
        type=Path,
        default=Path("training/runs/encoder"),
        help="folder for log, checkpoint, weights",
    )
    option("--holdout", nargs="*", default=[], help="stems of images to judge by, never trained on")
    option("--gain", type=float, default=1.25, help="of the teacher's average pooling")
    option("--steps", type=int, default=13_000)
    option("--batch", type=int, default=12)
    option("--side", type=int, default=80, help="of a crop, in pixels")
    option("--procedural", type=float, default=0.15, help="share of procedural crops")
    option("--pictures", type=int, default=300, help="procedural pictures to make")
    option("--seed", type=int, default=1)
    option("--workers", type=int, default=2, help="processes, one thread each")
    values = parser.parse_args(arguments)
    return Settings(
        images=tuple(values.images),
        teacher=values.teacher,
        output=values.output,
        holdout=tuple(values.holdout),
        gain=values.gain,
        steps=values.steps,
        batch=values.batch,
        side=values.side,
        procedural=values.procedural,
        pictures=values.pictures,
        seed=values.seed,
        workers=values.workers,
    )
