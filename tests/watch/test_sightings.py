"""Sightings: what counts as changed, and where it is looked for."""

import os
from pathlib import Path

import pytest

from composer.watch.sightings import Sightings, folders_of


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "hill.png"
    path.parent.mkdir()
    path.write_bytes(b"first")
    return path


def test_a_change_is_seen_once(photo: Path) -> None:
    sightings = Sightings()
    sightings.attend([photo])
    assert not sightings.changed()
    photo.write_bytes(b"second")
    assert sightings.changed().keys() == {photo}
    assert not sightings.changed()


def test_equal_size_and_time_of_another_file_is_a_change(photo: Path) -> None:
    sightings = Sightings()
    sightings.attend([photo])
    before = photo.stat()
    other = photo.with_name("other")
    other.write_bytes(b"FIRST")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(photo)
    assert sightings.changed().keys() == {photo}


def test_a_file_that_goes_and_comes_back_is_seen_both_times(photo: Path) -> None:
    sightings = Sightings()
    sightings.attend([photo])
    photo.unlink()
    assert sightings.changed() == {photo: None}
    photo.write_bytes(b"back")
    assert sightings.changed()[photo] is not None


def test_what_changed_before_a_file_is_attended_to_again_is_not_forgotten(photo: Path) -> None:
    sightings = Sightings()
    sightings.attend([photo])
    photo.write_bytes(b"second")
    sightings.attend([photo, photo.with_name("new.png")])
    assert sightings.changed().keys() == {photo}


def test_a_change_behind_a_link_is_seen(photo: Path, tmp_path: Path) -> None:
    far, link = tmp_path / "far", tmp_path / "near" / "link.png"
    far.mkdir()
    link.parent.mkdir()
    middle = far / "middle.png"
    middle.symlink_to(photo)
    link.symlink_to(middle)
    sightings = Sightings()
    sightings.attend([link])
    photo.write_bytes(b"second")
    assert sightings.changed().keys() == {link}
    other = tmp_path / "other.png"
    other.write_bytes(b"first")
    middle.unlink()
    middle.symlink_to(other)
    assert sightings.changed().keys() == {link}
    assert folders_of([link]) == {link.parent: {"link.png"}, far: {"middle.png"}, tmp_path: {"other.png"}}


def test_links_that_lead_in_a_circle_are_a_missing_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    sightings = Sightings()
    sightings.attend([one])
    assert not sightings.changed()
    assert folders_of([one]).keys() == {tmp_path}
