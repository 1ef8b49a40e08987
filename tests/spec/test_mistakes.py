"""Mistakes of an artist: each told once, where it stands, with what to do about it."""
# ruff: noqa: E501 - one mistake in one row reads best

import random
import subprocess
import sys

import pytest

from composer.errors import PieceError
from composer.spec.reading import read
from composer.text.document import parse

CANVAS = "canvas = { width = 10, height = 10 }\n"
START = f"{CANVAS}source.p.sample = 'coffee'\n"
LAYER = '[[layer]]\nname = "a"\nsource = "p"\n'
PAINTS = f"{START}style.s.file = 's.png'\nmask.m.use = 'x'\n{LAYER}[layer.style]\nuse = 'm'\n"
GROUP = "[[layer]]\nname = 'g'\n[[layer.layer]]\nname = 'b'\nsource = 'p'\n"


def told(source: str, file: str = "piece.toml") -> list[str]:
    return [str(diagnostic) for diagnostic in read(parse(source, file)).diagnostics]


def test_an_opacity_in_percent() -> None:
    assert told(f"{START}{LAYER}opacity = 70\n") == [
        'piece.toml:6:11: error: opacity of layer "a" must be at most 1, is 70\n'
        "    6 | opacity = 70\n"
        "      |           ^^\n"
        "   hint: it goes from 0 to 1: did you mean 0.7?"
    ]


def test_a_mask_that_does_not_exist_is_marked_inside_the_expression() -> None:
    source = f"{START}mask.figure.use = 'segment'\n{LAYER}mask = \"figure & !figur\"\n"
    assert told(source) == [
        'piece.toml:7:19: error: there is no mask "figur"\n'
        '    7 | mask = "figure & !figur"\n'
        "      |                   ^^^^^\n"
        '   hint: did you mean "figure"?'
    ]


def test_a_layer_name_given_twice() -> None:
    assert told(f"{START}{LAYER}{LAYER}") == [
        'piece.toml:7:8: error: there is a layer "a" already\n'
        '    7 | name = "a"\n'
        "      |        ^^^\n"
        "   hint: it is on line 4"
    ]


def test_all_mistakes_are_told_in_one_go_in_the_order_of_the_file() -> None:
    source = (
        'titel = "x"\nseed = "7"\n[canvas]\nwidth = 10.0\nbackground = "11151c"\n[source.p]\nfile = "../a.png"\n'
        f'[mask.m]\nuse = "segment"\nof = "q"\n{LAYER}opacity = 3\nmask = "m & (n"\n'
        '[[layer]]\nfill = "gren"\nplace = { fit = "covr" }\n[output]\npng = "C:/x.png"\n'
    )
    assert [each.partition("\n")[0].removeprefix("piece.toml:") for each in told(source)] == [
        '1:1: error: "titel" is not a key of the piece',
        '2:8: error: seed must be a whole number, is the text "7"',
        "3:1: error: the canvas has no height",
        "4:9: error: width of the canvas must be a whole number, is 10.0",
        '5:14: error: background of the canvas is "11151c", which is not a colour',
        '7:8: error: file of source "p" lies outside the folder of the piece',
        '10:6: error: there is no source or layer "q"',
        '14:11: error: opacity of layer "a" must be at most 1, is 3',
        '15:13: error: the mask of layer "a" has a "(" that is never closed',
        "16:1: error: layer 2 has no name",
        '17:8: error: fill of layer 2 is "gren", which is not a colour',
        '18:1: error: layer 2 is a fill and cannot have "place"',
        '18:17: error: fit of the placement of layer 2 must be "contain", "cover", "stretch" or "none", '
        'is the text "covr"',
        '20:7: error: output "png" is not a path below the piece file',
    ]


TABLE = [
    # the top of the file
    ("[[layer]]\nname = 'a'\nfill = 'red'\n", "1:1", "the piece has no canvas", "write [canvas] with width = … and height = … in pixels"),
    (CANVAS, "1:1", "the piece has no layer", "write at least one [[layer]]; layers stand bottom first"),
    (f"{START}[[layers]]\nname = 'a'\nsource = 'p'\n", "3:3", '"layers" is not a key of the piece', 'did you mean "layer"?'),
    (f"{START}[layer]\nname = 'a'\nsource = 'p'\n", "3:1", "layer must be a list, is a table", "write [[layer]] with two brackets"),
    (f"{CANVAS}[sources.p]\nfile = 'a.png'\n{LAYER}", "2:2", '"sources" is not a key of the piece', 'did you mean "source"?'),
    ("[[canvas]]\nwidth = 3\n[[layer]]\nname = 'a'\nfill = 'red'\n", "1:1", "the canvas must be a table, is a list", "write [canvas] with single brackets, once"),
    (f"{START}{LAYER}[sweep.look]\nsize = 3\n", "6:2", '"sweep" is not a key of the piece', '"sweep" is not known in this version yet'),
    (f"{START}seed = -1\n{LAYER}", "3:8", "seed must be at least 0, is -1", None),
    (f"canvas = {{ width = 0, height = 10 }}\n{START[len(CANVAS) :]}{LAYER}", "1:20", "width of the canvas must be at least 1, is 0", None),
    (f"canvas = {{ width = 300000, height = 300000 }}\n{START[len(CANVAS) :]}{LAYER}", "1:37", "the canvas has 90,000 megapixels, more than 2,147", None),
    # sources and styles
    (f"{CANVAS}[source]\nfile = 'a.png'\n[[layer]]\nname = 'a'\nfill = 'red'\n", "3:8", 'source "file" must be a table, is the text "a.png"', "every source has a name of its own: [source.name]"),
    (f"{START}source.p.file = 'a.png'\n{LAYER}", "3:10", 'source "p" has both "sample" and "file"', "keep one of them"),
    (f"{START}[source.q]\n{LAYER}", "3:1", 'source "q" has neither a file nor a sample', 'write file = "photos/…", or sample = "coffee" for a photograph that is always there'),
    (f"{START}[source.q]\nfiel = 'a.png'\n{LAYER}", "4:1", '"fiel" is not a key of source "q"', 'did you mean "file"?'),
    (f"{START}source.q.sample = 'cofee'\n{LAYER}", "3:19", 'there is no sample "cofee"', 'did you mean "coffee"?'),
    (f"{START}[source.q]\nfile = 'a.ora'\nlayer = 'eyes'\n{LAYER}", "5:1", '"layer" is not a key of source "q"', '"layer" is not known in this version yet'),
    (f"{START}style.s = {{ file = 'a.png', scale = 0 }}\n{LAYER}", "3:37", 'scale of style "s" must be more than 0, is 0', None),
    # layers
    (f"{START}[[layer]]\nname = 'a'\n", "3:1", 'layer "a" shows nothing', 'write source = "…", fill = "#…", or give it layers of its own under [[layer.layer]]'),
    (f"{START}[[layer]]\nsource = 'p'\n", "3:1", "layer 1 has no name", 'write name = "…"'),
    (f"{START}[[layer]]\nnmae = 'a'\nsource = 'p'\n", "4:1", '"nmae" is not a key of layer 1', 'did you mean "name"?'),
    (f"{START}[[layer]]\nname = 'a'\nsorce = 'p'\n", "5:1", '"sorce" is not a key of layer "a"', 'did you mean "source"?'),
    (f"{START}{LAYER}fill = 'red'\n", "6:1", 'layer "a" has both "source" and "fill"', "keep one of them"),
    (f"{START}{LAYER}[[layer.layer]]\nname = 'b'\nfill = 'red'\n", "6:9", 'layer "a" has both "source" and "layer"', "keep one of them"),
    (f"{START}{LAYER}split = 'm'\n", "6:10", 'there is no mask "m"', "no mask is defined: write [mask.m]"),
    (f"{START}{LAYER}foreground = {{}}\n", "6:1", 'layer "a" has a foreground, but is not split', 'add split = "…" with a mask that shows the foreground'),
    (f"{START}[[layer]]\nname = 'a'\nfill = 'red'\nsplit = 'm'\n[mask.m]\nuse = 'noise'\n", "6:1", 'layer "a" is a fill and cannot have "split"', 'only a layer with a source has "split"'),
    (f"{START}{LAYER}split = 'm'\nstyle = {{ use = 'draft', from = ['s'] }}\n[mask.m]\nuse = 'noise'\n[style.s]\nsample = 'coffee'\n", "7:1", 'layer "a" is split and cannot have "style"', "give its foreground or its background a style of its own"),
    (f"{START}[[layer]]\nname = 'a'\ncopy = 'below'\n", "5:8", 'layer "a" copies what is below it, but there is nothing', "layers stand bottom first"),
    (f"{START}{LAYER}place = {{ quad = [[0, 0], [9, 0], [9, 9], [0, 9]], rotate = 3 }}\n", "6:52", 'the placement of layer "a" has both "quad" and "rotate"', "keep one of them"),
    (f"{START}{LAYER}opacity = '0.7'\n", "6:11", 'opacity of layer "a" must be a number, is the text "0.7"', "write it without quotes: 0.7"),
    (f"{START}{LAYER}opacity = '70%'\n", "6:11", 'opacity of layer "a" must be a number, is the text "70%"', "write 0.7"),
    (f"{START}{LAYER}opacity = nan\n", "6:11", 'opacity of layer "a" must be a finite number, is nan', None),
    (f"{START}{LAYER}opacity = true\n", "6:11", 'opacity of layer "a" must be a number, is true', None),
    (f"{START}{LAYER}visible = 'false'\n", "6:11", 'visible of layer "a" must be true or false, is the text "false"', "write it without quotes: false"),
    (f"{START}{LAYER}name-of = 1\n", "6:1", '"name-of" is not a key of layer "a"', 'did you mean "name"?'),
    (f"{START}{LAYER}blend = 3\n", "6:9", 'blend of layer "a" must be text in quotes, is 3', 'put it in quotes: "3"'),
    (f"{START}{LAYER}blend = 'pass_through'\n", "6:9", 'layer "a" blends with "pass_through", which only a group can', "a group is a layer with layers of its own"),
    (f"{START}{LAYER}clip = true\n", "6:8", 'layer "a" is clipped, but there is no layer below it', "layers stand bottom first"),
    (f"{START}{LAYER}[[layer]]\nname = 'g'\nclip = true\nblend = 'pass_through'\n[[layer.layer]]\nname = 'b'\nsource = 'p'\n", "8:1", 'layer "g" passes through and cannot be clipped', "take out clip, or the blend: an isolated group can be clipped"),
    (f"{START}[[layer]]\nname = 'a'\nfill = '11151c'\n", "5:8", 'fill of layer "a" is "11151c", which is not a colour', 'did you mean "#11151c"?'),
    (f"{START}[[layer]]\nname = 'a'\nfill = 'rgb(1, 2, 3)'\n", "5:8", 'fill of layer "a" is "rgb(1, 2, 3)", which is not a colour', 'write CSS hex such as "#1a2b3c", or a CSS name such as "navy"'),
    (f"{START}[[layer]]\nname = 'g'\nplace = 'a'\n[[layer.layer]]\nname = 'a'\nsource = 'p'\n", "5:1", 'layer "g" is a group and cannot have "place"', 'only a layer with a source has "place"'),
    (f"{START}[[layer]]\nname = 'g'\nlayer = []\n", "5:9", 'layer of layer "g" must have at least 1, has 0', None),
    # names
    (f"{START}[[layer]]\nname = 'a'\nsource = 'q'\n", "5:10", 'there is no source "q"', "known: p"),
    (f"{CANVAS}[[layer]]\nname = 'a'\nsource = 'my photo'\n", "4:10", 'there is no source "my photo"', 'no source is defined: write [source."my photo"]'),
    (f"{START}mask.m.use = 'x'\n[[layer]]\nname = 'a'\nsource = 'm'\n", "6:10", 'there is no source "m"', '"m" is a mask, not a source'),
    (f"{START}{LAYER}mask = 'm-n'\n", "6:9", 'the mask of layer "a" has "m-n" without spaces around "-"', 'write "m - n" to subtract; a mask\'s name is spelt with "_": "m_n"'),
    (f"{START}mask.low-sun.use = 'x'\n{LAYER}", "3:6", 'mask "low-sun" cannot be named in an expression: names are letters, digits and "_"', 'call it "low_sun"'),
    (f"{START}{LAYER}mask = 3\n", "6:8", 'the mask of layer "a" must be a mask expression such as "figure & !sky", or a table with "use"', None),
    # placements
    (f"{START}{LAYER}place = 'a'\n", "6:9", 'layer "a" takes its place from "a", which leads round in a circle', 'give one of them a place of its own, as { fit = "cover" }'),
    (f"{START}{LAYER}place = 'sky'\n[[layer]]\nname = 'sky'\nfill = 'navy'\n", "6:9", 'layer "a" takes its place from "sky", which is a fill and has none', "name a layer with a source"),
    (f"{START}{LAYER}place = 'b'\n", "6:9", 'there is no layer "b"', "known: a"),
    (f"{START}{LAYER}place = 3\n", "6:9", 'the placement of layer "a" must be the name of a layer, or a table such as { fit = "cover" }', None),
    (f"{START}{LAYER}place = {{ crop = [0.5, 0, 0.2, 1] }}\n", "6:18", 'crop of the placement of layer "a" leaves nothing: it needs left < right and top < bottom', None),
    (f"{START}{LAYER}place = {{ offset = [1] }}\n", "6:20", 'offset of the placement of layer "a" must have 2 items, has 1', None),
    (f"{START}{LAYER}place = {{ offset = [1, 2, 3] }}\n", "6:20", 'offset of the placement of layer "a" must have 2 items, has 3', None),
    (f"{START}{LAYER}place = {{ offset = [1, 'x'] }}\n", "6:24", 'item 2 of offset of the placement of layer "a" must be a number, is the text "x"', None),
    (f"{START}{LAYER}place = {{ fit = 'cover', opacity = 1 }}\n", "6:26", '"opacity" is not a key of the placement of layer "a"', '"opacity" is a key of layer "a": write it outside the braces'),
    # filters, styles, masks
    (f"{START}{LAYER}[layer.filter]\nuse = 'blur'\n", "6:1", 'filter of layer "a" must be a list, is a table', "write [[layer.filter]] with two brackets"),
    (f"{START}{LAYER}filter = {{ use = 'blur' }}\n", "6:10", 'filter of layer "a" must be a list, is a table', "put it in brackets: [{ … }]"),
    (f"{START}{LAYER}[[layer.filter]]\nradius = 3\n", "6:1", 'filter 1 of layer "a" has no use', 'write use = "…"'),
    (f"{START}style.s.file = 's.png'\n{LAYER}style = {{ use = 'm', from = 's' }}\n", "7:29", 'from of the style of layer "a" must be a list, is the text "s"', 'put it in brackets: ["s"]'),
    (f"{START}style.s.file = 's.png'\n{LAYER}style = {{ use = 'm', from = ['s'], weights = [1, 2] }}\n", "7:46", 'layer "a" mixes 1 style by 2 weights', "give one weight for each style in from"),
    (f"{START}{LAYER}style = {{ use = 'm' }}\n", "6:17", 'the style of layer "a" has neither from nor regions', 'write from = ["…"] with the names of styles, or regions = { mask = "style" }'),
    (f"{PAINTS}regions = {{}}\n", "10:11", 'regions of the style of layer "a" must have at least 1, has 0', None),
    (f"{PAINTS}regions = 's'\n", "10:11", 'regions of the style of layer "a" must be a table, is the text "s"', 'write regions = { mask = "style" }'),
    (f"{PAINTS}regions = {{ n = 's' }}\n", "10:13", 'there is no mask "n"', "known: m"),
    (f"{PAINTS}regions = {{ s = 's' }}\n", "10:13", 'there is no mask "s"', '"s" is a style, not a mask'),
    (f"{PAINTS}regions = {{ m = 'monet' }}\n", "10:17", 'there is no style "monet"', "known: s"),
    (f"{PAINTS}regions = {{ m = 'm' }}\n", "10:17", 'there is no style "m"', '"m" is a mask, not a style'),
    (f"{PAINTS}regions = {{ m = ['s'] }}\n", "10:17", 'region "m" of the style of layer "a" must be text in quotes, is a list', "a region has one style, by name"),
    (f"{PAINTS}regions = {{ '' = 's' }}\n", "10:13", 'region "" of the style of layer "a" is empty', "name a mask, or leave the key out"),
    (f"{PAINTS}regions = {{ 'm & !monet' = 's' }}\n", "10:19", 'there is no mask "monet"', "known: m"),
    (f'{PAINTS}regions = {{ "m \\u0026 sky" = "s" }}\n', "10:23", 'there is no mask "sky"', "known: m"),
    (f"{PAINTS}regions = {{ m-sky = 's' }}\n", "10:13", 'region "m-sky" of the style of layer "a" has "m-sky" without spaces around "-"', 'write "m - sky" to subtract; a mask\'s name is spelt with "_": "m_sky"'),
    (f"{PAINTS}regions = {{ m = 's' }}\nweights = [1.0]\n", "11:1", 'layer "a" has weights, but no styles to mix by them', "weights mix the styles of from; a region has one style"),
    (f"{PAINTS}from = ['s']\nprotect = 'sky'\n", "11:12", 'there is no mask "sky"', "known: m"),
    (f"{PAINTS}from = ['s']\nprotect = ['m']\n", "11:11", 'protect of the style of layer "a" must be a mask expression such as "figure & !sky", or a table with "use"', None),
    (f"{PAINTS}from = ['s']\nprotect = {{ use = 'x', of = 'q' }}\n", "11:29", 'there is no source or layer "q"', "known: a, p"),
    (f"{PAINTS}from = ['s']\nprotect = {{ use = 'x', grow = 1, shrink = 1 }}\n", "11:34", 'protect of the style of layer "a" has both "grow" and "shrink"', "keep one of them"),
    (f"{PAINTS}from = ['s']\nprotect = {{ feather = 1 }}\n", "11:11", 'protect of the style of layer "a" has no use', 'write use = "…"'),
    (f"{PAINTS}from = ['s']\ninit = 'nois'\n", "11:8", 'init of the style of layer "a" must be "content", "below" or "noise", is the text "nois"', 'did you mean "noise"?'),
    (f"{PAINTS}from = ['s']\ninit = 'below'\n", "11:8", 'layer "a" starts from the layer below, but there is none', 'layers stand bottom first: move it up, or init = "content"'),
    (f"{PAINTS}from = ['s']\n{GROUP}style = {{ use = 'm', from = ['s'], init = 'below' }}\n", "16:43", 'layer "b" starts from the layer below, but there is none in its group', 'layers stand bottom first: move it up, or init = "content"'),
    (f"{PAINTS}from = ['s']\n{GROUP}[[layer]]\nname = 'c'\nsource = 'p'\nstyle = {{ use = 'm', from = ['s'], init = 'below' }}\n", "19:43", 'layer "c" starts from layer "g", a group, which has no pixels of its own', 'put a layer with a source or a fill right below it, or init = "content"'),
    (f"{PAINTS}from = ['s']\nseed = [7, 8, 7]\n", "11:15", 'item 3 of seed of the style of layer "a" is 7 again', "every version has a seed of its own"),
    (f"{PAINTS}from = ['s']\nseed = [7, -8]\n", "11:12", 'item 2 of seed of the style of layer "a" must be at least 0, is -8', None),
    (f"{PAINTS}from = ['s']\nseed = [[1]]\n", "11:9", 'item 1 of seed of the style of layer "a" must be a whole number, is a list', None),
    (f"{PAINTS}from = ['s']\n[layer.style.regions]\nm = 's'\nprotect = 'm'\n", "13:1", '"protect" is not a mask', '"protect" is a key of the style of layer "a": write it above [layer.style.regions] on line 11'),
    (f"{PAINTS}from = ['s']\n[layer.style.regions]\nm = 's'\nblend = 'screen'\n", "13:1", '"blend" is not a mask', '"blend" is a key of layer "a": write it above [layer.style.regions] on line 11'),
    (f"{PAINTS}from = ['s']\nseed = []\n", "11:8", 'seed of the style of layer "a" must have at least 1, has 0', None),
    (f"{PAINTS}from = ['s']\nseed = '7'\n", "11:8", 'seed of the style of layer "a" must be a whole number or a list, is the text "7"', "write it without quotes: 7"),
    (f"{PAINTS}from = ['s']\nseed = [7]\n[[layer]]\nname = 'a (seed 7)'\nfill = 'navy'\n", "13:8", '"a (seed 7)" is what a version of layer "a" is called', "call this layer something else"),
    (f"{START}mask.m.use = 'x'\n{LAYER}split = 'm'\n[[layer]]\nname = 'a background'\nfill = 'navy'\n", "9:8", '"a background" is what the background of the split layer "a" is called', "call this layer something else"),
    (f"{START}mask.m.use = 'x'\n{LAYER}split = 'm'\nplace = 'a foreground'\n", "8:9", 'layer "a" takes its place from "a foreground", which leads round in a circle', 'give one of them a place of its own, as { fit = "cover" }'),
    (f"{START}mask.m.use = 'x'\n{LAYER}split = 'm'\n[layer.foreground]\ninfill = 9\n", "9:1", '"infill" is not a key of foreground of layer "a"', '"infill" is a key of the background: write it under [layer.background]'),
    (f"{START}mask.m = {{ use = 'x', place = 'g' }}\n{LAYER}{GROUP}", "3:31", 'mask "m" takes its place from "g", which is a group and has none', "name a layer with a source"),
    (f"{START}{LAYER}protect = 'm'\n", "6:1", '"protect" is not a key of layer "a"', '"protect" is a key of the style of a layer: write it under [layer.style]'),
    (f"{START}{LAYER}patch = true\n", "6:1", '"patch" is not a key of layer "a"', '"patch" is a key of the piece: write it at the top of the file, above the first header'),
    (f"patch = 'yes'\n{START}{LAYER}", "1:9", 'patch must be true or false, is the text "yes"', None),
    (f"{START}{LAYER}style = {{ use = 'm', from = ['s'] }}\n", "6:30", 'there is no style "s"', "no style is defined: write [style.s]"),
    (f"{START}mask.m = {{ use = 'file', file = 'm.png', of = 'p' }}\n{LAYER}", "3:42", 'mask "m" has both "file" and "of"', "keep one of them"),
    (f"{START}mask.m = {{ use = 'x', levels = [0.9, 0.1] }}\n{LAYER}", "3:32", 'levels of mask "m" must have 0 ≤ black < white ≤ 1', None),
    (f"{START}mask.m = {{ use = 'x', feather = -3 }}\n{LAYER}", "3:33", 'feather of mask "m" must be at least 0, is -3', None),
    # paths
    (f"{START}source.q.file = 'photos\\new.jpg'\n{LAYER}", "3:17", 'file of source "q" has a "\\" in its path', 'write "photos/new.jpg"'),
    (f'{START}source.q.file = "photos\\new.jpg"\n{LAYER}', "3:17", 'file of source "q" has a control character in its path', 'a path is written with "/": "photos/new.jpg"'),
    (f"{START}source.q.file = 'C:/photos/a.jpg'\n{LAYER}", "3:17", 'file of source "q" is not a path below the piece file', "paths are relative to the piece file and stay in its folder"),
    (f"{START}source.q.file = 'a/../../b.jpg'\n{LAYER}", "3:17", 'file of source "q" lies outside the folder of the piece', "paths are relative to the piece file and stay in its folder"),
    (f"{START}source.q.file = 'https://a.org/b.jpg'\n{LAYER}", "3:17", 'file of source "q" is an address, not a file', "download it into the folder of the piece"),
    (f"{START}output.png = 'build/{{title}}.png'\n{LAYER}", "3:14", 'output "png" has {title} in its path', "{piece} is the piece file's name and the only thing that is filled in"),
    (f"{START}output = {{ png = 'out.png', ora = './OUT.png' }}\n{LAYER}", "3:35", 'output "ora" would overwrite output "png"', "choose another path"),
    (f"{START}output.toml = '{{piece}}.toml'\n{LAYER}", "3:15", 'output "toml" would overwrite the piece file', "choose another path"),
    (f"{START}output.png = 'a.png'\nsource.q.file = 'a.png'\n{LAYER}", "3:14", 'output "png" would overwrite file of source "q"', "choose another path"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "place", "message", "hint"), TABLE)
def test_a_mistake_is_told_once_where_it_stands(
    source: str, place: str, message: str, hint: str | None
) -> None:
    lines = [line for each in told(source) for line in each.split("\n")]
    assert lines[0] == f"piece.toml:{place}: error: {message}"
    assert lines[3:] == ([f"   hint: {hint}"] if hint else [])


def test_a_group_in_forty_groups_is_refused_rather_than_crashing() -> None:
    headers = "".join(f"[[{'.'.join(['layer'] * depth)}]]\n" for depth in range(1, 60))
    (only,) = told(START + headers)
    assert only.startswith("piece.toml:43:243: error: groups nest more than 40 deep here")


def test_whatever_is_missing_or_moved_the_artist_never_sees_a_traceback(dusk: str) -> None:
    choice = random.Random(5)
    lines = dusk.split("\n")
    for _ in range(400):
        kept = [line for line in lines if choice.random() > 0.05]
        at = choice.randrange(len(kept))
        torn = choice.randrange(len(kept[at]) + 1)
        kept[at] = choice.choice([kept[at - 1], "x = [{}]", "layer = 3", kept[at][:torn], kept[at][torn:]])
        try:
            reading = read(parse("\n".join(kept), "piece.toml"))
        except PieceError:
            continue
        assert reading.piece is not None or reading.diagnostics


def test_reading_a_piece_needs_neither_numpy_nor_torch() -> None:
    code = "import sys, composer.spec.reading; print({'numpy', 'torch', 'cv2'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "set()"
