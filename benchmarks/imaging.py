"""Imaging: how good the segmentation is and what the filters cost.

    python -m benchmarks.imaging [--assets DIR] [--megapixels 2 12]

Knows photographs with truths (`seg/PAIRS.tsv` in the assets) and prints two tables. Wall time
tells little on a busy machine, so processor seconds stand beside it.
"""

import argparse
import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image

from composer import registry
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

ASSETS = Path(__file__).parents[1] / ".." / "shared" / "assets"
GRAIN = 5.0  # standard deviation of 255 levels
BASES = (("facet", "kuwahara"), ("facet", "dry_brush"))
T = TypeVar("T")


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


def pairs(assets: Path) -> Iterator[Pair]:
    """Every photograph that has a truth; an ignored rim is not known."""
    with (assets / "seg" / "PAIRS.tsv").open() as table:
        for row in csv.DictReader(table, delimiter="\t"):
            truth = np.asarray(Image.open(assets / row["mask"]))
            palette = row["values"].startswith("palette")
            known = truth != 255 if palette else np.ones(truth.shape, bool)
            figure = (truth > 0) & known if palette else truth > 127
            yield Pair(Path(row["image"]).stem, photograph(assets / row["image"]), figure, known)


def photograph(path: Path) -> Raster:
    """An opaque 8-bit raster of the file."""
    rgb = np.asarray(Image.open(path).convert("RGB"))
    return Raster(np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8))))


def overlap(mask: Mask, pair: Pair) -> float:
    """Intersection over union of the mask at one half with the truth, where that is known."""
    shown = (mask.to_float() > 0.5) & pair.known
    return float((shown & pair.truth).sum() / max(1, ((shown | pair.truth) & pair.known).sum()))


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What `work` gives, its wall seconds and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor


def scores(assets: Path) -> list[Score]:
    """The model-free segmentation of every pair."""
    extension = registry.find("mask", "segment")
    params = extension.params()
    found = []
    for pair in pairs(assets):
        mask, wall, processor = timed(partial(extension.function, pair.photo, params, References()))
        found.append(Score(pair.name, overlap(mask, pair), mask.confidence or 0.0, wall, processor))
    return found


def rank_correlation(a: list[float], b: list[float]) -> float:
    """Spearman's ρ without ties."""
    ranks = [np.argsort(np.argsort(values)) for values in (a, b)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def enlarged(photo: Raster, megapixels: float) -> Raster:
    """The photograph at about that many million pixels, with grain, as if it had been taken at that size."""
    factor = (megapixels * 1e6 / photo.extent.pixels) ** 0.5
    size = photo.extent.scaled(factor)
    pixels = cv2.resize(photo.pixels, (size.width, size.height), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, GRAIN, (size.height, size.width, 1)).astype(np.float32)
    pixels[..., :3] = np.clip(pixels[..., :3] + grain, 0, 255)
    return Raster(pixels)


def ellipse(photo: Raster) -> Mask:
    """A mask over the middle of the photograph."""
    height, width = photo.pixels.shape[:2]
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return Mask.from_float((np.hypot(x, y) < 2 / 3).astype(np.float32))


def run_filter(name: str, photo: Raster) -> Raster:
    """One filter, with its defaults. Whatever it can name is the photograph itself, or an ellipse on it."""
    extension = registry.find("filter", name)
    lists = {field for field in extension.references if extension.params.model_fields[field].default == ()}
    named = {field: ["it"] if field in lists else "it" for field in extension.references}
    roles = {f"{each} 0" if each in lists else each: kind for each, kind in extension.references.items()}
    given = References(
        {role: photo for role, kind in roles.items() if kind in ("layer", "picture")},
        {role: ellipse(photo) for role, kind in roles.items() if "mask" in kind},
    )
    arguments = (photo, extension.params.model_validate(named), given)
    result: Raster = extension.function(*arguments[: 3 if roles else 2])
    return result


def chain(photo: Raster, names: tuple[str, ...]) -> Raster:
    """The filters, one after the other."""
    for name in names:
        photo = run_filter(name, photo)
    return photo


def print_scores(found: list[Score]) -> None:
    """One line a photograph, then the summary."""
    for score in found:
        print(
            f"{score.name:28} IoU {score.overlap:.2f}  confidence {score.confidence:.2f}  {score.wall:.2f} s"
        )
    overlaps = [score.overlap for score in found]
    rho = rank_correlation(overlaps, [score.confidence for score in found])
    print(
        f"segment: IoU mean {np.mean(overlaps):.3f}, median {np.median(overlaps):.3f}; "
        f"wall {np.mean([score.wall for score in found]) * 1000:.0f} ms, "
        f"processor {np.mean([score.processor for score in found]) * 1000:.0f} ms an image; "
        f"confidence against IoU: Spearman {rho:.2f}"
    )


def print_filters(photo: Raster, sizes: list[float]) -> None:
    """Every filter with its defaults, and the painterly bases, at each size."""
    chains = [(name,) for name in registry.names("filter")] + list(BASES)
    for megapixels in sizes:
        large = enlarged(photo, megapixels)
        for names in chains:
            _, wall, processor = timed(partial(chain, large, names))
            label = " → ".join(names)
            print(f"{label:22} {megapixels:4.0f} MP  wall {wall:6.2f} s  processor {processor:6.2f} s")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--assets", type=Path, default=ASSETS)
    parser.add_argument("--megapixels", type=float, nargs="*", default=[2.0, 12.0])
    given = parser.parse_args()
    cv2.setNumThreads(2)
    print_scores(scores(given.assets))
    print_filters(photograph(given.assets / "contents" / "kodak13_landscape_stream.png"), given.megapixels)


if __name__ == "__main__":
    main()
