"""`composer mask`: one mask as a picture, and in red film over what it cuts out.

Knows what the artist reads and where the pictures go. Does not know how a mask is made.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from ..build.device import choose_device
from ..build.doubt import told_confidence
from ..build.outputs import deliver
from ..build.project import Project, open_project
from ..build.session import Session
from ..errors import ComposerError, UsageError
from ..graph.node import MaskPlan
from ..pixels import codec
from ..pixels.geometry import Bounds
from ..pixels.masking import rubylith
from ..pixels.raster import Array, Mask, Raster
from . import console, findings
from .progress import Progress
from .rendering import spare, tell_kept

_FOLDER = "build"
_SPOKEN = {"&": " and ", "|": " or ", "^": " xor ", "-": " without ", "!": " not "}
"""An operator as it is told in the name of a file: two masks of the same names have two files."""


def run(options: argparse.Namespace) -> int:
    """Render the mask of the options, with all it needs and nothing else, and write two pictures."""
    project = open_project(options.piece)
    planned = project.plan_mask(options.expression, options.layer, options.scale)
    path = _path(project, options.expression, options.output, options.scale)
    spare(project, project.declared(), (path, _over(path)))
    device = choose_device(planned.plan, options.device)
    session = Session(project, planned.plan, device, options.scale, is_whole=False)
    progress = Progress(findings.survey_of(session, with_patches=False), sys.stdout)
    built = session.build(session.execution(jobs=2, observer=progress))
    progress.close()
    for name, error in built.result.errors.items():
        print(console.plain(f"failed: {name}: {error}"), file=sys.stderr)
    if built.result.errors:
        return ComposerError.exit_code
    for name, confidence in built.confidences.items():
        print(console.plain(told_confidence(name, confidence)))
    entries = {name: entry.output for name, entry in built.result.entries.items()}
    _write(project, planned, entries, path)
    return 0


def _path(project: Project, expression: str, asked: Path | None, scale: float) -> Path:
    """Where the mask goes; a draft has a name of its own. Raises UsageError for a file that is no PNG."""
    if asked is None:
        spoken = "".join(_SPOKEN.get(each, each) for each in expression)
        plain = re.sub(r"\W+", "_", spoken).strip("_")
        draft = "" if scale == 1.0 else f"@{scale:g}x"
        return project.folder / _FOLDER / f"{project.piece.stem}.{plain}{draft}.png"
    if asked.suffix.lower() != ".png":
        raise UsageError(f'a mask is written as PNG, and "{asked.name}" is none', "name a .png file")
    return asked.absolute()


def _over(path: Path) -> Path:
    """Where the mask goes that lies over its picture."""
    return path.with_name(f"{path.stem}.over.png")


def _write(project: Project, planned: MaskPlan, entries: dict[str, str], path: Path) -> None:
    mask = codec.decode(project.store.open(entries[planned.mask]))
    assert isinstance(mask, Mask)
    height, width = mask.values.shape
    image = Raster.blank(Bounds(0, 0, width, height))
    if planned.image is not None:
        found = codec.decode(project.store.open(entries[planned.image]))
        assert isinstance(found, Raster)
        image = found
    with project.store.hold():
        _save(project, mask.values, path)
        _save(project, rubylith(image, mask), _over(path))
    share = float(mask.values.mean(dtype=np.float64)) / ((1 << mask.depth) - 1)
    print(console.plain(f'as layer "{planned.layer}" uses it; it shows {share:.1%} of the canvas'))
    print(console.plain(f"wrote {path} and, over its picture, {_over(path).name}"))


def _save(project: Project, values: Array, path: Path) -> None:
    """Write a picture as a build writes its outputs: what was painted into an earlier one is kept."""
    png = io.BytesIO()
    Image.fromarray(values).save(png, "png")
    digest = project.store.put([png.getvalue()])
    tell_kept(project, deliver(project.store, project.folder, path, digest))
