"""Both teachers' files are read as the networks they hold."""

from pathlib import Path

import torch
from torchvision.models.vgg import cfgs, make_layers
from torchvision.transforms.functional import normalize

from training.teacher import load_teacher


def test_torchvisions_file_gives_its_own_first_activations(tmp_path: Path) -> None:
    torch.manual_seed(0)
    layers = make_layers(cfgs["E"])
    torch.save(
        {f"features.{name}": tensor for name, tensor in layers.state_dict().items()}, tmp_path / "vgg19.pth"
    )
    rgb = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        features = load_teacher(tmp_path / "vgg19.pth", gain=2.0)(rgb)
        expected = layers[:2](normalize(rgb, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    assert [f.shape[1:] for f in features] == [
        (64, 32, 32),
        (128, 16, 16),
        (256, 8, 8),
        (512, 4, 4),
        (512, 2, 2),
    ]
    inside = (..., slice(1, -1), slice(1, -1))
    assert torch.allclose(features[0][inside], expected[inside], atol=1e-4)


def test_the_distilled_file_is_read_with_its_colour_map(assets: Path) -> None:
    features = load_teacher(assets / "weights" / "vgg19_16x.safetensors", gain=1.25)(torch.rand(1, 3, 48, 32))
    assert [f.shape[1] for f in features] == [16, 32, 64, 128, 128]
    assert features[4].shape[2:] == (3, 2)
    assert all(f.max() > 0 for f in features)
