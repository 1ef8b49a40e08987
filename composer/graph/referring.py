"""Referring: from parameters that name layers, pictures, masks or files to the inputs of a node.

Knows which parameters name something, and where that is told when it does not exist. Does not know what
an extension does with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ..diagnostics import Diagnostic
from ..operation import Params, ReferenceKind
from ..registry import Extension
from ..spec.names import reference_mistakes
from ..spec.piece import Layer, Piece
from ..spec.reading import Reading
from ..text.spans import Path
from .builder import Files, Inputs, NodeBuilder
from .files import ProjectFiles
from .resolve import Resolved

_NAMED: dict[ReferenceKind, tuple[str, ...]] = {
    "layer": ("layer",),
    "picture": ("source", "layer"),
    "mask": ("mask",),
    "own mask": ("mask",),
    "own mask if any": ("mask",),
    "own mask or outline": ("mask",),
}


@dataclass(frozen=True)
class Referred:
    """The inputs and files of a node that its parameters name, by parameter."""

    inputs: Inputs = ()
    files: Files = ()


class Planned(Protocol):
    """Whoever plans the layers and masks that a parameter may name; None for what is a mistake."""

    def isolated(self, name: str, path: Path) -> str | None:
        """The node of a layer in isolation, named at `path`."""

    def masked(self, expression: str, role: str, path: Path, layer: Layer) -> str:
        """The node of a mask expression, made for `layer`."""

    def tell_namesake(self, name: str, path: Path) -> None:
        """Tell the mistake of a source, named at `path`, if a layer of that name shows something else."""

    def own_mask(self, layer: Layer) -> str | None:
        """The node of the mask of `layer`; None without one."""

    def lacks_mask(self, layer: Layer, path: Path) -> None:
        """Tell the mistake of a layer without a mask, at the table that needs one."""

    def lacks_outline(self, layer: Layer, path: Path) -> None:
        """Tell the mistake of a layer without a mask, if it is opaque too, at the table that needs one."""


class ReferencePlanner:
    """Plans what the parameters of one piece name."""

    def __init__(self, piece: Piece, builder: NodeBuilder, planned: Planned) -> None:
        self._piece = piece
        self._builder = builder
        self._planned = planned

    def referred(self, extension: Extension, params: Params, path: Path, layer: Layer) -> Referred:
        """What the parameters of the use at `path`, which is made for `layer`, name."""
        inputs: list[tuple[str, str]] = []
        files: list[tuple[str, str]] = []
        for field, kind in extension.references.items():
            for role, here, name in _names(params, field, path):
                if kind == "file":
                    files += [] if name is None else [(role, name)]
                elif (node := self._node(kind, name, here, layer)) is not None:
                    inputs.append((role, node))
        return Referred(tuple(inputs), tuple(files))

    def _node(self, kind: ReferenceKind, name: str | None, path: Path, layer: Layer) -> str | None:
        if name is None:
            return self._own(kind, layer, path[:-1]) if kind.startswith("own mask") else None
        if _NAMED[kind] == ("mask",):
            return self._planned.masked(name, f"{path[-1]} of {path[-2]}", path, layer)
        if kind == "picture" and name in self._piece.source:
            self._planned.tell_namesake(name, path)
            source = self._piece.source[name]
            return self._builder.decoded(f'source "{name}"', source.file, source.sample)
        return self._planned.isolated(name, path)

    def _own(self, kind: ReferenceKind, layer: Layer, path: Path) -> str | None:
        node = self._planned.own_mask(layer)
        if node is None and kind == "own mask":
            self._planned.lacks_mask(layer, path)
        if node is None and kind == "own mask or outline":
            self._planned.lacks_outline(layer, path)
        return node


def referring_mistakes(reading: Reading, resolved: Resolved, files: ProjectFiles) -> Iterator[Diagnostic]:
    """Every parameter that names what does not exist, at its own place."""
    for path, (extension, params) in resolved.uses.items():
        for field, kind in extension.references.items():
            for _, here, name in _names(params, field, path):
                if name is not None and kind == "file":
                    yield from files.mistakes(reading.document, here, name)
                elif name is not None:
                    yield from reference_mistakes(reading.document, _NAMED[kind], here, name)


def referred_files(resolved: Resolved) -> Iterator[str]:
    """Every file that a parameter names, as the piece calls it."""
    for path, (extension, params) in resolved.uses.items():
        for field, kind in extension.references.items():
            if kind == "file":
                yield from (name for _, _, name in _names(params, field, path) if name is not None)


def _names(params: Params, field: str, path: Path) -> Iterator[tuple[str, Path, str | None]]:
    """The role, place and name of everything that a parameter names."""
    key = type(params).model_fields[field].alias or field
    value = getattr(params, field)
    if isinstance(value, (tuple, list)):
        for index, name in enumerate(value):
            yield f"{field} {index}", (*path, key, index), name
    else:
        yield field, (*path, key), value
