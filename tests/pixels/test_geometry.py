"""Geometry: the arithmetic of boxes and extents."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from composer.pixels.geometry import Bounds, Extent

coordinates = st.integers(-50, 50)
boxes = st.builds(
    lambda x, y, w, h: Bounds(x, y, x + w, y + h),
    coordinates,
    coordinates,
    st.integers(0, 40),
    st.integers(0, 40),
)


def _painted(box: Bounds) -> np.ndarray:
    plane = np.zeros((200, 200), bool)
    plane[box.translate(100, 100).slices] = True
    return plane


@given(boxes, boxes)
def test_an_intersection_holds_just_the_common_pixels(a: Bounds, b: Bounds) -> None:
    assert np.array_equal(_painted(a.intersect(b)), _painted(a) & _painted(b))


@given(boxes, boxes)
def test_a_union_is_the_smallest_box_around_both(a: Bounds, b: Bounds) -> None:
    both = _painted(a) | _painted(b)
    union = a.union(b)
    assert not (both & ~_painted(union)).any()
    rows, columns = np.nonzero(both)
    if len(rows):
        assert union.extent == Extent(np.ptp(columns) + 1, np.ptp(rows) + 1)


@given(boxes, st.integers(1, 32))
def test_alignment_covers_the_box_with_whole_steps(box: Bounds, step: int) -> None:
    aligned = box.align(step)
    assert box.intersect(aligned) == box or box.is_empty
    assert {side % step for side in (aligned.left, aligned.top, aligned.right, aligned.bottom)} == {0}
    assert aligned.width < box.width + 2 * step


def test_an_extent_never_scales_to_nothing() -> None:
    assert Extent(3, 400).scaled(0.1) == Extent(1, 40)
    assert str(Extent(512, 341)) == "512×341"
