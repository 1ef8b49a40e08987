"""Sizes: a number of bytes is told in the unit that leaves a number one can read."""

import pytest

from composer.sizes import readable


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (99_000, "99.0 kB"),
        (100_000, "0.1 MB"),
        (2_140_000, "2.1 MB"),
        (99_960_000, "100 MB"),
        (383_800_000, "384 MB"),
        (1_000_000_000, "1.0 GB"),
        (47_300_000_000, "47.3 GB"),
    ],
)
def test_bytes_as_people_read_them(count: int, text: str) -> None:
    assert readable(count) == text
