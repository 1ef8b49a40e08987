"""What stands in front, by the network that ships: in numpy what torch would compute, and what it tells."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from composer.digest import digest_of_file
from composer.errors import MissingWeights
from composer.masks import _objectness
from composer.masks._objectness import FILES, MAP_SIDE, SIDE, objectness, shipped
from composer.neural.encoder import load_encoder
from composer.neural.shipped import ENCODER, encoder_digest
from composer.pixels.raster import Array
from training.objectness import Lesson, Objectness, exported

Y, X = np.mgrid[0:SIDE, 0:SIDE]
EVERYWHERE = np.ones((SIDE, SIDE), bool)


def disc(x: float, y: float, radius: float) -> Array:
    """(192, 192) bool."""
    inside: Array = np.hypot(X - x, Y - y) < radius
    return inside


def picture(figure: Array) -> Array:
    """(192, 192, 3) uint8: a red figure with spots before even, grainy green."""
    spots = 40 * (np.sin(X / 5) * np.sin(Y / 7) > 0.3)[..., None]
    rgb = np.where(figure[..., None], np.array((190, 60, 40)) + spots, (90, 120, 80))
    return np.clip(rgb + np.random.default_rng(1).normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)


def mean_in(found: Array, part: Array) -> float:
    """Of the map where the middle of each of its pixels lies in that part."""
    return float(found[part[2::4, 2::4]].mean())


@pytest.mark.parametrize(("x", "y", "radius"), [(96, 100, 45), (60, 120, 30), (96, 170, 60)])
def test_a_figure_is_likelier_than_the_ground_about_it(x: float, y: float, radius: float) -> None:
    figure = disc(x, y, radius)
    found = objectness(picture(figure), EVERYWHERE)
    assert found.shape == (MAP_SIDE, MAP_SIDE)
    assert mean_in(found, figure) > mean_in(found, ~figure) + 0.5


def test_what_is_transparent_has_no_say_whatever_its_hidden_colours() -> None:
    figure, opaque = disc(96, 100, 40), disc(96, 96, 90)
    hidden = [np.where(opaque[..., None], picture(figure), color).astype(np.uint8) for color in (0, 255)]
    first, second = (objectness(rgb, opaque) for rgb in hidden)
    assert np.abs(first - second).mean() < 0.02
    assert mean_in(first, figure) > mean_in(first, opaque & ~figure) + 0.4


def test_numpy_sees_the_features_that_torch_sees() -> None:
    rgb = picture(disc(80, 90, 50))
    tensor = torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        wanted = load_encoder("cpu")(tensor)[2:]
    for one, other in zip(_objectness._features(rgb), wanted, strict=True):
        assert np.allclose(one, other[0].permute(1, 2, 0).numpy(), atol=1e-3)


def test_numpy_decides_what_the_trained_network_decides() -> None:
    torch.manual_seed(3)
    shapes = ((72, 48), (128, 24), (160, 12), (11, 48))
    fine, middle, deep, cues = (torch.rand(4, channels, side, side) for channels, side in shapes)
    lesson = Lesson((fine, middle, deep), cues, torch.zeros(4, 1, 48, 48))
    network = Objectness(lesson).eval()
    with torch.no_grad():
        wanted = network(lesson)[0][0, 0].numpy()
    weights = {name: values.float().numpy() for name, values in exported(network).items()}
    features = [each[0].permute(1, 2, 0).numpy() for each in (fine, middle, deep, cues)]
    found = _objectness._decided((features[0], features[1], features[2]), features[3], weights)
    assert np.abs(found - wanted).max() < 0.01
    assert wanted.std() > 0.02, "all the same would tell nothing"


def test_the_weights_were_trained_on_the_encoder_that_ships() -> None:
    assert FILES["encoder"] == ENCODER
    with safe_open(FILES["objectness"], "np") as file:
        assert file.metadata()["encoder"] == encoder_digest()


def test_the_model_card_tells_of_the_weights_that_ship() -> None:
    path = FILES["objectness"]
    card = path.with_suffix(".md").read_text()
    assert f"`{digest_of_file(path)}`" in card
    with safe_open(path, "np") as file:
        count = sum(file.get_tensor(name).size for name in list(file.keys()))
    figures = {int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", card)}
    assert {path.stat().st_size, count} <= figures


def test_weights_that_were_lost_are_told_before_any_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(FILES, "objectness", tmp_path / "objectness.safetensors")
    with pytest.raises(MissingWeights, match="the weights objectness are not at"):
        shipped()
