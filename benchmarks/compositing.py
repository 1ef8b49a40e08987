"""Compositing at 12 megapixels: ten layers with masks and opacity, by each kernel.

Run as `python -m benchmarks.compositing [numba|numpy ...]`. Prints the seconds of the first flattening
(which compiles, or loads the cache) and of the best of three more, and the peak memory beyond the
layers'. Each kernel runs in a process of its own, so that one's peak is not the other's.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np

from composer.composite.flatten import flatten
from composer.composite.kernel import KernelName
from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerStack, PaintLayer
from composer.registry import find_blend

CANVAS = Extent(4000, 3000)
MODES = (
    "normal",
    "multiply",
    "screen",
    "overlay",
    "normal",
    "soft_light",
    "normal",
    "linear_dodge",
    "color_burn",
    "luminosity",
)
KERNELS: tuple[KernelName, ...] = ("numba", "numpy")


def layers() -> LayerStack:
    """An opaque layer of noise under nine with masks, at 80 % opacity."""
    random = np.random.default_rng(0)
    stack: list[PaintLayer] = []
    for mode in MODES:
        pixels = random.integers(0, 256, (CANVAS.height, CANVAS.width, 4), dtype=np.uint8)
        mask = Mask(random.integers(0, 256, pixels.shape[:2], dtype=np.uint8))
        stack.append(PaintLayer(mode, Raster(pixels), find_blend(mode), mask, 0.8))
    stack[0].raster.pixels[..., 3] = 255
    stack[0] = replace(stack[0], mask=None, opacity=1.0)
    return LayerStack(CANVAS, tuple(stack))


def seconds(stack: LayerStack, kernel: KernelName) -> float:
    """Wall time of one flattening."""
    start = time.perf_counter()
    flatten(stack, kernel=kernel)
    return time.perf_counter() - start


def peak_mib() -> float:
    """The largest resident size so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(kernel: KernelName) -> None:
    """Print the figures of one kernel."""
    stack = layers()
    before = peak_mib()
    first = seconds(stack, kernel)
    best = min(seconds(stack, kernel) for _ in range(3))
    print(
        f"{kernel}: first {first:.2f} s, then {best:.2f} s, {peak_mib() - before:.0f} MiB beyond the layers"
    )


def main(arguments: list[str]) -> None:
    """One kernel here, or each in its own process."""
    wanted = [kernel for kernel in KERNELS if kernel in (arguments or KERNELS)]
    if len(wanted) == 1:
        measure(wanted[0])
        return
    for kernel in wanted:
        subprocess.run([sys.executable, "-m", "benchmarks.compositing", kernel], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
