"""`python -m benchmarks [NAME …]`: the benchmarks that are named, or all, each in a process of its own.

Knows their names. Does not know what one of them takes: `python -m benchmarks.NAME --help` says so. What
needs other programs or test material that is not part of the project says so and is left out. On a busy
machine quote medians and ratios only.
"""

import argparse
import ast
import subprocess
import sys
from pathlib import Path

NAMES = (
    "store",
    "compositing",
    "patches",
    "patching",
    "exporting",
    "imaging",
    "styling",
    "building",
    "loop",
    "watching",
    "quality",
)
ASKED = ("kills",)
"""What takes hours runs only when it is named. `readers` is not among them: it wants files."""


def main() -> int:
    """Run them one after the other; the number that failed."""
    names = _options().names or NAMES
    failed = 0
    for name in names:
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return failed


def _options() -> argparse.Namespace:
    every = (*NAMES, *ASKED)
    listed = "\n".join(f"  {name:<12} {_subject(name)}" for name in every)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Run benchmarks, each in a process of its own. `loop watching`: what artists wait for.",
        epilog=f"{listed}\n\n`python -m benchmarks.NAME --help` says what one of them takes.",
    )
    which = f"which; left out: all but {' and '.join(ASKED)}"
    parser.add_argument("names", nargs="*", choices=every, metavar="NAME", help=which)
    return parser.parse_args()


def _subject(name: str) -> str:
    """What a benchmark says of itself first, read and not imported: some take seconds to load."""
    found = Path(__file__).with_name(name)
    path = found / "__init__.py" if found.is_dir() else found.with_suffix(".py")
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(told.partition("\n\n")[0].split()).partition(": ")[2]


if __name__ == "__main__":
    sys.exit(main())
