"""What is drawn: the picture to the last pixel, as the piece has it or as the page asks."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.errors import Cancelled
from composer.pixels.masking import rubylith
from composer.preview.easel import _BAND, Easel, Wanted
from composer.preview.restack import Restack
from composer.preview.view import AS_IN_THE_PIECE, View, parse_view
from composer.watch.events import LayerShown, Picture
from tests.preview.conftest import PIECE, Page


def shown(page: Page) -> Picture:
    page.picture()
    picture = page.watch.state.good
    assert picture is not None
    return picture


def written(page: Page) -> np.ndarray:
    image = cv2.imread(str(page.folder / "build" / "piece.png"), cv2.IMREAD_UNCHANGED)
    return image[..., [2, 1, 0, *range(3, image.shape[2])]][..., :3]


def test_the_picture_is_the_output(page: Page) -> None:
    told = page.picture()
    answer = page.ask(f"picture/{told['id']}?factor=1")
    assert answer.headers["content-type"] == "image/png"
    assert np.array_equal(answer.pixels, written(page))


def test_a_part_is_a_crop(page: Page) -> None:
    told = page.picture()
    part = page.ask(f"picture/{told['id']}?factor=1&box=8,4,40,400")
    assert np.array_equal(part.pixels, written(page)[4:, 8:40])


@pytest.mark.parametrize(
    ("query", "old", "new"),
    [
        ("turned=1", 'name = "hill"', 'name = "hill"\nvisible = false'),
        ("turned=2.0", 'name = "sun <b>&amp;</b>"', 'name = "sun <b>&amp;</b>"\nvisible = false'),
        ("turned=3", "visible = false", "visible = true"),
        ("opacity=2:0.25", "opacity = 0.5", "opacity = 0.25"),
        ("turned=1&opacity=2:1", 'name = "hill"', 'name = "hill"\nvisible = false'),
    ],
)
def test_a_view_is_what_the_piece_would_be(
    open_page: Callable[..., Page], query: str, old: str, new: str
) -> None:
    page = open_page()
    before = page.picture()
    seen = page.ask(f"picture/{before['id']}?factor=1&{query}").pixels
    part = page.ask(f"picture/{before['id']}?factor=1&box=5,6,30,20&{query}").pixels
    unwritten = page.piece.read_text(encoding="utf-8")
    assert unwritten == PIECE, "the piece was not changed"
    page.edit(old, new)
    if "opacity=2:1" in query:
        page.edit("opacity = 0.5", "opacity = 1.0")
    page.told(
        lambda t: t.get("picture") and t["picture"]["id"] != before["id"] and not t["status"]["building"]
    )
    page.watch.stop()
    expected = written(page)
    assert not np.array_equal(expected, page.ask(f"picture/{before['id']}?factor=1").pixels)
    assert np.array_equal(seen[..., :3], expected)
    assert np.array_equal(part[..., :3], expected[6:20, 5:30])


def test_a_mask_is_shown_as_rubylith(page: Page) -> None:
    picture = shown(page)
    restack = Restack(page.watch.project.store)
    layer = picture.layers[2].children[0]
    assert layer.pixels is not None
    assert layer.mask is not None
    raster = restack.raster(layer.pixels, picture.canvas, 1)
    expected = rubylith(raster, restack.mask(layer.mask, picture.canvas, 1))
    told = page.picture()
    assert np.array_equal(page.ask(f"picture/{told['id']}?mask=2.0").pixels, expected)
    part = page.ask(f"picture/{told['id']}?mask=2.0&box=10,10,20,30").pixels
    assert np.array_equal(part, expected[10:30, 10:20])


def test_thumbnails_are_small(page: Page) -> None:
    told = page.picture()
    for query in ("place=1&of=layer", "place=2.0&of=mask", "place=3&of=layer"):
        answer = page.ask(f"thumbnail/{told['id']}?{query}")
        assert answer.status == 200
        assert max(answer.pixels.shape[:2]) <= 88
    assert page.ask(f"thumbnail/{told['id']}?place=2&of=layer").status == 404, "a group has no pixels"


def test_a_thumbnail_of_a_small_layer_shows_the_layer(open_page: Callable[..., Page]) -> None:
    stretched = 'source = "hill"\nplace = { fit = "stretch" }'
    page = open_page(PIECE.replace(stretched, 'source = "hill"\nplace = { fit = "none", scale = 0.2 }'))
    thumbnail = page.ask(f"thumbnail/{page.picture()['id']}?place=1&of=layer").pixels
    assert 0.2 < (thumbnail[..., 3] > 0).mean() < 0.8, "neither a dot, nor without what lies around it"


def test_accepting_changes_what_is_compared_with(page: Page) -> None:
    first = page.picture()
    assert first["accepted"]["id"] == first["id"]
    page.edit("opacity = 0.5", "opacity = 0.25")
    second = page.told(lambda t: t.get("picture") and t["picture"]["id"] != first["id"])["picture"]
    assert second["accepted"]["id"] == first["id"]
    own = {"Origin": f"http://127.0.0.1:{page.server.port}"}
    assert page.ask("accept", "POST", own, second["id"].encode()).status == 204
    third = page.told(lambda t: t["picture"]["accepted"]["id"] == second["id"] if t.get("picture") else False)
    assert third["picture"]["id"] == second["id"]


def test_the_accepted_picture_outlives_the_store(page: Page) -> None:
    told = page.picture()
    before = page.ask(f"picture/{told['id']}?factor=1").pixels
    store = page.watch.project.store
    page.edit("opacity = 0.5", "opacity = 0.25")
    page.told(lambda t: t.get("picture") and t["picture"]["id"] != told["id"] and not t["status"]["building"])
    page.watch.stop()
    store.collect(0, ())
    part = page.ask(f"picture/{told['id']}?factor=1&box=0,0,48,31")
    assert part.status == 200
    assert np.array_equal(part.pixels, before[:31])
    assert page.ask(f"thumbnail/{told['id']}?place=1&of=layer").status in (200, 404)


def test_a_large_picture_is_reduced_until_somebody_looks_closer(open_page: Callable[..., Page]) -> None:
    page = open_page(PIECE.replace("width = 48", "width = 3300").replace("height = 32", "height = 200"))
    told = page.picture()
    assert told["factor"] == 3
    whole = page.ask(f"picture/{told['id']}?factor=3").pixels
    assert whole.shape[:2] == (67, 1100)
    large = written(page).astype(np.float32)[:198, :3300].reshape(66, 3, 1100, 3, 3).mean((1, 3))
    assert np.abs(whole[:66].astype(np.float32) - large).max() <= 0.51
    seen = page.ask(f"picture/{told['id']}?factor=3&turned=3").pixels
    assert seen.shape[:2] == (67, 1100)
    assert not np.array_equal(seen, whole)


def test_a_view_that_nobody_waits_for_any_more_is_not_drawn(page: Page) -> None:
    picture = shown(page)
    easel = Easel(page.watch.project.store)
    with pytest.raises(Cancelled):
        easel.look(Wanted(picture, 1, None, View(frozenset({"1"}))), lambda: False)
    asked = []
    easel.look(Wanted(picture, 1, None, View(frozenset({"1"}))), lambda: not asked.append(1))
    assert len(asked) == 1 + -(-32 // _BAND)


def test_a_hidden_base_that_was_not_rendered_still_hides_what_is_clipped_to_it(page: Page) -> None:
    picture = shown(page)
    hill, ink = picture.layers[1], picture.layers[3]
    base = LayerShown("base", None, None, "normal", 1.0, False, False)
    clipped = LayerShown("ink", ink.pixels, None, "normal", 1.0, True, True)
    restack = Restack(page.watch.project.store)
    alone = flatten(restack.stack((hill,), picture.canvas, 1))
    stacked = flatten(restack.stack((hill, base, clipped), picture.canvas, 1))
    assert np.array_equal(alone.pixels, stacked.pixels)


def test_an_address_is_a_view() -> None:
    assert parse_view("", "") == AS_IN_THE_PIECE
    assert parse_view("0,2.1,", "1:0.5,2.1:1") == View(frozenset({"0", "2.1"}), {"1": 0.5, "2.1": 1.0})
