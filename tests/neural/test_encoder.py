"""The encoder gives the feature layers asked for, the same each time, from the weights its card describes."""

import re

import pytest
import skimage.data
import torch
from safetensors import safe_open
from torch import Tensor

from composer.neural.encoder import BLOCKS, LAYERS, Encoder, load_encoder
from composer.neural.shipped import ENCODER, encoder_digest

from .reach import box_seen

CARD = ENCODER.with_suffix(".md")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder("cpu")


def picture(height: int, width: int) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))


def test_odd_sizes_are_halved_and_rounded_down(encoder: Encoder) -> None:
    features = encoder(picture(67, 51))
    assert [tuple(f.shape[2:]) for f in features] == [(67, 51), (33, 25), (16, 12), (8, 6), (4, 3)]
    assert tuple(f.shape[1] for f in features) == encoder.channels
    assert len(features) == len(LAYERS)


def photograph(name: str) -> Tensor:
    pixels = getattr(skimage.data, name)()[:256, :256, :3]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255


@pytest.mark.parametrize("depth", range(1, 6))
def test_no_deeper_than_asked(depth: int) -> None:
    encoder = Encoder()
    features = encoder(picture(32, 32), depth)
    torch.stack([f.sum() for f in features]).sum().backward()
    touched = {name.split(".")[1] for name, p in encoder.named_parameters() if p.grad is not None}
    assert len(features) == depth
    assert touched == {str(block) for block in range(depth)}
    shallow = [name for name, p in encoder.blocks[depth - 1].named_parameters() if p.grad is None]
    assert all(name.split(".")[1] != "0" for name in shallow)


def test_shallow_layers_do_not_depend_on_the_depth(encoder: Encoder) -> None:
    rgb = picture(48, 40)
    assert all(torch.equal(a, b) for a, b in zip(encoder(rgb, 3), encoder(rgb), strict=False))


@pytest.mark.parametrize("depth", [0, 6])
def test_a_depth_that_is_not_there_is_refused(encoder: Encoder, depth: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.5"):
        encoder(picture(32, 32), depth)


def test_features_and_gradients_are_the_same_each_time(encoder: Encoder) -> None:
    def once() -> list[Tensor]:
        rgb = picture(64, 48).requires_grad_()
        features = encoder(rgb)
        torch.stack([f.square().mean() for f in features]).sum().backward()
        assert rgb.grad is not None
        return [*features, rgb.grad]

    assert all(torch.equal(a, b) for a, b in zip(once(), once(), strict=True))


@pytest.mark.parametrize("layer", range(5))
def test_a_position_sees_exactly_its_reach(layer: int) -> None:
    narrow = Encoder(tuple((2,) * len(widths) for widths in BLOCKS)).double().requires_grad_(False)
    for parameter in narrow.parameters():
        parameter.fill_(1.0)
    for bias in (c.bias for c in narrow.blocks[0].convolutions):
        bias.fill_(1000.0)  # darkness is negative to the encoder, and would see nothing
    cell, reach = 2 ** narrow.levels[layer], narrow.reach[layer]
    assert box_seen(narrow, layer) == (-reach, cell + reach)


def test_it_comes_frozen_and_laid_out_for_speed(encoder: Encoder) -> None:
    assert not encoder.training
    assert not any(p.requires_grad for p in encoder.parameters())
    deep = encoder.blocks[3].convolutions[1].weight
    assert deep.is_contiguous(memory_format=torch.channels_last)
    assert {p.dtype for p in load_encoder("cpu", torch.float64).parameters()} == {torch.float64}


def test_trained_features_are_alive(encoder: Encoder) -> None:
    """A channel that no picture excites would be dead weight in every style."""
    seen = [encoder(photograph(name)) for name in ("astronaut", "coffee", "chelsea", "retina")]
    for layer, *features in zip(LAYERS, *seen, strict=True):
        highest = torch.stack([f.amax((0, 2, 3)) for f in features]).amax(0)
        dead = (highest <= 0).float().mean()
        assert dead < 0.2, f"{layer}: {dead:.0%} of the channels never fire"


def test_the_weights_are_small_and_half_precision() -> None:
    assert ENCODER.stat().st_size <= 2_000_000
    with safe_open(ENCODER, "pt") as file:
        assert {file.get_slice(name).get_dtype() for name in file.keys()} == {"F16"}  # noqa: SIM118


def test_the_card_describes_these_very_weights() -> None:
    card = CARD.read_text(encoding="utf-8")
    figures = dict(re.findall(r"^\| (file size|digest|parameters) \| `?([\w,]+)", card, re.M))
    assert figures["digest"] == encoder_digest()
    assert int(figures["file size"].replace(",", "")) == ENCODER.stat().st_size
    assert int(figures["parameters"].replace(",", "")) == sum(p.numel() for p in Encoder().parameters())
