"""A file shaped as torchvision's VGG-19, a few channels wide and untrained, for tests of what reads one."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torchvision.models.vgg import cfgs, make_layers

SHARE = 16  # of the real width, 64 … 512 channels


def write_narrow_vgg(path: Path, **others: Tensor) -> torch.nn.Sequential:
    """Writes all 16 convolutions, a piece of classifier and `others`; returns torchvision's own network."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        layers = make_layers([v if v == "M" else int(v) // SHARE for v in cfgs["E"]])
        for convolution in (layer for layer in layers if isinstance(layer, torch.nn.Conv2d)):
            torch.nn.init.kaiming_normal_(convolution.weight)
            torch.nn.init.normal_(convolution.bias, std=0.1)
    tensors = {f"features.{name}": tensor for name, tensor in layers.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({**tensors, "head.fc.weight": torch.zeros(10, 32), **others}, path)
    return layers
