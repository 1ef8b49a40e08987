"""Manifests: one list, from which come the key and the explanation."""

import pytest

from composer import registry
from composer.graph.manifest import Change, Device, action_key, changes, manifest
from composer.graph.node import Node
from composer.registry import Kind

from .conftest import PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
STYLED = CAT + 'style = { use = "moments", from = ["dots"], strength = 0.5 }\n'
CPU = Device("cpu", 2)


def _style(plan_of: PlanOf, text: str) -> Node:
    return plan_of(text).nodes['layer "cat" style (moments)']


def test_an_input_counts_by_its_value(plan_of: PlanOf) -> None:
    node = _style(plan_of, STYLED)
    one = manifest(node, {"content": "aa", "style 0": "bb"}, CPU)
    assert action_key(one) == action_key(manifest(node, {"content": "aa", "style 0": "bb"}, CPU))
    assert action_key(one) != action_key(manifest(node, {"content": "aa", "style 0": "cc"}, CPU))


def test_only_what_runs_on_a_device_depends_on_it(plan_of: PlanOf) -> None:
    plan = plan_of(STYLED)
    gpu = Device("cuda", 2, "H100")
    placed, style = plan.nodes['layer "cat" placed'], plan.nodes['layer "cat" style (moments)']
    assert manifest(placed, {"image": "aa"}, CPU) == manifest(placed, {"image": "aa"}, gpu)
    digests = {"content": "aa", "style 0": "bb"}
    assert changes(manifest(style, digests, CPU), manifest(style, digests, gpu)) == (
        Change("device", "cpu, 2 threads, fp32", "gpu H100, fp32"),
    )
    half = Device("cpu", 2, precision="bf16")
    assert changes(manifest(style, digests, CPU), manifest(style, digests, half)) == (
        Change("device", "cpu, 2 threads, fp32", "cpu, 2 threads, bf16"),
    )


def test_the_engine_its_version_and_its_weights_are_ingredients(plan_of: PlanOf) -> None:
    listed = dict(manifest(_style(plan_of, STYLED), {"content": "aa", "style 0": "bb"}, CPU))
    assert str(listed["operation"]).startswith("style moments v")
    assert len(str(listed["weights encoder"])) == 64
    assert listed["strength"] == 0.5


def test_a_change_is_told_by_field_old_and_new(plan_of: PlanOf) -> None:
    digests = {"content": "a" * 64, "style 0": "b" * 64}
    old = manifest(_style(plan_of, STYLED), digests, CPU)
    new = manifest(_style(plan_of, STYLED.replace("0.5", "0.75")), digests | {"content": "c" * 64}, CPU)
    assert [str(change) for change in changes(old, new)] == [
        "strength: 0.5 → 0.75",
        "input content: aaaaaaaaaaaa → cccccccccccc",
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind in (Kind.MASK, Kind.FILTER, Kind.STYLE) for name in registry.names(kind)],
)
def test_every_ingredient_has_a_field_of_its_own(kind: Kind, name: str) -> None:
    extension = registry.find(kind, name)
    fields = [field.alias or word for word, field in extension.params.model_fields.items()]
    others = {"operation", "canvas", "device"}
    if kind is Kind.STYLE:
        others |= {"canvas long side", "weights", "style scales", "seed"}
    assert not others & set(fields), "explain could not tell the two apart"


def test_a_layers_name_is_no_ingredient_of_the_composite(plan_of: PlanOf) -> None:
    one, other = plan_of(CAT), plan_of(CAT.replace('name = "cat"', 'name = "tom"'))
    assert list(one.nodes["composite"].action.ingredients()) == list(
        other.nodes["composite"].action.ingredients()
    )
    assert list(one.nodes["export psd"].action.ingredients()) != list(
        other.nodes["export psd"].action.ingredients()
    )
