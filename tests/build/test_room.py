"""Room: what a build takes is known before it begins, and told where it is more than there is."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from composer.build import memory, room
from composer.build.footprint import footprints
from composer.build.project import Project
from composer.build.room import check_room
from composer.errors import OperationError
from composer.graph.node import Plan

PIECE = """\
[canvas]
width = 10000
height = 5000
{background}
[source.photo]
file = "photo.png"
[mask.low]
use = "gradient"
from = [0, 0]
to = [0, 5000]
[[layer]]
name = "photo"
source = "photo"
place = {{ fit = "none" }}
mask = "low"
[output]
{output}
"""
PSD = 'psd = "a.psd"'
MEGAPIXELS = 50e6


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What is free, in bytes, for the test to change."""
    found = SimpleNamespace(memory=100e9, disk=100e9)
    monkeypatch.setattr(memory, "free_bytes", lambda: found.memory)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: SimpleNamespace(free=found.disk))
    return found


def plan(folder: Path, background: str = 'background = "white"', output: str = PSD) -> Plan:
    Image.new("RGB", (400, 300)).save(folder / "photo.png")
    (folder / "piece.toml").write_text(PIECE.format(background=background, output=output))
    return Project(folder / "piece.toml").plan()


def warnings(planned: Plan, folder: Path, *, jobs: int = 2, reclaimed: int = 0) -> tuple[str, ...]:
    return check_room(Project(folder / "piece.toml"), planned, planned.nodes, jobs, reclaimed)


def test_a_small_photograph_on_a_large_canvas_takes_little(tmp_path: Path) -> None:
    found = footprints(plan(tmp_path))
    assert found['layer "photo" placed'].pixels == 400 * 300
    assert found['layer "photo" placed'].kept == 4 * 400 * 300
    assert found["background"].kept == 4 * MEGAPIXELS
    assert found['mask "low"'].kept == MEGAPIXELS
    assert found["composite"].kept == 4 * MEGAPIXELS


def test_sixteen_bits_take_twice_as_much(tmp_path: Path) -> None:
    shallow = footprints(plan(tmp_path))
    deep = footprints(plan(tmp_path, output='psd = { path = "a.psd", depth = 16 }'))
    for name in ("background", "composite", 'mask "low"', "export psd"):
        assert deep[name].working == 2 * shallow[name].working
        assert deep[name].kept == 2 * shallow[name].kept


def test_enough_of_everything_is_not_mentioned(tmp_path: Path, free: SimpleNamespace) -> None:
    assert warnings(plan(tmp_path), tmp_path) == ()
    free.memory = None
    assert warnings(plan(tmp_path), tmp_path) == ()


def test_a_node_that_cannot_fit_is_refused_by_name_at_the_canvas(
    tmp_path: Path, free: SimpleNamespace
) -> None:
    free.memory = 0.61e9
    refused = r"^piece\.toml:3:10: error: export psd: 50 megapixels take at least \d{3} MB of memory; 610 MB"
    with pytest.raises(OperationError, match=refused) as told:
        warnings(plan(tmp_path), tmp_path)
    assert "3 | height = 5000" in told.value.message
    assert "--scale 0.5" in told.value.message


def test_a_piece_that_became_another_meanwhile_is_not_told_a_place(
    tmp_path: Path, free: SimpleNamespace
) -> None:
    planned, free.memory = plan(tmp_path), 0.61e9
    (tmp_path / "piece.toml").write_text("[canvas")
    with pytest.raises(OperationError, match=r"^export psd: 50 megapixels") as told:
        warnings(planned, tmp_path)
    assert "--scale 0.5" in told.value.hint


def test_what_the_program_itself_could_give_back_counts_as_free(
    tmp_path: Path, free: SimpleNamespace
) -> None:
    planned, free.memory = plan(tmp_path), 0.61e9
    project = Project(tmp_path / "piece.toml")
    assert check_room(project, planned, planned.nodes, own=4_000_000_000) == ()


def test_what_runs_side_by_side_may_not_fit_together(tmp_path: Path, free: SimpleNamespace) -> None:
    planned = plan(tmp_path)
    free.memory = 2.5e9
    (warning,) = warnings(planned, tmp_path)
    assert 'memory at once (mask "low", export psd); 2.5 GB are free' in warning
    assert "--jobs 1" in warning
    assert warnings(planned, tmp_path, jobs=1) == ()


def test_a_full_disk_is_told_with_what_would_be_kept_on_it(tmp_path: Path, free: SimpleNamespace) -> None:
    planned = plan(tmp_path)
    free.disk = 0.3e9
    (warning,) = warnings(planned, tmp_path)
    assert "keeps 451 MB of pictures in .composer; 300 MB are free on its disk" in warning
    assert "composer gc" in warning
    assert warnings(planned, tmp_path, reclaimed=200_000_000) == (), "what is there already is not written"


def test_what_is_in_the_store_already_takes_nothing(tmp_path: Path, free: SimpleNamespace) -> None:
    free.memory = free.disk = 0.1e9
    assert check_room(Project(tmp_path / "piece.toml"), plan(tmp_path), ['layer "photo" placed']) == ()
