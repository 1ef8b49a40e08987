"""Layers that need each other: splits, copies, filters with masks, and parameters that name something."""

import pytest

from composer.errors import PieceError
from composer.graph.action import Adjust, Composite, CutOut, Fade
from composer.graph.node import Plan
from composer.graph.recipe import GroupRecipe

from .conftest import PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
DOG = '[[layer]]\nname = "dog"\nsource = "dog"\n'
FIGURE = '[mask.figure]\nuse = "shape"\nshape = "ellipse"\nbox = [8, 4, 20, 20]\n'
MATCHED = DOG + '[[layer.filter]]\nuse = "match"\nto = "cat"\n'

SPLIT = FIGURE + CAT.replace('name = "cat"', 'name = "tom"') + 'split = "figure"\n'


def matched(side: str, other: str) -> str:
    return f'[[layer.{side}.filter]]\nuse = "match"\nto = "{other}"\n'


def told(plan_of: PlanOf, text: str) -> list[str]:
    with pytest.raises(PieceError) as caught:
        plan_of(text)
    return [line for line in str(caught.value).splitlines() if "error:" in line or "hint:" in line]


def stack(plan: Plan) -> GroupRecipe:
    action = plan.nodes["export psd"].action
    group = action.recipe.items[0]  # type: ignore[union-attr]
    assert isinstance(group, GroupRecipe)
    return group


def test_a_split_is_a_group_of_the_filled_background_and_the_cut_out(plan_of: PlanOf) -> None:
    plan = plan_of(FIGURE + CAT + 'split = "figure"\n')
    background, foreground = stack(plan).children
    assert (background.name, background.mask) == ("cat background", None)
    assert foreground.name == "cat foreground"
    assert foreground.mask is not None
    assert isinstance(plan.nodes[plan.layers["cat foreground"]].action, CutOut)
    assert dict(plan.nodes[plan.layers["cat background"]].inputs)["figure"] == 'mask "figure"'
    assert plan.written["cat"] == ("cat background", "cat foreground")


def test_each_side_of_a_split_has_filters_and_a_style_of_its_own(plan_of: PlanOf) -> None:
    plan = plan_of(
        FIGURE
        + CAT
        + 'split = "figure"\n'
        + '[layer.foreground]\nstyle = { use = "moments", from = ["dots"], seed = [1, 2] }\n'
        + '[[layer.background.filter]]\nuse = "blur"\nmask = "!figure"\n'
    )
    assert set(plan.layers) == {"cat background", "cat foreground (seed 1)", "cat foreground (seed 2)"}
    faded = plan.nodes[plan.layers["cat background"]]
    assert isinstance(faded.action, Fade)
    assert [role for role, _ in faded.inputs] == ["before", "after", "mask"]


def test_an_infill_of_any_width_takes_the_whole_figure_away(plan_of: PlanOf) -> None:
    for width in (0, 8):
        plan = plan_of(FIGURE + CAT + f'split = "figure"\nbackground = {{ infill = {width} }}\n')
        assert plan.layers["cat background"] == 'layer "cat" infill'


def test_a_layer_matched_to_one_above_it_is_planned_after_it(plan_of: PlanOf) -> None:
    plan = plan_of(
        DOG + '[[layer.filter]]\nuse = "match"\nto = "top"\n' + CAT.replace('name = "cat"', 'name = "top"')
    )
    order = list(plan.nodes)
    assert order.index('layer "top" alone') < order.index('layer "dog" filter 1 (match)')
    alone = plan.nodes['layer "top" alone'].action
    assert isinstance(alone, Composite)
    assert alone.recipe.items[0].opacity == 1.0


def test_a_source_is_matched_to_as_it_was_photographed(plan_of: PlanOf) -> None:
    plan = plan_of(MATCHED)
    assert dict(plan.nodes['layer "dog" filter 1 (match)'].inputs)["to"] == 'source "cat"'


def test_a_name_is_free_to_change_without_work(plan_of: PlanOf) -> None:
    before = plan_of(CAT.replace('name = "cat"', 'name = "a"') + MATCHED.replace('to = "cat"', 'to = "a"'))
    after = plan_of(CAT.replace('name = "cat"', 'name = "b"') + MATCHED.replace('to = "cat"', 'to = "b"'))
    listed = [list(p.nodes['layer "dog" filter 1 (match)'].action.ingredients()) for p in (before, after)]
    assert listed[0] == listed[1]


def test_layers_that_need_each_other_are_told(plan_of: PlanOf) -> None:
    one, two = (
        f'[[layer]]\nname = "{name}"\nsource = "cat"\n[[layer.filter]]\nuse = "match"\nto = "{other}"\n'
        for name, other in (("one", "two"), ("two", "one"))
    )
    assert told(plan_of, one + two) == [
        'piece.toml:21:6: error: this leads round in a circle: layer "one" is needed for its own picture',
        "   hint: name a source, or another layer",
    ]


def test_a_figure_is_matched_to_the_background_it_was_cut_from(plan_of: PlanOf) -> None:
    plan = plan_of(SPLIT + matched("foreground", "tom background"))
    assert plan.layers["tom foreground"] == 'layer "tom foreground" filter 1 (match)'
    assert dict(plan.nodes[plan.layers["tom foreground"]].inputs)["to"] == 'layer "tom background" alone'


@pytest.mark.parametrize(
    "layers",
    [
        SPLIT + matched("foreground", "tom background") + matched("background", "tom foreground"),
        SPLIT + matched("foreground", "tom"),
        '[[layer]]\nname = "again"\ncopy = "tom foreground"\n' + SPLIT + matched("foreground", "tom"),
        DOG + 'mask = { use = "luminance", of = "all" }\n[[layer]]\nname = "all"\ncopy = "below"\n',
        '[[layer]]\nname = "low"\ncopy = "high"\n[[layer]]\nname = "high"\ncopy = "below"\n',
    ],
)
def test_what_needs_itself_is_told_once(plan_of: PlanOf, layers: str) -> None:
    lines = told(plan_of, layers)
    assert len(lines) == 2
    assert "this leads round in a circle" in lines[0]


def test_a_figure_painted_on_from_its_background_starts_from_the_version_that_is_shown(
    plan_of: PlanOf,
) -> None:
    painted = 'style = {{ use = "moments", from = ["dots"], {} }}\n'
    plan = plan_of(
        SPLIT
        + "[layer.background]\n"
        + painted.format("seed = [4, 5]")
        + "[layer.foreground]\n"
        + painted.format('init = "below"')
    )
    figure = plan.nodes[plan.layers["tom foreground"]]
    assert dict(figure.inputs)["init"] == plan.layers["tom background (seed 4)"]


def test_what_is_painted_on_from_a_split_starts_from_both_its_sides(plan_of: PlanOf) -> None:
    style = '[layer.style]\nuse = "moments"\nfrom = ["dots"]\ninit = "below"\n'
    plan = plan_of(SPLIT + "opacity = 0.2\n" + DOG + style)
    below = plan.nodes[dict(plan.nodes[plan.layers["dog"]].inputs)["init"]].action
    assert isinstance(below, Composite)
    assert [item.name for item in below.recipe.items] == ["tom background", "tom foreground"]


def test_a_mask_made_from_itself_is_told(plan_of: PlanOf) -> None:
    masks = (
        '[mask.lost]\nuse = "detail_loss"\nof = "cat"\nemphasis = "eye"\n'
        '[mask.eye]\nuse = "detail_loss"\nof = "cat"\nemphasis = "lost"\n'
    )
    assert told(plan_of, masks + CAT + 'mask = "lost"\n') == [
        'piece.toml:10:7: error: mask "lost" is made from itself',
        "   hint: one of the masks it is made from must do without it",
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            MATCHED.replace('to = "cat"', 'to = "cta"'),
            'piece.toml:15:6: error: there is no source or layer "cta"',
        ),
        (
            FIGURE + DOG + '[[layer.filter]]\nuse = "haze"\ndepth = "figrue"\n',
            'piece.toml:19:10: error: there is no mask "figrue"',
        ),
        (
            '[mask.m]\nuse = "layer"\nof = "cat"\n'
            + CAT.replace('name = "cat"', 'name = "x"')
            + 'mask = "m"\n',
            'piece.toml:12:6: error: "cat" is a source, and this mask looks at a layer',
        ),
        (
            DOG + '[[layer.filter]]\nuse = "infill"\n',
            'piece.toml:14:7: error: "infill" works along a mask, but layer "dog" has none',
        ),
        (
            FIGURE.replace("box", 'refine = "matting"\nbox')
            + '[[layer]]\nname = "f"\nfill = "red"\nmask = "figure"\n',
            'piece.toml:13:10: error: refine = "matting" follows the edges of a picture, '
            'but layer "f" shows none',
        ),
        (
            '[mask.far]\nuse = "depth"\nof = "cat"\nnetwork = "deep.onnx"\n' + CAT + 'mask = "far"\n',
            'piece.toml:13:11: error: there is no file "deep.onnx"',
        ),
    ],
)
def test_what_a_parameter_names_must_be_there(plan_of: PlanOf, text: str, error: str) -> None:
    assert told(plan_of, text)[0] == error


def test_a_copy_shows_everything_below_it(plan_of: PlanOf) -> None:
    plan = plan_of(
        CAT + DOG + '[[layer]]\nname = "finish"\ncopy = "below"\n[[layer.filter]]\nuse = "unsharp"\n',
    )
    below = plan.nodes['below layer "finish"']
    assert isinstance(below.action, Composite)
    assert [item.name for item in below.action.recipe.items] == ["cat", "dog"]
    assert dict(plan.nodes[plan.layers["finish"]].inputs)["image"] == below.name


def test_a_copy_in_a_group_shows_what_is_below_it_in_the_group(plan_of: PlanOf) -> None:
    inner = "".join(
        f'[[layer.layer]]\nname = "{name}"\n{what}\n'
        for name, what in (("red", 'fill = "red"'), ("again", 'copy = "below"'))
    )
    plan = plan_of(CAT + '[[layer]]\nname = "group"\n' + inner)
    action = plan.nodes['below layer "again"'].action
    assert isinstance(action, Composite)
    assert [item.name for item in action.recipe.items] == ["red"]


def test_a_mask_is_refined_to_what_a_copy_shows(plan_of: PlanOf) -> None:
    refined = FIGURE.replace("box", 'refine = "guided"\nbox')
    plan = plan_of(refined + CAT + '[[layer]]\nname = "again"\ncopy = "cat"\nmask = "figure"\n')
    assert dict(plan.nodes['mask "figure" adjusted'].inputs)["image"] == 'layer "cat" alone'


def test_a_mask_is_refined_to_the_picture_it_looks_at_or_else_to_the_layers(plan_of: PlanOf) -> None:
    refined = FIGURE.replace("box", 'refine = "guided"\nrefine_width = 6\nbox')
    plan = plan_of(refined + CAT + 'mask = "figure"\n', scale=0.5)
    node = plan.nodes['mask "figure" adjusted']
    assert isinstance(node.action, Adjust)
    assert node.action.refine_width == 3.0
    assert dict(node.inputs)["image"] == 'layer "cat" placed'
