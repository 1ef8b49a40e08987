"""A style is read once a size, wherever it is used, and what was kept of it paints the same picture."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from composer.neural.controls import Controls
from composer.neural.encoder import Encoder
from composer.neural.memory import WORKING, Footprint
from composer.neural.picture import Picture
from composer.neural.render import render
from composer.neural.signature import Signature, signature
from composer.operation import StyleImage, StyleSet
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster

from .conftest import RecordingBench
from .studio import WatchedEncoder, easel, engine_of, narrow_encoder, waves

SAMPLED = (2, 3)
STYLE = Extent(230, 61)


def tensors(found: Signature) -> Sequence[torch.Tensor]:
    moments = [t for m in found.moments for t in (m.mass, m.first, m.second)]
    return [*moments, *(found.samples[k] for k in SAMPLED)]


def read(picture: Picture, encoder: Encoder, side: int | None = None) -> Signature:
    return signature(picture, 5, SAMPLED, easel(encoder, side))


def test_a_style_in_tiles_is_the_same_style(exact: Encoder) -> None:
    whole, in_tiles = (read(waves(STYLE, 1), exact, side) for side in (None, 64))
    for ours, theirs in zip(tensors(in_tiles), tensors(whole), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_samples_are_features_of_the_style(exact: Encoder) -> None:
    picture = waves(STYLE, 1)
    features = exact(picture.rgb, 5)
    for k, samples in read(picture, exact).samples.items():
        there = features[k][0].flatten(1).T
        assert len(samples) == min(1024, len(there))
        assert torch.cdist(samples, there).amin(1).max() < 1e-6


def test_what_is_transparent_is_no_part_of_a_style(encoder: Encoder, painting: Raster) -> None:
    """Statistics and samples are those of a style in which the hidden colours are others."""
    found = []
    for hidden in (0, 255):
        pixels = painting.pixels.copy()
        pixels[:, 40:] = [hidden, hidden, 0, 0]
        found.append(read(Picture.of(painting.with_pixels(pixels)), encoder))
    opaque = read(Picture.of(painting), encoder)
    assert all(torch.equal(a, b) for a, b in zip(*map(tensors, found), strict=True))
    assert float(found[0].moments[0].mass) == pytest.approx(40 / 72 * float(opaque.moments[0].mass))
    assert len(found[0].samples[2]) < len(opaque.samples[2])


def test_equal_styles_are_read_once(encoder: Encoder, bench: RecordingBench) -> None:
    watched = WatchedEncoder(encoder)
    stand = easel(watched, bench=bench)
    first = signature(waves(STYLE, 1, torch.float32), 5, SAMPLED, stand)
    again = signature(waves(STYLE, 1, torch.float32), 5, SAMPLED, stand)
    assert len(watched.seen) == 1
    assert all(torch.equal(a, b) for a, b in zip(tensors(first), tensors(again), strict=True))


def test_whatever_changes_a_signature_is_an_ingredient(encoder: Encoder, bench: RecordingBench) -> None:
    stand, style = easel(encoder, bench=bench), waves(STYLE, 1, torch.float32)
    halved = RecordingBench(precision="bf16", kept=bench.kept)
    threaded = RecordingBench(threads=2, kept=bench.kept)
    seen = [
        signature(picture, layers, sampled, here)
        for picture, layers, sampled, here in (
            (style, 5, SAMPLED, stand),
            (waves(STYLE, 2, torch.float32), 5, SAMPLED, stand),
            (waves(Extent(61, 230), 1, torch.float32), 5, SAMPLED, stand),
            (style.with_weight(style.weight / 2), 5, SAMPLED, stand),
            (style, 4, SAMPLED, stand),
            (style, 5, (2,), stand),
            (style, 5, SAMPLED, replace(stand, encoder="another encoder")),
            (style, 5, SAMPLED, stand.with_side(64)),
            (style, 5, SAMPLED, replace(stand, bench=halved)),
            (style, 5, SAMPLED, replace(stand, bench=threaded)),
        )
    ]
    assert len(bench.kept) == len(seen)


def test_a_style_that_is_too_large_to_be_read_at_once_is_read_in_tiles(encoder: Encoder) -> None:
    """However small the layer; and what is small is the same for layers in tiles and layers in one piece."""
    watched, large = WatchedEncoder(encoder), waves(Extent(1000, 16), 1, torch.float32)
    hungry = Footprint(per_tile_pixel=WORKING // large.extent.pixels + 1)
    stand = replace(easel(watched), footprint=hungry)
    read = signature(large, 5, SAMPLED, stand)
    assert len(watched.seen) == 2
    assert float(read.moments[0].mass) == large.extent.pixels


@pytest.mark.parametrize("side", [None, 320])
def test_a_style_that_fits_into_a_tile_is_read_once_for_layers_in_tiles_and_others(
    encoder: Encoder, bench: RecordingBench, side: int | None
) -> None:
    style = waves(STYLE, 1, torch.float32)
    for each in (side, 448, 64):
        signature(style, 5, SAMPLED, easel(encoder, each, bench))
    assert len(bench.kept) == 2


def layers_of(painting: Raster, photo: Raster) -> list[tuple[Raster, StyleSet]]:
    """Two layers of the same size in one style."""
    styles = StyleSet((StyleImage(painting),), seed=1, canvas_long_side=80)
    other = photo.with_pixels(np.ascontiguousarray(photo.pixels[::-1]))
    return [(photo, styles), (other, replace(styles, seed=2))]


def test_a_second_layer_in_the_same_style_does_not_read_it_again(
    photo: Raster, painting: Raster, encoder: Encoder
) -> None:
    watched = WatchedEncoder(encoder)
    kept: dict[str, bytes] = {}
    benches = [RecordingBench(kept=kept), RecordingBench(kept=kept)]
    seen = [0]
    for bench, (content, styles) in zip(benches, layers_of(painting, photo), strict=True):
        render(content, styles, Controls(), engine_of(lambda _: watched), bench)
        seen.append(len(watched.seen) - sum(seen))
    assert len(benches[0].asked) == len(benches[1].asked) == len(kept)
    assert seen[2] == seen[1] - len(kept)


def test_kept_statistics_paint_the_same_picture(photo: Raster, painting: Raster) -> None:
    content, styles = layers_of(painting, photo)[0]
    bench, engine = RecordingBench(), engine_of(narrow_encoder)
    first, second = (render(content, styles, Controls(), engine, bench) for _ in range(2))
    assert len(bench.asked) == 2 * len(bench.kept)
    np.testing.assert_array_equal(first.pixels, second.pixels)
