"""What a dry run says will be skipped is skipped, after any edits in any order."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from .conftest import Studio, picture
from .test_unchanged import LIGHT

Edit = Callable[[Studio, np.random.Generator], None]
MORE = """
[[layer]]
name = "finish"
copy = "below"
[[layer.filter]]
use = "match"
to = "hill"
strength = 0.5
mask = "low"
"""


def opacity(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r"opacity = [\d.]+", f"opacity = {rng.uniform():.2f}")


def feather(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r"feather = [\d.]+", f"feather = {rng.integers(0, 9)}")


def radius(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r"radius = [\d.]+", f"radius = {rng.integers(0, 5)}")


def gradient(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r"to = \[0, \d+\]", f"to = [0, {rng.integers(30, 200)}]")


def expression(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r'mask = "low.*"', f'mask = "low {rng.choice(list("&|-^"))} frame"')


def strength(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r"strength = [\d.]+", f"strength = {rng.uniform():.1f}")


def background(studio: Studio, rng: np.random.Generator) -> None:
    change(studio, r'background = ".*"', f'background = "#{rng.integers(0, 1 << 24):06x}"')


def visible(studio: Studio, rng: np.random.Generator) -> None:
    change(
        studio, r'name = "sun"(\nvisible = \w+)?', f'name = "sun"\nvisible = {rng.choice(["true", "false"])}'
    )


def photo(studio: Studio, rng: np.random.Generator) -> None:
    studio.paint("photos/hill.png", picture(int(rng.integers(3)), 120, 100))


def saved_again(studio: Studio, rng: np.random.Generator) -> None:
    studio.paint("photos/sun.png", picture(2, 80, 80), compression=int(rng.integers(1, 10)))


def lost_blob(studio: Studio, rng: np.random.Generator) -> None:
    blobs = sorted((studio.folder / ".composer" / "blobs").rglob("*"))
    files = [path for path in blobs if path.is_file()]
    files[int(rng.integers(len(files)))].unlink()


EDITS: tuple[Edit, ...] = (
    *(opacity, feather, radius, gradient, expression, strength),
    *(background, visible, photo, saved_again, lost_blob),
)


def change(studio: Studio, pattern: str, new: str) -> None:
    text = studio.piece.read_text(encoding="utf-8")
    assert re.search(pattern, text), pattern
    studio.write(re.sub(pattern, new, text, count=1))


def forecast(studio: Studio) -> dict[str, set[str]]:
    """The nodes that would, and that may, run."""
    lines = studio.build("--dry-run").out.splitlines()
    told: dict[str, set[str]] = {"would run": set(), "may run": set()}
    for line in lines[:-1]:
        verdict, name = re.match(r"(would run|may run) +[\d.?]+ s  (.+)", line).groups()  # type: ignore[union-attr]
        told[verdict].add(name)
    return told


@pytest.mark.parametrize("seed", range(4))
def test_what_runs_was_foretold_and_what_was_ruled_out_does_not_run(studio: Studio, seed: int) -> None:
    rng = np.random.default_rng(seed)
    studio.write(LIGHT.replace("[output]", MORE + "\n[output]"))
    assert studio.build().status == 0
    for _ in range(8):
        made = [EDITS[i] for i in rng.choice(len(EDITS), int(rng.integers(1, 4)), replace=False)]
        for edit in made:
            edit(studio, rng)
        told = forecast(studio)
        ran = studio.build()
        assert ran.status == 0, ran.err
        names = [edit.__name__ for edit in made]
        assert told["would run"] <= ran.rendered, f"after {names} it did not run what it said it would"
        assert ran.rendered <= told["would run"] | told["may run"], (
            f"after {names} it ran what it had ruled out"
        )
        assert not studio.build().rendered, f"after {names} a second build found something to do"
