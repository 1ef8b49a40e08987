"""Patches, whatever the artist edits and undoes: the same build again renders nothing."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import Atelier

STEPS = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=8)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_is_edited_and_undone_a_build_repeated_is_all_hits(steps: list[tuple[int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        atelier = Atelier(Path(folder))
        plain = atelier.load("photo")
        for edit, patch in steps:
            atelier.save("photo", plain)
            if edit:
                atelier.dab(200, x=10 * edit, size=edit)
            result = atelier.build(patch=patch)
            assert not atelier.failures
            again = atelier.build(patch=patch)
            assert again.rendered == []
            assert again.entries == result.entries
            if not patch:
                assert np.array_equal(atelier.picture(result).pixels, atelier.whole())
