"""The depth that an output wants, in the plan: everything on the canvas has it, and nothing else changes."""

from typing import Any

import pytest

from composer.errors import PieceError
from composer.graph.action import Apply, Decode, Export, Fill, Place

PIECE = """\
[mask.sky]
use = "gradient"
from = [0, 0]
to = [0, 30]

[[layer]]
name = "cat"
source = "cat"
mask = "sky"

[output]
"""


def _depths(plan: Any) -> dict[str, int]:
    kinds = (Place, Fill, Apply)
    return {name: node.action.depth for name, node in plan.nodes.items() if isinstance(node.action, kinds)}


def test_one_output_that_wants_sixteen_bits_is_enough(plan_of: Any) -> None:
    deep = plan_of(PIECE + 'png = { path = "a.png", depth = 16 }\nora = "a.ora"\n')
    assert set(_depths(deep).values()) == {16}
    plain = plan_of(PIECE + 'png = "a.png"\nora = "a.ora"\n')
    assert set(_depths(plain).values()) == {8}


def test_an_output_of_eight_bits_wants_nothing(plan_of: Any) -> None:
    plain = plan_of(PIECE + 'png = { path = "a.png", depth = 8 }\n')
    assert set(_depths(plain).values()) == {8}
    assert all(
        "depth" not in dict(node.action.ingredients())
        for node in plain.nodes.values()
        if not isinstance(node.action, Export)
    )


def test_photographs_are_read_alike_for_both(plan_of: Any) -> None:
    deep = plan_of(PIECE + 'png = { path = "a.png", depth = 16 }\n')
    read = next(node.action for node in deep.nodes.values() if isinstance(node.action, Decode))
    assert dict(read.ingredients()) == {"operation": f"decode v{Decode.version}"}


def test_options_reach_the_exporter(plan_of: Any) -> None:
    plan = plan_of(PIECE + 'jpg = { path = "a.jpg", quality = 40 }\n')
    export = next(node.action for node in plan.nodes.values() if isinstance(node.action, Export))
    assert export.params.model_dump()["quality"] == 40


def test_an_output_needs_its_path(plan_of: Any) -> None:
    with pytest.raises(PieceError, match='output "png" has no path'):
        plan_of(PIECE + "png = { depth = 16 }\n")


def test_a_depth_that_no_file_has_is_told_with_those_there_are(plan_of: Any) -> None:
    with pytest.raises(PieceError, match='depth of output "png" must be 8 or 16, is 12'):
        plan_of(PIECE + 'png = { path = "a.png", depth = 12 }\n')
