"""A picture of noise in files of every kind, and what is told of a file that cannot be read."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile

from composer.errors import InputError
from composer.pixels.photograph import read_photograph

NOISE = np.random.default_rng(0).integers(0, 256, (24, 30, 3)).astype(np.uint8)
DEEP = NOISE.astype(np.uint16) * 257


def tiff(pixels: np.ndarray, **options: object) -> bytes:
    """A TIFF of the pixels."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **options)
    return stream.getvalue()


def told(path: Path, content: bytes | None = None) -> InputError:
    """What is told of the file, which begins with its name and says what to do."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_photograph(path, f"photos/{path.name}")
    assert caught.value.message.startswith(f"photos/{path.name} ")
    assert caught.value.hint
    return caught.value
