"""Outlines: fits how plausible a cut-out is by its traits, for the segmentation without a network.

    python -m training.outlines --pairs FOLDER [FOLDER ...]

Knows folders of pictures with truths (`benchmarks.cutouts`); a folder that is given twice counts twice.
Prints `WEIGHTS` and `CONSTANT` of `composer/masks/_plausible.py`. Does not know how candidates are found.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.cutouts import Pair, paired
from composer.masks import _figure
from composer.masks._candidates import Cues, candidates
from composer.masks._hints import Hints
from composer.masks._people import people_in
from composer.masks._plausible import TRAITS, traits
from composer.pixels.raster import Array, FloatArray

RIDGE = 1000.0  # how strongly weights are held to 0, in candidates


def samples(pair: Pair) -> tuple[FloatArray, Array]:
    """(n, 10) traits and (n,) intersection over union of a picture's candidates."""
    height, width = pair.truth.shape
    scale = min(1.0, _figure.WORK_SIDE / max(height, width))
    size = (max(3, round(width * scale)), max(3, round(height * scale)))
    rgb = cv2.resize(pair.photo.pixels[..., :3], size, interpolation=cv2.INTER_AREA)
    everywhere = np.ones(rgb.shape[:2], bool)
    small, lab, place = _figure.small_copy(rgb, everywhere, Hints(), _figure.TRIAL_SIDE)
    people = people_in(rgb, everywhere, small.shape[:2])
    cues, likely = Cues.of(lab, place), _figure.likely_figure(rgb, everywhere, people)
    tried = [one for one in candidates(small, lab, cues, likely, place) if one.any() and not one.all()]
    truth, known = (_fitted(each, small.shape[1::-1]) for each in (pair.truth, pair.known))
    covered = np.array([_covered(one & known, truth & known) for one in tried])
    return traits(np.array(tried), lab, cues.evidence(), likely), covered


def _fitted(mask: Array, size: tuple[int, ...]) -> Array:
    fitted: Array = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return fitted


def _covered(found: Array, truth: Array) -> float:
    return float((found & truth).sum() / max(1, (found | truth).sum()))


def fitted_weights(pairs: Iterable[Pair]) -> tuple[FloatArray, float]:
    """Ridge regression on traits of mean 0 and deviation 1: weights and constant for them as they are."""
    found = list(map(samples, pairs))
    x, y = (np.concatenate([each[k] for each in found]).astype(np.float64) for k in (0, 1))
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - mean) / deviation
    slope = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ (y - y.mean()))
    weights: FloatArray = slope / deviation
    return weights, float(y.mean() - weights @ mean)


def main() -> None:
    """Print the constants."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=Path, nargs="+", required=True)
    folders = parser.parse_args().pairs
    weights, constant = fitted_weights(pair for folder in folders for pair in paired(folder))
    for trait, weight in zip(TRAITS, weights, strict=True):
        print(f"{trait:14} {weight: .4f}")
    print(f"{'CONSTANT':14} {constant: .4f}")


if __name__ == "__main__":
    main()
