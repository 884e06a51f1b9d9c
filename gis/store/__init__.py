"""The project file: one GeoPackage, one write path with a change log, undo over it, checks. See store.Store."""

from gis.store.records import (
    basemap_values,
    estimate_values,
    lab_row,
    rim_edit_values,
    screening_values,
    terrain_values,
    waste_values,
)
from gis.store.steps import user_name
from gis.store.store import Store

__all__ = [
    "Store",
    "basemap_values",
    "estimate_values",
    "lab_row",
    "rim_edit_values",
    "screening_values",
    "terrain_values",
    "user_name",
    "waste_values",
]
