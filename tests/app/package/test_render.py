"""Sheets as pictures, curves and georeferenced rasters: sizes, places, and the text of what they are."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from PIL import Image

from app.package.drawing_settings import drawing_settings
from app.package.page import Page
from app.package.render import page_files, picture_of
from app.package.sheet import draw_sheet
from models.errors import Refused, Unwritable
from tests.app.package import synthetic


def plain(**changes):
    return synthetic.content(terrain=None, depth=None, around=(), controls=(), neighbours=(), **changes)


def test_a_picture_has_the_papers_size_at_its_resolution(tmp_path: Path) -> None:
    report = draw_sheet(plain(paper="A4"), tmp_path / "图.png", dpi=100)
    assert report.files[0].parent == tmp_path
    assert len(report.files) == report.pages
    with Image.open(report.files[0]) as image:
        assert image.size == pytest.approx((297 / 25.4 * 100, 210 / 25.4 * 100), abs=1)
        assert image.info["dpi"] == pytest.approx((100, 100), abs=0.1)
        assert "SK-012" in image.text["Title"]


def test_pages_of_a_picture_are_numbered() -> None:
    assert [p.name for p in page_files(Path("a/b.png"), 3)] == ["b-1.png", "b-2.png", "b-3.png"]
    assert page_files(Path("a/b.svg"), 1) == [Path("a/b.svg")]


def test_the_drawing_is_svg_in_millimetres_without_a_font(tmp_path: Path) -> None:
    report = draw_sheet(plain(paper="A4", site_name='<b>&"坑'), tmp_path / "s.svg")
    root = ET.parse(report.files[0]).getroot()  # noqa: S314 - our own file
    wide, high = (float(root.get(k, "").removesuffix("pt")) * 25.4 / 72 for k in ("width", "height"))
    assert (wide, high) == pytest.approx((297, 210), abs=0.1)
    text = report.files[0].read_text(encoding="utf8")
    assert "font-family" not in text
    assert "<script" not in text
    again = draw_sheet(plain(paper="A4", site_name='<b>&"坑'), tmp_path / "t.svg")
    assert again.files[0].read_bytes() == report.files[0].read_bytes()


def test_the_raster_lies_where_the_map_is(tmp_path: Path) -> None:
    content = plain()
    dark = shapely.Point(content.outline.centroid).buffer(3.0)
    content = replace(content, kind="location", outline=dark, points=())
    draw_sheet(content, tmp_path / "m.tif", dpi=150, crs="EPSG:4546")
    with rasterio.open(tmp_path / "m.tif") as ds:
        assert ds.crs.to_epsg() == 4546
        assert ds.res[0] == pytest.approx(content.window.scale / 1000 * 25.4 / 150, rel=1e-6)
        assert ds.bounds == pytest.approx(content.window.bounds, abs=2 * ds.res[0])
        rgb = ds.read().astype(int)
    red = (rgb[0] > 150) & (rgb[1] < 70) & (rgb[2] < 70)  # the site's mark
    row, column = (np.mean(i) + 0.5 for i in np.nonzero(red))
    x, y = ds.transform * (column, row)
    assert (x, y) == pytest.approx(dark.centroid.coords[0], abs=1.5 * ds.res[0])


def test_a_chart_has_no_map_to_write(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no map"):
        draw_sheet(plain(kind="capacity_curve"), tmp_path / "m.tif", crs="EPSG:4546")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_too_large_for_memory_is_refused() -> None:
    with drawing_settings():
        page = Page(841, 594, "1")
        with pytest.raises(Refused, match="pixels"):
            picture_of(page, 1200)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unwritable):
        draw_sheet(plain(), tmp_path / "no" / "m.tif", crs="EPSG:4546", dpi=60)
