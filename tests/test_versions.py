"""Versions are honest: no code that makes pixels changes without someone deciding about its version."""

import json

from . import versions


def test_code_that_makes_pixels_changed_only_with_a_decision() -> None:
    known = json.loads(versions.TABLE.read_text(encoding="utf-8"))
    changed = [name for name, row in versions.current().items() if known.get(name) != row]
    gone = sorted(set(known) - set(versions.current()))
    assert not changed + gone, (
        f"the code of {', '.join(changed + gone)} changed: raise its version if any pixel may differ, "
        "then write the table anew: python -m tests.versions"
    )
