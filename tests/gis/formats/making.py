"""Foreign files made on the spot."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd

from gis.formats import READERS
from gis.formats.base import IncomingFeature
from gis.formats.placing import Raw

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


def made_raw(shapes: list, crs: str = "", *, key: str = "shp", crs_text: str = "", **columns: list) -> Raw:
    """What a reader would have sent of such a file, without a file."""
    head = {
        "kind": "layer", "sublayer": "a", "sublayers": [["a", -1]], "encoding": None, "count": len(shapes), "crs": crs,
        "crs_text": crs_text, "warnings": [],
    }  # fmt: skip
    rows = [{k: v[i] for k, v in columns.items()} for i in range(len(shapes))]
    return Raw([IncomingFeature(i + 1, rows[i], s) for i, s in enumerate(shapes)], head, READERS[key], "/a/f.shp")
