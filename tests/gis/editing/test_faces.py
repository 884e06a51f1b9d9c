"""Faces of linework against shapely.polygonize, which finds them by another way."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.editing.faces import faces


def compared(lines: list[shapely.LineString]) -> int:
    """The number of faces, which are those of polygonize."""
    noded = list(
        shapely.get_parts(shapely.transform(shapely.union_all(lines, grid_size=0.001), lambda xy: xy.round(3)))
    )
    wanted = list(shapely.get_parts(shapely.polygonize(noded)))
    found = faces(noded)
    assert all(f.is_valid for f in found)
    left = list(wanted)
    for face in found:
        same = [w for w in left if abs(w.area - face.area) < 1e-6 and w.equals(face)]
        assert len(same) == 1
        left.remove(same[0])
    assert left == []
    return len(found)


@pytest.mark.parametrize("seed", range(12))
def test_random_lines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = [shapely.LineString(rng.uniform(0, 100, (int(rng.integers(2, 6)), 2)).round(3)) for _ in range(14)]
    rings = [shapely.Point(*rng.uniform(10, 90, 2)).buffer(rng.uniform(2, 40), 8).exterior for _ in range(3)]
    assert compared([*lines, *rings]) > 5


def test_dangles_bridges_islands_and_points_of_touch() -> None:
    box = shapely.box
    cases = {
        "a line that ends inside": ([box(0, 0, 10, 10).exterior, shapely.LineString([(-5, 5), (5, 5)])], 1),
        "a bridge to an island": ([box(0, 0, 10, 10).exterior, box(4, 4, 6, 6).exterior,
                                   shapely.LineString([(-1, 5), (4, 5)])], 2),
        "a bridge between two": ([box(0, 0, 2, 2).exterior, box(5, 0, 7, 2).exterior,
                                  shapely.LineString([(2, 1), (5, 1)])], 2),
        "islands in islands": ([box(k, k, 20 - k, 20 - k).exterior for k in range(0, 9, 2)], 5),
        "two that touch in a point": ([box(0, 0, 2, 2).exterior, box(2, 2, 4, 4).exterior], 2),
        "an island at a corner": ([box(0, 0, 9, 9).exterior,
                                   shapely.Polygon([(0, 0), (3, 1), (1, 3)]).exterior], 2),
        "nothing enclosed": ([shapely.LineString([(0, 0), (3, 1), (1, 3)])], 0),
    }  # fmt: skip
    for name, (lines, count) in cases.items():
        assert compared(lines) == count, name
