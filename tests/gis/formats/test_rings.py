"""Rings to outlines: rings that stand twice, rings that cross themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.formats import read_features
from gis.formats.rings import nest
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
CORNER = st.tuples(st.integers(0, 6), st.integers(0, 6))


@given(st.lists(st.lists(CORNER, min_size=3, max_size=7), min_size=1, max_size=7))
def test_any_rings_make_outlines_and_none_is_lost(rings):
    closed = [np.array([*r, r[0]], float) for r in rings]
    made = nest(closed)
    assert sum(1 + len(p.interiors) for p in made) == len(rings)


def ring(number, x, y, side):
    places = [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
    return [f"J{i},{number},{n:.3f},{37e6 + e:.3f}" for i, (e, n) in enumerate(places, 1)]


@pytest.mark.parametrize("copied", [1, 2])
def test_a_ring_of_a_land_office_file_that_stands_twice_counts_once(tmp_path, copied):
    shell, hole = ring(1, X, Y, 100), ring(2, X + 20, Y + 20, 20)
    again = [line.replace(f",{copied},", ",3,", 1) for line in (shell, hole)[copied - 1]]
    head = ["[属性描述]", "坐标系=2000国家大地坐标系", "几度分带=3", "带号=37", "[地块坐标]", "15,0.9600,1,坑,面,,,,@"]
    (tmp_path / "a.txt").write_bytes("\n".join([*head, *shell, *hole, *again]).encode("gb18030"))
    with no_child():
        came = read_features(tmp_path / "a.txt", target_crs="EPSG:4546")
    assert came.features[0].geometry.area == pytest.approx(9600, abs=0.01)
    assert "rings.twice" in [n.key for n in came.features[0].notes]
