"""Terrain files: register one (`inspect_dem`), read it (`Dem`). The parts are in gis/dem."""

from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.dem.inspection import inspect_dem

__all__ = ["Dem", "Grid", "inspect_dem"]
