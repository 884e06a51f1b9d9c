"""Ground taken anew is the same whether a place or the whole is compared."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gis.editing import taken as module
from gis.editing.taken import taken


def star(count: int = 3_000) -> np.ndarray:
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    r = 500 + 60 * np.sin(9 * a) + 3 * np.sin(211 * a)
    return np.round(np.column_stack((437_000 + r * np.cos(a), 4_502_000 + r * np.sin(a))), 3)


def outline(xy: np.ndarray, hole: np.ndarray | None = None) -> shapely.MultiPolygon:
    ring = shapely.box(437_000 - 50, 4_502_000 - 50, 437_050, 4_502_050).exterior.coords if hole is None else hole
    return shapely.MultiPolygon([shapely.Polygon(xy, [ring])])


def moved(xy: np.ndarray, n: int, by: float) -> np.ndarray:
    out = xy.copy()
    out[n] += (out[n] - (437_000, 4_502_000)) * by
    return out


XY = star()
EDITS = {
    "outward": outline(moved(XY, 700, 0.03)),
    "inward": outline(moved(XY, 700, -0.03)),
    "first": outline(moved(XY, 0, 0.05)),
    "two": outline(moved(moved(XY, 40, 0.04), 1500, 0.04)),
    "more": outline(np.insert(XY, 901, (XY[900] - (437_000, 4_502_000)) * 1.04 + (437_000, 4_502_000), axis=0)),
    "less": outline(np.delete(XY, [299, 300, 301], axis=0)),
    "less at the end": outline(XY[:-3]),
    "hole": outline(XY, np.array([(437_000, 4_502_000), (437_020, 4_502_000), (437_000, 4_502_020)])),
    "turned": outline(np.roll(XY, 5, axis=0)),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_place_gives_what_the_whole_gives(name: str) -> None:
    before, after = outline(XY), EDITS[name]
    found, whole = taken(before, after), after.difference(before)
    assert found.area == pytest.approx(whole.area, abs=1e-6)
    assert found.symmetric_difference(whole).area < 1e-6
    assert (whole.area > 1) == (name not in {"inward", "less", "turned"})


def test_nothing_changed_takes_nothing() -> None:
    assert taken(outline(XY), outline(XY.copy())).is_empty


def test_only_the_place_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    real = shapely.difference

    def watched(a: shapely.Geometry, b: shapely.Geometry) -> shapely.Geometry:
        sizes.append(int(shapely.get_num_coordinates(a)))
        return real(a, b)

    monkeypatch.setattr(module.shapely, "difference", watched)
    taken(outline(XY), EDITS["outward"])
    assert sizes
    assert max(sizes) < 200


def test_other_rings_are_compared_as_a_whole() -> None:
    new = shapely.MultiPolygon([*outline(XY).geoms, shapely.box(0, 0, 10, 10)])
    assert taken(outline(XY), new).area == pytest.approx(100)
