"""Plans: what becomes a node, what is shared, and the mistakes only a plan can see."""

from pathlib import Path

import pytest

from composer.errors import PieceError
from composer.graph.action import Adjust, Apply, Composite, Place, Stylize
from composer.graph.node import Plan
from composer.graph.recipe import GroupRecipe

from .conftest import HEAD, PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
DOG = '[[layer]]\nname = "dog"\nsource = "dog"\n'


def _message(plan_of: PlanOf, text: str, head: str = HEAD) -> str:
    with pytest.raises(PieceError) as caught:
        plan_of(text, head=head)
    return str(caught.value)


def test_every_node_stands_after_its_inputs(plan_of: PlanOf) -> None:
    plan = plan_of(CAT + 'style = { use = "moments", from = ["dots"] }\n' + DOG)
    seen: set[str] = set()
    for node in plan.nodes.values():
        assert {source for _, source in node.inputs} <= seen
        seen.add(node.name)
    assert plan.layers == {"cat": 'layer "cat" style (moments)', "dog": 'layer "dog" placed'}


def test_layers_that_show_the_same_share_their_nodes(plan_of: PlanOf) -> None:
    plan = plan_of(CAT + '[[layer]]\nname = "cat again"\nsource = "cat"\nplace = "cat"\nblend = "screen"\n')
    assert plan.layers["cat again"] == plan.layers["cat"]
    assert sum(isinstance(node.action, Place) for node in plan.nodes.values()) == 1


def test_a_mask_follows_the_placement_of_the_layer_that_uses_it(plan_of: PlanOf) -> None:
    plan = plan_of(
        '[mask.bright]\nuse = "luminance"\nof = "cat"\n'
        + CAT
        + 'place = { anchor = "left" }\nmask = "bright"\n'
        + '[[layer]]\nname = "cat 2"\nsource = "cat"\nplace = { anchor = "right" }\nmask = "bright"\n'
    )
    assert dict(plan.nodes['mask "bright"'].inputs) == {"image": 'layer "cat" placed'} or dict(
        plan.nodes['mask "bright"'].inputs
    ) == {"image": 'mask "bright" placed'}
    masks = [node for node in plan.nodes.values() if isinstance(node.action, Apply)]
    assert len({node.inputs for node in masks}) == 2


def test_a_mask_of_a_source_in_two_places_asks_which(plan_of: PlanOf) -> None:
    message = _message(
        plan_of,
        '[mask.bright]\nuse = "luminance"\nof = "cat"\n'
        + CAT
        + 'place = { anchor = "left" }\n'
        + '[[layer]]\nname = "cat 2"\nsource = "cat"\nplace = { anchor = "right" }\n'
        + DOG
        + 'mask = "bright"\n',
    )
    assert message == (
        'piece.toml:12:6: error: layer "dog" uses this mask, '
        'but "cat" lies differently in "cat" and "cat 2"\n'
        '   12 | of = "cat"\n'
        "      |      ^^^^^\n"
        '   hint: name the layer whose placement is meant: of = "cat"'
    )


def test_common_mask_keys_are_a_node_of_their_own(plan_of: PlanOf) -> None:
    plan = plan_of(
        '[mask.box]\nuse = "shape"\nfeather = 4\nshrink = 2\nlevels = [0.1, 0.9]\n' + CAT + 'mask = "box"\n'
    )
    assert plan.nodes['mask "box" adjusted'].action == Adjust(4.0, -2.0, invert=False, levels=(0.1, 1.0, 0.9))


def test_a_draft_scales_every_length_and_nothing_else(plan_of: PlanOf) -> None:
    text = (
        '[mask.box]\nuse = "shape"\nbox = [4, 8, 12, 16]\nfeather = 4\n'
        + CAT
        + 'place = { offset = [10, 6], rotate = 20 }\nmask = "box"\n'
        + '[[layer.filter]]\nuse = "blur"\nradius = 5\n'
    )
    plan = plan_of(text, 0.5)
    place = plan.nodes['layer "cat" placed'].action
    assert isinstance(place, Place)
    assert (place.fit.offset, place.fit.rotate, place.canvas.width) == ((5.0, 3.0), 20.0, 20)
    blur = plan.nodes['layer "cat" filter 1 (blur)'].action
    assert isinstance(blur, Apply)
    assert blur.params.model_dump()["radius"] == 2.5
    box = plan.nodes['mask "box"'].action
    assert isinstance(box, Apply)
    assert box.params.model_dump()["box"] == (2.0, 4.0, 6.0, 8.0)
    assert plan.nodes['mask "box" adjusted'].action == Adjust(2.0, 0.0, invert=False, levels=(0.0, 1.0, 1.0))


def test_weights_are_shares_and_seeds_fall_back_to_the_piece(plan_of: PlanOf) -> None:
    text = CAT + 'style = { use = "moments", from = ["dots", "dots"], weights = [3.0, 1.0] }\n'
    action = plan_of(text, head="seed = 9\n" + HEAD).nodes['layer "cat" style (moments)'].action
    assert isinstance(action, Stylize)
    assert (action.weights, action.seed) == ((0.75, 0.25), 9)


def test_a_hidden_layer_is_rendered_for_the_files_but_not_composited(plan_of: PlanOf) -> None:
    plan = plan_of(CAT + DOG + "visible = false\n")
    assert 'layer "dog" placed' not in {source for _, source in plan.nodes[plan.merged].inputs}
    assert 'layer "dog" placed' in {source for _, source in plan.nodes["export psd"].inputs}


def test_layers_clipped_to_a_hidden_layer_are_hidden_with_it(plan_of: PlanOf) -> None:
    clipped = '[[layer]]\nname = "ink"\nfill = "navy"\nclip = true\n'
    plan = plan_of(CAT + DOG + "visible = false\n" + clipped)
    composite = plan.nodes[plan.merged].action
    assert isinstance(composite, Composite)
    assert [item.name for item in composite.recipe.items] == ["cat"]


def test_groups_nest_and_may_pass_through(plan_of: PlanOf) -> None:
    plan = plan_of(
        '[[layer]]\nname = "pets"\nblend = "pass_through"\nopacity = 0.5\n'
        '[[layer.layer]]\nname = "cat"\nsource = "cat"\n'
    )
    composite = plan.nodes[plan.merged].action
    assert isinstance(composite, Composite)
    group = composite.recipe.items[0]
    assert isinstance(group, GroupRecipe)
    assert (group.pass_through, group.opacity, len(group.children)) == (True, 0.5, 1)


def test_an_expression_over_masks_is_one_node(plan_of: PlanOf) -> None:
    masks = '[mask.a]\nuse = "shape"\n[mask.b]\nuse = "shape"\nshape = "ellipse"\n'
    plan = plan_of(masks + CAT + 'mask = "a - (b | !a)"\n')
    node = plan.nodes['layer "cat" mask']
    assert dict(node.action.ingredients())["expression"] == "- 0 | 1 ! 0"
    assert node.inputs == (("0", 'mask "a"'), ("1", 'mask "b"'))


def test_all_mistakes_come_at_once_in_order(plan_of: PlanOf) -> None:
    message = _message(
        plan_of,
        '[mask.m]\nuse = "luminanse"\nof = "cat"\n'
        + CAT
        + 'opacity = 1.5\n[[layer.filter]]\nuse = "blur"\nradios = 3\n'
        + '[[layer]]\nname = "bird"\nsource = "bird"\nblend = "mutliply"\n[output]\ngif = "build/a.gif"\n',
    )
    firsts = [line for line in message.splitlines() if ": error: " in line]
    assert [line.split(": error: ")[0] for line in firsts] == [
        "piece.toml:11:7",
        "piece.toml:16:11",
        "piece.toml:19:1",
        "piece.toml:22:10",
        "piece.toml:23:9",
        "piece.toml:25:1",
    ]
    assert 'there is no mask "luminanse"' in message
    assert 'hint: did you mean "multiply"?' in message
    assert 'there is no output format "gif"' in message


@pytest.mark.parametrize(
    ("mask", "complaint"),
    [
        ('use = "luminance"', 'a "luminance" mask needs "of"'),
        ('use = "shape"\nof = "cat"', 'a "shape" mask does not use "of"'),
        ('use = "file"', 'a "file" mask needs "file"'),
        ('use = "edges"', 'an "edges" mask needs "of"'),
    ],
)
def test_a_mask_is_given_what_it_looks_at(plan_of: PlanOf, mask: str, complaint: str) -> None:
    assert complaint in _message(plan_of, f"[mask.m]\n{mask}\n" + CAT)


def test_a_mask_cannot_look_at_a_fill(plan_of: PlanOf) -> None:
    text = '[mask.m]\nuse = "luminance"\nof = "ink"\n[[layer]]\nname = "ink"\nfill = "navy"\n'
    assert "there is no picture a mask could look at" in _message(plan_of, text + CAT + 'mask = "m"\n')


def test_all_that_masks_cannot_look_at_is_told_at_once(plan_of: PlanOf) -> None:
    masks = '[mask.a]\nuse = "luminance"\nof = "ink"\n[mask.b]\nuse = "luminance"\nof = "pets"\n'
    ink = '[[layer]]\nname = "ink"\nfill = "navy"\n'
    pets = '[[layer]]\nname = "pets"\n[[layer.layer]]\nname = "dog"\nsource = "dog"\nmask = "a"\n'
    message = _message(plan_of, masks + ink + pets + CAT + 'mask = "b - a"\n')
    assert message.count(": error: ") == 2
    assert message.index('layer "ink" is a group or a fill') < message.index('layer "pets" is a group')


def test_a_missing_file_is_a_mistake_with_near_misses(plan_of: PlanOf) -> None:
    message = _message(plan_of, CAT, head=HEAD.replace('"dog.png"', '"dogs.png"'))
    assert 'piece.toml:7:8: error: there is no file "dogs.png"' in message
    assert 'did you mean "dog.png"' in message


def test_a_link_out_of_the_project_is_refused(plan_of: PlanOf, tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    message = _message(plan_of, CAT, head=HEAD.replace('"dog.png"', '"link.png"'))
    assert '"link.png" leads out of the project folder' in message


def test_an_output_folder_that_is_a_link_out_is_refused(plan_of: PlanOf, tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path.parent)
    message = _message(plan_of, CAT + '[output]\npng = "out/{piece}.png"\n')
    assert "leads out of the project folder" in message


def test_a_part_of_a_plan_is_what_a_node_needs(plan_of: PlanOf) -> None:
    plan: Plan = plan_of(CAT + DOG)
    assert plan.needed_by('layer "dog" placed') == ('source "dog"', 'layer "dog" placed')
