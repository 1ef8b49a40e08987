"""Version: a piece as one revision has it, or as it stands on disk now, with the files it names.

Knows where the files of a revision lie while they are looked at: in a folder of their own outside of the
working tree, where nothing is touched. Does not know what is compared, nor the store.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from ..build.project import Project
from ..errors import PieceError, UsageError
from ..graph.files import ProjectFiles
from ..graph.node import Plan
from ..graph.planner import plan_piece
from ..spec.reading import Reading, read
from ..text.document import parse
from .git import Commit, Repository
from .pointer import pointer_in

NOW = "the working tree"


@dataclass(frozen=True)
class Version:
    """A piece at one time. `folder`: where its files lie now, and so may be planned from.

    `label`: the revision as the artist reads it. `commit` None: the working tree. `lock`: layer → what the
    lock file records of it. `unfetched`: files of which only the Git LFS pointer is here.
    """

    label: str
    commit: Commit | None
    name: str
    folder: Path
    reading: Reading
    lock: Mapping[str, Mapping[str, Any]]
    unfetched: tuple[str, ...] = ()

    @property
    def files(self) -> ProjectFiles:
        """The files around the piece."""
        return ProjectFiles(self.folder, PurePosixPath(self.name).stem)

    def plan(self) -> Plan:
        """The plan of the picture, without output files. Raises PieceError and MissingWeights."""
        return plan_piece(self.reading, self.files, outputs={})

    def named(self) -> dict[str, Path]:
        """The files that the piece names and that lie in its folder, by their path as the piece writes it."""
        declared = self.files.declared(self.reading)
        return {
            path.relative_to(self.folder).as_posix(): path
            for path in declared
            if path.is_relative_to(self.folder)
        }


def version_now(project: Project) -> Version:
    """The piece as it stands on disk. Raises PieceError for a piece with mistakes."""
    reading = _sound(project.reading())
    try:
        lock = project.lock_file.read_bytes()
    except OSError:
        lock = b""
    return Version(NOW, None, project.piece.name, project.folder, reading, locked(lock))


@contextmanager
def version_at(repository: Repository, commit: Commit, path: str) -> Iterator[Version]:
    """The piece at `path` (from the root of the repository) as `commit` has it, its files in a folder of
    their own for as long as the body runs.

    Raises UsageError when the revision does not have it, PieceError when it has mistakes there.
    """
    piece = PurePosixPath(path)
    places = [(commit.hash, path), (commit.hash, str(piece.with_suffix(".lock")))]
    source, lock = repository.contents(places)
    if source is None:
        raise _absent(repository, commit, path)
    reading = read_sound(source, f"{commit.short}:{piece.name}")
    with TemporaryDirectory(prefix="composer-") as scratch:
        folder = Path(scratch).resolve()
        (folder / piece.name).write_bytes(source)
        unfetched = _lay_out(repository, commit, piece, folder, reading)
        yield Version(commit.short, commit, piece.name, folder, reading, locked(lock or b""), unfetched)


def _lay_out(
    repository: Repository, commit: Commit, piece: PurePosixPath, folder: Path, reading: Reading
) -> tuple[str, ...]:
    """Write every file that the piece names into `folder`; those of which there is but a pointer."""
    declared = ProjectFiles(folder, piece.stem).declared(reading)
    inside = [path for path in declared if path.is_relative_to(folder) and ".." not in path.parts]
    wanted = {path: path.relative_to(folder).as_posix() for path in inside}
    contents = repository.contents([(commit.hash, str(piece.parent / name)) for name in wanted.values()])
    unfetched = []
    for (path, name), content in zip(wanted.items(), contents, strict=True):
        if content is None:
            continue
        pointer = pointer_in(content)
        real = content if pointer is None else pointer.fetched(repository.store)
        if real is None:
            unfetched.append(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if real is None else real)
    return tuple(unfetched)


def _absent(repository: Repository, commit: Commit, path: str) -> UsageError:
    piece = PurePosixPath(path)
    others = [name for name in repository.names(commit.hash) if name.endswith(".toml")][:5]
    hint = f"there it has {', '.join(others)}" if others else "it has no piece at all"
    return UsageError(f"revision {commit.short} has no {piece}", hint)


def read_sound(source: bytes, name: str) -> Reading:
    """A piece, called `name` in messages. Raises PieceError with all its mistakes."""
    return _sound(read(parse(source, name)))


def _sound(reading: Reading) -> Reading:
    if reading.piece is None or reading.diagnostics:
        raise PieceError(reading.diagnostics)
    return reading


def locked(source: bytes) -> dict[str, dict[str, Any]]:
    """What a lock file says of each layer; nothing when it is missing or is no lock."""
    try:
        layers = tomllib.loads(source.decode("utf-8")).get("layer", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return {name: told for name, told in layers.items() if isinstance(told, dict)} if layers else {}
