"""Events: what a watch tells, as values; this is the contract for whoever shows it.

Knows what can happen while a piece is watched. Does not know who listens: a terminal, a page, a test.

A listener is called with one event at a time, from any thread, in the order in which things happened. It
must be quick – the build waits for it – so a page puts events into a queue of its own. What it raises is
logged, and it stays.

An *epoch* counts the settled saves, from 1. The events of one epoch come in this order:

    Building            what changed, and for each node whether and why it will run
    Started Stepped Grown Said Finished Failed     of each node that runs, any number of times
    Pictured (draft)    only where a style layer is slow: the whole picture, small
    Pictured            the picture at its full size; the file outputs follow
    Delivered           an output file is in its place
    Ended               nothing of this epoch is left to do; the only one where it could not begin

A newer save may come at any time: then a later epoch's `Building` comes next, and the earlier epoch has no
more events but `Stepped`, `Grown` and `Said` of layers that go on because the later one may want them too.
`Mistaken` says what is wrong now, of the piece or of the last build; an empty tuple says that all is well
again. A piece with mistakes does not build, so what was shown stays, and a build that runs goes on. `Writing`
names files that are still being written after a second; `Noted` is a sentence for the artist.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from ..build.observe import How
from ..build.survey import Finding
from ..diagnostics import Diagnostic
from ..pixels.geometry import Extent
from ..pixels.raster import Raster


class Origin(Enum):
    """Where a mistake was found: while the piece was read and planned, or while it was built."""

    PIECE = "piece"
    BUILD = "build"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: message and hint; where it stands in the piece, and the node, where known."""

    message: str
    hint: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    node: str | None = None

    def __str__(self) -> str:
        where = "" if self.node is None else f"{self.node}: "
        return f"{where}{self.message}\n   hint: {self.hint}" if self.hint else f"{where}{self.message}"


@dataclass(frozen=True)
class LayerShown:
    """A layer or group of the finished stack, bottom first, with the digests of its pixels and mask.

    A digest is a blob of the store, a value in canonical bytes (`pixels.codec`); None where there is none,
    or where the layer is hidden and was not rendered. `children` of a group only.
    """

    name: str
    pixels: str | None
    mask: str | None
    blend: str
    opacity: float
    visible: bool
    clip: bool
    children: tuple[LayerShown, ...] = ()
    is_group: bool = False
    pass_through: bool = False


@dataclass(frozen=True)
class Picture:
    """A flattened picture: the digest of its raster, and the file in the store that holds it.

    `scale`: of a draft, below 1; `canvas`: in pixels. `layers`: the stack that it shows; `seconds` since
    the save was noticed. The file is in canonical bytes and stays while the store keeps the blob.
    """

    epoch: int
    digest: str
    path: Path
    canvas: Extent
    layers: tuple[LayerShown, ...]
    scale: float
    seconds: float

    @property
    def is_draft(self) -> bool:
        """Whether the full size is still to come."""
        return self.scale < 1


@dataclass(frozen=True)
class Building:
    """A build begins. `changed`: the files that were saved, none at the start; `forecast`: as `explain`."""

    epoch: int
    changed: tuple[Path, ...]
    forecast: tuple[Finding, ...]


@dataclass(frozen=True)
class Started:
    """A worker begins to compute a node, or an earlier epoch's work on it is taken over."""

    epoch: int
    node: str
    is_draft: bool


@dataclass(frozen=True)
class Stepped:
    """The node has finished `done` of `total` steps."""

    epoch: int
    node: str
    is_draft: bool
    done: int
    total: int


@dataclass(frozen=True)
class Grown:
    """How a style layer looks so far, at most once a second: for looking at only.

    A raster of at most 512 pixels a side, opaque; a patch shows the part that is painted, a whole layer
    all of it and a narrow mirrored margin. It has no place on the canvas.
    """

    epoch: int
    node: str
    is_draft: bool
    raster: Raster


@dataclass(frozen=True)
class Said:
    """The node has something to say that the artist should know."""

    epoch: int
    node: str
    is_draft: bool
    message: str


@dataclass(frozen=True)
class Finished:
    """The node's output is known. Hits are told too: `how`."""

    epoch: int
    node: str
    is_draft: bool
    how: How
    seconds: float


@dataclass(frozen=True)
class Failed:
    """The node has no output in this epoch."""

    epoch: int
    node: str
    is_draft: bool
    problem: Problem


@dataclass(frozen=True)
class Pictured:
    """There is a picture to look at."""

    picture: Picture


@dataclass(frozen=True)
class Delivered:
    """An output is in its place: `written` now, or as it was.

    `kept`: where a file was moved to that the tool did not write; `is_edited`: it had written one there.
    """

    epoch: int
    path: Path
    written: bool
    kept: Path | None
    is_edited: bool = False


@dataclass(frozen=True)
class Ended:
    """The epoch's build is over. `seconds` since the save was noticed."""

    epoch: int
    rendered: tuple[str, ...]
    patched: int
    hits: int
    seconds: float
    is_whole: bool


@dataclass(frozen=True)
class Mistaken:
    """What is wrong now; empty when nothing is any more."""

    origin: Origin
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Writing:
    """Files that someone is still writing; they are built when they are done."""

    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Noted:
    """A sentence for the artist, such as that files are polled."""

    message: str


Event = (
    Building
    | Started
    | Stepped
    | Grown
    | Said
    | Finished
    | Failed
    | Pictured
    | Delivered
    | Ended
    | Mistaken
    | Writing
    | Noted
)


class Listener(Protocol):
    """Whoever wants to know."""

    def __call__(self, event: Event) -> None:
        """Be told of an event."""
