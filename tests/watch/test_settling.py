"""Settling: nothing is read before it is written, and a text never waits long."""

from pathlib import Path

import pytest

from composer.watch.settling import GONE_SECONDS, IMAGE_SECONDS, LONGEST_SECONDS, TEXT_SECONDS, Settling

TEXT, IMAGE = Path("piece.toml"), Path("photo.png")


@pytest.mark.parametrize(("path", "quiet"), [(TEXT, TEXT_SECONDS), (IMAGE, IMAGE_SECONDS)])
def test_a_file_is_given_once_it_was_quiet_for_a_while(path: Path, quiet: float) -> None:
    settling = Settling()
    settling.saw(path, 10.0)
    assert settling.settled(10.0 + quiet * 0.9) == ()
    assert settling.settled(10.0 + quiet * 1.1) == (path,)
    assert settling.settled(20.0) == ()
    assert settling.is_calm


def test_a_photo_that_is_being_copied_is_waited_for_however_long_that_takes() -> None:
    settling = Settling()
    for tick in range(200):
        settling.saw(IMAGE, tick * 0.1)
        assert settling.settled(tick * 0.1 + 0.05) == ()
    assert settling.long_unsettled(19.95) == (IMAGE,)
    assert settling.settled(19.9 + IMAGE_SECONDS * 1.1) == (IMAGE,)


def test_a_text_does_not_wait_longer_than_a_second_for_a_photo_that_is_being_copied() -> None:
    settling = Settling()
    settling.saw(TEXT, 0.0)
    for tick in range(30):
        now = tick * 0.1
        settling.saw(IMAGE, now)
        settled = settling.settled(now)
        if TEXT in settled:
            break
    assert LONGEST_SECONDS <= now < LONGEST_SECONDS * 1.3
    assert settling.settled(now + IMAGE_SECONDS * 1.1) == (IMAGE,), (
        "the photo must come again when it is whole"
    )


def test_two_files_saved_together_are_built_together() -> None:
    settling = Settling()
    settling.saw(TEXT, 0.0)
    settling.saw(IMAGE, 0.02)
    assert settling.settled(0.2) == ()
    assert set(settling.settled(0.6)) == {TEXT, IMAGE}


def test_a_file_that_is_removed_and_made_anew_is_not_told_as_missing() -> None:
    settling = Settling()
    settling.saw(TEXT, 0.0, is_gone=True)
    assert settling.settled(TEXT_SECONDS * 2) == ()
    settling.saw(TEXT, 0.3)
    assert settling.settled(0.3 + TEXT_SECONDS * 1.1) == (TEXT,)


def test_a_file_that_stays_away_is_told() -> None:
    settling = Settling()
    settling.saw(IMAGE, 0.0, is_gone=True)
    assert settling.settled(GONE_SECONDS * 1.1) == (IMAGE,)
