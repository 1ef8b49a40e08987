"""Imaging: how good the segmentation is and what the filters cost.

    python -m benchmarks.imaging [--assets DIR] [--megapixels 2 12]
    python -m benchmarks.imaging --pairs FOLDER      only the segmentation, of pictures of your own
    python -m benchmarks.imaging --bars              only what has a bar, beside its bar

Knows photographs with truths (`cutouts`). Wall time tells little on a busy machine, so processor seconds
stand beside it; a bar is for wall seconds on an idle machine with two cores. What a first run compiles is
compiled before the clock starts.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from benchmarks.clock import timed
from benchmarks.cutouts import Score, listed, paired, photograph, print_scores, scores
from composer import registry
from composer.operation import References
from composer.pixels.raster import Mask, Raster
from composer.pixels.refine import refine

ASSETS = Path(__file__).parents[1] / ".." / "shared" / "assets"
GRAIN = 5.0  # standard deviation of 255 levels
BASES = (("facet", "kuwahara"), ("facet", "dry_brush"))
BASE_BAR, CUTOUT_BAR = 15.0, 0.8  # seconds: a base at 12 MP, one picture's segmentation
MEAN_BAR, MEDIAN_BAR = 0.75, 0.86
FIGURE = 1 / 3  # of the picture's width and height, for what is cut out of it and filled in
MATTED = 0.005  # of the long side: how wide a band is matted to either side of the edge


def enlarged(photo: Raster, megapixels: float) -> Raster:
    """The photograph at about that many million pixels, with grain, as if it had been taken at that size."""
    factor = (megapixels * 1e6 / photo.extent.pixels) ** 0.5
    size = photo.extent.scaled(factor)
    pixels = cv2.resize(photo.pixels, (size.width, size.height), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, GRAIN, (size.height, size.width, 1)).astype(np.float32)
    pixels[..., :3] = np.clip(pixels[..., :3] + grain, 0, 255)
    return Raster(pixels)


def ellipse(photo: Raster, share: float = 2 / 3) -> Mask:
    """A mask over the middle of the photograph, of that share of its width and height."""
    height, width = photo.pixels.shape[:2]
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return Mask.from_float((np.hypot(x, y) < share).astype(np.float32))


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


def filled(photo: Raster) -> Raster:
    """The middle of the photograph taken away and filled in with patches."""
    extension = registry.find("filter", "infill")
    params = extension.params.model_validate({"figure": "it", "method": "patch"})
    result: Raster = extension.function(photo, params, References(masks={"figure": ellipse(photo, FIGURE)}))
    return result


def matted(photo: Raster) -> Mask:
    """The middle of the photograph cut out, its edge matted."""
    return refine(ellipse(photo, FIGURE), photo, "matting", MATTED * photo.extent.long_side)


def print_filters(photo: Raster, sizes: list[float]) -> None:
    """Every filter with its defaults, and the painterly bases, at each size."""
    chains = [(name,) for name in registry.names("filter")] + list(BASES)
    for megapixels in sizes:
        large = enlarged(photo, megapixels)
        for names in chains:
            print_time(" → ".join(names), megapixels, partial(chain, large, names))


def print_time(label: str, megapixels: float, work: Callable[[], object], bar: float | None = None) -> None:
    """A line of what `work` takes, beside its bar if it has one."""
    _, wall, processor = timed(work)
    verdict = "" if bar is None else f"  bar {bar:g} s{'' if wall <= bar else ': OVER'}"
    print(
        f"{label:22} {megapixels:4.0f} MP  wall {wall:6.2f} s  processor {processor:6.2f} s{verdict}",
        flush=True,
    )


def print_bars(photo: Raster, found: list[Score]) -> None:
    """What the bars ask for, and what has none but belongs to it: matting, and a gap filled with patches."""
    overlaps = [score.overlap for score in found]
    print(f"IoU mean   {np.mean(overlaps):.3f}  bar {MEAN_BAR}")
    print(f"IoU median {np.median(overlaps):.3f}  bar {MEDIAN_BAR}")
    slowest = max(found, key=lambda score: score.wall)
    print(f"slowest picture {slowest.wall:.2f} s ({slowest.name})  bar {CUTOUT_BAR} s")
    for label, megapixels, work, bar in works(photo):
        print_time(label, megapixels, work, bar)


def works(photo: Raster) -> Iterator[tuple[str, float, Callable[[], object], float | None]]:
    """What is timed beside its bar: label, megapixels, work, bar in seconds."""
    large = enlarged(photo, 12)
    for names in (*BASES, ("painterly_base",)):
        yield " → ".join(names), 12, partial(chain, large, names), BASE_BAR
    yield "matting", 12, partial(matted, large), None
    yield "infill by patches", 4, partial(filled, enlarged(photo, 4)), None
    yield "infill by patches", 12, partial(filled, large), None


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--assets", type=Path, default=ASSETS)
    parser.add_argument("--megapixels", type=float, nargs="*", default=[2.0, 12.0])
    parser.add_argument("--pairs", type=Path, help="folder of pictures, each with its truth NAME.mask.png")
    parser.add_argument("--bars", action="store_true", help="only what has a bar")
    given = parser.parse_args()
    cv2.setNumThreads(2)
    found = scores(paired(given.pairs) if given.pairs else listed(given.assets))
    print_scores(found)
    if given.pairs:
        return
    photo = photograph(given.assets / "contents" / "kodak13_landscape_stream.png")
    chain(photo, registry.names("filter"))
    filled(photo)
    if given.bars:
        print_bars(photo, found)
    else:
        print_filters(photo, given.megapixels)


if __name__ == "__main__":
    main()
