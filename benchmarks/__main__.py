"""`python -m benchmarks`: every benchmark, one after the other, each in a process of its own.

What needs other programs (`readers`) or test material that is not part of the project says so and
is left out. On a busy machine quote medians and ratios only.
"""

import subprocess
import sys

NAMES = (
    "store",
    "compositing",
    "patching",
    "exporting",
    "imaging",
    "styling",
    "building",
    "loop",
    "watching",
    "quality",
)


def main() -> int:
    """Run them all; the number that failed."""
    failed = 0
    for name in NAMES:
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
