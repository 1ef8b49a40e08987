"""The network that says what stands in front learns from composites, and writes what segmentation reads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from composer.masks._objectness import FILES
from training.composites import Stock, sample
from training.objectness import exported, held_out_overlap, read_lesson, trained


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    """A red disc, and grounds of green and blue grain."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:80, 0:80]
    red = np.full((80, 80, 3), (220, 30, 30)) + rng.integers(0, 20, (80, 80, 1))
    alpha = 255 * (np.hypot(x - 40, y - 40) < 36)
    for folder in ("cutouts", "grounds"):
        (tmp_path / folder).mkdir()
    Image.fromarray(np.dstack((red, alpha)).astype(np.uint8)).save(tmp_path / "cutouts" / "disc.png")
    for name, color in (("green", (60, 160, 60)), ("blue", (60, 80, 170))):
        grain = np.array(color) + rng.integers(0, 30, (90, 120, 3))
        Image.fromarray(grain.astype(np.uint8)).save(tmp_path / "grounds" / f"{name}.png")
    return Stock.read(tmp_path / "cutouts", tmp_path / "grounds", None)


def test_the_same_seed_makes_the_same_composite(stock: Stock) -> None:
    first, truth = sample(stock, 3)
    again, same = sample(stock, 3)
    other, _ = sample(stock, 4)
    assert np.array_equal(first, again)
    assert np.array_equal(truth, same)
    assert not np.array_equal(first, other)


def test_the_truth_is_where_the_figure_was_put(stock: Stock) -> None:
    redder = []
    for seed in range(12):
        picture, truth = sample(stock, seed)
        red = picture[..., 0].astype(float) - picture[..., 1:].mean(axis=2)
        shown = np.kron(truth > 0.9, np.ones((4, 4))) > 0
        redder.append(red[shown].mean() > red[~shown].mean())
    assert np.mean(redder) > 0.7, "colours are drawn to the ground's, but not swapped"


def test_people_are_drawn_as_often_however_few_they_are(stock: Stock) -> None:
    (disc,) = stock.cutouts["cutouts"]
    person = np.full_like(disc, 255)
    mixed = replace(stock, cutouts={"people": [person], "rendered": [disc] * 9})
    rng = np.random.default_rng(2)
    people = np.mean([mixed.cutout(rng) is person for _ in range(400)])
    assert 1 / 3 < people < 2 / 3, "one picture in ten, but more than a third of the draws"


def test_a_portrait_that_is_cut_off_below_stands_on_the_lower_border(stock: Stock) -> None:
    (disc,) = stock.cutouts["cutouts"]
    bust = replace(stock, cutouts={"people": [disc[:40]]})
    touching = [[sample(which, seed)[1][-1].any() for seed in range(20)] for which in (bust, stock)]
    assert np.mean(touching[0]) > 0.9
    assert np.mean(touching[1]) < 0.75


def test_figures_are_found_in_the_folder_of_their_kind(stock: Stock, tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "cutouts").rename(tmp_path / "kinds" / "people")
    read = Stock.read(tmp_path / "kinds", tmp_path / "grounds", None)
    assert list(read.cutouts) == ["people"]
    assert len(read.cutouts["people"]) == len(stock.cutouts["cutouts"])


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(FileNotFoundError, match="no pictures in"):
        Stock.read(tmp_path / "none", tmp_path / "none", None)


def test_a_training_writes_what_segmentation_reads(stock: Stock) -> None:
    lesson = read_lesson(stock, 8, seed=1)
    (last,) = trained(lesson, steps=2, batch=4, seed=1)
    assert last[0] == 2
    assert 0 <= held_out_overlap(last[1], lesson) <= 1
    written = {name: tuple(values.shape) for name, values in exported(last[1]).items()}
    assert written == {name: values.shape for name, values in load_file(FILES["objectness"]).items()}
