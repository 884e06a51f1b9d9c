"""Thinned outlines look like the true ones, and no drawing call is so large that it stops the window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QPainterPath, QPolygonF

from app.gui.canvas import detail as module
from app.gui.canvas.detail import LONG, TOLERANCE_PX, without_outside
from app.gui.canvas.features import FeatureSet, build
from app.gui.canvas.qshapes import array
from app.gui.canvas.view import View
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS

X, Y = 437_000.0, 4_502_000.0
VIEW = View(X, Y, 1.0, 800, 600)


def wavy(count: int, radius: float = 250.0, x: float = X, y: float = Y) -> np.ndarray:
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    r = radius * (1 + 0.1 * np.sin(7 * a) + 0.02 * np.sin(61 * a))
    return np.column_stack((x + r * np.cos(a), y + r * np.sin(a)))


def features(*shapes: Any, key: str = "sand_pits") -> FeatureSet:
    n = len(shapes)
    columns = {"code": [f"K{i}" for i in range(n)]}
    return build(LAYERS[key], LayerTable(key, "EPSG:4546", np.arange(1, n + 1), np.array(shapes, object), columns))


def everything(fs: FeatureSet) -> np.ndarray:
    return np.arange(len(fs.part_bounds))


def rings(shape: Any, fs: FeatureSet) -> list[np.ndarray]:
    polygons = [shape] if type(shape) is QPolygonF else shape.toSubpathPolygons()
    return [array(p) + fs.origin for p in polygons]


def test_what_has_few_corners_is_drawn_as_it_is() -> None:
    fs = features(shapely.box(X, Y, X + 100, Y + 100), shapely.Polygon(wavy(31)))
    assert [s is t for s, t in zip(fs.detail.shapes(everything(fs), VIEW), fs.shapes, strict=True)] == [True, True]


@pytest.mark.parametrize("scale", [0.6, 1.0, 3.7, 40.0])
def test_a_thinned_outline_lies_within_the_tolerance(scale: float) -> None:
    hole = wavy(2_000, 100.0)
    fs = features(shapely.Polygon(wavy(5_000), [hole]))
    view = replace(VIEW, scale=scale)
    (shape,) = fs.detail.shapes(everything(fs), view)
    assert type(shape) is QPainterPath
    found = rings(shape, fs)
    assert len(found) == 2
    for thin, true in zip(found, (wavy(5_000), hole), strict=True):
        assert len(thin) < len(true) / 2
        assert (thin[0] == thin[-1]).all()
        away = shapely.hausdorff_distance(shapely.LineString(thin), shapely.LinearRing(true))
        assert away <= TOLERANCE_PX * scale


def test_what_is_dashed_keeps_its_corners() -> None:
    fs = features(shapely.Polygon(wavy(9_000)))
    (shape,) = fs.detail.shapes(everything(fs), replace(VIEW, scale=0.01), exact=True)
    assert shape is fs.shapes[0]


def test_no_call_draws_more_than_can_be_seen() -> None:
    """Of a long outline a close view gets what is near it, a far one what it can show."""
    fs = features(shapely.Polygon(wavy(120_000)))
    at = wavy(120_000)[10_000]
    for view in (VIEW, replace(VIEW, scale=0.02, x=float(at[0]), y=float(at[1])), replace(VIEW, scale=50.0)):
        (shape,) = fs.detail.shapes(everything(fs), view)
        assert sum(len(r) for r in rings(shape, fs)) < LONG


@pytest.mark.parametrize("seed", range(4))
def test_what_lies_outside_is_left_out_and_nothing_inside_changes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = X + rng.uniform(-250, 250), Y + rng.uniform(-250, 250)
    box = (x - 60, y - 40, x + 60, y + 40)
    ring = wavy(20_000)
    ring = np.vstack((ring, ring[:1]))
    cut = without_outside(ring, box)
    assert len(cut) < len(ring)
    window = shapely.box(*box)
    before = shapely.Polygon(ring).intersection(window)
    after = shapely.make_valid(shapely.Polygon(cut)).intersection(window)
    assert after.symmetric_difference(before).area < 1e-6
    lines = [shapely.LineString(r).intersection(window).length for r in (ring, cut)]
    assert lines[0] == pytest.approx(lines[1], abs=1e-6)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_KEPT", 3_000)
    fs = features(*(shapely.Polygon(wavy(2_000, 200.0, X + 300 * i)) for i in range(12)))
    for scale in (0.5, 1.0, 2.0, 4.0, 8.0):
        shapes = fs.detail.shapes(everything(fs), replace(VIEW, scale=scale))
        assert all(0 < s.size() < 2_000 for s in shapes)
        assert fs.detail._count <= max(3_000, sum(s.size() for s in shapes))
        assert fs.detail._count == sum(s.size() for s in fs.detail._kept.values())


def test_lines_and_empty_rows() -> None:
    line = shapely.MultiLineString([wavy(3_000)])
    fs = features(shapely.MultiPolygon(), shapely.Polygon(wavy(500)))
    assert len(fs.detail.shapes(everything(fs), VIEW)) == 1
    keys = [k for k, t in LAYERS.items() if t.geometry == "MULTILINESTRING"]
    for key in keys:
        fs = features(line, key=key)
        (shape,) = fs.detail.shapes(everything(fs), VIEW)
        assert 2 < shape.size() < 3_000
