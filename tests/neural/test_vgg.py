"""VGG-19 is read as torchvision defines it, apart from pooling and borders, out of a file it may not fill."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms.functional import normalize

from composer.errors import InputError
from composer.neural import vgg
from composer.neural.vgg import LAYERS, Vgg19, load_vgg19

from ..narrow_vgg import write_narrow_vgg
from .reach import box_seen


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "vgg19.safetensors"
    write_narrow_vgg(path)
    return path


@pytest.fixture
def exact(path: Path) -> Vgg19:
    return load_vgg19(path, "cpu", torch.float64)


def picture(height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(1, 3, height, width, generator=generator, dtype=torch.float64)


def test_layers_are_torchvisions_with_doubled_means_and_repeated_borders(exact: Vgg19, path: Path) -> None:
    x, theirs = normalize(picture(48, 40), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]), []
    for layer in write_narrow_vgg(path).double():
        if isinstance(layer, torch.nn.Conv2d):
            x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), layer.weight, layer.bias)
        else:
            x = 2 * F.avg_pool2d(x, 2) if isinstance(layer, torch.nn.MaxPool2d) else layer(x)
        theirs.append(x)
    ours = exact(picture(48, 40))
    for name, index, features in zip(LAYERS, (1, 6, 11, 20, 29, 22), ours, strict=True):
        torch.testing.assert_close(features, theirs[index], msg=name)
        assert features.max() > 0


def test_odd_sizes_are_halved_and_rounded_down(exact: Vgg19) -> None:
    features = exact(picture(67, 51))
    assert [tuple(f.shape[2:]) for f in features] == [(67 >> k, 51 >> k) for k in exact.levels]
    assert tuple(f.shape[1] for f in features) == exact.channels == (4, 8, 16, 32, 32, 32)


@pytest.mark.parametrize(("depth", "convolutions"), list(enumerate((1, 3, 5, 9, 13, 13), 1)))
def test_no_deeper_than_asked(
    exact: Vgg19, depth: int, convolutions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Tensor] = []

    def counted(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        done.append(weight)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight, bias).relu()

    all_layers = exact(picture(32, 32))
    monkeypatch.setattr(vgg, "convolve", counted)
    features = exact(picture(32, 32), depth)
    assert len(done) == convolutions
    assert all(torch.equal(a, b) for a, b in zip(features, all_layers[:depth], strict=True))


@pytest.mark.parametrize("depth", [0, 7])
def test_a_depth_that_is_not_there_is_refused(exact: Vgg19, depth: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.6"):
        exact(picture(32, 32), depth)


@pytest.mark.parametrize("layer", range(6))
def test_a_position_sees_exactly_its_reach(layer: int) -> None:
    ones = [(torch.ones(2, 3 if i == 0 else 2, 3, 3).double(), torch.ones(2).double()) for i in range(13)]
    encoder = Vgg19(ones)
    cell, reach = 2 ** encoder.levels[layer], encoder.reach[layer]
    assert box_seen(encoder, layer) == (-reach, cell + reach)


def test_the_file_is_read_in_the_precision_asked_for(path: Path) -> None:
    single, double = load_vgg19(path, "cpu"), load_vgg19(path, "cpu", torch.float64)
    pairs = zip(single(picture(32, 32).float()), double(picture(32, 32)), strict=True)
    for ours, exact in pairs:
        assert ours.dtype == torch.float32
        torch.testing.assert_close(ours.double(), exact, rtol=1e-4, atol=1e-4)


def test_features_and_gradients_are_the_same_each_time(path: Path) -> None:
    def once() -> list[Tensor]:
        rgb = picture(48, 32).float().requires_grad_()
        features = load_vgg19(path, "cpu")(rgb)
        torch.stack([f.square().mean() for f in features]).sum().backward()
        assert rgb.grad is not None
        return [*features, rgb.grad]

    assert all(torch.equal(a, b) for a, b in zip(once(), once(), strict=True))


def test_a_file_that_is_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vgg19.safetensors"
    path.write_bytes(b"not tensors")
    with pytest.raises(InputError, match=r"vgg19\.safetensors does not hold VGG-19") as caught:
        load_vgg19(path, "cpu")
    assert "composer models fetch vgg19" in caught.value.hint


def test_other_networks_are_told_by_what_they_lack(tmp_path: Path) -> None:
    path = tmp_path / "vgg16.safetensors"
    write_narrow_vgg(path)
    tensors = load_file(path)
    other = tensors.pop("features.28.weight")
    save_file(tensors, path)
    with pytest.raises(InputError, match=r"features\.28\.weight"):
        load_vgg19(path, "cpu")
    save_file({**tensors, "features.28.weight": other[..., :1].contiguous()}, path)
    with pytest.raises(InputError, match=r"features\.28 is \(32, 32, 3, 1\)"):
        load_vgg19(path, "cpu")
