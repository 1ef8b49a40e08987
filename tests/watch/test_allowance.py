"""The memory a watch may keep: what the setting says, or a share of what the machine has."""

from pathlib import Path

import pytest

from composer.errors import UsageError
from composer.watch import allowance as room
from composer.watch.allowance import SETTING, allowance
from tests.watch.conftest import Studio, wait_until


def test_the_setting_counts_megabytes() -> None:
    assert allowance({SETTING: "250"}) == 250_000_000
    assert allowance({SETTING: "0"}) == 0


def test_without_it_a_quarter_of_the_machine_or_of_its_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(room, "_LIMITS", (limit,))
    whole = allowance({})
    limit.write_text("max\n", encoding="ascii")
    assert allowance({}) == whole > 0
    limit.write_text("8000000\n", encoding="ascii")
    assert allowance({}) == 2_000_000


@pytest.mark.parametrize("given", ["much", "-1", "nan", "inf"])
def test_what_is_no_number_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(UsageError, match="no number of megabytes") as refused:
        allowance({SETTING: given})
    assert f"{SETTING}=2000" in refused.value.hint


def test_a_watch_that_may_keep_nothing_shows_the_same(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "0")
    studio.watch()
    for level in (100, 50, 20):
        studio.edit("opacity =", f"opacity = {level / 100} #")
        wait_until(lambda level=level: studio.shows(level))
