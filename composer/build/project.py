"""Project: a piece file on disk, with its folder and its store.

Knows where things lie beside a piece. Does not know what is done with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import UsageError
from ..graph.files import ProjectFiles, is_text
from ..graph.node import MaskPlan, Plan
from ..graph.planner import plan_mask, plan_piece
from ..graph.referring import referred_files
from ..graph.resolve import resolve
from ..spec.reading import Reading, read
from ..store.store import Store
from ..text.document import parse
from .receipt import STORE_FOLDER


@dataclass(frozen=True)
class Project:
    """The piece at `piece`; its folder is the project's folder."""

    piece: Path

    @property
    def folder(self) -> Path:
        """What the piece may read from and write into."""
        return self.piece.parent

    @property
    def lock_file(self) -> Path:
        """The record of the last full build, beside the piece."""
        return self.piece.with_suffix(".lock")

    @cached_property
    def store(self) -> Store:
        """The store of this folder, shared by all its pieces."""
        return Store(self.store_folder)

    @property
    def store_folder(self) -> Path:
        """Where the store is; nothing else is written there."""
        return self.folder / STORE_FOLDER

    def plan(
        self, scale: float = 1.0, outputs: Mapping[str, Path] | None = None, source: bytes | None = None
    ) -> Plan:
        """The plan of the piece as it stands on disk now, or as `source` has it.

        Raises PieceError with all its mistakes; MissingWeights with all weights that are not here.
        """
        files = ProjectFiles(self.folder, self.piece.stem)
        return plan_piece(self.reading(source), files, scale, outputs)

    def plan_mask(self, expression: str, layer: str | None = None, scale: float = 1.0) -> MaskPlan:
        """The plan of one mask of the piece, as `layer` uses it. Raises as `plan`, and UsageError."""
        files = ProjectFiles(self.folder, self.piece.stem)
        return plan_mask(self.reading(), files, expression, layer, scale)

    def declared(self, source: bytes | None = None) -> tuple[Path, ...]:
        """Every file that the piece names as an input, needed or not. Raises as `reading`."""
        files, reading = ProjectFiles(self.folder, self.piece.stem), self.reading(source)
        referred = map(files.path, referred_files(resolve(reading)))
        return (*files.declared(reading), *referred)

    def reading(self, source: bytes | None = None) -> Reading:
        """The piece file, or `source` in its place. Raises PieceError for broken TOML, and as `source`."""
        return read(parse(self.source() if source is None else source, self.piece.name))

    def source(self) -> bytes:
        """The bytes of the piece file. Raises UsageError when it cannot be read.

        Who must know what a plan was made from reads them once: the file may be another one a moment later,
        and the same again after that.
        """
        try:
            return self.piece.read_bytes()
        except OSError as error:
            raise UsageError(f"cannot read {self.piece}: {error.strerror}") from error


def open_project(piece: Path) -> Project:
    """The project of a piece file. Raises UsageError when there is no such file."""
    if piece.is_dir():
        raise UsageError(f"{piece} is a folder", "name a piece file in it, such as piece.toml")
    if not piece.exists():
        raise UsageError(f"there is no piece {piece}", f"make one: composer new {piece}")
    if not piece.is_file():  # to read a pipe would last for ever
        raise UsageError(f"{piece} is not a file", "name a piece file, such as piece.toml")
    if not is_text(piece.name):
        raise UsageError(f"the name {piece.name!a} is not UTF-8", "rename the piece file")
    return Project(piece.resolve())
