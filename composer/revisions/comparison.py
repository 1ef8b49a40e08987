"""Comparison: two versions of a piece – what differs, in words, and before and after, in pictures.

Knows which pictures are worth showing. Does not know git, the terminal or HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..build.observe import Observer
from ..errors import ComposerError
from ..sizes import readable
from .difference import Subject, by_subject
from .frame import Frame, broken_frame, layer_frame, mask_frame, whole_frame
from .page import Pair
from .pictures import Pictures
from .renaming import Renames, renames_between
from .summary import changed_files, differences, lock_differences

_WHOLE, _PART = 1400, 900
"""The longest side of a picture on the page, in pixels: of the whole, and of layers and masks."""
Told = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Comparison:
    """The pictures of an older and a newer version of one piece."""

    old: Pictures
    new: Pictures

    @cached_property
    def written(self) -> dict[Subject, tuple[str, ...]]:
        """What differs in the piece file."""
        return by_subject(differences(self.old.version, self.new.version))

    @cached_property
    def files(self) -> Told:
        """The files that have other bytes, and whether they show the same, as far as the store knows."""
        pairs = changed_files(self.old.version, self.new.version)
        return {
            f"file {name}": (self._file(name, a.stat().st_size, b.stat().st_size),) for name, a, b in pairs
        }

    @cached_property
    def locks(self) -> Told:
        """The layers that both lock files have, with renders of other digests."""
        told = lock_differences(self.old.version, self.new.version)
        return {f'lock of layer "{layer}"': (text,) for layer, text in told.items()}

    @property
    def unfetched(self) -> tuple[str, ...]:
        """Files of which only the Git LFS pointer is on this machine."""
        return tuple(dict.fromkeys((*self.old.version.unfetched, *self.new.version.unfetched)))

    @property
    def told(self) -> Told:
        """All of it, by subject."""
        return {str(subject): texts for subject, texts in self.written.items()} | self.files | self.locks

    def render(self, observer: Observer) -> None:
        """Make what the store lacks of what is to be shown. Raises the first ComposerError."""
        for pictures in (self.old, self.new):
            self._made(pictures.render([pictures.plan.merged], observer))
        for pictures in (self.old, self.new):
            self._made(pictures.render(self._parts(pictures), observer))

    def pairs(self) -> Iterator[Pair]:
        """The whole picture, then each layer and mask that differs."""
        broken = [_trouble(pictures) for pictures in (self.old, self.new)]
        if any(broken):
            yield Pair("The picture", _whole(self.old, broken[0]), _whole(self.new, broken[1]))
            return
        yield Pair("The picture", whole_frame(self.old, _WHOLE), whole_frame(self.new, _WHOLE))
        for subject in self._shown():
            frame = layer_frame if subject.kind == "layer" else mask_frame
            before = frame(self.old, self._before(subject), _PART)
            yield Pair(str(subject), before, frame(self.new, subject.name, _PART), self._texts(subject))

    def rest(self, pairs: Sequence[Pair]) -> list[tuple[str, tuple[str, ...]]]:
        """What differs and has no picture of its own."""
        titles = {pair.title for pair in pairs}
        return [(subject, texts) for subject, texts in self.told.items() if subject not in titles]

    @cached_property
    def _renames(self) -> Renames:
        tables = (pictures.version.reading.document.table for pictures in (self.old, self.new))
        return renames_between(*tables)

    def _before(self, subject: Subject) -> str:
        names = self._renames.names[subject.kind]
        return next((old for old, new in names.items() if new == subject.name), subject.name)

    def _texts(self, subject: Subject) -> tuple[str, ...]:
        return self.written.get(subject, ("its pixels differ",))

    def _shown(self) -> list[Subject]:
        """The layers and masks whose text or pixels differ, layers first, from the top down."""
        written = [subject for subject in self.written if subject.kind in ("layer", "mask")]
        table = self.new.version.reading.document.table
        painted = [Subject("layer", name) for name in self.new.plan.written if self._differs(name)]
        masked = [Subject("mask", name) for name in table.get("mask", {}) if self._mask_differs(name)]
        found = dict.fromkeys([*written, *painted, *masked])
        order = [*self.new.plan.written]
        return sorted(found, key=lambda s: (s.kind, -order.index(s.name) if s.name in order else 0))

    def _differs(self, name: str) -> bool:
        one = self.old.layer(self._before(Subject("layer", name)))
        other = self.new.layer(name)
        if one is None or other is None:
            return False
        return any(self._unlike(a, b) for a, b in zip(one, other, strict=True))

    def _mask_differs(self, name: str) -> bool:
        return self._unlike(self.old.mask(self._before(Subject("mask", name))), self.new.mask(name))

    def _unlike(self, one: str | None, other: str | None) -> bool:
        """Whether both are known, and are not the same."""
        digests = self.old.digest(one), self.new.digest(other)
        return None not in digests and digests[0] != digests[1]

    def _parts(self, pictures: Pictures) -> Iterator[str | None]:
        for subject in self._shown():
            name = subject.name if pictures is self.new else self._before(subject)
            yield from (pictures.layer(name) or ()) if subject.kind == "layer" else (pictures.mask(name),)

    def _file(self, name: str, before: int, after: int) -> str:
        try:
            one, other = self.old.decoded(name), self.new.decoded(name)
        except ComposerError:
            one = other = None
        if one is not None and one == other:
            return "saved anew, with the same pixels"
        return f"changed ({readable(before)} → {readable(after)})"

    def _made(self, errors: Sequence[ComposerError]) -> None:
        if errors:
            raise errors[0]


def _trouble(pictures: Pictures) -> ComposerError | None:
    try:
        pictures.plan  # noqa: B018 – planning tells
    except ComposerError as error:
        return error
    return None


def _whole(pictures: Pictures, error: ComposerError | None) -> Frame:
    return whole_frame(pictures, _WHOLE) if error is None else broken_frame(error)
