"""What finding an engine loads, asked of a fresh interpreter."""

import subprocess
import sys


def loads_torch(engine: str) -> bool:
    """Whether torch is loaded once a plan knows the engine and its parameters."""
    find_it = f"from composer.registry import find; find('style', '{engine}')"
    code = f"import sys; {find_it}; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return told.stdout.strip() == "True"
