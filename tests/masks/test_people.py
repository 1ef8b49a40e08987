"""Portraits: a face that is surely seen tells where the person is, whatever their clothes are like."""

import cv2
import numpy as np
import pytest
import skimage

from composer.masks import _faces
from composer.masks._faces import Found, credible_faces
from composer.masks._figure import Figure, find_figure
from composer.masks._hints import Hints
from composer.masks._people import people_in, with_people

SIDE = 320


def photograph(name: str) -> np.ndarray:
    pixels = np.asarray(getattr(skimage.data, name)())
    scale = SIDE / max(pixels.shape[:2])
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def people(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    return people_in(pixels, np.ones((height, width), bool), (height // 2, width // 2))


def found(pixels: np.ndarray) -> Figure:
    return find_figure(pixels, np.ones(pixels.shape[:2], bool), Hints())


def test_a_person_is_where_their_face_is_and_below() -> None:
    shown = people(photograph("astronaut"))
    hair, face, chest, flag, rocket = (
        (r // 2, c // 2) for r, c in ((25, 140), (70, 140), (220, 140), (40, 20), (60, 260))
    )
    assert all(shown[place] for place in (hair, face, chest))
    assert not any(shown[place] for place in (flag, rocket))


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_no_person_is_seen_where_none_is(name: str) -> None:
    assert not people(photograph(name)).any()


def test_nobody_is_seen_in_what_is_transparent() -> None:
    pixels = photograph("astronaut")
    assert not people_in(pixels, np.zeros(pixels.shape[:2], bool), (160, 160)).any()


def test_what_a_person_holds_before_them_is_cut_out_with_them_and_surely() -> None:
    figure = found(photograph("astronaut"))
    helmet, wall = figure.shown[225:275, 205:255], figure.shown[20:60, 190:230]
    assert helmet.mean() > 0.95
    assert not wall.any()
    assert figure.confidence > 0.5


def test_dark_clothes_before_a_flag_and_a_dark_hall_are_the_persons() -> None:
    pixels, suit = in_a_dark_suit()
    figure = found(pixels)
    assert figure.shown[suit].mean() > 0.95
    assert figure.shown[50:100, 120:160].all()
    assert not figure.shown[:150, :40].any()
    assert figure.confidence > 0.6


def in_a_dark_suit() -> tuple[np.ndarray, np.ndarray]:
    """The astronaut's head above a suit, before a flag, in a hall as dark; and where the suit is."""
    suit, head = np.zeros((2, SIDE, SIDE), np.uint8)
    outline = [(110, 112), (165, 112), (230, 150), (250, SIDE), (25, SIDE), (45, 150)]
    cv2.fillPoly(suit, [np.array(outline)], 1)
    cv2.ellipse(head, (141, 62), (44, 54), 0, 0, 360, 1, cv2.FILLED)
    y, x = np.mgrid[:SIDE, :SIDE]
    pixels = np.where(((x + y // 3) // 22 % 2 == 0)[..., None], (170, 40, 40), (215, 210, 205))
    pixels[190:] = 30, 28, 34
    pixels[suit > 0] = 25, 25, 30
    grainy = pixels + np.random.default_rng(2).normal(0, 6, (SIDE, SIDE, 1))
    here = (head > 0) & (suit == 0)
    grainy[here] = photograph("astronaut")[here]
    return np.clip(grainy, 0, 255).astype(np.uint8), suit > 0


def test_a_small_face_far_away_decides_nothing() -> None:
    near = cv2.resize(photograph("astronaut"), (180, 180), interpolation=cv2.INTER_AREA)
    pixels = cv2.copyMakeBorder(near, 70, 70, 70, 70, cv2.BORDER_REPLICATE)
    assert not people(pixels).any()


def test_what_one_cascade_alone_takes_for_a_face_is_one_only_beside_a_sure_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fur, sure, beside, leaf = (
        Found(x, 0.0, side, side, 0.0) for x, side in ((0, 80), (90, 50), (150, 40), (200, 30))
    )
    seen = {"haarcascade_frontalface_alt2": [fur], "haarcascade_frontalface_default": []}
    monkeypatch.setattr(_faces, "_detected", lambda cascade, *_: seen[cascade])
    grey = np.zeros((SIDE, SIDE), np.uint8)
    assert credible_faces(grey, 20) == ()
    seen = {"haarcascade_frontalface_alt2": [sure, beside, leaf], "haarcascade_frontalface_default": [sure]}
    assert [face.left for face in credible_faces(grey, 20)] == [90, 150]


def test_people_make_likely_what_the_network_misses_and_take_nothing_away() -> None:
    likely = np.linspace(0, 1, 40 * 40, dtype=np.float32).reshape(40, 40)
    here = np.zeros((40, 40), bool)
    assert np.array_equal(with_people(likely, here), likely)
    here[:, :20] = True
    told = with_people(likely, here)
    assert (told[:, :14] > 0.7).all()
    assert (told >= likely - 0.021).all()
