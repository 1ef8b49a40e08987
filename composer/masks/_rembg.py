"""Rembg: asks a network for a mask, in a process of its own – a named rembg session, or a file.

Knows which sessions there are, why some are refused, and how the worker is spoken to: rembg is
slow to import and may end the process it is imported into. No extension of its own.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..errors import OperationError
from ..pixels.raster import Array, FloatArray
from ._hints import Hints
from ._network import USUAL, Dialect

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
    "sam",
]
REFUSED = {
    "bria-rmbg": "its licence forbids commercial use without a contract",
    "withoutbg": "it sends the picture to a company's server",
    "atlascloud": "it sends the picture to a company's server",
    "u2net_cloth_seg": "it finds garments, and gives several masks",
    "birefnet-general-fp16": "it is birefnet-general, rounded; use that",
    "u2net_custom": "name the file itself, as `network`",
    "dis_custom": "name the file itself, as `network`",
    "ben_custom": "name the file itself, as `network`",
}
SAM = "sam"
_SAM_FILES = ("sam_vit_b_01ec64.encoder", "sam_vit_b_01ec64.decoder")
_PATIENCE = 1200.0  # seconds; the largest networks take minutes on a processor
_WORKER = f"{__package__}._rembg_worker"


def refuse_some(name: object) -> object:
    """A validator: says why a session that rembg has is not offered here."""
    if isinstance(name, str) and name in REFUSED:
        raise ValueError(f'the model "{name}" is not offered: {REFUSED[name]}')
    return name


def weights_of(session: str) -> tuple[str, ...]:
    """The names of the weights that a session uses; none for "none"."""
    if session == SAM:
        return _SAM_FILES
    return () if session == "none" else (session,)


def ask_session(session: str, files: Mapping[str, Path], rgb: Array, hints: Hints) -> FloatArray:
    """(H, W, 3) uint8 to (H, W) float32 0…1 by that session; `files` by the names of its weights.

    Only sam listens to the hints, which are in pixels of `rgb`. Raises OperationError.
    """
    linked = {f"{name}.onnx": str(path) for name, path in files.items()}
    prompt = _prompt(hints) if session == SAM else []
    request = {"session": session, "files": linked, "prompt": prompt}
    check = " and ".join(f"`composer models verify {name}`" for name in files)
    return _answer(request, rgb, f'the model "{session}"', f"{check} checks its weights")


def ask_network(name: str, path: Path, rgb: Array, dialect: Dialect = USUAL) -> FloatArray:
    """(H, W, 3) uint8 to (h, w) float32 0…1 by the ONNX file at `path`, called `name` in messages.

    Raises OperationError.
    """
    request: dict[str, Any] = {"session": None, "files": {"network": str(path)}, "dialect": asdict(dialect)}
    hint = "u2net's interface is understood, and others whose picture and map have a usual form"
    return _answer(request, rgb, f'the network "{name}"', hint)


def _prompt(hints: Hints) -> list[dict[str, Any]]:
    """The hints as sam's marks: the box that all outlines have in common, and points."""
    marks: list[dict[str, Any]] = [
        {"type": "point", "label": label, "data": list(point)}
        for label, points in ((1, hints.inside), (0, hints.beside))
        for point in points
    ]
    if hints.around:
        corners = np.array([(*np.min(each, axis=0), *np.max(each, axis=0)) for each in hints.around])
        box = [*corners[:, :2].max(axis=0).tolist(), *corners[:, 2:].min(axis=0).tolist()]
        marks.append({"type": "rectangle", "data": box})
    return marks


def _answer(request: Mapping[str, Any], rgb: Array, who: str, hint: str) -> FloatArray:
    with tempfile.TemporaryDirectory(prefix="composer-rembg-") as folder:
        picture, mask = Path(folder, "picture.npy"), Path(folder, "mask.npy")
        np.save(picture, rgb, allow_pickle=False)
        places = {"picture": str(picture), "mask": str(mask), "home": folder}
        _run_worker(json.dumps({**request, **places}), who, hint)
        found: FloatArray = np.load(mask, allow_pickle=False).astype(np.float32)
    return found


def _run_worker(request: str, who: str, hint: str) -> None:
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
            f"{who} gave no mask within {_PATIENCE / 60:.0f} minutes",
            "a smaller model, or fewer pixels, may be quicker",
        ) from None
    if done.returncode:
        raise OperationError(f"{who} gave no mask: {_reason(done)}", hint)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """The last thing that the worker said; of one that was killed, by what."""
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return f"its process was ended by {name}; it may need more memory than this machine has"
    said = (done.stderr or done.stdout).strip().splitlines()
    return said[-1] if said else f"it ended with status {done.returncode}"
