"""What planning tells before anything is painted: outlines that are not there, names with two meanings."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from composer import registry
from composer.errors import PieceError
from tests.graph.conftest import HEAD, PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
RIM = '[[layer.filter]]\nuse = "edge_highlight"\n'
MASK = '[mask.figure]\nuse = "shape"\nshape = "ellipse"\nbox = [8, 4, 20, 20]\n'
OPAQUE = '"edge_highlight" works along an outline, but layer "cat" is opaque and has no mask'


def told(plan_of: PlanOf, text: str) -> str:
    with pytest.raises(PieceError) as caught:
        plan_of(text)
    return str(caught.value)


def test_a_rim_on_an_opaque_photograph_is_a_mistake_at_the_filter(plan_of: PlanOf) -> None:
    message = told(plan_of, CAT + RIM)
    assert message.startswith(f"piece.toml:14:7: error: {OPAQUE}")
    assert "hint: give the layer mask = " in message


def test_so_it_is_on_a_fill_unless_that_is_seen_through(plan_of: PlanOf) -> None:
    fill = '[[layer]]\nname = "cat"\nfill = "{}"\n' + RIM
    assert OPAQUE in told(plan_of, fill.format("navy"))
    plan_of(fill.format("#00008080"))


@pytest.mark.parametrize(
    "text",
    [
        MASK + CAT + 'mask = "figure"\n' + RIM,
        MASK + CAT + RIM + 'figure = "figure"\n',
        MASK + CAT + 'split = "figure"\n' + RIM.replace("layer.", "layer.foreground."),
        CAT + "place = { rotate = 5 }\n" + RIM,
        CAT + "place = { quad = [[0, 0], [20, 2], [20, 20], [0, 20]] }\n" + RIM,
    ],
)
def test_what_has_an_outline_is_planned(plan_of: PlanOf, text: str) -> None:
    plan_of(text)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_cut_out_that_is_opaque_throughout_has_no_outline(
    plan_of: PlanOf, tmp_path: Path, depth: int
) -> None:
    whole = np.full((8, 8, 4), (1 << depth) - 1, f"u{depth // 8}")
    cv2.imwrite(str(tmp_path / "cat.png"), whole)
    assert OPAQUE in told(plan_of, CAT + RIM)
    whole[0, 0, 3] -= 1
    cv2.imwrite(str(tmp_path / "cat.png"), np.vstack((whole, whole)))
    plan_of(CAT + RIM)


def test_a_copy_of_all_that_lies_below_is_opaque_where_the_background_is(plan_of: PlanOf) -> None:
    copy = '[[layer]]\nname = "finish"\ncopy = "below"\n' + RIM
    plan_of(CAT + copy)
    on_navy = HEAD.replace("[source.cat]", 'background = "navy"\n[source.cat]')
    message = told(partial(plan_of, head=on_navy), CAT + copy)
    assert 'layer "finish" is opaque and has no mask' in message


def test_a_picture_with_transparency_may_have_an_outline(plan_of: PlanOf, tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8)).save(tmp_path / "cat.png")
    plan_of(CAT + RIM)


DOG_CALLED_CAT = '[[layer]]\nname = "cat"\nsource = "dog"\n'
HILL = '[[layer]]\nname = "hill"\nsource = "dog"\nplace = { scale = 0.5 }\n'
MATCH = '[[layer.filter]]\nuse = "match"\nto = "cat"\n'
BRIGHT = '[mask.bright]\nuse = "luminance"\nof = "cat"\n'
TWO = '"cat" is a source (line 4) and a layer that shows something else (line {})'


def test_a_picture_that_is_a_source_and_another_layer_is_a_mistake_with_both_places(plan_of: PlanOf) -> None:
    message = told(plan_of, DOG_CALLED_CAT + HILL + MATCH)
    assert f"piece.toml:19:6: error: {TWO.format(11)}" in message
    assert "hint: call one of them by another name" in message


def test_so_it_is_for_the_picture_that_a_mask_looks_at(plan_of: PlanOf) -> None:
    message = told(plan_of, BRIGHT + DOG_CALLED_CAT + 'mask = "bright"\n')
    assert f"piece.toml:12:6: error: {TWO.format(14)}" in message


@pytest.mark.parametrize(
    "text",
    [
        CAT + HILL + MATCH,
        BRIGHT + CAT + 'mask = "bright"\n',
        BRIGHT + CAT + 'mask = "bright"\n' + '[[layer]]\nname = "dog"\nfill = "red"\n',
        BRIGHT + HILL + 'mask = "bright"\n' + '[[layer]]\nname = "cat"\nfill = "red"\n',
        '[mask.alone]\nuse = "layer"\nof = "cat"\n' + DOG_CALLED_CAT + HILL + 'mask = "alone"\n',
        DOG_CALLED_CAT + HILL,
    ],
    ids=[
        "its own source",
        "of its own source",
        "unused",
        "a fill cannot be meant",
        "a layer is meant",
        "unnamed",
    ],
)
def test_names_that_can_mean_one_thing_only_are_free(plan_of: PlanOf, text: str) -> None:
    plan_of(text)


def test_a_filter_that_lacks_something_is_told_at_its_name(plan_of: PlanOf) -> None:
    message = told(plan_of, CAT + '[[layer.filter]]\nuse = "eye_light"\nlight = 20\n')
    assert message.startswith(
        'piece.toml:14:7: error: filter "eye_light" of layer "cat": where are the eyes?'
    )


@pytest.mark.parametrize("word", registry.names("export"))
def test_sixteen_bits_where_a_format_has_eight_are_told_with_the_formats_that_have_them(
    plan_of: PlanOf, word: str
) -> None:
    deep = {
        name
        for name in registry.names("export")
        if "depth" in registry.find("export", name).params.model_fields
    }
    text = f'{CAT}[output]\n{word} = {{ path = "out.{word}", depth = 16 }}\n'
    if word in deep:
        plan_of(text)
        return
    message = told(plan_of, text)
    assert f'"depth" is not a key of output "{word}"' in message
    (hint,) = [line for line in message.splitlines() if "hint: " in line]
    assert hint.startswith("   hint: this format has 8 bits a channel; ")
    assert deep == {name for name in registry.names("export") if name in hint.replace(",", "").split()}
