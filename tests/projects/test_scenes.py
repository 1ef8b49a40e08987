"""The two scenes: between them they use every mask, every filter and every way to place a picture."""

import tomllib
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from composer.registry import names
from composer.spec.sites import each_layer, each_mask, each_treated, sites
from composer.spec.uses import MASK_KEYS, Placement

ROOT = Path(__file__).resolve().parents[2]
SCENES = [
    tomllib.loads((ROOT / "projects" / f"{name}.toml").read_text("utf-8"))
    for name in ("night_watch", "astronaut")
]
NIGHT_WATCH = SCENES[0]
STRIPS = run_path(str(ROOT / "docs" / "pictures" / "photobash.py"))["strips"]
PICTURED = [
    tomllib.loads(picture if isinstance(picture, str) else picture[0])
    for _, pictures in STRIPS()
    for picture in pictures
]
UNUSED: dict[tuple[str, str], str] = {}
"""What neither scene uses, by kind and name, with the reason. Needs a file from the network: a reason."""
EXTENSIONS = [(kind, name) for kind in ("mask", "filter") for name in names(kind)]


def used(pieces: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(site.kind, site.name) for piece in pieces for site in sites(piece)}


def placements() -> list[dict[str, Any]]:
    tables = [table for piece in SCENES for _, table in (*each_layer(piece), *each_mask(piece))]
    return [table["place"] for table in tables if isinstance(table.get("place"), dict)]


@pytest.mark.parametrize(("kind", "name"), EXTENSIONS)
def test_a_scene_uses_each_mask_and_filter(kind: str, name: str) -> None:
    assert ((kind, name) in used(SCENES)) != ((kind, name) in UNUSED), f"{kind} {name}"


@pytest.mark.parametrize(("kind", "name"), EXTENSIONS)
def test_the_page_of_the_artist_shows_each_mask_and_filter(kind: str, name: str) -> None:
    assert (kind, name) in used(PICTURED), f"docs/pictures/photobash.py paints no {kind} {name}"


@pytest.mark.parametrize("key", sorted(Placement.model_fields))
def test_a_scene_places_pictures_in_each_way(key: str) -> None:
    assert any(key in place for place in placements())


@pytest.mark.parametrize("key", sorted(MASK_KEYS))
def test_a_scene_does_to_masks_all_that_can_be_done(key: str) -> None:
    assert any(key in mask for piece in SCENES for _, mask in each_mask(piece))


def test_the_night_watch_is_a_photobash_of_six_elements_and_more_without_a_network() -> None:
    shown = {layer["source"] for _, layer in each_layer(NIGHT_WATCH) if "source" in layer}
    assert len(shown) >= 6
    assert not any("style" in treated for _, treated in each_treated(NIGHT_WATCH))


def test_the_night_watch_is_split_brought_to_one_grain_finished_and_deep() -> None:
    uses = [(site.name, site.params) for site in sites(NIGHT_WATCH)]
    assert any(name == "denoise" and params.get("least_of") for name, params in uses), "no least grain"
    assert any("split" in layer for _, layer in each_layer(NIGHT_WATCH)), "no split"
    assert any(layer.get("copy") == "below" for _, layer in each_layer(NIGHT_WATCH)), "no finishing copy"
    assert {layer.get("blend") == "pass_through" for _, layer in each_layer(NIGHT_WATCH)} == {True, False}
    assert NIGHT_WATCH["output"]["png"]["depth"] == 16


def test_the_astronaut_goes_from_broad_to_detailed_and_ends_with_eyes_and_edges() -> None:
    layers = SCENES[1]["layer"]
    assert [layer["name"] for layer in layers][:3] == ["photo", "painterly base", "lost detail"]
    assert not {"filter", "style", "mask", "blend", "opacity"} & set(layers[0]), "the photo is not bit-exact"
    finish = [use["use"] for use in layers[-1]["filter"]]
    assert finish.index("eye_light") < finish.index("edge_highlight")
