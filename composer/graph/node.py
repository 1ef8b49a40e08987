"""Nodes and plans: an action with where its inputs come from, in an order that can be run.

Knows names, roles and paths. Does not know digests, keys or the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .action import Action, Adjust, Apply


@dataclass(frozen=True)
class Node:
    """One action of a plan.

    `name` is what the artist reads, and unique in the plan. `inputs`: role → name of the node that
    makes it. `files`: role → file on disk, read through a snapshot.
    """

    name: str
    action: Action
    inputs: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True)
class Output:
    """A file the artist asked for and the node that makes its bytes."""

    path: Path
    node: str


@dataclass(frozen=True)
class Plan:
    """Nodes by name, every node after its inputs; the outputs; and the nodes an artist asks for by name.

    `layers`: layer → node of its finished pixels, for every layer that an output shows or needs; each
    version of a layer with several is one. `merged`: the flattened picture. `patch`: whether the piece wants
    neural layers repainted only where they changed; None leaves it to the command. `written`: every layer of
    the piece, shown or not → the names by which `layers` would know it: its own, those of its versions, or
    those of the layers in the group.
    """

    title: str
    nodes: dict[str, Node]
    outputs: tuple[Output, ...]
    layers: dict[str, str]
    merged: str
    patch: bool | None = None
    written: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def needed_by(self, *wanted: str) -> tuple[str, ...]:
        """The names of the nodes `wanted` and of all they depend on, in running order."""
        found = set(wanted)
        for name in reversed(self.nodes):
            if name in found:
                found.update(source for _, source in self.nodes[name].inputs)
        return tuple(name for name in self.nodes if name in found)

    def seen_by(self, mask: str) -> str | None:
        """The picture that a mask looks at, or the last of those it is made from that looks at one."""
        for name in reversed(self.needed_by(mask)):
            for role, source in self.nodes[name].inputs:
                if role == "image" and isinstance(self.nodes[name].action, Apply | Adjust):
                    return source
        return None


@dataclass(frozen=True)
class MaskPlan:
    """The plan of one mask: its node, the picture's that it cuts out if it does, and the layer it is for."""

    plan: Plan
    mask: str
    image: str | None
    layer: str
