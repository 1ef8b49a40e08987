"""Styling: time, peak memory and fidelity of the default style engine, each case in a process of its own.

    python -m benchmarks.styling                 512 px bar, identity, strength
    python -m benchmarks.styling --large 1024    the bar at another size as well
    python -m benchmarks.styling --memory 4096   what one step at each scale takes at that size, nothing else

Bars (two idle cores): 512 px in at most 20 s and 2.5 GB; identity at least 30 dB. `cpu` is the time all
threads worked: on a busy machine, one thread alone is the steadier figure. `system` is the system's part
of it, most of it memory fetched anew; `pictures` what content, style and result take as rasters. Features are
computed in the precision a build here would take. Knows the engine's parameters; does not judge style.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage import data, transform

from composer.build.device import choose_precision
from composer.neural.compact import ENGINE
from composer.neural.controls import Controls
from composer.neural.render import render
from composer.operation import PlainBench, StyleImage, StyleSet
from composer.pixels.color import srgb_to_oklab
from composer.pixels.raster import Array, Raster

STYLES = Path(__file__).parents[1] / "projects" / "styles"


@dataclass(frozen=True)
class Case:
    """One render: content and style by name (scikit-image's samples, files of projects/styles), its size."""

    title: str
    content: str
    style: str
    width: int
    height: int
    threads: int
    params: dict[str, Any] = field(default_factory=dict)
    once: bool = False


def picture(name: str, extent: tuple[int, int] | None = None) -> Raster:
    """A style of the project or a sample of scikit-image, resized to (width, height) if given."""
    file = STYLES / f"{name}.jpg"
    rgb = _opened(file) if file.is_file() else getattr(data, name)()[..., :3] / 255
    if extent is not None:
        rgb = transform.resize(rgb, extent[::-1], order=3, anti_aliasing=True)
    alpha = np.ones((*rgb.shape[:2], 1))
    return Raster.from_float(np.concatenate([rgb, alpha], axis=2).astype(np.float32))


def measured(case: Case) -> dict[str, float]:
    """Renders the case here and now: seconds, bytes, and how far the result is from the content."""
    extent = (case.width, case.height)
    content = picture(case.content, extent)
    style = picture(case.style, extent if case.style == case.content else None)
    styles = StyleSet((StyleImage(style),), seed=0, canvas_long_side=max(extent))
    bench = PlainBench(threads=case.threads, precision=choose_precision("cpu"))
    wall, cpu, system = time.perf_counter(), time.process_time(), os.times().system
    engine = replace(ENGINE, steps=1e-9) if case.once else ENGINE
    result = render(content, styles, Controls(**case.params), engine, bench)
    wall, cpu, system = time.perf_counter() - wall, time.process_time() - cpu, os.times().system - system
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    a, b = (raster.to_float()[..., :3] for raster in (content, result))
    moved = np.sqrt(((srgb_to_oklab(a) - srgb_to_oklab(b)) ** 2).sum(axis=2)).mean()
    psnr = -10 * np.log10(max(float(((a - b) ** 2).mean()), 1e-12))
    return {
        "wall": wall,
        "cpu": cpu,
        "system": system,
        "peak": float(peak),
        "pictures": float(sum(raster.pixels.nbytes for raster in (content, style, result))),
        "psnr": psnr,
        "moved": float(moved),
    }


def cases(threads: int, large: int | None, memory: int | None) -> Iterator[Case]:
    """The bar, the identity test and the strength curve; or a step at each scale of a large picture."""
    first, second = _style_names()
    if memory:
        yield Case(f"{memory}×{memory}, once", "astronaut", first, memory, memory, threads, once=True)
        return
    yield Case("512×512", "astronaut", first, 512, 512, threads)
    yield Case("512×341", "coffee", second, 512, 341, threads)
    if large:
        yield Case(f"{large}×{large}", "astronaut", first, large, large, threads)
    for name in (first, "astronaut"):
        yield Case(f"identity {name}", name, name, 512, 384, threads)
    for strength in (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0):
        title = f"strength {strength}"
        yield Case(title, "coffee", first, 256, 171, threads, {"strength": strength})


def main() -> None:
    """Runs every case in its own process and prints a line for each."""
    arguments = _arguments()
    if arguments.case:
        json.dump(measured(Case(**json.loads(arguments.case))), sys.stdout)
        return
    print(
        f"{'case':28} {'wall s':>8} {'cpu s':>8} {'system s':>8} {'peak GB':>8} {'pictures':>8}"
        f" {'PSNR dB':>8} {'moved ΔE':>9}"
    )
    for case in cases(arguments.threads, arguments.large, arguments.memory):
        command = [sys.executable, "-m", "benchmarks.styling", "--case", json.dumps(asdict(case))]
        told = subprocess.run(command, check=True, capture_output=True, text=True, env=_as_the_command())
        row = json.loads(told.stdout)
        print(
            f"{case.title:28} {row['wall']:8.1f} {row['cpu']:8.1f} {row['system']:8.1f}"
            f" {row['peak'] / 1e9:8.2f} {row['pictures'] / 1e9:8.2f} {row['psnr']:8.1f} {row['moved']:9.3f}",
            flush=True,
        )


def _as_the_command() -> dict[str, str]:
    """The environment in which the command itself runs torch (see `composer.cli.main`)."""
    return {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "1000", "THP_MEM_ALLOC_ENABLE": "1", **os.environ}


def _opened(file: Path) -> Array:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")) / 255


def _style_names() -> tuple[str, str]:
    painted = sorted(file.stem for file in STYLES.glob("*.jpg"))
    return (painted[0], painted[-1]) if len(painted) > 1 else ("rocket", "chelsea")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.styling", description=main.__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--large", type=int, help="also render at this many pixels square")
    parser.add_argument("--memory", type=int, help="one step at each scale at this many pixels square, alone")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
