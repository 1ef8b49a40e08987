"""Styles in a plan: which picture paints where, what guides it, and a layer in several versions."""

import pytest

from composer.errors import PieceError
from composer.graph.action import Composite, Export, Stylize
from composer.graph.manifest import Device, changes, manifest
from composer.graph.node import Node, Plan
from composer.graph.recipe import GroupRecipe, LayerRecipe

from .conftest import HEAD, PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
DOG = '[[layer]]\nname = "dog"\nsource = "dog"\n'
MASKS = '[mask.a]\nuse = "shape"\n[mask.b]\nuse = "shape"\nshape = "ellipse"\n'
BARS = '[style.bars]\nfile = "dog.png"\nscale = 0.5\n'
STYLE = '[layer.style]\nuse = "moments"\n'
REGIONS = STYLE + 'regions = { a = "dots", "b - a" = "bars" }\n'
CPU = Device("cpu", 2)
NODE = 'layer "cat" style (moments)'


def _painted(plan: Plan, node: str = NODE) -> tuple[Node, Stylize]:
    action = plan.nodes[node].action
    assert isinstance(action, Stylize)
    return plan.nodes[node], action


def _digests(node: Node) -> dict[str, str]:
    return {role: role for role, _ in node.inputs}


def _picture(plan: Plan) -> list[tuple[str, str]]:
    """What the merged picture is made of, with nodes in the place of roles."""
    merged = plan.nodes[plan.merged]
    nodes = dict(merged.inputs)
    return [(field, nodes.get(str(value), str(value))) for field, value in merged.action.ingredients()]


def _export(plan: Plan, word: str) -> Export:
    action = plan.nodes[f"export {word}"].action
    assert isinstance(action, Export)
    return action


def test_each_region_is_a_mask_and_a_style(plan_of: PlanOf) -> None:
    node, action = _painted(plan_of(MASKS + BARS + CAT + REGIONS))
    assert node.inputs == (
        ("content", 'layer "cat" placed'),
        ("region 0 mask", 'mask "a"'),
        ("region 0 style 0", 'style "dots"'),
        ("region 1 mask", 'layer "cat" region "b - a"'),
        ("region 1 style 0", 'style "bars"'),
    )
    told = dict(action.ingredients())
    assert told["region style scales"] == [[1.0], [0.5]]
    assert told["region weights"] == [[1.0], [1.0]]


def test_what_no_region_shows_is_painted_in_from(plan_of: PlanOf) -> None:
    node, action = _painted(plan_of(MASKS + BARS + CAT + REGIONS + 'from = ["bars"]\n'))
    assert dict(node.inputs)["style 0"] == 'style "bars"'
    assert (action.weights, action.scales) == ((1.0,), (0.5,))


def test_a_style_without_guides_tells_of_none(plan_of: PlanOf) -> None:
    node, _ = _painted(plan_of(CAT + STYLE + 'from = ["dots"]\n'))
    fields = [field for field, _ in manifest(node, _digests(node), CPU)]
    assert not [field for field in fields if "region" in field or field in ("init", "input protect")]


def test_renaming_the_mask_of_a_region_changes_no_ingredient(plan_of: PlanOf) -> None:
    node, _ = _painted(plan_of(MASKS + BARS + CAT + REGIONS))
    renamed = REGIONS.replace("{ a =", "{ c =").replace("b - a", "b - c")
    other, _ = _painted(plan_of(MASKS.replace("[mask.a]", "[mask.c]") + BARS + CAT + renamed))
    assert manifest(node, _digests(node), CPU) == manifest(other, _digests(other), CPU)


def test_what_guides_a_style_is_told_when_it_changes(plan_of: PlanOf) -> None:
    plain = 'from = ["dots"]\n'
    old, _ = _painted(plan_of(MASKS + CAT + STYLE + plain))
    new, _ = _painted(plan_of(MASKS + CAT + STYLE + plain + 'init = "noise"\nprotect = "a"\n'))
    told = changes(manifest(old, _digests(old), CPU), manifest(new, _digests(new), CPU))
    assert [str(change) for change in told] == ["init: – → noise", "input protect: – → protect"]


def test_a_region_looks_where_the_layer_lies(plan_of: PlanOf) -> None:
    masks = '[mask.a]\nuse = "luminance"\nof = "cat"\n'
    left = CAT + 'place = { anchor = "left" }\n' + STYLE + 'regions = { a = "dots" }\nprotect = "!a"\n'
    plan = plan_of(masks + left + CAT.replace('"cat"', '"tom"', 1) + 'place = { anchor = "right" }\n')
    node, _ = _painted(plan)
    assert dict(node.inputs)["region 0 mask"] == 'mask "a"'
    assert plan.nodes[dict(node.inputs)["protect"]].inputs == (("0", 'mask "a"'),)
    assert plan.nodes['mask "a"'].inputs == (("image", dict(node.inputs)["content"]),)


def test_a_region_that_cannot_look_anywhere_is_told_at_its_mask(plan_of: PlanOf) -> None:
    masks = '[mask.a]\nuse = "luminance"\nof = "ink"\n[[layer]]\nname = "ink"\nfill = "navy"\n'
    with pytest.raises(PieceError, match='layer "ink" is a group or a fill'):
        plan_of(masks + CAT + STYLE + 'regions = { a = "dots" }\n')


def test_what_is_protected_may_be_a_mask_of_its_own(plan_of: PlanOf) -> None:
    protect = 'from = ["dots"]\nprotect = { use = "luminance", of = "cat", feather = 3 }\n'
    plan = plan_of(CAT + STYLE + protect)
    node, _ = _painted(plan)
    assert dict(node.inputs)["protect"] == 'layer "cat" protect adjusted'
    assert plan.nodes['layer "cat" protect'].inputs == (("image", 'layer "cat" placed'),)


def test_an_unknown_key_of_what_is_protected_is_told_there(plan_of: PlanOf) -> None:
    with pytest.raises(PieceError, match='"fether" is not a key of protect of the style of layer "cat"'):
        plan_of(CAT + STYLE + 'from = ["dots"]\nprotect = { use = "shape", fether = 3 }\n')


@pytest.mark.parametrize(
    ("below", "pixels"),
    [
        (DOG, 'layer "dog" placed'),
        ('[[layer]]\nname = "ink"\nfill = "navy"\n', 'layer "ink" fill'),
        (DOG + STYLE + 'from = ["dots"]\nseed = [5, 6]\n', 'layer "dog" style (moments) seed 5'),
    ],
)
def test_painting_goes_on_from_the_layer_below(plan_of: PlanOf, below: str, pixels: str) -> None:
    plan = plan_of(below + CAT + STYLE + 'from = ["dots"]\ninit = "below"\n')
    node, action = _painted(plan)
    assert dict(node.inputs)["init"] == pixels
    assert action.init == "below"
    assert list(plan.nodes).index(pixels) < list(plan.nodes).index(NODE)


def test_several_seeds_are_versions_in_a_group_that_stands_for_the_layer(plan_of: PlanOf) -> None:
    look = 'mask = "a"\nblend = "screen"\nopacity = 0.5\nclip = true\n'
    plan = plan_of(MASKS + DOG + CAT + look + STYLE + 'from = ["dots"]\nseed = [7, 8]\n')
    assert plan.layers == {
        "dog": 'layer "dog" placed',
        "cat (seed 7)": f"{NODE} seed 7",
        "cat (seed 8)": f"{NODE} seed 8",
    }
    group = _export(plan, "psd").recipe.items[1]
    assert isinstance(group, GroupRecipe)
    assert (group.name, group.mask, group.blend.name, group.opacity) == ("cat", "mask 1", "screen", 0.5)
    assert (group.clip, group.visible, group.pass_through) == (True, True, False)
    versions = [child for child in group.children if isinstance(child, LayerRecipe)]
    assert [(version.name, version.visible) for version in versions] == [
        ("cat (seed 7)", True),
        ("cat (seed 8)", False),
    ]
    assert {(v.mask, v.blend.name, v.opacity, v.clip) for v in versions} == {(None, "normal", 1.0, False)}


@pytest.mark.parametrize("clip", ["", "clip = true\n"])
def test_the_picture_with_several_seeds_is_the_one_with_the_first(plan_of: PlanOf, clip: str) -> None:
    look = 'mask = "a"\nblend = "screen"\nopacity = 0.5\n' + clip + STYLE + 'from = ["dots"]\n'
    ink = '[[layer]]\nname = "ink"\nfill = "navy"\nclip = true\n'
    one = plan_of(MASKS + DOG + CAT + look + "seed = 7\n" + ink)
    three = plan_of(MASKS + DOG + CAT + look + "seed = [7, 8, 9]\n" + ink)
    assert _picture(three) == [
        (field, value.replace(NODE, f"{NODE} seed 7")) for field, value in _picture(one)
    ]
    assert _painted(three, f"{NODE} seed 7")[1] == _painted(one)[1]


def test_the_group_of_a_single_masked_layer_stays_a_group(plan_of: PlanOf) -> None:
    plan = plan_of(
        MASKS + '[[layer]]\nname = "pets"\n[[layer.layer]]\nname = "dog"\nsource = "dog"\nmask = "a"\n'
    )
    merged = plan.nodes[plan.merged].action
    assert isinstance(merged, Composite)
    assert isinstance(merged.recipe.items[0], GroupRecipe)


def test_a_png_alone_renders_nothing_that_is_hidden(plan_of: PlanOf) -> None:
    seeds = CAT + STYLE + 'from = ["dots"]\nseed = [7, 8]\n' + DOG + "visible = false\n"
    png = '[output]\npng = "a.png"\n'
    plan = plan_of(seeds + png)
    assert plan.nodes["export png"].inputs == (("merged", "composite"),)
    assert list(plan.layers) == ["cat (seed 7)"]
    assert not [name for name in plan.nodes if "dog" in name or "seed 8" in name]
    both = plan_of(seeds + png + 'psd = "a.psd"\n')
    assert list(both.layers) == ["cat (seed 7)", "cat (seed 8)", "dog"]


def test_a_hidden_layer_that_another_starts_from_is_rendered(plan_of: PlanOf) -> None:
    text = DOG + "visible = false\n" + CAT + STYLE + 'from = ["dots"]\ninit = "below"\n'
    plan = plan_of(text + '[output]\npng = "a.png"\n')
    assert list(plan.layers) == ["dog", "cat"]


@pytest.mark.parametrize(
    ("head", "patch"), [("", None), ("patch = true\n", True), ("patch = false\n", False)]
)
def test_whether_to_patch_is_the_pieces_wish(plan_of: PlanOf, head: str, patch: bool | None) -> None:
    assert plan_of(CAT, head=head + HEAD).patch is patch
