"""Samples: every name leads to a photograph that the installed scikit-image brings along."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from composer.spec.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_there_without_a_download(name: str) -> None:
    found = find_spec("skimage")
    assert found is not None
    assert found.origin is not None
    assert (Path(found.origin).parent / "data" / SAMPLES[name]).is_file()
