"""Reading a piece: what a correct one becomes, and where it names extensions."""

from composer.spec.piece import MaskUse, Placement
from composer.spec.reading import ExtensionSite, read
from composer.text.document import parse


def test_a_correct_piece_has_no_mistakes_and_keeps_what_was_written(dusk: str) -> None:
    reading = read(parse(dusk, "piece.toml"))
    assert reading.diagnostics == ()
    piece = reading.piece
    assert piece is not None
    assert [layer.name for layer in piece.layer] == ["harbour", "figure", "glow"]
    assert piece.layer[0].place == Placement(fit="cover", offset=(0, -20))
    assert piece.layer[0].style is not None
    assert piece.layer[0].style.from_ == ("monet",)
    assert piece.layer[0].style.params == {"strength": 0.8}
    assert piece.layer[1].layer is not None
    assert piece.layer[1].layer[1].place == "photo"
    painted = piece.layer[1].layer[1].style
    assert painted is not None
    assert list(painted.regions.items()) == [("figure", "woodcut"), ("low_sun - figure", "monet")]
    assert (painted.seed, painted.init, piece.patch) == ((1, 2), "below", True)
    assert isinstance(painted.protect, MaskUse)
    assert piece.mask["figure"].params == {"model": "u2net"}
    assert piece.mask["low_sun"].levels == (0.1, 1.2, 0.9)
    assert piece.output == {"psd": "build/{piece}.psd"}


def test_without_an_output_table_psd_ora_and_png_are_written(dusk: str) -> None:
    piece = read(parse(dusk.partition("[output]")[0], "piece.toml")).piece
    assert piece is not None
    assert piece.output == {
        "psd": "build/{piece}.psd",
        "ora": "build/{piece}.ora",
        "png": "build/{piece}.png",
    }


def test_every_use_of_an_extension_is_listed_with_its_own_parameters_only(dusk: str) -> None:
    inner = ("layer", 1, "layer")
    protect = (*inner, 1, "style", "protect")
    assert read(parse(dusk, "piece.toml")).sites == (
        ExtensionSite("mask", "segment", ("mask", "figure", "use"), ("mask", "figure"), {"model": "u2net"}),
        ExtensionSite(
            "mask",
            "gradient",
            ("mask", "low_sun", "use"),
            ("mask", "low_sun"),
            {"from": [0, 900], "to": [0, 1500]},
        ),
        ExtensionSite("mask", "luminance", (*inner, 1, "mask", "use"), (*inner, 1, "mask"), {"at": 0.5}),
        ExtensionSite("mask", "luminance", (*protect, "use"), protect, {"at": 0.9}),
        ExtensionSite(
            "style", "moments", ("layer", 0, "style", "use"), ("layer", 0, "style"), {"strength": 0.8}
        ),
        ExtensionSite(
            "filter", "facet", (*inner, 0, "filter", 0, "use"), (*inner, 0, "filter", 0), {"radius": 4}
        ),
        ExtensionSite("style", "moments", (*inner, 1, "style", "use"), (*inner, 1, "style"), {}),
        ExtensionSite("blend", "soft_light", (*inner, 1, "blend"), (*inner, 1), {}),
        ExtensionSite("export", "psd", ("output", "psd"), ("output",), {}),
    )


def test_extensions_are_listed_though_there_are_mistakes_elsewhere() -> None:
    reading = read(parse('sead = 1\n[mask.m]\nuse = "segment"\nfeather = "x"\narea = 3\n', "piece.toml"))
    assert reading.piece is None
    assert reading.sites == (
        ExtensionSite("mask", "segment", ("mask", "m", "use"), ("mask", "m"), {"area": 3}),
    )
