"""State: what a watch has come to, folded from its events, so that a page that opens late sees all.

Knows events. Does not know how they came about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from .events import (
    Building,
    Delivered,
    Ended,
    Event,
    Failed,
    Finished,
    Mistaken,
    Origin,
    Picture,
    Pictured,
    Problem,
    Started,
    Stepped,
    Writing,
)


@dataclass(frozen=True)
class Running:
    """A node at work, and how far it is; `total` 0 while it cannot say."""

    is_draft: bool
    done: int = 0
    total: int = 0


_NONE: Mapping[str, Running] = MappingProxyType({})


@dataclass(frozen=True)
class State:
    """A moment of a watch.

    `wanted`: the last epoch that began; `visible`: the epoch of `picture`, the newest one, draft or not.
    `good`: the newest picture at full size. `outputs`: where the files lie that were delivered.
    """

    wanted: int = 0
    is_building: bool = False
    picture: Picture | None = None
    good: Picture | None = None
    running: Mapping[str, Running] = field(default_factory=lambda: _NONE)
    problems: tuple[Problem, ...] = ()
    writing: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = ()
    mistakes: Mapping[Origin, tuple[Problem, ...]] = field(default_factory=dict)

    @property
    def visible(self) -> int:
        """The epoch of the picture that is shown; 0 before the first one."""
        return 0 if self.picture is None else self.picture.epoch


def after(state: State, event: Event) -> State:
    """The state that the event leads to."""
    match event:
        case Building(epoch):
            return replace(state, wanted=epoch, is_building=True, running=_NONE, writing=())
        case Started(epoch, node, is_draft) if epoch == state.wanted:
            return replace(state, running={**state.running, node: Running(is_draft)})
        case Stepped(epoch, node, is_draft, done, total) if epoch == state.wanted:
            return replace(state, running={**state.running, node: Running(is_draft, done, total)})
        case Finished(node=node) | Failed(node=node):
            return replace(state, running={name: at for name, at in state.running.items() if name != node})
        case Pictured(picture):
            return replace(state, picture=picture, good=state.good if picture.is_draft else picture)
        case Delivered(path=path):
            return replace(state, outputs=tuple(dict.fromkeys((*state.outputs, path))))
        case Ended(epoch) if epoch >= state.wanted:  # or of one that failed before it began
            return replace(state, is_building=False, running=_NONE)
        case Mistaken(origin, problems):
            mistakes = {**state.mistakes, origin: problems}
            told = tuple(problem for each in Origin for problem in mistakes.get(each, ()))
            return replace(state, mistakes=mistakes, problems=told)
        case Writing(paths):
            return replace(state, writing=paths)
        case _:
            return state
