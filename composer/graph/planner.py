"""Planner: from a piece to a plan.

Knows in which order a piece is checked, and how its outputs become nodes. Does not know digests, the store,
or how anything is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from .. import registry
from ..diagnostics import Diagnostic, did_you_mean
from ..errors import MissingWeights, PieceError, UsageError
from ..registry import Kind
from ..spec.canvas import too_large
from ..spec.expression import ExpressionError, names_in, parse_expression
from ..spec.piece import Piece
from ..spec.reading import Reading, in_order
from ..spec.uses import path_of
from .action import Apply, Composite, Export, Stylize
from .builder import NodeBuilder
from .files import ProjectFiles
from .layering import LayerPlanner
from .mistakes import Mistakes
from .node import MaskPlan, Output, Plan
from .placing import Placements
from .recipe import StackRecipe
from .referring import referring_mistakes
from .resolve import Resolved, resolve
from .shown import numbered, shown
from .users import first_user


def plan_piece(
    reading: Reading, files: ProjectFiles, scale: float = 1.0, outputs: Mapping[str, Path] | None = None
) -> Plan:
    """The plan of a piece; in a draft every length is times `scale` (0 < scale <= 1).

    `outputs`: format → path, in place of those the piece names. Raises PieceError with all mistakes
    of the piece; if it has none, MissingWeights with every place that needs weights which are not here;
    and UnknownExtension for a format.
    """
    piece, resolved = _sound(reading, files, scale)
    if outputs is None:
        outputs = {word: files.output(path_of(output), scale) for word, output in piece.output.items()}
    else:
        resolved.exports |= {word: registry.find(Kind.EXPORT, word) for word in outputs}
    plan = _Planner(reading, piece, resolved, files, scale).plan(outputs)
    if lacking := _lacking(plan, resolved):
        raise MissingWeights.at(lacking)
    return plan


def plan_mask(
    reading: Reading, files: ProjectFiles, expression: str, layer: str | None = None, scale: float = 1.0
) -> MaskPlan:
    """The plan of one mask expression, as `layer` uses it; None: as the first that names its masks.

    Raises PieceError with all mistakes of the piece, UsageError for an expression or a layer that it does not
    have, and MissingWeights.
    """
    piece, resolved = _sound(reading, files, scale)
    _check_expression(reading, expression)
    planned = _Planner(reading, piece, resolved, files, scale).plan_mask(expression, layer)
    if lacking := _lacking(planned.plan, resolved):
        raise MissingWeights.at(lacking)
    return planned


def _sound(reading: Reading, files: ProjectFiles, scale: float) -> tuple[Piece, Resolved]:
    """The piece and its extensions. Raises PieceError with all mistakes."""
    resolved, large = resolve(reading), too_large(reading.document, scale)
    found = [
        *([] if large is None else [large]),
        *reading.diagnostics,
        *resolved.diagnostics,
        *referring_mistakes(reading, resolved, files),
        *files.check(reading),
    ]
    if reading.piece is None or found:
        raise PieceError(in_order(found))
    return reading.piece, resolved


def _check_expression(reading: Reading, expression: str) -> None:
    """Raises UsageError when it is none, or names a mask that the piece does not have."""
    masks = reading.document.table.get("mask", {})
    try:
        unknown = [name.name for name in names_in(parse_expression(expression)) if name.name not in masks]
    except ExpressionError as error:
        raise UsageError(f'"{expression}" {error.message}', error.hint) from error
    if unknown:
        raise UsageError(f'there is no mask "{unknown[0]}"', _masks_hint(unknown[0], masks))


def _masks_hint(unknown: str, masks: Iterable[str]) -> str:
    """The nearest of the masks that have a name, and all of them; or how a mask gets one."""
    hints = dict.fromkeys((*did_you_mean(unknown, masks), *did_you_mean("", masks)))
    return " ".join(hints) or f"no mask of this piece has a name; a table [mask.{unknown}] makes one"


def depth_of(piece: Piece, resolved: Resolved) -> int:
    """Bits a channel of all the work on the piece: 16 once one of its outputs is to have 16."""
    written = [resolved.uses[path][1] for word in piece.output if (path := ("output", word)) in resolved.uses]
    return max((getattr(params, "depth", None) or 8 for params in written), default=8)


def _lacking(plan: Plan, resolved: Resolved) -> tuple[Diagnostic, ...]:
    """What is told of the weights that the plan needs and this machine lacks."""
    actions = [node.action for node in plan.nodes.values()]
    needed = {action.extension for action in actions if isinstance(action, Apply | Stylize)}
    return in_order(told for extension, told in resolved.lacking.items() if extension in needed)


class _Planner:
    def __init__(
        self, reading: Reading, piece: Piece, resolved: Resolved, files: ProjectFiles, scale: float
    ) -> None:
        self._piece = piece
        self._resolved = resolved
        self._stem = files.stem
        self._builder = NodeBuilder(files)
        self._placements = Placements(piece, self._builder, scale, depth_of(piece, resolved))
        self._mistakes = Mistakes(reading.document)
        self._layers = LayerPlanner(reading, piece, resolved, self._builder, self._placements, self._mistakes)

    def plan(self, outputs: Mapping[str, Path]) -> Plan:
        """The whole plan, with these outputs. Raises PieceError with the mistakes that planning finds."""
        items = self._layers.items()
        if self._mistakes.found:
            raise PieceError(in_order(self._mistakes.found))
        dpi = self._piece.canvas.dpi * self._placements.scale
        recipe = StackRecipe(self._placements.canvas, items, self._piece.title or self._stem, dpi)
        merged = self._merged(recipe)
        written = tuple(Output(path, self._export(word, recipe, merged)) for word, path in outputs.items())
        return self._plan(recipe.title, written, merged)

    def plan_mask(self, expression: str, layer: str | None) -> MaskPlan:
        """The plan of a mask of the piece. Raises PieceError, and UsageError for a layer it does not have."""
        layers = self._placements.layers
        if layer is not None and layer not in layers:
            raise UsageError(f'there is no layer "{layer}"', " ".join(did_you_mean(layer, layers)))
        user = layers[layer or first_user(expression, tuple(layers.values()))]
        mask = self._layers.masked(expression, f'as "{expression}"', (), user)
        image = None if user.source is None else self._placements.placed_layer(user)
        if self._mistakes.found:
            raise PieceError(in_order(self._mistakes.found))
        whole = Plan(self._piece.title or self._stem, self._builder.nodes, (), {}, mask)
        image = image or whole.seen_by(mask)
        needed = whole.needed_by(mask, *([] if image is None else [image]))
        plan = replace(whole, nodes={name: whole.nodes[name] for name in needed})
        return MaskPlan(plan, mask, image, user.name)

    def _plan(self, title: str, outputs: tuple[Output, ...], merged: str) -> Plan:
        """The plan of what the outputs need, and of nothing else."""
        patch, finals = self._piece.patch, self._layers.finals
        whole = Plan(title, self._builder.nodes, outputs, finals, merged, patch, self._layers.written)
        needed = dict.fromkeys(whole.needed_by(merged, *(output.node for output in outputs)))
        layers = {layer: node for layer, node in finals.items() if node in needed}
        return replace(whole, nodes={name: whole.nodes[name] for name in needed}, layers=layers)

    def _merged(self, recipe: StackRecipe) -> str:
        items, inputs = numbered(shown(recipe.items))
        return self._builder.add("composite", Composite(replace(recipe, items=items)), inputs)

    def _export(self, word: str, recipe: StackRecipe, merged: str) -> str:
        extension = self._resolved.exports[word]
        items, inputs = numbered(recipe.items if extension.needs.layers else ())
        _, params = self._resolved.uses.get(("output", word), (extension, extension.params()))
        action = Export(extension, params, replace(recipe, items=items))
        return self._builder.add(f"export {word}", action, (("merged", merged), *inputs))
