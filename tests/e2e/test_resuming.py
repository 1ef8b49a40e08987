"""Resuming: a build killed within a style layer goes on from its last step, to the same bytes."""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Studio, picture, set_up

PIECE = """\
seed = 3

[canvas]
width = 160
height = 120

[source.hill]
file = "photos/hill.png"

[style.dots]
file = "styles/dots.png"

[[layer]]
name = "hill"
source = "hill"
style = { use = "moments", from = ["dots"], strength = 0.6, quality = "draft" }

[output]
png = "build/{piece}.png"
"""

# A build that keeps a checkpoint after every step and prints each step of the style layer.
BUILD = """
import signal, sys
from functools import partial
from pathlib import Path
from composer.build.bench import Pace
from composer.build.device import choose_device
from composer.build.project import open_project
from composer.build.session import Session

class Log:
    def started(self, name): ...
    def told(self, name, message): print("told", message, flush=True)
    def stepped(self, name, done, total): print("step", done, total, flush=True)
    def finished(self, name, how, seconds): ...
    def failed(self, name, error): print("failed", name, error, flush=True)

project = open_project(Path(sys.argv[1]))
plan = project.plan()
patch, pace = "--patch" in sys.argv, partial(Pace, 0, 0)
session = Session(project, plan, choose_device(plan, "cpu"), patch=patch, pace=pace)
execution = session.execution(1, Log())
signal.signal(signal.SIGTERM, lambda *_: execution.stop())
session.build(execution)
"""


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    studio = set_up(tmp_path / "project")
    studio.paint("photos/hill.png", picture(1, 160, 120))
    studio.write(PIECE)
    return studio


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outputs of a build that nobody stopped."""
    studio = set_up(tmp_path_factory.mktemp("uninterrupted"))
    studio.paint("photos/hill.png", picture(1, 160, 120))
    studio.write(PIECE)
    assert studio.build().status == 0
    return studio.outputs()


def _start(studio: Studio, *options: str, prepare: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILD, str(studio.piece), *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=prepare
    )


def _killed_after(studio: Studio, steps: int, *options: str) -> int:
    """Kill a build once it has done some steps of the layer; the work done before the last of them."""
    build, heard = _start(studio, *options), [0]
    assert build.stdout is not None
    for line in build.stdout:
        done = int(line.split()[1]) if line.startswith("step") else heard[-1]
        if done > heard[-1]:
            heard.append(done)
        if len(heard) > steps:
            build.kill()
            break
    build.wait()
    build.communicate()
    assert build.returncode < 0, "it ended before it was killed"
    return heard[-2]


def _steps(studio: Studio, *options: str) -> list[int]:
    """Build to the end; the work done after each step, as it was told."""
    out, err = _start(studio, *options).communicate(timeout=120)
    assert "failed" not in out, out + err
    return [int(line.split()[1]) for line in out.splitlines() if line.startswith("step")]


def _kept(studio: Studio) -> list[Path]:
    return list((studio.folder / ".composer/checkpoints").glob("*/*"))


def test_a_build_killed_twice_comes_to_the_same_bytes(
    studio: Studio, uninterrupted: dict[str, bytes]
) -> None:
    for steps in (3, 12):
        done = _killed_after(studio, steps)
    assert len(_kept(studio)) == 1
    _, first, *_ = _steps(studio)
    assert first >= done, "no more than the step that was running is done again"
    assert studio.outputs() == uninterrupted
    assert _kept(studio) == []


def test_a_patch_killed_within_it_goes_on_too(studio: Studio) -> None:
    assert studio.build().status == 0
    photo = picture(1, 160, 120)
    photo[110:, 150:] = 255
    studio.paint("photos/hill.png", photo)
    twin = Studio(studio.folder.with_name("twin"))
    shutil.copytree(studio.folder, twin.folder)
    done = _killed_after(studio, 5, "--patch")
    _, first, *_ = _steps(studio, "--patch")
    assert first >= done
    assert "1 of them patched" in twin.build("--patch").out
    assert studio.build("--patch").rendered == set()
    assert studio.outputs() == twin.outputs()
    assert _kept(studio) == []


def test_a_garbled_checkpoint_is_not_gone_on_from(studio: Studio, uninterrupted: dict[str, bytes]) -> None:
    _killed_after(studio, 20)
    (kept,) = _kept(studio)
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    _, first, second, *_ = _steps(studio)
    assert first == second - first, "it begins with the first step"
    assert studio.outputs() == uninterrupted


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))


def test_a_disk_without_room_for_checkpoints_fails_no_layer(
    studio: Studio, uninterrupted: dict[str, bytes]
) -> None:
    out, err = _start(studio, prepare=_small_files).communicate(timeout=120)
    told = [line for line in out.splitlines() if line.startswith("told")]
    assert len(told) == 1, out + err
    assert "goes on, but stopped now it would begin again: cannot write" in told[0]
    assert studio.outputs() == uninterrupted


def test_a_stopped_build_keeps_the_last_checkpoint(studio: Studio) -> None:
    build = _start(studio)
    end = time.monotonic() + 60
    while not _kept(studio):
        assert time.monotonic() < end
        time.sleep(0.01)
    build.terminate()
    _, err = build.communicate(timeout=60)
    assert "Cancelled" in err
    said = studio.run("gc", str(studio.folder)).out
    assert "MB more let style layers go on that were stopped" in said
    assert len(_kept(studio)) == 1
