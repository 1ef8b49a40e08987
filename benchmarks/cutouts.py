"""Cut-outs: how well the model-free segmentation finds who stands in front, and how honest its confidence is.

Knows pictures with truths: those of the test material (`seg/PAIRS.tsv`), or any folder that holds pictures
and beside each `photo.jpg` its truth `photo.mask.png` – white the figure, black the rest, grey what is not
judged. No benchmark of its own: `benchmarks.imaging` prints it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.clock import timed
from composer import registry
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

_TRUTH = ".mask.png"
_BLACK, _WHITE = 63, 192  # a truth of a folder is known up to the one and from the other on


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A photograph, where its figure is (H, W) bool, and where that is known (H, W) bool."""

    name: str
    photo: Raster
    truth: Array
    known: Array


@dataclass(frozen=True, slots=True)
class Score:
    """How well one photograph was cut out, and at what cost in seconds."""

    name: str
    overlap: float
    confidence: float
    wall: float
    processor: float


def listed(assets: Path) -> Iterator[Pair]:
    """Every photograph of the test material that has a truth; an ignored rim is not known."""
    with (assets / "seg" / "PAIRS.tsv").open() as table:
        for row in csv.DictReader(table, delimiter="\t"):
            truth = np.asarray(Image.open(assets / row["mask"]))
            palette = row["values"].startswith("palette")
            known = truth != 255 if palette else np.ones(truth.shape, bool)
            figure = (truth > 0) & known if palette else truth > 127
            yield Pair(Path(row["image"]).stem, photograph(assets / row["image"]), figure, known)


def paired(folder: Path) -> Iterator[Pair]:
    """Every picture of a folder that has a truth of its size beside it, by name.

    Raises FileNotFoundError when there is none, ValueError for a truth of another size than its picture.
    """
    truths = sorted(folder.glob(f"*{_TRUTH}"))
    if not truths:
        raise FileNotFoundError(f"no picture in {folder} has a truth beside it, named like photo{_TRUTH}")
    for path in truths:
        truth = np.asarray(Image.open(path).convert("L"))
        photo = photograph(_picture_of(path))
        if truth.shape != photo.pixels.shape[:2]:
            raise ValueError(f"{path} is of another size than its picture")
        known = (truth <= _BLACK) | (truth >= _WHITE)
        yield Pair(path.name.removesuffix(_TRUTH), photo, truth >= _WHITE, known)


def _picture_of(truth: Path) -> Path:
    """Raises FileNotFoundError."""
    stem = truth.name.removesuffix(_TRUTH)
    for path in sorted(truth.parent.iterdir()):
        if path.stem == stem and path.is_file():
            return path
    raise FileNotFoundError(f"{truth} has no picture beside it, named like {stem}.jpg")


def photograph(path: Path) -> Raster:
    """An opaque 8-bit raster of the file."""
    rgb = np.asarray(Image.open(path).convert("RGB"))
    return Raster(np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8))))


def overlap(mask: Mask, pair: Pair) -> float:
    """Intersection over union of the mask at one half with the truth, where that is known."""
    shown = (mask.to_float() > 0.5) & pair.known
    return float((shown & pair.truth).sum() / max(1, ((shown | pair.truth) & pair.known).sum()))


def scores(pairs: Iterator[Pair]) -> list[Score]:
    """The model-free segmentation of every pair."""
    extension = registry.find("mask", "segment")
    params = extension.params()
    found = []
    for pair in pairs:
        mask, wall, processor = timed(partial(extension.function, pair.photo, params, References()))
        found.append(Score(pair.name, overlap(mask, pair), mask.confidence or 0.0, wall, processor))
    return found


def rank_correlation(a: list[float], b: list[float]) -> float:
    """Spearman's ρ without ties."""
    ranks = [np.argsort(np.argsort(values)) for values in (a, b)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def print_scores(found: list[Score]) -> None:
    """One line a photograph, then the summary."""
    for score in found:
        print(
            f"{score.name:28} IoU {score.overlap:.2f}  confidence {score.confidence:.2f}  "
            f"wall {score.wall:.2f} s  processor {score.processor:.2f} s"
        )
    overlaps = [score.overlap for score in found]
    rho = rank_correlation(overlaps, [score.confidence for score in found])
    print(
        f"segment, {len(found)} pictures: "
        f"IoU mean {np.mean(overlaps):.3f}, median {np.median(overlaps):.3f}; "
        f"wall {np.mean([score.wall for score in found]) * 1000:.0f} ms, "
        f"processor {np.mean([score.processor for score in found]) * 1000:.0f} ms an image; "
        f"confidence against IoU: Spearman {rho:.2f}"
    )
