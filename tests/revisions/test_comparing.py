"""What an artist reads about two revisions of a piece."""

from .conftest import PIECE, Compared


def test_equal_pieces_and_other_spellings_of_them_do_not_differ(compared: Compared) -> None:
    assert compared() == {}
    assert (
        compared(("radius = 2.0", "radius = 2  # px"), ('mask = "low"', 'mask = "low"\nopacity = 1.0')) == {}
    )


def test_a_key_that_is_left_out_has_its_default(compared: Compared) -> None:
    told = compared(('mask = "low"', 'mask = "low"\nopacity = 0.5\nvisible = false\nclip = true'))
    assert told == {'layer "sun"': ("opacity 1 → 0.5", "hidden", "clipped to the layer below it")}


def test_filters_are_matched_by_what_they_are(compared: Compared) -> None:
    edit = ('use = "blur"', 'use = "denoise"\n\n[[layer.filter]]\nuse = "blur"')
    told = compared(edit, ("radius = 2.0", "radius = 3.0"))
    assert told == {'layer "sun"': ("filter denoise added: { use = denoise }", "filter blur radius 2 → 3")}


def test_layers_come_go_and_move(compared: Compared) -> None:
    first, rest = PIECE.split('[[layer]]\nname = "sun"')
    hill = '[[layer]]\nname = "hill"\nsource = "hill"\n'
    moved = first.replace(hill, "") + '[[layer]]\nname = "sun"' + rest + hill
    assert compared.texts(PIECE, moved) == {'layer "hill"': ('moved, now above "moon"',)}
    assert compared.texts(PIECE.replace(hill, ""), PIECE) == {'layer "hill"': ("added at the bottom",)}
    assert compared.texts(PIECE, PIECE.replace(hill, "")) == {'layer "hill"': ("removed",)}


def test_a_new_name_is_no_other_difference_where_it_is_referred_to(compared: Compared) -> None:
    told = compared(
        ("[mask.low]", "[mask.ground]"),
        ('"low"', '"ground"'),
        ("[style.dots]", "[style.cat]"),
        ('["dots"]', '["cat"]'),
        ('"sun"', '"moon lit"'),
        ("[source.sun]", '[source."moon lit"]'),
    )
    assert told == {
        'layer "moon lit"': ('renamed, it was "sun"',),
        'mask "ground"': ('renamed, it was "low"',),
        'source "moon lit"': ('renamed, it was "sun"',),
        'style "cat"': ('renamed, it was "dots"',),
    }


def test_a_new_name_is_no_difference_in_a_parameter_either(compared: Compared) -> None:
    uses = 'use = "match"\nto = "hill"\nwhere = "!low"\n\n[[layer.filter]]\nuse = "blur"'
    old = PIECE.replace('use = "blur"', uses)
    new = old.replace("[source.hill]", "[source.moor]").replace('"hill"', '"moor"')
    told = compared.texts(old, new.replace("[mask.low]", "[mask.ground]").replace('low"', 'ground"'))
    assert told == {
        'layer "moor"': ('renamed, it was "hill"',),
        'mask "ground"': ('renamed, it was "low"',),
        'source "moor"': ('renamed, it was "hill"',),
    }
    assert compared.texts(old, old.replace('to = "hill"', 'to = "sun"')) == {
        'layer "sun"': ("filter match to hill → sun",)
    }


def test_styles_masks_and_the_canvas_are_told_by_field(compared: Compared) -> None:
    told = compared(
        ("strength = 0.6", "strength = 0.8"),
        ("from = [0, 20]", "from = [0, 30]"),
        ("width = 96", "width = 120"),
    )
    assert told == {
        "canvas": ("width 96 → 120",),
        'layer "moon"': ("style strength 0.6 → 0.8",),
        'mask "low"': ("from [0, 20] → [0, 30]",),
    }
    assert compared(('mask = "low"', 'mask = "!low"')) == {'layer "sun"': ("mask low → !low",)}
    assert compared(('mask = "low"\n', "")) == {'layer "sun"': ("mask removed (was low)",)}


def test_a_layer_that_goes_into_a_group_has_moved(compared: Compared) -> None:
    hill = '[[layer]]\nname = "hill"\nsource = "hill"\n'
    grouped = PIECE.replace(
        hill, '[[layer]]\nname = "land"\n[[layer.layer]]\nname = "hill"\nsource = "hill"\n'
    )
    assert compared.texts(PIECE, grouped) == {
        'layer "land"': ("added at the bottom",),
        'layer "hill"': ('moved, now at the bottom in group "land"',),
    }
