"""Sections: what a watch has come to, as plain values for the page; the words are those of the terminal.

Knows events and states. Does not know pixels, clients or HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..build.reasons import why as reasons
from ..build.survey import Verdict
from ..digest import Json
from ..watch.events import Building, Ended, LayerShown, Picture, Problem
from ..watch.state import State
from .easel import LONGEST
from .gallery import identity
from .reducing import factor_for


def picture(shown: Picture | None, accepted: Picture | None) -> Json:
    """The newest picture with its layers, and the one it is compared with; None before the first."""
    if shown is None:
        return None
    told = _framed(shown)
    return {
        **told,
        "epoch": shown.epoch,
        "seconds": round(shown.seconds, 2),
        "layers": [_layer(layer) for layer in shown.layers],
        "accepted": None if accepted is None else _framed(accepted),
    }


def _framed(shown: Picture) -> dict[str, Json]:
    """`scale`: canvas pixels of the piece a pixel of a draft is the inverse of."""
    return {
        "id": identity(shown),
        "width": shown.canvas.width,
        "height": shown.canvas.height,
        "scale": shown.scale,
        "draft": shown.is_draft,
        "factor": factor_for(shown.canvas, LONGEST),
    }


def _layer(layer: LayerShown) -> Json:
    return {
        "name": layer.name,
        "blend": layer.blend,
        "opacity": layer.opacity,
        "visible": layer.visible,
        "clip": layer.clip,
        "group": layer.is_group,
        "through": layer.pass_through,
        "painted": layer.pixels is not None or layer.is_group,
        "pixels": _short(layer.pixels),
        "mask": _short(layer.mask),
        "children": [_layer(child) for child in layer.children],
    }


def _short(digest: str | None) -> str | None:
    """Enough of a digest to tell whether a thumbnail is still the right one."""
    return None if digest is None else digest[:16]


def running(state: State, looks: Mapping[str, str]) -> Json:
    """The nodes at work, how far they are, and the names of looks at them."""
    return [
        {"node": node, "draft": at.is_draft, "done": at.done, "total": at.total, "look": looks.get(node)}
        for node, at in state.running.items()
    ]


def problems(state: State) -> Json:
    """What is wrong, in the words of the terminal, and the lines of the piece."""
    return [_problem(each) for each in state.problems]


def _problem(problem: Problem) -> Json:
    lines: list[Json] = [f"{found.file}:{found.span.line}" for found in problem.diagnostics]
    return {"text": str(problem), "places": lines}


def why(event: Building, folder: Path) -> Json:
    """For each node that will run why it will, as `composer explain` says it."""
    awake = [finding for finding in event.forecast if finding.verdict is not Verdict.HIT]
    told: list[Json] = ["\n".join(reasons(finding)) for finding in awake]
    changed: list[Json] = [_shown(path, folder) for path in event.changed]
    return {"changed": changed, "nodes": told, "hits": len(event.forecast) - len(awake)}


def status(state: State, ended: Ended | None, folder: Path) -> Json:
    """Whether a build runs, what is still being written, and how the last one ended."""
    writing: list[Json] = [_shown(path, folder) for path in state.writing]
    outputs: list[Json] = [_shown(path, folder) for path in state.outputs]
    return {
        "building": state.is_building,
        "writing": writing,
        "outputs": outputs,
        "ended": None if ended is None else _told(ended),
    }


def _told(ended: Ended) -> str:
    if not ended.rendered:
        return "all from the store" if ended.is_whole else "not built"
    patched = f" ({ended.patched} of them patched)" if ended.patched else ""
    return f"{len(ended.rendered)} rendered{patched}, {ended.hits} from the store, in {ended.seconds:.1f} s"


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
