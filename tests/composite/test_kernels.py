"""The two kernels: the same picture from both, and a machine without numba still composites."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.composite.kernel import KernelName, kernel_in_use, load_kernel
from composer.composite.surface import Surface
from composer.composite.walk import compose
from composer.pixels.geometry import Bounds
from composer.pixels.stack import PaintLayer
from composer.registry import find_blend, names

from .conftest import CANVAS, layer, mask, stack


@pytest.mark.parametrize("mode", names("blend"))
def test_both_kernels_give_the_same_bytes_in_every_mode(mode: str) -> None:
    pytest.importorskip("numba")
    top = replace(layer(2, mode), mask=mask(3), opacity=0.7)
    picture = stack(layer(1), top, replace(layer(4, mode), opacity=0.37))
    compiled, plain = (flatten(picture, kernel=kernel).pixels for kernel in ("numba", "numpy"))
    assert np.array_equal(compiled, plain)


@pytest.mark.parametrize("mode", ["normal", "soft_light"])
def test_so_they_do_in_sixteen_bits(mode: str) -> None:
    pytest.importorskip("numba")
    top = replace(layer(2, mode, depth=16), mask=mask(3, 16), opacity=0.7)
    picture = stack(layer(1, depth=16), top, depth=16)
    compiled, plain = (flatten(picture, kernel=kernel).pixels for kernel in ("numba", "numpy"))
    assert np.array_equal(compiled, plain)


def test_both_kernels_weigh_an_opacity_alike_to_the_last_bit() -> None:
    pytest.importorskip("numba")
    for percent in range(1, 100):
        top = replace(layer(2), opacity=percent / 100)
        assert np.array_equal(*(_surface([layer(1), top], kernel) for kernel in ("numba", "numpy"))), percent


def test_both_kernels_part_at_the_same_tie() -> None:
    """Of *hard mix*: sums beside the tolerance, where float64 would decide otherwise than float32."""
    pytest.importorskip("numba")
    chance, box = np.random.default_rng(3), Bounds(0, 0, 500, 200)
    below = np.ones((4, 200, 500), np.float32)
    below[:3] = chance.random((3, 200, 500), np.float32)
    above, tie = np.ones_like(below), np.where(below[:3] > 0.5, 1e-6, -1e-6)
    above[:3] = 1 - tie - below[:3] + chance.integers(-2, 3, (3, 200, 500)) * 2.0**-24
    results = []
    for name in ("numba", "numpy"):
        backdrop = Surface(below.copy(), box)
        load_kernel(name).blend(backdrop, Surface(above, box), find_blend("hard_mix"), None, 1.0)
        results.append(backdrop.channels)
    assert np.array_equal(*results)


def _surface(layers: list[PaintLayer], kernel: KernelName) -> np.ndarray:
    """What the layers are before they are rounded."""
    surface = Surface.blank(Bounds.of(CANVAS))
    compose(layers, surface, load_kernel(kernel))
    return surface.channels


def test_numba_is_taken_where_it_can_be_imported() -> None:
    numba = pytest.importorskip("numba")
    assert kernel_in_use().name == "numba"
    assert numba.__version__ in kernel_in_use().reason


COMPOSITE = """
import numpy as np
from composer.composite.flatten import flatten
from composer.composite.kernel import kernel_in_use
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster
from composer.pixels.stack import LayerStack, PaintLayer
from composer.registry import find_blend
pixels = np.full((4, 4, 4), 100, np.uint8)
layers = tuple(PaintLayer("grey", Raster(pixels), find_blend("normal")) for _ in range(2))
print(flatten(LayerStack(Extent(4, 4), layers)).pixels[0, 0].tolist())
print(kernel_in_use().name, "because", kernel_in_use().reason)
"""


def composite_elsewhere(script: str, **variables: str) -> str:
    environment = {**os.environ, **variables}
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_without_numba_the_picture_is_the_same_and_the_reason_can_be_read() -> None:
    absent = "import sys; sys.modules['numba'] = None\n"
    picture, reason = composite_elsewhere(absent + COMPOSITE).splitlines()
    assert picture == "[100, 100, 100, 161]"
    assert reason.startswith("numpy because numba cannot be imported")


def test_with_compilation_switched_off_numpy_is_taken() -> None:
    picture, reason = composite_elsewhere(COMPOSITE, NUMBA_DISABLE_JIT="1").splitlines()
    assert picture == "[100, 100, 100, 161]"
    assert reason.startswith("numpy because NUMBA_DISABLE_JIT is set")


def test_a_cache_folder_that_cannot_be_made_costs_time_only(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    blocked = tmp_path / "file"
    blocked.write_text("a file where the cache wants a folder")
    variables = {"NUMBA_CACHE_DIR": str(blocked), "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
    picture, reason = composite_elsewhere(COMPOSITE, **variables).splitlines()
    assert picture == "[100, 100, 100, 161]"
    assert reason.startswith("numba because")


def test_a_full_disk_costs_time_only(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
    picture, reason = composite_elsewhere(full + COMPOSITE, NUMBA_CACHE_DIR=str(tmp_path)).splitlines()
    assert picture == "[100, 100, 100, 161]"
    assert reason.startswith("numba because")


def test_the_cache_is_hit_by_the_next_start(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    variables = {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_DEBUG_CACHE": "1"}
    first = composite_elsewhere(COMPOSITE, **variables)
    assert "data saved" in first
    second = composite_elsewhere(COMPOSITE, **variables)
    assert "data loaded" in second
    assert "data saved" not in second
