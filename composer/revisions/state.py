"""State: what of one revision decides the picture, and what changed from one state to the next, in words.

Knows when a picture counts as changed: what is painted is written otherwise, a layer is locked with another
digest, or – where nothing is locked – a file that the piece names has other bytes. Does not know git.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..errors import ComposerError
from .difference import Subject
from .renaming import Table
from .summary import text_differences
from .version import locked, read_sound

Words = tuple[str, ...]
BEGINS: Words = ("the piece begins",)
_MOST_NAMES = 4


@dataclass(frozen=True)
class State:
    """The bytes of the piece and of its lock, and something that tells the bytes of each file it names."""

    name: str
    source: bytes | None = None
    lock: bytes | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def table(self) -> Table | ComposerError | None:
        """The piece; what is wrong with it; or None when there is none."""
        try:
            return None if self.source is None else read_sound(self.source, self.name).document.table
        except ComposerError as error:
            return error


def since(parents: Sequence[State], state: State) -> Words:
    """What a revision changed of the first that it follows; nothing when it is as any of them was."""
    changed = [changes(parent, state) for parent in parents or (State(state.name),)]
    return changed[0] if all(changed) else ()


def changes(before: State, after: State) -> Words:
    """What changed of the picture, in words; nothing when it is the same."""
    old, new = before.table, after.table
    if isinstance(new, ComposerError):
        return () if before.source == after.source else (_broken(new),)
    if new is None:
        return () if old is None else ("the piece is removed",)
    if old is None:
        return BEGINS
    if isinstance(old, ComposerError):
        return ("the piece is mended",)
    seen = [difference.subject for difference in text_differences(old, new) if difference.seen]
    return _listed([*seen, *_rendered(before, after)])


def _rendered(before: State, after: State) -> Iterator[Subject]:
    """The layers whose lock differs; where nothing is locked, the files that do."""
    old, new = locked(before.lock or b""), locked(after.lock or b"")
    layers = [name for name in new if name in old and new[name].get("output") != old[name].get("output")]
    yield from (Subject("layer", name) for name in layers)
    if not new:
        names = [name for name, told in after.files.items() if before.files.get(name, told) != told]
        yield from (Subject("file", name) for name in names)


def _listed(subjects: Sequence[Subject]) -> Words:
    """The subjects by kind, each named once."""
    kinds = dict.fromkeys(subject.kind for subject in subjects)
    return tuple(_named(kind, [s.name for s in dict.fromkeys(subjects) if s.kind == kind]) for kind in kinds)


def _named(kind: str, names: list[str]) -> str:
    if names == [""]:
        return f"the {kind}"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names[:_MOST_NAMES])}{more}"


def _broken(error: ComposerError) -> str:
    first = error.diagnostics[0] if error.diagnostics else None
    return f"broken here: {error.message if first is None else f'line {first.span.line}: {first.message}'}"
