from __future__ import annotations

import math
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.formats import read_features
from gis.formats.curves import OFF_PER_RADIUS
from tests.gis.formats.making import HERE

RADIUS = 50.0


@pytest.fixture
def circle(folder: Path) -> Path:
    """A GeoPackage whose one outline is a curve polygon: a full circle of five points."""
    path = folder / "弧.gpkg"
    x, y = HERE
    gpd.GeoDataFrame({"code": ["K"]}, geometry=[shapely.box(x, y, x + 1, y + 1)], crs="EPSG:4546").to_file(
        path, layer="a"
    )
    r = RADIUS
    points = [(x - r, y), (x, y + r), (x + r, y), (x, y - r), (x - r, y)]
    string = struct.pack("<BII", 1, 8, len(points)) + b"".join(struct.pack("<dd", *p) for p in points)
    body = b"GP\x00\x01" + struct.pack("<i", 4546) + struct.pack("<BII", 1, 10, 1) + string
    with closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE a SET geom = ?", (body,))
        db.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'CURVEPOLYGON'")
    return path


def test_arcs_are_made_straight_within_what_is_told(circle: Path) -> None:
    came = read_features(circle, target_crs="EPSG:4546")
    told = next(w for w in came.warnings if w.key == "import.curves")
    assert "2.4 mm for each kilometre" in told.render()
    outline = came.features[0].geometry
    assert outline.area == pytest.approx(math.pi * RADIUS**2, rel=1e-4)
    middle = shapely.Point(HERE)
    assert max(abs(middle.distance(shapely.Point(p)) - RADIUS) for p in shapely.get_coordinates(outline)) < 1e-6
    sagitta = RADIUS - middle.distance(shapely.LineString(shapely.get_coordinates(outline)))
    assert sagitta <= OFF_PER_RADIUS * RADIUS * 1.01 + 1e-9


def test_straight_outlines_say_nothing_of_arcs(folder: Path, pits: gpd.GeoDataFrame) -> None:
    pits.to_file(folder / "a.gpkg", layer="a")
    assert all(w.key != "import.curves" for w in read_features(folder / "a.gpkg", target_crs="EPSG:4546").warnings)
