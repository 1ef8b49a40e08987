"""What a dry run says will be skipped is skipped, and why the rest would run is the edit that was made.

After any edits in any order. Each edit knows the fields that it changed, of which nodes.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from composer.digest import canonical_json, digest_of_file

from .conftest import Studio, picture
from .test_unchanged import LIGHT

Changes = dict[str, set[str]]
"""What is to be told of a node: `field: old → new`."""
Edit = Callable[[Studio, np.random.Generator], Changes]
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
SHOWN = {"composite", 'below layer "finish"'}
"""The stacks that leave out what is hidden: with one more hidden all above it stand elsewhere in them."""
LISTED = {"export psd", "export ora"}
LOST = "nothing changed, but its result is no longer in the store"


def opacity(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r"opacity = [\d.]+", f"opacity = {rng.uniform():.2f}")
    return changed(LISTED if is_hidden(studio) else LISTED | SHOWN, "layer 3 opacity", old, new)


def feather(studio: Studio, rng: np.random.Generator) -> Changes:
    """Never none at all: that takes the step out, and what differs is told since a step last ran."""
    old, new = change(studio, r"feather = [\d.]+", f"feather = {rng.integers(1, 9)}")
    return changed(['mask "frame" adjusted'], "feather", old, new)


def radius(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r"radius = [\d.]+", f"radius = {rng.integers(0, 5)}")
    return changed(['layer "sun" filter 1 (blur)'], "radius", old, new)


def gradient(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r"to = \[0, \d+\]", f"to = [0, {rng.integers(30, 200)}]")
    return changed(['mask "low"'], "to", old, new)


def expression(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r'mask = "low . frame"', f'mask = "low {rng.choice(list("&|-^"))} frame"')
    before, after = (f"{text.split()[1]} 0 1" for text in (old, new))
    return changed(['layer "sun" mask'], "expression", before, after)


def strength(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r"strength = [\d.]+", f"strength = {rng.uniform():.1f}")
    return changed(['layer "finish" filter 1 (match)'], "strength", old, new)


def anchor(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r'(?<="contain", )anchor = "\w+"', f'anchor = "{rng.choice(SIDES)}"')
    return changed(['layer "sun" placed'], "anchor", old, new)


def background(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = change(studio, r'background = ".*"', f'background = "#{rng.integers(0, 1 << 24):06x}"')
    before, after = ([*(each / 255 for each in bytes.fromhex(text[1:])), 1.0] for text in (old, new))
    return changed(["background"], "color", before, after)


def visible(studio: Studio, rng: np.random.Generator) -> Changes:
    old, new = not is_hidden(studio), bool(rng.integers(2))
    change(studio, r'name = "sun"\n(visible = \w+\n)?', f'name = "sun"\nvisible = {canonical_json(new)}\n')
    return changed(LISTED, "layer 3 visible", old, new)


def photo(studio: Studio, rng: np.random.Generator) -> Changes:
    return painted(studio, "hill", picture(int(rng.integers(3)), 120, 100), 3)


def saved_again(studio: Studio, rng: np.random.Generator) -> Changes:
    return painted(studio, "sun", picture(2, 80, 80), int(rng.integers(1, 10)))


def lost_blob(studio: Studio, rng: np.random.Generator) -> Changes:
    blobs = sorted((studio.folder / ".composer" / "blobs").rglob("*"))
    files = [path for path in blobs if path.is_file()]
    files[int(rng.integers(len(files)))].unlink()
    return {}


SIDES = ["left", "right", "top", "bottom", "center"]
EDITS: tuple[Edit, ...] = (
    *(opacity, feather, radius, gradient, expression, strength, anchor),
    *(background, visible, photo, saved_again, lost_blob),
)


def is_hidden(studio: Studio) -> bool:
    return "visible = false" in studio.piece.read_text(encoding="utf-8")


def change(studio: Studio, pattern: str, new: str) -> tuple[Any, Any]:
    """Write the piece with those lines in place of the first that match: the values of the last of them."""
    text = studio.piece.read_text(encoding="utf-8")
    found = re.search(pattern, text)
    assert found, pattern
    studio.write(text[: found.start()] + new + text[found.end() :])
    old, new = ([*tomllib.loads(lines).values()][-1] for lines in (found[0], new))
    return old, new


def changed(nodes: Iterable[str], field: str, old: Any, new: Any) -> Changes:
    told = f"{field}: {_shown(old)} → {_shown(new)}"
    return {} if old == new else {node: {told} for node in nodes}


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return canonical_json([float(each) for each in value])
    return canonical_json(value if isinstance(value, bool) else float(value))


def painted(studio: Studio, name: str, image: np.ndarray, compression: int) -> Changes:
    path = studio.folder / "photos" / f"{name}.png"
    old = digest_of_file(path)[:12]
    studio.paint(f"photos/{name}.png", image, compression)
    return changed([f'source "{name}"'], "input file", old, digest_of_file(path)[:12])


def forecast(studio: Studio) -> dict[str, set[str]]:
    """The nodes that would, and that may, run."""
    lines = studio.build("--dry-run").out.splitlines()
    told: dict[str, set[str]] = {"would run": set(), "may run": set()}
    for line in lines[:-1]:
        verdict, name = re.match(r"(would run|may run) +[\d.?]+ s  (.+)", line).groups()  # type: ignore[union-attr]
        told[verdict].add(name)
    return told


def reasons(studio: Studio) -> dict[str, list[str]]:
    """Each node that would or may run, and what is told of it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in studio.run("explain", str(studio.piece), "--device", "cpu").out.splitlines()[:-1]:
        if line.startswith("    "):
            found[name].append(line.strip())
        else:
            name = line.rpartition(" may run")[0] or line.rpartition(" would run")[0]
            found[name] = []
    return found


def own(node: str, lines: Iterable[str]) -> set[str]:
    """What differs of the node itself: neither what it waits for nor what it is made from, but for a file."""
    others = ("waits for ", LOST) if node.startswith("source ") else ("waits for ", "input ", LOST)
    return {line for line in lines if not line.startswith(others)}


@pytest.mark.parametrize("seed", range(4))
def test_what_runs_was_foretold_and_why_and_what_was_ruled_out_does_not_run(
    studio: Studio, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    studio.write(LIGHT.replace("[output]", MORE + "\n[output]"))
    assert studio.build().status == 0
    lost = False
    for _ in range(8):
        made = [EDITS[i] for i in rng.choice(len(EDITS), int(rng.integers(1, 4)), replace=False)]
        was_hidden, expected = is_hidden(studio), defaultdict[str, set[str]](set)
        for edit in sorted(made, key=lambda edit: edit is not visible):  # others ask whether it is hidden
            for node, changes in edit(studio, rng).items():
                expected[node] |= changes
        lost = lost or lost_blob in made
        names = [edit.__name__ for edit in made]
        told, why = forecast(studio), reasons(studio)
        assert why.keys() == told["would run"] | told["may run"]
        for node, lines in why.items():
            assert lines, f"after {names} nothing is told of {node}"
            assert lost or LOST not in lines, f"after {names} {node} is told to be lost"
            if node not in SHOWN or is_hidden(studio) == was_hidden:
                assert own(node, lines) == expected[node], f"after {names} that is told of {node}"
        ran = studio.build()
        assert ran.status == 0, ran.err
        assert told["would run"] <= ran.rendered, f"after {names} it did not run what it said it would"
        assert ran.rendered <= why.keys(), f"after {names} it ran what it had ruled out"
        assert not studio.build().rendered, f"after {names} a second build found something to do"
