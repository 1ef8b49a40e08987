"""Photographs and paintings for training: which files, decoded once, and random crops of them.

Knows image files and scikit-image's bundled pictures. Does not know the networks.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import exp, log
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Generator, Tensor
from torch.nn import functional as F

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
BUNDLED = {
    *("astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel", "hubble_deep_field"),
    *("moon", "motorcycle_left", "page", "retina", "rocket", "text"),
}


def find_images(folders: Iterable[Path]) -> list[Path]:
    """Image files in `folders`, sorted by name; companions with two suffixes (`NAME.mask.png`) left out."""
    files = (f for folder in folders for f in sorted(folder.rglob("*")))
    return [f for f in files if f.suffix.lower() in SUFFIXES and len(f.suffixes) == 1]


def bundled_images() -> list[Path]:
    """The photographs inside the scikit-image package; none of them is fetched."""
    import skimage.data

    folder = Path(skimage.data.__file__).parent
    return [f for f in sorted(folder.iterdir()) if f.stem in BUNDLED and f.suffix.lower() in SUFFIXES]


def read_rgb(path: Path) -> Tensor:
    """(3, H, W) uint8, sRGB-encoded; alpha is dropped."""
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()


def read_unlike(paths: Iterable[Path], excluded: Sequence[Tensor]) -> list[Tensor]:
    """Decoded images, each picture once, and none that equals an excluded one under another name."""
    seen = {_fingerprint(image) for image in excluded}
    images = []
    for image in map(read_rgb, paths):
        if (mark := _fingerprint(image)) not in seen:
            seen.add(mark)
            images.append(image)
    return images


def _fingerprint(image: Tensor) -> str:
    return sha256(image.numpy().tobytes()).hexdigest()


def random_crop(image: Tensor, side: int, generator: Generator) -> Tensor:
    """A (3, side, side) float crop in 0..1 of a random part, 0.6 to 6 times `side` wide where that fits."""
    height, width = image.shape[1:]
    low, high = 0.6 * side, min(6.0 * side, height, width)
    extent = int(exp(log(low) + (log(max(low, high)) - log(low)) * _uniform(generator)))
    extent = min(extent, height, width)
    top, left = (
        int(_uniform(generator) * (height - extent + 1)),
        int(_uniform(generator) * (width - extent + 1)),
    )
    crop = image[None, :, top : top + extent, left : left + extent].float() / 255
    if extent == side:
        return crop[0]
    return F.interpolate(crop, size=(side, side), mode="bicubic", antialias=True)[0].clamp(0, 1)


def _uniform(generator: Generator) -> float:
    return torch.rand((), generator=generator).item()
