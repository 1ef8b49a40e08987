"""What a mask finds does not depend on the size of the draft, and is found once for all sizes."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from composer.build.inputs import Inputs, Value
from composer.build.perform import perform
from composer.build.project import Project
from composer.graph.action import Find
from composer.graph.node import MaskPlan, Node
from composer.pixels.raster import Array, Mask

PIECE = """\
[canvas]
width = 640
height = 480
[source.photo]
file = "photo.png"
[mask.who]
{mask}
of = "photo"
[[layer]]
name = "photo"
source = "photo"
{layer}
mask = "who"
[output]
png = "a.png"
"""


def planned(folder: Path, scale: float, mask: str, layer: str = "") -> MaskPlan:
    (folder / "piece.toml").write_text(PIECE.format(mask=mask, layer=layer))
    return Project(folder / "piece.toml").plan_mask("who", None, scale)


def computed(plan: MaskPlan, before: dict[Node, Value]) -> Mask:
    """The mask; nodes that were computed before, for the same mask, are taken from there, as from a store."""
    values: dict[str, Value] = {}
    bench = SimpleNamespace(tell=lambda _: None, threads=1)
    for name, node in plan.plan.nodes.items():
        inputs = Inputs({role: values[source] for role, source in node.inputs}, dict(node.files))
        if node not in before:
            before[node] = perform(node.action, inputs, bench)  # type: ignore[arg-type]
        values[name] = before[node]
    mask = values[plan.mask]
    assert isinstance(mask, Mask)
    return mask


def overlap(draft: Mask, full: Mask) -> float:
    height, width = full.values.shape
    large = cv2.resize(draft.to_float(), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    shown = full.to_float() > 0.5
    return float((large & shown).sum() / (large | shown).sum())


def crowd() -> Array:
    """(H, W, 3) uint8 of several figures in noise: which of them is meant hangs by a hair."""
    rng = np.random.default_rng(4)
    y, x = np.mgrid[0:960, 0:1280]
    rgb = rng.normal(128, 60, (960, 1280, 3))
    for middle, color in zip((240, 640, 1040), rng.uniform(40, 215, (3, 3)), strict=True):
        rgb[np.hypot(x - middle, (y - 530) / 1.5) < 150] += color - 128
    return np.clip(rgb, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("mask", "layer"),
    [
        ('use = "segment"', 'place = { fit = "cover" }'),
        ('use = "segment"\npoints = [[320, 260]]', "place = { rotate = 12, offset = [4, -30] }"),
        ('use = "emphasis"\nfaces = 0', ""),
    ],
)
def test_a_draft_finds_what_the_full_size_finds(tmp_path: Path, mask: str, layer: str) -> None:
    Image.fromarray(crowd()).save(tmp_path / "photo.png", compress_level=1)
    before: dict[Node, Value] = {}
    full, half, quarter = (
        computed(planned(tmp_path, scale, mask, layer), before) for scale in (1.0, 0.5, 0.25)
    )
    assert sum(isinstance(node.action, Find) for node in before) == 1, "it is found once"
    assert 0.02 < (full.to_float() > 0.5).mean() < 0.7
    assert quarter.confidence == half.confidence == full.confidence
    assert overlap(half, full) > 0.95
    assert overlap(quarter, full) > 0.95


def outlined(x: int, y: int) -> str:
    """A rough outline of the middle figure, moved along."""
    corners = [[300 + x, 60 + y], [560 + x, 60 + y], [560 + x, 460 + y], [300 + x, 460 + y]]
    return f"polygon = {corners}"


@pytest.mark.parametrize("offset", [(170, 0), (-90, 110)])
@pytest.mark.parametrize("is_outlined", [False, True])
def test_a_cut_out_stays_as_it_is_when_its_layer_is_moved_over_the_edge(
    tmp_path: Path, offset: tuple[int, int], *, is_outlined: bool
) -> None:
    Image.fromarray(crowd()).save(tmp_path / "photo.png", compress_level=1)

    def cut_out(x: int, y: int) -> Array:
        mask = f'use = "segment"\n{outlined(x, y) if is_outlined else ""}'
        return computed(planned(tmp_path, 1.0, mask, f"place = {{ offset = [{x}, {y}] }}"), {}).to_float()

    x, y = offset
    here = slice(max(y, 0), 480 + min(y, 0)), slice(max(x, 0), 640 + min(x, 0))
    there = slice(max(-y, 0), 480 - max(y, 0)), slice(max(-x, 0), 640 - max(x, 0))
    both = np.stack((cut_out(0, 0)[there], cut_out(x, y)[here])) > 0.5
    assert both[0].mean() > 0.02
    assert both.all(axis=0).sum() / both.any(axis=0).sum() > 0.97
