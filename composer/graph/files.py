"""Files: the paths a piece names, on this disk.

Knows the project folder, samples and links. Does not read any file. Every path, links resolved, stays
inside the folder of the piece: a stranger's piece can neither read nor write anything else.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics import Diagnostic, did_you_mean
from ..errors import InputError
from ..spec.reading import Reading
from ..spec.samples import SAMPLES
from ..spec.sites import each_mask, each_named
from ..spec.uses import path_of
from ..text.document import Document
from ..text.spans import Path as KeyPath

_SAMPLE = "sample:"


@dataclass(frozen=True)
class ProjectFiles:
    """The files around one piece: `folder` is the project's, `stem` the piece file's name without suffix."""

    folder: Path
    stem: str

    def path(self, named: str) -> Path:
        """The file the piece calls `named`; `sample:name` is a photograph of scikit-image."""
        if named.startswith(_SAMPLE):
            return _sample(named.removeprefix(_SAMPLE))
        return self.folder / named

    def output(self, template: str, scale: float) -> Path:
        """Where an output goes; a draft never takes the place of the real thing."""
        path = self.folder / template.replace("{piece}", self.stem)
        return path if scale == 1.0 else path.with_name(f"{path.stem}@{scale:g}x{path.suffix}")

    def check(self, reading: Reading) -> Iterator[Diagnostic]:
        """A diagnostic for every file that is missing, is no file, or lies outside the project.

        What the reading tells of a path already is not told a second time.
        """
        told = {diagnostic.span for diagnostic in reading.diagnostics}
        yield from (mistake for mistake in self._mistakes(reading) if mistake.span not in told)

    def _mistakes(self, reading: Reading) -> Iterator[Diagnostic]:
        for path, named in _named_files(reading):
            yield from self.mistakes(reading.document, path, named)
        for word, output in reading.piece.output.items() if reading.piece else ():
            template = path_of(output)
            folder = self.output(template, 1.0).parent
            if not self._inside(folder):
                document = reading.document
                span = document.value_span(("output", word, *(() if template is output else ("path",))))
                yield document.diagnostic(span, f'"{template}" leads out of the project folder', (_INSIDE,))

    def declared(self, reading: Reading) -> Iterator[Path]:
        """Every file that the piece names for a source, a style or a mask."""
        yield from (self.path(named) for _, named in _named_files(reading))

    def mistakes(self, document: Document, path: KeyPath, named: str) -> Iterator[Diagnostic]:
        """What is wrong with the file that the piece names at `path`."""
        problem = self._problem(named)
        if problem is not None:
            message, hints = problem
            yield document.diagnostic(document.value_span(path), message, hints)

    def _problem(self, named: str) -> tuple[str, tuple[str, ...]] | None:
        try:
            return self._looked_at(named)
        except OSError as error:
            return f'"{named}" cannot be looked at: {error.strerror}', ("check its permissions",)
        except ValueError:  # a zero in it, which no file system takes
            return f'"{named}" is not a path', ()

    def _looked_at(self, named: str) -> tuple[str, tuple[str, ...]] | None:
        path = self.folder / named
        if not self._inside(path):
            return f'"{named}" leads out of the project folder', (_INSIDE,)
        if path.is_dir():
            return f'"{named}" is a folder', ("name an image file in it",)
        if not path.exists():
            return self._lacking(path, named)
        if not path.is_file():
            return f'"{named}" is not a file, but a pipe or a device', ("name a file on disk",)
        return None

    def _lacking(self, path: Path, named: str) -> tuple[str, tuple[str, ...]]:
        """What is told of a path at which no file is found."""
        if _leads_in_a_circle(path):
            return f'"{named}" is a link that leads round in a circle', (_RELINK,)
        if path.is_symlink():
            return f'"{named}" is a link to "{os.readlink(path)}", where there is no file', (_RELINK,)
        return f'there is no file "{named}"', self._near(path)

    def _near(self, missing: Path) -> tuple[str, ...]:
        parent = missing.parent
        if not parent.is_dir():
            return (f'there is no folder "{parent.relative_to(self.folder).as_posix()}" either',)
        names = {
            entry.name: entry.relative_to(self.folder).as_posix()
            for entry in parent.iterdir()
            if entry.is_file() and is_text(entry.name)
        }
        return tuple(
            hint for hint in did_you_mean(missing.name, names) if hint.startswith("did you mean")
        ) or ("paths are relative to the piece file",)

    def _inside(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))  # unlike Path.resolve it takes links that lead in a circle
        return real.is_relative_to(os.path.realpath(self.folder))


def is_text(name: str) -> bool:
    """Whether a file's name can be written in a piece: bytes that are no UTF-8 cannot."""
    return re.search("[\ud800-\udfff]", name) is None


_INSIDE = "copy the file into the folder of the piece"
_RELINK = "put the file itself there, or a link to it"


def _leads_in_a_circle(path: Path) -> bool:
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _named_files(reading: Reading) -> Iterator[tuple[KeyPath, str]]:
    table = reading.document.table
    tables = [(path, content) for word in ("source", "style") for _, path, content in each_named(table, word)]
    for path, content in (*tables, *each_mask(table)):
        named = content.get("file")
        if isinstance(named, str) and named:
            yield (*path, "file"), named


def _sample(name: str) -> Path:
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise InputError(f'sample "{name}" needs scikit-image', "pip install scikit-image")
    return Path(spec.origin).parent / "data" / SAMPLES[name]
