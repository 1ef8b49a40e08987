"""`composer watch` as an artist runs it: style layers, drafts, mistakes, Ctrl-C; and the files of a build."""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from composer.build.project import Project
from composer.pixels import codec
from composer.watch.builder import Wish
from composer.watch.events import Ended, Event, Grown, Pictured, Started, Stepped
from composer.watch.watch import Watch
from tests.e2e.conftest import PIECE, CleanBuild, Studio, picture

PATIENCE = 60.0


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


class Terminal:
    """A watch in a process of its own, and what it printed so far."""

    def __init__(self, studio: Studio, *options: str) -> None:
        self.process = studio.start("watch", str(studio.piece), "--device", "cpu", *options)
        self.text = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line

    def wait_for(self, pattern: str) -> None:
        wait_until(lambda: re.search(pattern, self.text) or self.process.poll() is not None)
        assert re.search(pattern, self.text), self.text

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return status


@pytest.fixture
def terminal(studio: Studio) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*options: str) -> Terminal:
        started.append(Terminal(studio, *options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.end()


def test_an_afternoon(studio: Studio, terminal: Callable[..., Terminal], clean_build: CleanBuild) -> None:
    watch = terminal("--draft", "0.5")
    watch.wait_for(r"\d+ steps to render")
    watch.wait_for("a draft of the picture is ready")
    watch.wait_for(r"(?s)wrote build/piece\.png.*rendered")
    studio.edit("opacity = 0.8", "opacity = 0.5")
    watch.wait_for(r"opacity: 0\.8 → 0\.5")
    wait_until(lambda: watch.text.count("rendered, ") == 2)
    assert re.search(r" 4 rendered, 14 from the store", watch.text)
    studio.edit("opacity = 0.5", "opacity = 5")
    watch.wait_for(r"piece\.toml:43:\d+: error")
    watch.wait_for("the last good picture stays")
    studio.edit("opacity = 5", "opacity = 0.4")
    watch.wait_for("all is well again")
    watch.wait_for(r"opacity: 0\.5 → 0\.4")
    wait_until(lambda: watch.text.count("rendered, ") == 3)
    began = time.monotonic()
    assert watch.end() == 130
    assert time.monotonic() - began < 10
    assert "stopped" in watch.text
    assert studio.outputs() == clean_build(PIECE.replace("opacity = 0.8", "opacity = 0.4"))


def test_a_second_watch_ends_with_a_sentence(studio: Studio, terminal: Callable[..., Terminal]) -> None:
    watch = terminal()
    watch.wait_for("steps to render")
    ran = studio.run("watch", str(studio.piece))
    assert ran.status == 2
    assert "piece.toml is being watched already" in ran.err
    assert watch.end(signal.SIGTERM) == 130


class Sitting:
    """A watch in this process, with style layers that last, and what it told."""

    def __init__(self, studio: Studio, wish: Wish) -> None:
        self.events: list[Event] = []
        self.watch = Watch(Project(studio.piece), wish)
        self.watch.subscribe(self.events.append)
        self._thread = threading.Thread(target=self.watch.run)
        self._thread.start()

    def of(self, kind: type, **fields: object) -> list:
        return [
            event
            for event in tuple(self.events)
            if isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in fields.items())
        ]

    def close(self) -> None:
        self.watch.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def sit(studio: Studio) -> Iterator[Callable[[Wish], Sitting]]:
    sittings: list[Sitting] = []

    def sit(wish: Wish) -> Sitting:
        sittings.append(Sitting(studio, wish))
        return sittings[-1]

    yield sit
    for each in sittings:
        each.close()


LAYER = 'layer "hill" style (moments)'
LARGE = PIECE.replace("width = 96", "width = 288").replace("height = 64", "height = 192")


def test_a_layer_that_a_save_leaves_alone_goes_on(studio: Studio, sit: Callable[[Wish], Sitting]) -> None:
    studio.write(LARGE)
    sitting = sit(Wish("cpu", draft_scale=1.0))
    wait_until(lambda: sitting.of(Stepped, node=LAYER))
    reached = sitting.of(Stepped, node=LAYER)[-1].done
    studio.edit("opacity = 0.8", "opacity = 0.5")
    wait_until(lambda: sitting.of(Ended, epoch=2))
    done = [event.done for event in sitting.of(Stepped, node=LAYER)]
    assert done == sorted(done), "the layer began again"
    assert sitting.of(Stepped, node=LAYER, epoch=2)[0].done >= reached
    assert not sitting.of(Ended, epoch=1)
    assert LAYER in sitting.of(Ended, epoch=2)[0].rendered


def test_a_layer_is_seen_growing(studio: Studio, sit: Callable[[Wish], Sitting]) -> None:
    studio.write(LARGE)
    sitting = sit(Wish("cpu", draft_scale=1.0))
    wait_until(lambda: sitting.of(Ended, epoch=1))
    looks = [event.raster for event in sitting.of(Grown, node=LAYER)]
    assert looks, "it was painted for more than a second"
    (layer,) = [each for each in sitting.watch.state.good.layers if each.name == "hill"]
    value = codec.decode(sitting.watch.project.store.open(layer.pixels))
    assert abs(looks[-1].pixels[..., :3].mean() - value.pixels[..., :3].mean()) < 12, "another picture"
    assert max(looks[-1].pixels.shape) <= 512


def test_a_layer_that_a_save_changes_begins_again_at_once(
    studio: Studio, sit: Callable[[Wish], Sitting]
) -> None:
    studio.write(LARGE)
    sitting = sit(Wish("cpu", draft_scale=1.0))
    wait_until(lambda: sitting.of(Stepped, node=LAYER))
    studio.edit("strength = 0.6", "strength = 0.5")
    wait_until(lambda: sitting.of(Ended, epoch=2))
    steps = sitting.of(Stepped, node=LAYER)
    first, second = ([event for event in steps if event.epoch == epoch] for epoch in (1, 2))
    assert first[-1].done < first[-1].total, "the layer that nobody wanted was painted to its end"
    assert second[-1].done == second[-1].total


def test_a_slow_layer_is_shown_as_a_draft_first(studio: Studio, sit: Callable[[Wish], Sitting]) -> None:
    sitting = sit(Wish("cpu", draft_scale=0.5, slow_seconds=0.0))
    wait_until(lambda: sitting.of(Ended, epoch=1))
    draft, final = [event.picture for event in sitting.of(Pictured)]
    assert draft.is_draft
    assert not final.is_draft
    assert (draft.canvas.width, draft.canvas.height) == (48, 32)
    assert (final.canvas.width, final.canvas.height) == (96, 64)
    small, large = (codec.decode(picture.path.read_bytes()) for picture in (draft, final))
    assert abs(small.pixels.mean() - large.pixels.mean()) < 12, "the draft shows something else"
    assert [*studio.outputs()] == ["piece.ora", "piece.png", "piece.psd"]
    studio.edit("opacity = 0.8", "opacity = 0.5")
    wait_until(lambda: sitting.of(Ended, epoch=2))
    assert [event.picture.is_draft for event in sitting.of(Pictured)][2:] == [False], "nothing slow was left"


@pytest.mark.parametrize(("says", "patched"), [("", 1), ("patch = false\n", 0)])
def test_a_retouch_is_patched_unless_the_piece_says_otherwise(
    studio: Studio, sit: Callable[[Wish], Sitting], says: str, patched: int
) -> None:
    studio.write(says + LARGE)
    sitting = sit(Wish("cpu", draft_scale=1.0))
    wait_until(lambda: sitting.of(Ended, epoch=1))
    hill = picture(1, 120, 100)
    hill[5:9, 5:9] = (40, 200, 90)
    studio.paint("photos/hill.png", hill)
    wait_until(lambda: sitting.of(Ended, epoch=2))
    assert sitting.of(Ended, epoch=2)[0].patched == patched
    assert LAYER in sitting.of(Ended, epoch=2)[0].rendered


def test_an_edit_while_a_draft_is_painted_drops_the_draft(
    studio: Studio, sit: Callable[[Wish], Sitting]
) -> None:
    studio.write(LARGE)
    sitting = sit(Wish("cpu", draft_scale=0.5, slow_seconds=0.0))
    wait_until(lambda: sitting.of(Started, is_draft=True))
    studio.edit("opacity = 0.8", "opacity = 0.5")
    wait_until(lambda: sitting.of(Ended, epoch=2))
    assert not sitting.of(Ended, epoch=1)
    assert sitting.of(Pictured)[-1].picture.epoch == 2


def test_the_files_of_a_stopped_watch_are_whole(studio: Studio, terminal: Callable[..., Terminal]) -> None:
    watch = terminal("--draft", "1")
    watch.wait_for("wrote build/piece.png")
    studio.edit('from = ["dots"]', 'from = ["bars"]')
    wait_until(lambda: "piece.toml\n" in watch.text)
    watch.process.kill()
    ran = studio.build("--patch")
    assert ran.status == 0, ran.err
    assert sorted(studio.outputs()) == ["piece.ora", "piece.png", "piece.psd"]
    watch.end(signal.SIGKILL)
