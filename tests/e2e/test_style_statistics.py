"""A style that many layers take is read once a size: in one build, in two at once, and in the next one."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from composer.build.bench import Line, Pace, WorkerBench
from composer.digest import digest_of_parts
from composer.graph.manifest import Device
from composer.neural import signature
from composer.neural.checkpoint import raw
from composer.neural.controls import Controls
from composer.neural.easel import Easel
from composer.neural.picture import Picture
from composer.neural.signature import Signature
from composer.operation import StyleImage, StyleSet
from composer.pixels.raster import Raster
from composer.store.store import Store
from composer.styles.draft import draft

from .conftest import Studio, picture

LAYERS = 10
HEAD = """\
seed = 3
[canvas]
width = 144
height = 96
[source.hill]
file = "hill.png"
[source.dale]
file = "dale.png"
[style.dots]
file = "dots.png"
[output]
png = "build/{piece}.png"
"""
LAYER = """\
[[layer]]
name = "layer NUMBER"
source = "SOURCE"
place = { fit = "stretch" }
opacity = 0.5
[layer.style]
use = "draft"
from = ["dots"]
quality = "draft"
structure = 0.2
seed = NUMBER
strength = 0.NUMBER5
"""


def piece(numbers: Sequence[int]) -> str:
    """Layers of two photographs in one style, each with controls of its own."""
    layers = (LAYER.replace("SOURCE", "hill" if n % 2 else "dale").replace("NUMBER", str(n)) for n in numbers)
    return HEAD + "".join(layers)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """How often a picture was read by a network, by its digest and extent."""
    seen: Counter[tuple[str, str]] = Counter()
    read = signature._read

    def watched(picture: Picture, layers: int, sampled: Sequence[int], easel: Easel) -> Signature:
        seen[digest_of_parts([raw(picture.rgb)]), str(picture.extent)] += 1
        time.sleep(0.05)  # long enough for others to come and ask
        return read(picture, layers, sampled, easel)

    monkeypatch.setattr(signature, "_read", watched)
    return seen


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    studio = Studio(tmp_path)
    for seed, name in enumerate(("hill", "dale", "dots")):
        studio.paint(f"{name}.png", picture(seed, 144, 96))
    studio.write(piece(range(LAYERS)))
    return studio


def _style(number: int) -> str:
    return f'layer "layer {number}" style (draft)'


def test_ten_layers_read_their_style_once_a_size(studio: Studio, read: Counter[tuple[str, str]]) -> None:
    ran = studio.build("--jobs", "2")
    assert {_style(number) for number in range(LAYERS)} <= ran.rendered
    assert set(read.values()) == {1}
    assert len(read) == len({extent for _, extent in read}) > 1


def test_another_build_with_other_controls_reads_it_no_more(
    studio: Studio, read: Counter[tuple[str, str]]
) -> None:
    studio.write(piece([2, 3, 4]))
    assert studio.build().status == 0
    read.clear()
    studio.edit("strength = 0.35", "strength = 0.85")
    assert _style(3) in studio.build().rendered
    assert not read


def test_a_changed_style_is_read_anew_once_a_size(studio: Studio, read: Counter[tuple[str, str]]) -> None:
    studio.write(piece([1, 2]))
    assert studio.build().status == 0
    before = read.copy()
    studio.paint("dots.png", picture(9, 144, 96))
    assert {_style(1), _style(2)} <= studio.build().rendered
    after = read - before
    assert set(after.values()) == {1}
    assert {extent for _, extent in after} == {extent for _, extent in before}


def test_two_layers_painted_at_once_read_it_once_a_size(
    tmp_path: Path, read: Counter[tuple[str, str]]
) -> None:
    """By two benches on one store, as two builds of one project have them."""
    contents = [raster(picture(seed, 144, 96)) for seed in (0, 1)]
    style = StyleImage(raster(picture(2, 144, 96)))
    line = Line(lambda _done, _total: None, lambda _told: None, lambda: False)
    together = Barrier(2)

    def painted(seed: int) -> Raster:
        bench = WorkerBench(Store(tmp_path / ".composer"), Device("cpu", 1), f"{seed:064}", line, Pace())
        styles = StyleSet((style,), seed=seed, canvas_long_side=144)
        together.wait()
        return draft(contents[seed], styles, Controls(quality="draft", structure=0.2), bench)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(painted, (0, 1))
    assert not np.array_equal(first.pixels, second.pixels)
    assert set(read.values()) == {1}
    assert len(read) > 1


def raster(image: np.ndarray) -> Raster:
    """An opaque raster of BGR pixels."""
    return Raster(np.dstack([image[..., ::-1], np.full(image.shape[:2], 255, np.uint8)]))
