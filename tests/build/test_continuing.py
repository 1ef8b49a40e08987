"""Composites continued over many builds: whatever is edited, the picture is that of a plain build."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from composer.build import continuing
from composer.build.continuing import Continuing
from composer.build.execute import Execution, Result
from composer.build.observe import How
from composer.build.project import Project
from composer.errors import ComposerError, OperationError
from composer.graph.manifest import Device

DEVICE = Device("cpu", 2)
PIECE = """\
[canvas]
width = 160
height = 120
background = "#334455"

[source.far]
file = "far.png"

[source.near]
file = "near.png"

[mask.disc]
use = "shape"
shape = "ellipse"
box = [{x}, 40, 60, 40]

[mask.fall]
use = "gradient"
from = [0, 0]
to = [0, {fall}]

[[layer]]
name = "far"
source = "far"
place = {{ fit = "cover" }}
opacity = {far}

[[layer]]
name = "near"
source = "near"
place = {{ fit = "none", offset = [{left}, 10] }}
mask = "disc"
blend = "{blend}"

[[layer]]
name = "finish"
copy = "below"
opacity = {finish}
[[layer.filter]]
use = "levels"
output_white = 0.9

[[layer]]
name = "both"
blend = "{through}"
opacity = {both}
mask = "fall"
[[layer.layer]]
name = "inner"
source = "far"
place = {{ fit = "contain" }}
blend = "multiply"
opacity = {inner}
[[layer.layer]]
name = "on it"
source = "near"
place = {{ fit = "stretch" }}
clip = {clip}
visible = {visible}

[output]
png = "out.png"
"""
CHOICES = {
    "x": [50, 60, 61, 100],
    "fall": [80, 100, 119],
    "far": [1.0, 0.9, 0.8],
    "left": [-20, 0, 30],
    "blend": ["normal", "screen", "divide", "hue"],
    "finish": [1.0, 0.5, 0.4],
    "through": ["pass_through", "normal", "screen"],
    "both": [1.0, 0.7, 0.6],
    "inner": [1.0, 0.3],
    "clip": ["true", "false"],
    "visible": ["true", "false"],
}


class Silent:
    """An observer that says nothing."""

    def started(self, name: str) -> None: ...

    def stepped(self, name: str, done: int, total: int) -> None: ...

    def told(self, name: str, message: str) -> None: ...

    def finished(self, name: str, how: How, seconds: float) -> None: ...

    def failed(self, name: str, error: ComposerError) -> None: ...


@dataclass
class Desk:
    """A piece in a folder; `keeping` bytes between its builds, or None for a program that ends after each."""

    folder: Path
    keeping: int | None = None
    settings: dict[str, object] = field(default_factory=lambda: {k: v[0] for k, v in CHOICES.items()})

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for seed, name in enumerate(("far", "near")):
            self.paint(name, np.random.default_rng(seed).integers(0, 256, (90, 130, 3), np.uint8))
        self.project = Project(self.folder / "piece.toml")
        self.continuing = None if self.keeping is None else Continuing(self.project.store, self.keeping)

    def paint(self, name: str, pixels: np.ndarray) -> None:
        assert cv2.imwrite(str(self.folder / f"{name}.png"), pixels)

    def build(self, **settings: object) -> Result:
        self.settings |= settings
        self.project.piece.write_text(PIECE.format_map(self.settings), encoding="utf-8")
        plan = self.project.plan()
        return Execution(plan, self.project.store, DEVICE, 2, Silent(), continuing=self.continuing).run()

    def picture(self, **settings: object) -> str:
        """The digest of the picture after these edits."""
        result = self.build(**settings)
        assert not result.errors
        return result.entries[self.project.plan().merged].output


@pytest.mark.parametrize("seed", range(3))
def test_any_edits_of_a_piece_give_the_pictures_of_plain_builds(tmp_path: Path, seed: int) -> None:
    choice, plain, kept = random.Random(seed), Desk(tmp_path / "plain"), Desk(tmp_path / "kept", 1 << 30)
    for _ in range(25):
        field_name = choice.choice([*CHOICES])
        edit = {field_name: choice.choice(CHOICES[field_name])}
        if choice.random() < 0.2:
            pixels = cv2.imread(str(plain.folder / "near.png"))
            pixels[10:30, choice.randrange(100) :] ^= np.uint8(choice.randrange(256))
            plain.paint("near", pixels)
            kept.paint("near", pixels)
        assert kept.picture(**edit) == plain.picture(**edit), f"after {edit}"
    assert kept.continuing.bytes > 0


def test_values_that_the_store_has_lost_are_not_missed(tmp_path: Path) -> None:
    plain, kept = Desk(tmp_path / "plain"), Desk(tmp_path / "kept", 1 << 30)
    kept.picture()
    for entry in kept.build(x=60).entries.values():
        kept.project.store.path_of(entry.output).unlink(missing_ok=True)
    for edit in ({"x": 61}, {"far": 0.8}, {"x": 100, "left": 30}):
        assert kept.picture(**edit) == plain.picture(**edit)


def test_what_is_kept_gives_way_where_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, kept = Desk(tmp_path / "plain"), Desk(tmp_path / "kept", 1 << 30)
    kept.picture()
    assert kept.continuing.bytes
    monkeypatch.setattr(continuing, "free_bytes", lambda: 1000)
    assert kept.picture(far=0.8) == plain.picture(far=0.8)
    assert not kept.continuing.bytes


def test_a_node_that_would_not_fit_beside_it_is_made_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Desk(tmp_path / "kept", 1 << 30)
    kept.picture()

    def check(_action: object, _pixels: int) -> None:
        if kept.continuing.bytes:
            raise OperationError("there is not enough memory")

    monkeypatch.setattr("composer.build.worker.check_memory", check)
    assert not kept.build(x=100).errors


def test_composites_the_plan_has_no_more_are_forgotten(tmp_path: Path) -> None:
    kept = Desk(tmp_path / "kept", 1 << 30)
    kept.picture()
    both = kept.continuing.bytes
    kept.settings["finish"] = "1.0\nvisible = false"
    kept.picture()
    kept.continuing.forget_others(kept.project.plan())
    assert 0 < kept.continuing.bytes < both


def test_a_finished_piece_is_made_ready_from_the_store(tmp_path: Path) -> None:
    Desk(tmp_path / "kept").picture()
    project = Project(tmp_path / "kept" / "piece.toml")
    result = Execution(project.plan(), project.store, DEVICE, 2, Silent()).run()
    assert not result.rendered
    ready = Continuing(project.store, 1 << 30)
    ready.prepare(project.plan(), result.entries, 2, lambda: False)
    assert not ready.bytes
    ready.prepare(project.plan(), result.entries, 2, lambda: True)
    assert ready.bytes
