"""Advice metrics on a style image: value contrast, blocking, rhythm and their score.

Knows one picture, measured at 500 px long side in OKLab, and the formula of the score. Does not know why a
picture scores low for an artist, and must not be read as a judgement on photographs: the weights were tuned
on some forty paintings and textures.

G_s is a Gaussian blur of s pixels; T(x; a, b) rises linearly from 0 at a to 1 at b; T(x; a, b, c, d) also
falls from 1 at c to 0 at d. Run as a script, it prints one row for each file named.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from paint.palette import to_oklab
from PIL import Image

Array = NDArray[np.float32]

LONG_SIDE = 500
BLOCK = 24
HUE_BINS = 24
FLAT_GRADIENT = 0.012
"""Slope of G_2 (OKLab distance a pixel) below which a pixel counts as flat."""
SMALLEST_REGION = 0.002
"""Share of the picture below which a flat patch is no region."""
PLAIN_REGION = 0.1
"""Root mean square OKLab distance from its own mean above which a region is a gradient, not a plane."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """One picture's measurements; all 0..1 but the contrasts, which are OKLab differences."""

    value_contrast: float
    sat_contrast: float
    hue_contrast: float
    edge_density: float
    coarse_share: float
    texture_contrast: float
    rhythm: float
    cover_mid: float
    loud: float
    grad_share: float
    blocking: float

    @property
    def score(self) -> float:
        """How much a style transfer can take from the picture, 0..1."""
        v, rhythm = ramp(self.value_contrast, 0.10, 0.45), ramp(self.rhythm, 0.1, 0.55)
        cover = ramp(self.cover_mid * (1 - 0.6 * self.grad_share), 0.08, 0.5)
        coarse, detail = ramp(self.coarse_share, 0.2, 0.5), trapeze(self.edge_density, -0.1, 0, 0.45, 0.85)
        loud = ramp(self.loud, 0.25, 0.7) * (1 - ramp(self.rhythm, 0.3, 0.6))
        substance = max(cover, ramp(self.blocking, 0.2, 0.5))
        balance = (1 - 0.85 * loud * (1 - rhythm)) * (
            0.55 + 0.2 * rhythm + 0.25 * min(1.0, self.blocking / 0.5)
        )
        return float(v**0.8 * substance**0.8 * coarse**0.7 * detail**0.7 * balance)


def ramp(x: float, a: float, b: float) -> float:
    """T(x; a, b): 0 below a, 1 above b, linear between."""
    return min(max((x - a) / (b - a), 0.0), 1.0)


def trapeze(x: float, a: float, b: float, c: float, d: float) -> float:
    """T(x; a, b, c, d): rises from a to b, stays at 1 to c, falls to 0 at d."""
    return min(ramp(x, a, b), 1 - ramp(x, c, d))


def measure(rgb: NDArray[np.uint8]) -> Metrics:
    """The metrics of a picture, (H, W, 3) uint8, sRGB."""
    lab = to_oklab(_reduced(rgb).astype(np.float32) / 255)
    lightness = np.ascontiguousarray(lab[..., 0])
    chroma = np.hypot(lab[..., 1], lab[..., 2]).astype(np.float32)
    band = np.sqrt(_blur((_blur(lightness, 1.5) - _blur(lightness, 8)) ** 2, 10))
    slope = _slope(_blur(lightness, 2))
    return Metrics(
        value_contrast=_spread(lightness, 5, 95),
        sat_contrast=_spread(chroma, 5, 95),
        hue_contrast=_hue_contrast(lab, chroma),
        edge_density=float((_slope(lightness) > 0.025).mean()),
        coarse_share=float(_blur(lightness, 6).std() / max(float(lightness.std()), 1e-3)),
        texture_contrast=float((_blur(lightness, 2) - _blur(lightness, 12)).std()),
        rhythm=_rhythm(lightness),
        cover_mid=float(((band >= 0.03) & (band <= 0.12)).mean()),
        loud=float((band > 0.12).mean()),
        grad_share=float(((slope > 0.0006) & (slope < 0.006)).mean()),
        blocking=_blocking(lab),
    )


def _reduced(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    h, w = rgb.shape[:2]
    factor = LONG_SIDE / max(h, w)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(
        cv2.resize(rgb, (max(round(w * factor), 1), max(round(h * factor), 1)), interpolation=way), np.uint8
    )


def _blur(value: Array, sigma: float) -> Array:
    return np.asarray(cv2.GaussianBlur(value, (0, 0), sigma), np.float32)


def _slope(value: Array) -> Array:
    planes = value if value.ndim == 3 else value[..., None]
    total = np.zeros(planes.shape[:2], np.float32)
    for plane in np.moveaxis(planes, -1, 0):
        for dx, dy in ((1, 0), (0, 1)):
            total += cv2.Sobel(np.ascontiguousarray(plane), cv2.CV_32F, dx, dy, scale=1 / 8) ** 2
    return np.asarray(np.sqrt(total), np.float32)


def _spread(value: Array, low: float, high: float) -> float:
    bottom, top = np.percentile(value, (low, high))
    return float(top - bottom)


def _hue_contrast(lab: Array, chroma: Array) -> float:
    """max over pairs of hue bins of sqrt(w_i w_j) (1 - cos dh) / 2, w the chroma-weighted share of a bin."""
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    bins = ((hue + np.pi) / (2 * np.pi) * HUE_BINS).astype(np.intp) % HUE_BINS
    w = np.bincount(bins.ravel(), chroma.ravel(), HUE_BINS) / max(float(chroma.sum()), 1e-3)
    turn = np.arange(HUE_BINS) * 2 * np.pi / HUE_BINS
    opposed = (1 - np.cos(turn[:, None] - turn[None, :])) / 2
    return float((np.sqrt(np.outer(w, w)) * opposed).max())


def _rhythm(lightness: Array) -> float:
    """(P90 - P10) / (P90 + P10 + 0.005) of the standard deviation of L in blocks of 24 pixels."""
    rows, columns = max(lightness.shape[0] // BLOCK, 1), max(lightness.shape[1] // BLOCK, 1)
    cut = lightness[: rows * BLOCK, : columns * BLOCK]
    size = cut.shape[0] // rows, cut.shape[1] // columns
    contrast = (
        cut[: rows * size[0], : columns * size[1]].reshape(rows, size[0], columns, size[1]).std(axis=(1, 3))
    )
    low, high = np.percentile(contrast, (10, 90))
    return float((high - low) / (high + low + 0.005))


def _blocking(lab: Array) -> float:
    """Share of flat regions times min(1, dE / 0.25), dE the median OKLab step between the nearest regions
    across a border.
    """
    flat = _slope(_blur(lab, 2)) < FLAT_GRADIENT
    _, found, stats, _ = cv2.connectedComponentsWithStats(flat.astype(np.uint8), connectivity=4)
    labels = np.asarray(found, np.int32)
    large = stats[:, cv2.CC_STAT_AREA] >= SMALLEST_REGION * flat.size
    large[0] = False
    if large.sum() < 2:
        return 0.0
    names = np.where((large & (_unrest(lab, labels) < PLAIN_REGION))[labels], labels, 0)
    return float((names > 0).mean()) * min(1.0, _border_step(lab, names) / 0.25)


def _means(values: Array, labels: NDArray[np.int32]) -> NDArray[np.float64]:
    counts = np.maximum(np.bincount(labels.ravel()), 1)
    return np.stack(
        [np.bincount(labels.ravel(), values[..., i].ravel()) / counts for i in range(values.shape[-1])], -1
    )


def _unrest(lab: Array, labels: NDArray[np.int32]) -> NDArray[np.float64]:
    variance = _means(lab * lab, labels) - _means(lab, labels) ** 2
    return np.asarray(np.sqrt(np.maximum(variance, 0).sum(-1)), np.float64)


def _border_step(lab: Array, names: NDArray[np.int32]) -> float:
    mean = _means(lab, names)
    owner = _nearest_region(names)
    steps = []
    for a, b in ((owner[:, 1:], owner[:, :-1]), (owner[1:], owner[:-1])):
        border = a != b
        steps.append(np.linalg.norm(mean[a[border]] - mean[b[border]], axis=-1))
    gaps = np.concatenate(steps)
    return float(np.median(gaps)) if gaps.size else 0.0


def _nearest_region(names: NDArray[np.int32]) -> NDArray[np.int32]:
    _, voronoi = cv2.distanceTransformWithLabels(
        (names == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    lookup = np.zeros(int(voronoi.max()) + 1, np.int32)
    lookup[voronoi[names > 0]] = names[names > 0]
    return lookup[voronoi]


COLUMNS = (
    "score",
    "value_contrast",
    "blocking",
    "cover_mid",
    "loud",
    "rhythm",
    "coarse_share",
    "hue_contrast",
)


def figures(path: Path) -> dict[str, str]:
    """The figures of one file by column, as the README's table shows them."""
    found = measure(np.asarray(Image.open(path).convert("RGB")))
    return {column: f"{getattr(found, column):.2f}" for column in COLUMNS}


def main(names: list[str]) -> int:
    """Print a table with a row for each file."""
    sys.stdout.write(f"| image | {' | '.join(COLUMNS)} |\n|{' --- |' * (len(COLUMNS) + 1)}\n")
    for path in map(Path, names):
        sys.stdout.write(f"| {path.name} | {' | '.join(figures(path).values())} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
