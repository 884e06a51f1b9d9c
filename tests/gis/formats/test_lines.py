from __future__ import annotations

from shapely import wkt

from gis.formats.lines import closed_as_outlines


def test_closed_lines_are_outlines_with_holes_and_open_ones_stay_lines():
    ring = "0 0, 10 0, 10 10, 0 10, 0 0"
    hole = "2 2, 4 2, 4 4, 2 4, 2 2"
    shapes = [wkt.loads(t) for t in (
        f"LINESTRING ({ring})", f"MULTILINESTRING (({hole}), ({ring}))", "LINESTRING (0 0, 10 0, 10 10)",
        f"MULTILINESTRING (({ring}), (0 0, 5 5))", "LINESTRING (0 0, 1 1, 0 0)", "POINT (1 1)", "LINESTRING EMPTY",
    )]  # fmt: skip
    made, count = closed_as_outlines([*shapes, None])
    assert count == 2
    assert [s.area for s in made[:2]] == [100, 96]
    assert made[2:] == [*shapes[2:], None]
