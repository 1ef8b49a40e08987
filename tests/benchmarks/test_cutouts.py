"""Segmentation is judged on any folder of pictures with truths beside them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.cutouts import overlap, paired, print_scores, scores
from composer.pixels.raster import Array, Mask

SIDE = 96
Y, X = np.mgrid[0:SIDE, 0:SIDE]
DISC = np.hypot(X - 48, Y - 50) < 26


def put(folder: Path, name: str, truth: Array, suffix: str = ".png") -> None:
    """A red disc on grainy green, and its truth."""
    grain = np.random.default_rng(2).integers(0, 20, (SIDE, SIDE, 1))
    rgb = np.where(DISC[..., None], (200, 40, 30), (40, 120, 60)) + grain
    Image.fromarray(rgb.astype(np.uint8)).save(folder / f"{name}{suffix}")
    Image.fromarray(truth.astype(np.uint8)).save(folder / f"{name}.mask.png")


def test_a_picture_is_judged_by_the_truth_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "disc", 255 * DISC)
    put(tmp_path, "other", 255 * ~DISC, ".jpg")
    right, wrong = scores(paired(tmp_path))
    assert right.overlap > 0.9
    assert wrong.overlap < 0.1
    print_scores([right, wrong])
    assert "disc" in (told := capsys.readouterr().out)
    assert "2 pictures: IoU mean" in told


def test_what_is_grey_in_the_truth_is_not_judged(tmp_path: Path) -> None:
    put(tmp_path, "disc", np.where(X < 48, 128, 255 * DISC))
    (pair,) = paired(tmp_path)
    half = Mask.from_float((DISC & (X >= 48)).astype(np.float32))
    assert overlap(half, pair) == 1.0
    assert overlap(Mask.from_float(DISC.astype(np.float32)), pair) == 1.0


def test_a_folder_without_truths_or_with_an_unfit_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="has a truth beside it"):
        list(paired(tmp_path))
    put(tmp_path, "disc", 255 * DISC[:40])
    with pytest.raises(ValueError, match="of another size"):
        list(paired(tmp_path))
    (tmp_path / "disc.png").unlink()
    with pytest.raises(FileNotFoundError, match="has no picture beside it"):
        list(paired(tmp_path))
