"""The shipped encoder determines the teacher's features of pictures that it was not trained on."""

from pathlib import Path

import pytest
import torch

from composer.neural.encoder import LAYERS, load_encoder
from training.encoder import central_crop, judge
from training.photographs import read_rgb
from training.readout import Readout, fit
from training.teacher import load_teacher

FITTED_ON = ("contents/astronaut.png", "contents/kodak07_flowers_window.png", "contents/lemur.png",
             "styles/night_cafe.jpg", "styles/the_scream.jpg", "styles/udnie.jpg")  # fmt: skip
HELD_OUT = ("contents/kodak13_landscape_stream.png", "styles/starry_night.jpg")
BARS = (0.985, 0.96, 0.9, 0.7, 0.35)


@pytest.fixture
def images(assets: Path) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    return [read_rgb(assets / name) for name in FITTED_ON], [read_rgb(assets / name) for name in HELD_OUT]


def test_r_squared_on_pictures_not_trained_on(
    assets: Path, images: tuple[list[torch.Tensor], list[torch.Tensor]]
) -> None:
    teacher, encoder = (
        load_teacher(assets / "weights" / "vgg19_16x.safetensors", gain=1.25),
        load_encoder("cpu"),
    )
    fitted_on, held_out = images
    with torch.no_grad():
        pairs = [(encoder(crop), teacher(crop)) for crop in (central_crop(image, 512) for image in fitted_on)]
        readout = Readout(encoder.channels, [features for _, features in pairs])
    fit(readout, pairs)
    found = judge(encoder, readout, teacher, held_out)
    reached = {layer: (round(r, 3), bar) for layer, r, bar in zip(LAYERS, found.tolist(), BARS, strict=True)}
    assert all(r >= bar for r, bar in reached.values()), reached
