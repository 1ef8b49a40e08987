"""Exporting: seconds, peak memory and size of every format on ten layers with masks.

    python -m benchmarks.exporting [FOLDER] [WIDTH HEIGHT]

Knows the exporters. Does not check what they wrote (`readers` does).
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from composer.composite.flatten import flatten
from composer.operation import Params
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster
from composer.pixels.stack import LayerStack
from composer.registry import find

from .documents import poster, showcase


def main(arguments: list[str]) -> int:
    """Write every format into the folder (a scratch one by default) and print what it took."""
    extent = Extent(int(arguments[1]), int(arguments[2])) if len(arguments) == 3 else Extent(3000, 2000)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(arguments[0] if arguments else scratch)
        _export_all("showcase", showcase(), folder)
        stack = poster(extent)
        _export_all("poster", stack, folder)
    return 0


def _export_all(name: str, stack: LayerStack, folder: Path) -> None:
    merged = flatten(stack)
    for format_, settings in (("png", {}), ("psd", {"compression": "zip"}), ("psd", {}), ("ora", {})):
        export = find("export", format_)
        words = " ".join([name, format_, *settings.values()])
        path = folder / f"{name}{export.suffix}"
        params = export.params(**settings)
        _forget_peak()
        before = _peak_mib()
        seconds, work = _timed(export.function, stack, merged, params, path)
        size, memory = path.stat().st_size / 1e6, _peak_mib() - before
        print(f"{words}: {seconds:.2f} s ({work:.2f} s of work), {size:.1f} MB, +{memory:.0f} MiB")


def _timed(
    function: Callable[..., None], stack: LayerStack, merged: Raster, params: Params, path: Path
) -> tuple[float, float]:
    """Seconds by the clock, and of processor time."""
    start, work = time.perf_counter(), time.process_time()
    function(stack, merged, params, path)
    return time.perf_counter() - start, time.process_time() - work


def _forget_peak() -> None:
    """Let the peak of memory start from what is in use now (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
