from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from gis.store import blob

numbers = st.floats(min_value=-1e8, max_value=1e8)


@st.composite
def multipolygons(draw):
    corners = draw(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4))
    return MultiPolygon([box(x, y, x + 10 + i, y + 7) for i, (x, y) in enumerate(corners)])


@given(multipolygons(), st.integers(-1, 100_000))
def test_what_goes_in_comes_out_bit_for_bit(geometry, srs_id):
    body = blob.encode(geometry, srs_id)
    assert blob.decode(body).equals_exact(geometry, 0)
    assert struct.unpack_from("<i", body, 4)[0] == srs_id


@given(multipolygons())
def test_bounds_are_read_from_the_header(geometry):
    minx, miny, maxx, maxy = geometry.bounds
    assert blob.bounds(blob.encode(geometry, 4546)) == (minx, maxx, miny, maxy)


@given(numbers, numbers)
def test_points(x, y):
    body = blob.encode(Point(x, y), 4546)
    assert blob.decode(body) == Point(x, y)
    assert [f(body) for f in blob.FUNCTIONS.values()] == [0, x, x, y, y]


def foreign(geometry, *, envelope: int, big: bool = False) -> bytes:
    """A blob as other programs write it: without envelope, with Z, big-endian."""
    order = ">" if big else "<"
    minx, miny, maxx, maxy = geometry.bounds
    sides = {0: (), 1: (minx, maxx, miny, maxy), 2: (minx, maxx, miny, maxy, 0.0, 9.0)}[envelope]
    head = struct.pack(f"{order}2sBBi", b"GP", 0, envelope << 1 | (not big), 4546)
    return head + struct.pack(f"{order}{len(sides)}d", *sides) + shapely.to_wkb(geometry, byte_order=int(not big))


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("envelope", [0, 1, 2])
def test_other_programs_blobs(envelope, big):
    body = foreign(box(1, 2, 3, 5), envelope=envelope, big=big)
    assert blob.decode(body).equals(box(1, 2, 3, 5))
    assert [f(body) for f in blob.FUNCTIONS.values()] == [0, 1, 3, 2, 5]


def test_empty_geometries_have_no_bounds():
    for empty in (blob.encode(MultiPolygon(), 4546), struct.pack("<2sBBi", b"GP", 0, 1, 0) + shapely.to_wkb(Polygon())):
        assert blob.is_empty(empty) == 1
        assert blob.bounds(empty) is None


@given(st.one_of(st.none(), st.binary(max_size=60), st.binary(max_size=60).map(lambda b: b"GP\x00\x03" + b)))
def test_the_functions_of_the_triggers_never_fail(body):
    for function in blob.FUNCTIONS.values():
        assert function(body) is None or isinstance(function(body), int | float)


@pytest.mark.parametrize("body", [b"", b"GP", b"XX\x00\x03aaaa", b"GP\x00\x0faaaa"])
def test_what_is_no_geometry_is_refused(body):
    with pytest.raises(ValueError, match=r"."):
        blob.decode(body)


def test_many_at_once_equal_one_by_one():
    shapes = [box(i, 0, i + 1, 1) for i in range(5)] + [MultiPolygon()]
    assert blob.encode_many(shapes, 7) == [blob.encode(s, 7) for s in shapes]
    decoded = blob.decode_many([*blob.encode_many(shapes, 7), None])
    assert decoded[-1] is None
    assert np.all(shapely.equals(decoded[:-1], np.array(shapes, dtype=object)))
