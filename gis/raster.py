"""Terrain files: register one (`inspect_dem`), read it (`Dem`). The parts are in gis/dem."""

from gis.dem.asking import file_sha256
from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.dem.inspection import inspect_dem

__all__ = ["Dem", "Grid", "file_sha256", "inspect_dem"]
