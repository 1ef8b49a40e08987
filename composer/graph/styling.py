"""Styling: from a layer's style to nodes, one for each seed.

Knows which styles paint where and what guides them. Does not know how anything is painted, nor how the
versions of a layer stand in the stack.
"""

from __future__ import annotations

from dataclasses import replace

from ..spec.piece import Layer, Piece, StyleUse
from ..spec.uses import version_name
from ..text.spans import Path
from .action import Mix, Stylize
from .builder import Inputs, NodeBuilder
from .masking import MaskPlanner
from .placing import Placements
from .resolve import Resolved


class StylePlanner:
    """Plans the styles of one piece."""

    def __init__(
        self,
        piece: Piece,
        resolved: Resolved,
        builder: NodeBuilder,
        placements: Placements,
        masks: MaskPlanner,
    ) -> None:
        self._piece = piece
        self._resolved = resolved
        self._builder = builder
        self._placements = placements
        self._masks = masks

    def painted(
        self, layer: Layer, style: StyleUse, path: Path, content: str, below: str | None
    ) -> dict[str, str]:
        """The nodes that paint `content`, the layer's picture, by layer name; by version with several seeds.

        `path`: of the layer. `below`: the node of the pixels right below it.
        """
        action = self._action(style, (*path, "style"))
        inputs = (
            ("content", content),
            *self._images("style", style.from_),
            *self._regions(layer, style, path),
            *self._protected(layer, style, path),
            *((("init", below),) if style.init == "below" and below is not None else ()),
        )
        name = f'layer "{layer.name}" style ({action.extension.name})'
        if not isinstance(style.seed, tuple):
            return {layer.name: self._builder.add(name, action, inputs)}
        return {
            version_name(layer.name, seed): self._builder.add(
                f"{name} seed {seed}", replace(action, seed=seed), inputs
            )
            for seed in style.seed
        }

    def _action(self, style: StyleUse, path: Path) -> Stylize:
        extension, params = self._resolved.uses[path]
        mix = self._mix(style.from_, style.weights)
        return Stylize(
            extension,
            params.scaled(self._placements.scale),
            weights=mix.weights,
            scales=mix.scales,
            seed=style.seed if isinstance(style.seed, int) else self._piece.seed,
            canvas=self._placements.canvas,
            regions=tuple(self._mix((name,)) for name in style.regions.values()),
            init=style.init,
        )

    def _mix(self, styles: tuple[str, ...], weights: tuple[float, ...] | None = None) -> Mix:
        given = weights or (1.0,) * len(styles)
        return Mix(
            tuple(weight / sum(given) for weight in given),
            tuple(self._piece.style[name].scale for name in styles),
        )

    def _images(self, role: str, styles: tuple[str, ...]) -> Inputs:
        declared = [(name, self._piece.style[name]) for name in styles]
        return tuple(
            (f"{role} {i}", self._builder.decoded(f'style "{name}"', style.file, style.sample))
            for i, (name, style) in enumerate(declared)
        )

    def _regions(self, layer: Layer, style: StyleUse, path: Path) -> Inputs:
        inputs: list[tuple[str, str]] = []
        for i, (mask, name) in enumerate(style.regions.items()):
            here = (*path, "style", "regions", mask)
            inputs.append((f"region {i} mask", self._masks.masking(mask, f'region "{mask}"', here, layer)))
            inputs += self._images(f"region {i} style", (name,))
        return tuple(inputs)

    def _protected(self, layer: Layer, style: StyleUse, path: Path) -> Inputs:
        if style.protect is None:
            return ()
        here = (*path, "style", "protect")
        return (("protect", self._masks.masking(style.protect, "protect", here, layer)),)
