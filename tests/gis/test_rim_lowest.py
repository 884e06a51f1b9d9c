"""The lowest point of a rim against a very dense sampling, and its independence of samples and vertices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from scipy import ndimage

from gis.coverage import Edges
from gis.placing import Part
from gis.rim import Rim, _along
from gis.rim_lowest import lowest_of

rng = np.random.default_rng(11)
GROUND = ndimage.gaussian_filter(rng.normal(0, 3, (80, 80)), 1.0)


def heights(cols: Any, rows: Any) -> Any:
    return ndimage.map_coordinates(GROUND, [np.asarray(rows) - 0.5, np.asarray(cols) - 0.5], order=1, mode="nearest")


def rim(polygon: shapely.Polygon) -> Rim:
    rings = [shapely.get_coordinates(r) for r in shapely.get_rings(polygon)]
    part = Part(polygon, tuple(rings), Edges.of(polygon), 1.0, 1.0)
    c, r, w = (np.concatenate(x) for x in zip(*(_along(g, part.step_x, part.step_y) for g in rings), strict=True))
    number = np.concatenate([np.full(_along(g, 1.0, 1.0)[0].size, k, np.int64) for k, g in enumerate(rings)])
    return Rim(c, r, heights(c, r), w, number)


def polygon(k: int, corners: int = 9) -> shapely.Polygon:
    own = np.random.default_rng(k)
    t = np.sort(own.uniform(0, 2 * np.pi, corners))
    radius = own.uniform(15, 35, corners)
    shell = np.column_stack((40 + radius * np.cos(t), 40 + radius * np.sin(t)))
    return shapely.Polygon(shell, [shapely.get_coordinates(shapely.Point(40, 40).buffer(4, quad_segs=3))[::-1]])


@pytest.mark.parametrize("k", range(8))
def test_it_is_the_lowest_of_the_outline(k: int) -> None:
    p = polygon(k)
    low = lowest_of(rim(p), heights)
    dense = [shapely.get_coordinates(shapely.segmentize(r, 1e-3)) for r in shapely.get_rings(p)]
    z = [heights(*d.T) for d in dense]
    least = min(float(v.min()) for v in z)
    assert least - 2e-3 < low.z <= least + 1e-9
    assert low.z == pytest.approx(float(heights([low.col], [low.row])[0]), abs=1e-12)
    assert shapely.distance(shapely.Point(low.col, low.row), shapely.get_rings(p)[low.ring]) < 1e-9


@pytest.mark.parametrize("k", range(3))
def test_vertices_added_to_edges_change_nothing(k: int) -> None:
    p = polygon(k)
    more = shapely.segmentize(p, 0.73)
    assert lowest_of(rim(more), heights).z == pytest.approx(lowest_of(rim(p), heights).z, abs=1e-9)
    assert abs(rim(more).z.min() - rim(p).z.min()) > 1e-7  # the samples' lowest does change


def test_a_vertex_of_the_parabola_between_two_samples() -> None:
    def saddle(cols: Any, rows: Any) -> Any:
        return (np.asarray(cols) - 10.3) * (np.asarray(rows) - 10.4)  # one bilinear cell for all that is asked

    cols = np.array([10.0, 10.4, 10.8, 10.8, 10.0])
    rows = np.array([10.9, 10.55, 10.2, 10.9, 10.9])
    samples = Rim(cols, rows, saddle(cols, rows), np.ones(5), np.zeros(5, np.int64))
    t = np.linspace(0, 1, 10_001)
    truth = saddle(10.0 + 0.8 * t, 10.9 - 0.7 * t).min()
    low = lowest_of(samples, saddle)
    assert low.z == pytest.approx(min(truth, saddle(10.8, 10.2), saddle(10.0, 10.9)), abs=1e-8)


def test_what_is_left_out_of_a_rim_is_not_looked_at() -> None:
    p = shapely.box(10, 10, 30, 30)
    whole = rim(p)
    low = lowest_of(whole, heights)
    away = np.hypot(whole.cols - low.col, whole.rows - low.row) > 1.2
    rest = Rim(*(a[away] for a in (whole.cols, whole.rows, whole.z, whole.weight, whole.ring)))
    assert lowest_of(rest, heights).z > low.z
