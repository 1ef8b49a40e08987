"""Versions are honest: no code that makes pixels changes without someone deciding about its version."""

import json
import sys

import pytest

from . import versions


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="each Python unparses code its own way")
def test_code_that_makes_pixels_changed_only_with_a_decision() -> None:
    known = json.loads(versions.TABLE.read_text(encoding="utf-8"))
    changed = [name for name, row in versions.current().items() if known.get(name) != row]
    gone = sorted(set(known) - set(versions.current()))
    assert not changed + gone, (
        f"the code of {', '.join(changed + gone)} changed: raise its version if any pixel may differ, "
        "then write the table anew: python -m tests.versions"
    )


def test_the_code_of_an_extension_is_all_that_makes_its_pixels() -> None:
    segment = versions.closure("composer.masks.segment")
    assert {"composer.masks._rembg_worker", "composer.pixels.gaussian"} <= segment
    assert "composer.neural.compact" in versions.closure("composer.styles.moments"), "imported in a function"
    assert "composer.blends._arithmetic" in versions.closure("composer.blends.contrast")
    assert "composer.composite.numba_kernel" in versions.closure("composer.composite.flatten")
    assert "composer.registry" not in segment
