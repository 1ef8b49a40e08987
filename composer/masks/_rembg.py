"""Rembg: asks a named rembg session for a mask, in a process of its own.

Knows which sessions there are, why some are refused, and how the worker is spoken to: rembg is
slow to import and may end the process it is imported into. No extension of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

import numpy as np

from ..errors import OperationError
from ..pixels.raster import Array, FloatArray

SessionName = Literal[
    "none",
    "u2net",
    "u2netp",
    "u2net_human_seg",
    "silueta",
    "isnet-general-use",
    "isnet-anime",
    "birefnet-general",
    "birefnet-general-lite",
    "birefnet-portrait",
    "birefnet-dis",
    "birefnet-hrsod",
    "birefnet-cod",
    "birefnet-massive",
]
REFUSED = {
    "bria-rmbg": "its licence forbids commercial use without a contract",
    "withoutbg": "it sends the picture to a company's server",
    "atlascloud": "it sends the picture to a company's server",
    "sam": "it needs points or boxes, which a mask cannot give yet",
    "u2net_cloth_seg": "it finds garments, and gives several masks",
}
_PATIENCE = 1200.0  # seconds; the largest networks take minutes on a processor
_WORKER = f"{__package__}._rembg_worker"


def refuse_some(name: object) -> object:
    """A validator: says why a session that rembg has is not offered here."""
    if isinstance(name, str) and name in REFUSED:
        raise ValueError(f'the model "{name}" is not offered: {REFUSED[name]}')
    return name


def ask_session(session: str, weights: Path, rgb: Array) -> FloatArray:
    """(H, W, 3) uint8 to (H, W) float32 0…1 by that session with the weights of that file.

    The session `u2net_custom` runs any ONNX network of u2net's interface. Raises OperationError.
    """
    with tempfile.TemporaryDirectory(prefix="composer-rembg-") as folder:
        picture, mask = Path(folder, "picture.npy"), Path(folder, "mask.npy")
        np.save(picture, rgb, allow_pickle=False)
        request = {"session": session, "weights": str(weights), "picture": str(picture), "mask": str(mask)}
        _run_worker(json.dumps(request | {"home": folder}), session)
        found: FloatArray = np.load(mask, allow_pickle=False).astype(np.float32) / np.float32(255)
    return found


def _run_worker(request: str, session: str) -> None:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-m", _WORKER],
            input=request,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            env=os.environ | {"PYTHONPATH": path},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OperationError(
            f'the model "{session}" gave no mask within {_PATIENCE / 60:.0f} minutes'
        ) from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        reason = said[-1] if said else f"it ended with status {done.returncode}"
        raise OperationError(
            f'the model "{session}" gave no mask: {reason}',
            f"`composer models verify {session}` checks its file",
        )
