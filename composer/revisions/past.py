"""Past: the revisions that changed the picture of a piece, through renames and merges.

Knows how the history of a piece is walked. A merge counts when it differs from all that it merges. Does not
know when a picture counts as changed (`state`), nor pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..errors import ComposerError
from ..graph.files import ProjectFiles
from .git import Commit, Repository
from .state import BEGINS, State, Words, changes, since
from .version import read_sound
from .wanted import Wanted

Place = tuple[str, str]
_EDITED = "edited"


@dataclass(frozen=True)
class Past:
    """A revision that changed the picture: where the piece lay then, and what changed, in words."""

    commit: Commit
    path: str
    words: Words


def past(wanted: Wanted, start: str = "HEAD") -> list[Past]:
    """The revisions up to `start` that changed the picture, newest first.

    Raises UsageError when nothing is committed.
    """
    repository = wanted.repository
    beginning: Commit | None = repository.resolve(start)
    path = _name_in(repository, wanted.path)
    found: list[Past] = []
    while beginning is not None:
        listed, earlier = _under_one_name(repository, beginning, path)
        found += listed
        beginning, path = earlier or (None, path)
    return [_cut_off(repository, each) for each in found]


def unsaved(wanted: Wanted) -> Words:
    """What the working tree would change of the picture of HEAD."""
    repository, project = wanted.repository, wanted.project
    head, path = repository.resolve("HEAD"), _name_in(repository, wanted.path)
    files = _named_files(repository, head, path)
    (then,) = _states(repository, [(head.hash, path)], files)
    edited = repository.edited(head.hash, files) if files else []
    piece, lock = (
        each.read_bytes() if each.is_file() else None for each in (project.piece, project.lock_file)
    )
    now = State(project.piece.name, piece, lock, {**then.files, **dict.fromkeys(edited, _EDITED)})
    return changes(then, now)


def _under_one_name(
    repository: Repository, start: Commit, path: str
) -> tuple[list[Past], tuple[Commit, str] | None]:
    """The revisions up to `start` while the piece was called `path`, and where it goes on as another name."""
    own = repository.history(start.hash, [path])
    if not own:
        return [], None
    files = _named_files(repository, start, path)
    commits = repository.history(start.hash, [path, _lock_of(path), *files])
    earlier = _before(repository, own[-1], path)
    origin = {own[-1].hash: (earlier[0].hash, earlier[1])} if earlier else {}
    followed = {each.hash: _followed(each, path, origin) for each in commits}
    places = list(
        dict.fromkeys([(c.hash, path) for c in commits] + [p for ps in followed.values() for p in ps])
    )
    states = dict(zip(places, _states(repository, places, files), strict=True))
    found = []
    for commit in commits:
        words = since([states[place] for place in followed[commit.hash]], states[commit.hash, path])
        found += [Past(commit, path, words)] if words else []
    return found, earlier


def _followed(commit: Commit, path: str, origin: dict[str, Place]) -> list[Place]:
    """Where the piece lay in the revisions that `commit` follows."""
    if commit.hash in origin:
        return [origin[commit.hash]]
    return [(parent, path) for parent in commit.parents]


def _before(repository: Repository, first: Commit, path: str) -> tuple[Commit, str] | None:
    """The revision before `first`, which gave the piece that name, and what it was called then."""
    parents = repository.resolve(first.hash).parents
    if not parents:
        return None
    was = repository.renames(parents[0], first.hash).get(path)
    return None if was is None else (repository.resolve(parents[0]), was)


def _name_in(repository: Repository, path: str) -> str:
    """What the piece is called in HEAD: another name when it was renamed, but not committed since."""
    head = repository.resolve("HEAD").hash
    if repository.contents([(head, path)]) != [None]:
        return path
    return repository.renames(head).get(path, path)


def _cut_off(repository: Repository, found: Past) -> Past:
    """The last revision of a shallow clone is not where the piece begins."""
    if found.words == BEGINS and repository.is_shallow and not repository.resolve(found.commit.hash).parents:
        return replace(found, words=("older revisions are not in this clone",))
    return found


def _states(repository: Repository, places: Sequence[Place], files: list[str]) -> list[State]:
    """The state of the piece at each place."""
    asked = [(commit, name) for commit, path in places for name in (path, _lock_of(path))]
    contents = iter(repository.contents(asked))
    known = iter(repository.identities([(commit, name) for commit, _ in places for name in files]))
    found = []
    for commit, path in places:
        source, lock = next(contents), next(contents)
        told = {name: identity for name in files if (identity := next(known)) is not None}
        found.append(State(f"{commit[:7]}:{PurePosixPath(path).name}", source, lock, told))
    return found


def _lock_of(path: str) -> str:
    return str(PurePosixPath(path).with_suffix(".lock"))


def _named_files(repository: Repository, commit: Commit, path: str) -> list[str]:
    """The files that the piece names at that revision, from the root, where nothing is locked."""
    source, lock = repository.contents([(commit.hash, path), (commit.hash, _lock_of(path))])
    if source is None or lock is not None:
        return []
    try:
        reading = read_sound(source, path)
    except ComposerError:
        return []
    folder = repository.root / PurePosixPath(path).parent
    inside = [
        each.relative_to(repository.root).as_posix()
        for each in ProjectFiles(folder, PurePosixPath(path).stem).declared(reading)
        if each.is_relative_to(folder)
    ]
    return sorted(set(inside))
