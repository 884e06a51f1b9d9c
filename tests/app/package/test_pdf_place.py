"""The map of a sheet's PDF says where it lies, and agrees with the projection and with the page in millimetres."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pyproj import Transformer

from app.package.fonts import MM_PER_PT
from app.package.sheet import draw_sheet
from tests.app.package import synthetic


def test_the_corners_of_the_map_are_where_the_projection_has_them(tmp_path: Path) -> None:
    content = synthetic.content(kind="present_state", language="en")
    draw_sheet(content, tmp_path / "a.pdf")
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        (view,) = pdf.pages[0].VP
        assert all("/VP" not in page for page in list(pdf.pages)[1:])
        measure = view.Measure
        box = np.array([float(v) for v in view.BBox]) * MM_PER_PT
        degrees = np.array([float(v) for v in measure.GPTS]).reshape(-1, 2)
        share = np.array([float(v) for v in measure.LPTS]).reshape(-1, 2)
        assert int(measure.GCS.EPSG) == 4546
        assert "Gauss" in str(measure.GCS.WKT)
    rect = content.window.rect
    assert box == pytest.approx([rect.x0, rect.y0, rect.x1, rect.y1], abs=0.001)
    east, north = Transformer.from_crs(4490, 4546, always_xy=True).transform(degrees[:, 1], degrees[:, 0])
    x, y = content.window.xy(east, north)
    assert x == pytest.approx(rect.x0 + share[:, 0] * rect.width, abs=0.01)
    assert y == pytest.approx(rect.y0 + share[:, 1] * rect.height, abs=0.01)


def test_a_chart_and_an_unknown_system_have_no_place(tmp_path: Path) -> None:
    draw_sheet(synthetic.content(kind="capacity_curve", language="en"), tmp_path / "a.pdf")
    content = synthetic.content(kind="present_state", language="en")
    draw_sheet(replace(content, crs=replace(content.crs, epsg=None)), tmp_path / "b.pdf")
    for name in ("a.pdf", "b.pdf"):
        with pikepdf.open(tmp_path / name) as pdf:
            assert "/VP" not in pdf.pages[0]
