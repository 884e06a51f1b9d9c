"""A folder whose name has Chinese characters and spaces, and two pits to put in it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import box

from tests.gis.formats.making import HERE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as users have them."""
    made = tmp_path / "资料 目录 #1 100%"
    made.mkdir()
    return made


@pytest.fixture
def pits() -> gpd.GeoDataFrame:
    """Two outlines with Chinese headings and values."""
    x, y = HERE
    return gpd.GeoDataFrame(
        {"编号": ["坑-1", "坑-2"], "名称": ["废弃砂坑甲", "大青山南麓采石场"], "深度": [12.5, 3.0]},
        geometry=[box(x, y, x + 100, y + 50), box(x + 300, y, x + 400, y + 100)],
        crs="EPSG:4546",
    )
