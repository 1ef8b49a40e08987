"""What makes an outline plausible is learnt from pictures with truths."""

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.cutouts import paired
from composer.masks._plausible import TRAITS
from training.outlines import fitted_weights

HEIGHT, WIDTH = 90, 120
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH]


def put(folder: Path, seed: int) -> None:
    """A disc somewhere on a grainy ground, and its truth."""
    rng = np.random.default_rng(seed)
    x, y, radius = rng.uniform(30, 90), rng.uniform(30, 60), rng.uniform(10, 25)
    truth = np.hypot(X - x, Y - y) < radius
    rgb = np.where(truth[..., None], rng.integers(20, 200, 3), rng.integers(20, 200, 3))
    rgb = rgb + rng.integers(0, 30, (HEIGHT, WIDTH, 1))
    Image.fromarray(rgb.astype(np.uint8)).save(folder / f"{seed}.png")
    Image.fromarray((255 * truth).astype(np.uint8)).save(folder / f"{seed}.mask.png")


def test_strong_edges_and_agreement_speak_for_an_outline(tmp_path: Path) -> None:
    for seed in range(4):
        put(tmp_path, seed)
    weights, constant = fitted_weights(paired(tmp_path))
    learnt = dict(zip(TRAITS, weights, strict=True))
    assert learnt["edge"] > 0
    assert learnt["agreement"] > 0
    assert np.isfinite(constant)
