"""Short calls give what the long ones give, across the edges of slices, for nothing and for what is missing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis import short_calls

RNG = np.random.default_rng(5)


def shapes(count: int) -> np.ndarray:
    """Multipolygons of one or two parts, some with a hole, some empty or missing."""
    made = []
    for k in range(count):
        own = shapely.box(k, 0, k + 0.8, 1)
        if k % 3 == 0:
            own = shapely.difference(own, shapely.box(k + 0.2, 0.2, k + 0.5, 0.6))
        parts = [own, shapely.box(k, 2, k + 0.5, 3)] if k % 4 == 0 else [own]
        made.append(None if k % 11 == 7 else shapely.MultiPolygon(parts if k % 13 else []))
    return np.array(made, dtype=object)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 700])
def test_taken_apart_as_in_one_call(count: int) -> None:
    given = shapes(count)
    parts, owner = short_calls.get_parts(given)
    whole, theirs = shapely.get_parts(given, return_index=True)
    assert shapely.equals(parts, whole).all()
    assert owner.tolist() == theirs.tolist()
    rings, of = short_calls.get_rings(parts)
    whole, theirs = shapely.get_rings(whole, return_index=True)
    assert shapely.equals(rings, whole).all()
    assert of.tolist() == theirs.tolist()
    xy, of = short_calls.get_coordinates(rings)
    theirs_xy, theirs = shapely.get_coordinates(whole, return_index=True)
    assert np.array_equal(xy, theirs_xy)
    assert of.tolist() == theirs.tolist()


@pytest.mark.parametrize("count", [0, 300])
def test_wkb_there_and_back(count: int) -> None:
    given = shapes(count)
    bodies = short_calls.to_wkb(given, byte_order=1)
    assert bodies == shapely.to_wkb(given, byte_order=1).tolist()
    made = short_calls.from_wkb(bodies)
    assert [g is None for g in made] == [g is None for g in given]
    assert all(a is None or shapely.equals_exact(a, b) for a, b in zip(given, made, strict=True))


def test_a_bad_body_is_ignored_or_raised_as_in_one_call() -> None:
    bodies = [shapely.to_wkb(shapely.Point(1, 2)), b"nonsense"]
    assert short_calls.from_wkb(bodies, on_invalid="ignore")[1] is None
    with pytest.raises(shapely.GEOSException):
        short_calls.from_wkb(bodies)


@pytest.mark.parametrize("kind", ["whole", "metres", "none"])
def test_unique_rows_as_numpy(kind: str) -> None:
    rows = RNG.integers(0, 9, (400, 2)) if kind == "whole" else RNG.integers(0, 9, (400, 2)) * 0.37 - 1
    rows = rows[:0] if kind == "none" else rows
    found, first, number = short_calls.unique_rows(rows)
    theirs, at, back = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    assert np.array_equal(found, theirs)
    assert np.array_equal(first, at)
    assert np.array_equal(number, back.ravel())
