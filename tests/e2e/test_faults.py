"""Faults: what is killed, garbled, edited meanwhile or broken costs no more than it must."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .conftest import PIECE, CleanBuild, Studio, picture, set_up

KILLS = 50

# A server that has imported everything forks a build, lets it live for a moment and kills it: fifty times
# without fifty starts of the interpreter.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from composer.cli.main import main
import composer.build.perform, composer.exports.psd, composer.exports.ora, composer.exports.png
piece, kills, longest = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
moments = random.Random(20261122)
text = piece.read_text()
killed = 0
for count in range(kills):
    edited = text.replace("radius = 1.5", f"radius = {1.5 + count % 7}")
    piece.write_text(edited.replace("seed = 3", f"seed = {count % 5}"))
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1); os.dup2(quiet, 2)
        os._exit(main(["build", str(piece), "--device", "cpu"]))
    time.sleep(moments.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    killed += os.WIFSIGNALED(status)
piece.write_text(text)
print(killed)
"""


def test_fifty_kills_leave_a_store_that_builds_the_same_bytes(
    studio: Studio, clean_build: CleanBuild
) -> None:
    command = [sys.executable, "-c", KILLER, str(studio.piece), str(KILLS), "1.2"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(ran.stdout) >= KILLS // 2, "most builds must have been killed before their end"
    after = studio.build()
    assert after.status == 0, after.err
    assert studio.outputs() == clean_build(PIECE)
    assert not list((studio.folder / "build").glob("*.partial"))


def test_two_builds_at_once_render_each_node_once(studio: Studio, clean_build: CleanBuild) -> None:
    builds = [studio.start("build", str(studio.piece), "--device", "cpu") for _ in range(2)]
    ended = [build.communicate() for build in builds]
    assert [build.returncode for build in builds] == [0, 0], ended
    counts = [int(out.split(" rendered")[0].split()[-1]) for out, _ in ended]
    nodes = int(studio.run("check", str(studio.piece)).out.split(" nodes")[0].split()[-1])
    assert sum(counts) == nodes
    assert studio.outputs() == clean_build(PIECE)


def test_a_photo_edited_during_a_build_is_never_served_stale(studio: Studio, clean_build: CleanBuild) -> None:
    build = studio.start("build", str(studio.piece), "--device", "cpu")
    _wait_for(lambda: len(list((studio.folder / ".composer").rglob("*/??*"))) > 8)
    studio.paint("saved.png", picture(77, 120, 100))
    (studio.folder / "saved.png").replace(studio.folder / "photos/hill.png")
    out, err = build.communicate()
    assert build.returncode == 0, err
    first = studio.outputs()["piece.png"]

    again = studio.build()
    assert 'source "hill"' in again.rendered or first != clean_build(PIECE)["piece.png"]
    fresh = set_up(studio.folder / "fresh")
    fresh.paint("photos/hill.png", picture(77, 120, 100))
    assert fresh.build().status == 0
    assert studio.outputs() == fresh.outputs(), out


def test_a_garbled_result_is_noticed_and_rendered_again(studio: Studio, clean_build: CleanBuild) -> None:
    assert studio.build().status == 0
    blob = studio.blob_of("hill")
    _flip_a_byte(blob)
    studio.edit("opacity = 0.8", "opacity = 0.5")
    ran = studio.build()
    assert 'layer "hill" style (moments)' in ran.rendered
    assert studio.outputs() == clean_build(PIECE.replace("opacity = 0.8", "opacity = 0.5"))


def test_a_result_that_was_evicted_is_rendered_again_when_it_is_needed(studio: Studio) -> None:
    assert studio.build().status == 0
    before = studio.outputs()
    freed = studio.run("gc", str(studio.folder), "--all")
    assert freed.status == 0, freed.err
    assert "freed" in freed.out
    assert studio.build().status == 0
    assert studio.outputs() == before


def test_a_clean_up_keeps_what_the_last_build_ended_with(studio: Studio) -> None:
    assert studio.build().status == 0
    studio.edit("opacity = 0.8", "opacity = 0.5")
    assert studio.build().status == 0
    freed = studio.run("gc", str(studio.folder), "--quota", "1kB")
    assert "freed 0 bytes" not in freed.out
    assert studio.build().rendered == set()


def test_one_file_asked_for_does_not_unpin_the_pieces_own(studio: Studio) -> None:
    assert studio.build().status == 0
    assert studio.build("-o", str(studio.folder / "look.png")).status == 0
    studio.run("gc", str(studio.folder), "--quota", "1kB")
    assert studio.build().rendered == set()


def test_ctrl_c_stops_within_a_second_and_loses_nothing_finished(studio: Studio) -> None:
    studio.edit('["dots"], strength = 0.6, quality = "draft"', '["dots"], strength = 0.6, quality = "high"')
    studio.edit("width = 96\nheight = 64", "width = 480\nheight = 320")
    build = studio.start("build", str(studio.piece), "--device", "cpu")
    _wait_for(lambda: _is_stylizing(studio))
    time.sleep(1.0)
    stopped = time.monotonic()
    build.send_signal(signal.SIGINT)
    _, err = build.communicate(timeout=30)
    assert time.monotonic() - stopped < 1.5
    assert build.returncode == 130, err
    ran = studio.build("--dry-run")
    assert 'source "hill"' not in ran.out
    assert 'layer "hill" style (moments)' in ran.out


def test_one_failed_layer_does_not_lose_the_others_work(studio: Studio) -> None:
    good = (studio.folder / "photos/hill.png").read_bytes()
    (studio.folder / "photos/hill.png").write_bytes(good[: len(good) // 2])
    ran = studio.build()
    assert ran.status == 1
    assert 'failed: source "hill": photos/hill.png is damaged' in ran.err
    assert "not made because of that" in ran.err
    assert "Traceback" not in ran.err
    assert 'layer "sun in bars" style (moments)' in ran.rendered

    (studio.folder / "photos/hill.png").write_bytes(good)
    fixed = studio.build()
    assert fixed.status == 0
    assert 'layer "sun in bars" style (moments)' not in fixed.rendered


def test_an_output_edited_by_hand_is_kept_beside_the_new_one(studio: Studio, clean_build: CleanBuild) -> None:
    assert studio.build().status == 0
    painted = studio.folder / "build/piece.psd"
    painted.write_bytes(painted.read_bytes() + b"hand work")
    by_hand = painted.read_bytes()
    studio.edit("opacity = 0.8", "opacity = 0.5")
    ran = studio.build()
    assert ran.status == 0
    assert "build/piece.psd was changed since it was written" in ran.out
    assert (studio.folder / "build/piece.edited.psd").read_bytes() == by_hand
    expected = clean_build(PIECE.replace("opacity = 0.8", "opacity = 0.5"))
    assert studio.outputs()["piece.psd"] == expected["piece.psd"]


def test_the_lock_file_says_what_each_layer_was_rendered_with(studio: Studio) -> None:
    assert studio.build().status == 0
    lock = (studio.folder / "piece.lock").read_text(encoding="utf-8")
    assert 'engine = "moments v' in lock
    assert 'size = "96×64"' in lock
    assert re.search(rf'device = "cpu, {len(os.sched_getaffinity(0))} threads, (bf16|fp32)"', lock)
    studio.build()
    assert (studio.folder / "piece.lock").read_text(encoding="utf-8") == lock


def _flip_a_byte(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[random.Random(5).randrange(len(content) // 2, len(content))] ^= 0x10
    path.write_bytes(content)


def _wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def _is_stylizing(studio: Studio) -> bool:
    """Whether both photographs are decoded and placed: the style steps are next."""
    actions = studio.folder / ".composer" / "actions"
    text = "".join(path.read_text() for path in actions.rglob("*") if path.is_file())
    return text.count("place v") >= 2 and text.count("decode v") >= 4
