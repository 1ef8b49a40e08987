"""A mask that stands in a layer looks at the layer's own picture, where it names none."""

import pytest

from composer.errors import PieceError
from composer.graph.action import Apply, Find
from composer.graph.node import Plan

from .conftest import PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\nplace = { rotate = 5 }\n'
SEGMENT = '{ use = "segment" }'


def seen(plan: Plan, use: str = "segment") -> set[str | None]:
    """The nodes of the pictures that masks of that kind look at."""
    masks = [
        node
        for node in plan.nodes.values()
        if isinstance(node.action, Apply) and node.action.extension.name == use
    ]
    return {dict(node.inputs).get("image") for node in masks}


@pytest.mark.parametrize(
    "text",
    [
        f"mask = {SEGMENT}",
        f"split = {SEGMENT}",
        f'[[layer.filter]]\nuse = "blur"\nmask = {SEGMENT}',
        f'split = "dark"\n[[layer.foreground.filter]]\nuse = "blur"\nmask = {SEGMENT}\n'
        '[mask.dark]\nuse = "luminance"\nof = "cat"',
    ],
    ids=["mask", "split", "of a filter", "of a side's filter"],
)
def test_it_sees_the_layer_as_it_lies(plan_of: PlanOf, text: str) -> None:
    plan = plan_of(f"{CAT}{text}\n")
    assert seen(plan) == {'layer "cat" placed'}
    finds = [node for node in plan.nodes.values() if isinstance(node.action, Find)]
    assert [dict(node.inputs)["image"] for node in finds] == ['source "cat"']


def test_it_is_the_same_as_naming_the_source(plan_of: PlanOf) -> None:
    named, own = (plan_of(f"{CAT}mask = {mask}\n") for mask in ('{ use = "segment", of = "cat" }', SEGMENT))
    assert [node.action for node in own.nodes.values()] == [node.action for node in named.nodes.values()]


def test_a_copy_is_looked_at_as_it_is(plan_of: PlanOf) -> None:
    plan = plan_of(f'{CAT}[[layer]]\nname = "again"\ncopy = "below"\nmask = {SEGMENT}\n')
    assert seen(plan) == {'below layer "again"'}


@pytest.mark.parametrize("shown", ['fill = "red"', "layer = [{ name = 'in', source = 'cat' }]"])
def test_a_group_and_a_fill_have_no_picture(plan_of: PlanOf, shown: str) -> None:
    with pytest.raises(PieceError) as caught:
        plan_of(f'[[layer]]\nname = "it"\n{shown}\nmask = {SEGMENT}\n')
    assert "piece.toml:13:16" in str(caught.value)
    assert 'looks at the picture of its layer, but layer "it" is a group or a fill' in str(caught.value)
    assert 'hint: name a source or a layer: of = "…"' in str(caught.value)


def test_a_mask_with_a_name_stands_in_no_layer_and_names_its_picture(plan_of: PlanOf) -> None:
    with pytest.raises(PieceError, match='a "segment" mask needs "of"'):
        plan_of(f'[mask.who]\nuse = "segment"\n{CAT}mask = "who"\n')


def test_so_does_one_that_looks_at_another_layer(plan_of: PlanOf) -> None:
    with pytest.raises(PieceError, match='a "layer" mask needs "of"'):
        plan_of(f'{CAT}mask = {{ use = "layer" }}\n')
