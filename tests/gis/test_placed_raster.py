"""Rasters that say they lie where they cannot."""

from __future__ import annotations

import pytest
from pyproj import CRS

from gis.placed_raster import check_raster_place
from models.errors import Refused

HOME = CRS.from_epsg(4546)
GRID = (2.0, 0.0, 389800.0, 0.0, -2.0, 4497600.0)


def bounds(transform, side=100):
    x, y = transform[2], transform[5]
    return x, y + transform[4] * side, x + transform[0] * side, y


@pytest.mark.parametrize(
    ("east", "north", "words"),
    [(37389800.0, 4497600.0, "give --crs EPSG:4525"), (4497600.0, 389800.0, "cannot be EPSG:4546")],
)
def test_numbers_of_another_system(tmp_path, east, north, words):
    transform = (2.0, 0.0, east, 0.0, -2.0, north)
    with pytest.raises(Refused, match=words):
        check_raster_place(tmp_path / "a.tif", transform, HOME, bounds(transform))


def test_a_line_of_a_world_file_that_is_no_number(tmp_path):
    path = tmp_path / "坑.tif"
    check_raster_place(path, GRID, HOME, bounds(GRID))
    world = tmp_path / "坑.TFW"
    world.write_text("2,0\n0\n0\n-2.0\n389801\n4497599\n")
    check_raster_place(path, GRID, HOME, bounds(GRID))
    world.write_text("2.0\n0\n0\n-2.0\nabc\n4497599\n")
    check_raster_place(path, GRID, HOME, bounds(GRID))  # the file itself says where it lies
    by_gdal = (2.0, 0.0, -1.0, 0.0, -2.0, 4497600.0)
    with pytest.raises(Refused, match="line 5 of its world file is no number: abc") as refused:
        check_raster_place(path, by_gdal, HOME, bounds(by_gdal))
    assert refused.value.where == str(world)


def test_a_local_frame_is_taken_as_it_is(tmp_path):
    transform = (2.0, 0.5, 224.0, 0.5, -2.0, 185.0)
    check_raster_place(tmp_path / "a.tif", transform, HOME, bounds(transform, 50))
