"""Builder: nodes under construction.

Knows how to tell that two actions are the same: equal ingredients on equal inputs become one node,
named after its first use. Does not know what a piece is.
"""

from __future__ import annotations

from ..digest import canonical_json
from ..pixels.glance import glance
from ..pixels.photograph import is_opaque_throughout
from .action import Action, Decode
from .files import ProjectFiles
from .node import Node

Inputs = tuple[tuple[str, str], ...]
"""Role → the node whose output it is."""
Files = tuple[tuple[str, str], ...]
"""Role → what the piece calls the file."""


class NodeBuilder:
    """The nodes so far, every node after its inputs."""

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._same: dict[tuple[object, ...], str] = {}
        self.nodes: dict[str, Node] = {}

    def add(self, name: str, action: Action, inputs: Inputs = (), files: Files = (), where: str = "") -> str:
        """The name of the node that does this: `name`, or that of an equal node that is there already.

        `files`: what the action reads. `where` tells two uses of one name apart.
        """
        paths = tuple((role, self._files.path(named)) for role, named in files)
        listed = canonical_json([[field, value] for field, value in action.ingredients()])
        same = (listed, inputs, paths)
        if same not in self._same:
            unique = name if name not in self.nodes else f"{name} {where or len(self.nodes)}"
            self.nodes[unique] = Node(unique, action, inputs, paths)
            self._same[same] = unique
        return self._same[same]

    def decoded(self, name: str, file: str | None, sample: str | None) -> str:
        """The node that reads an image file or a sample."""
        shown = _shown(file, sample)
        return self.add(name, Decode(shown), files=(("file", shown),))

    def is_opaque(self, file: str | None, sample: str | None) -> bool:
        """Whether an image file or a sample is known to be opaque: by its header, or else by its pixels."""
        path = self._files.path(_shown(file, sample))
        seen = glance(path)
        return (seen is not None and seen.is_opaque) or is_opaque_throughout(path)


def _shown(file: str | None, sample: str | None) -> str:
    return file if file is not None else f"sample:{sample}"
