"""Foreign files made on the spot."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd

HERE = (389800.0, 4497400.0)
"""Easting and northing of the south-west corner of what the tests draw, EPSG:4546."""


def write_shapefile(frame: gpd.GeoDataFrame, path: Path, encoding: str, *, cpg: bool = True, prj: bool = True) -> Path:
    """A shapefile in an encoding, with or without the files that say so."""
    frame.to_file(path, driver="ESRI Shapefile", engine="pyogrio", encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    if not prj:
        path.with_suffix(".prj").unlink(missing_ok=True)
    return path


def write_geojson(path: Path, coordinates: list, encoding: str = "utf-8", **members: object) -> Path:
    """A FeatureCollection of polygons, one for each list of rings, with a Chinese property."""
    features = [
        {"type": "Feature", "properties": {"编号": f"坑-{i}"}, "geometry": {"type": "Polygon", "coordinates": rings}}
        for i, rings in enumerate(coordinates, 1)
    ]
    path.write_bytes(
        json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False).encode(encoding)
    )
    return path
