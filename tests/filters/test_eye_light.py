"""Eye light: catch-lights in eyes that are found or placed by hand, and nowhere else."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer import registry
from composer.operation import References
from composer.pixels.color import luma
from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, mask, raster, run

WIDTH, HEIGHT = 240, 120
PUPILS = ((70, 60), (170, 60))
IRIS = 12


def face(depth: int = 16, glint: tuple[int, int] | None = None, iris: float = 0.3) -> Raster:
    """Skin with two eyes in it; `glint`: where the photograph has catch-lights, from each pupil."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    values = np.full((HEIGHT, WIDTH), 0.6, np.float32)
    for px, py in PUPILS:
        opening = np.hypot((x - px) / 28, (y - py) / 13) < 1
        distance = np.hypot(x - px, y - py)
        values[opening] = 0.8
        values[opening & (distance < IRIS)] = iris
        values[opening & (distance < 0.4 * IRIS)] = 0.08
        if glint is not None:
            values[np.hypot(x - px - glint[0], y - py - glint[1]) < 2] = 0.75
    return raster(np.repeat(gaussian(values, 0.8)[..., None], 3, axis=2), depth)


def around_the_eyes() -> References:
    """A mask as a detector gives it: generous ellipses."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    each = [np.hypot((x - px - 4) / 38, (y - py + 5) / 28) < 1 for px, py in PUPILS]
    return References(masks={"eyes": mask(each[0] | each[1])})


def lighter(before: Raster, after: Raster) -> Array:
    return luma(after.to_float()) - luma(before.to_float())


def catch_lights(before: Raster, after: Raster) -> list[tuple[float, float]]:
    """Where each eye has become the lightest, from its pupil, in irises."""
    gain = gaussian(lighter(before, after), 1)
    found = []
    for px, py in PUPILS:
        y, x = np.unravel_index(gain[:, px - 30 : px + 30].argmax(), (HEIGHT, 60))
        found.append(((x - 30) / IRIS, (y - py) / IRIS))
    return found


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("iris", [0.15, 0.4])
def test_eyes_in_a_mask_are_found_and_get_a_catch_light_towards_the_light(depth: int, iris: float) -> None:
    image = face(depth, iris=iris)
    result = run("eye_light", image, around_the_eyes(), eyes="eyes", light=45)
    assert lighter(image, result).max() > 0.3
    for x, y in catch_lights(image, result):
        assert 0.1 < x < 0.5
        assert -0.5 < y < -0.1


def test_eyes_can_be_placed_by_hand() -> None:
    image = face()
    points = [[x + 0.5, y + 0.5] for x, y in PUPILS]
    result = run("eye_light", image, at=points, radius=IRIS, light=-90)
    for x, y in catch_lights(image, result):
        assert x == pytest.approx(-0.4, abs=0.1)
        assert y == pytest.approx(0, abs=0.1)


def test_the_catch_light_of_the_photograph_is_strengthened_instead() -> None:
    image = face(glint=(5, -3))
    result = run("eye_light", image, around_the_eyes(), eyes="eyes", light=-90)
    for x, y in catch_lights(image, result):
        assert (x, y) == pytest.approx((5 / IRIS, -3 / IRIS), abs=0.15)


def test_both_eyes_look_into_the_same_light() -> None:
    """Where only one of them has a catch-light in the photograph, the other's stands alike."""
    half = face()
    half.pixels[:, : WIDTH // 2] = face(glint=(5, -3)).pixels[:, : WIDTH // 2]
    left, right = catch_lights(half, run("eye_light", half, around_the_eyes(), eyes="eyes", light=-90))
    assert left == pytest.approx(right, abs=0.2)
    assert left[0] > 0.2


def test_eyes_become_sharper_and_irises_lighter() -> None:
    image = face(iris=0.3)
    points = [[x, y] for x, y in PUPILS]
    gain = lighter(image, run("eye_light", image, at=points, radius=IRIS, catch_light=0, sharpen=0))
    assert 0.01 < gain[60 + 8, 70] < 0.15
    assert abs(gain[60, 70]) < 0.03
    before, after = (
        np.abs(np.diff(each.to_float()[60, 50:90, 0])).max()
        for each in (image, run("eye_light", image, at=points, radius=IRIS, catch_light=0, brighten=0))
    )
    assert after > 1.1 * before


def test_nothing_changes_away_from_the_eyes() -> None:
    image = face()
    changed = (run("eye_light", image, around_the_eyes(), eyes="eyes").pixels != image.pixels).any(axis=2)
    y, x = np.nonzero(changed)
    near = np.min([np.hypot(x - px, y - py) for px, py in PUPILS], axis=0)
    assert near.max() < 3 * IRIS


def test_without_an_eye_nothing_changes() -> None:
    rng = np.random.default_rng(6)
    skin = raster(0.6 + gaussian(rng.normal(0, 0.06, (HEIGHT, WIDTH, 3)), 2), 16)
    assert np.array_equal(run("eye_light", skin, around_the_eyes(), eyes="eyes").pixels, skin.pixels)
    hidden = References(masks={"eyes": mask(np.zeros((HEIGHT, WIDTH)))})
    assert np.array_equal(run("eye_light", face(), hidden, eyes="eyes").pixels, face().pixels)


def test_who_says_nothing_of_eyes_is_asked_for_them() -> None:
    with pytest.raises(ValidationError, match=r"Give eyes = a mask, or at = \[\[x, y\], …\]"):
        run("eye_light", face())


def test_points_and_radius_follow_the_size_of_a_draft() -> None:
    params = registry.find("filter", "eye_light").params.model_validate({"at": [[100, 60], [40, 8]]})
    assert params.scaled(0.5).model_dump()["at"] == ((50, 30), (20, 4))
    assert params.scaled(0.5).model_dump()["radius"] == 6


def test_points_are_on_the_canvas_and_not_on_the_layer() -> None:
    whole = face()
    layer = Raster(whole.pixels[20:, 30:], left=30, top=20)
    points = [[x, y] for x, y in PUPILS]
    expected = run("eye_light", whole, at=points, radius=IRIS).pixels[20:, 30:]
    assert np.array_equal(run("eye_light", layer, at=points, radius=IRIS).pixels, expected)


def test_what_is_hidden_does_not_shine_into_an_eye() -> None:
    """An eye cut out closely, on nothing, is drawn as it is within the face."""
    image = face()
    x, y = PUPILS[0]
    cut = image.pixels.copy()
    cut[y + 14 :] = (65535, 0, 65535, 0)
    results = [
        run("eye_light", each, at=[[x + 0.5, y + 0.5]], radius=IRIS)
        for each in (image, image.with_pixels(cut))
    ]
    shown = cut[..., 3] > 0
    assert results[1].pixels[shown] == pytest.approx(results[0].pixels[shown], abs=650)


def test_bare_edges_are_fine() -> None:
    eyes = References(masks={"eyes": mask(np.ones((20, 20)))})
    for image in bare_edges():
        result = run("eye_light", image, eyes, eyes="eyes", at=[[0, 0], [500, 500]])
        assert result.bounds == image.bounds
