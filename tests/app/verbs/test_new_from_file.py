"""The system proposed for a project around a file of outlines: its own zone, the zone of its place, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.verbs.new_from_file import propose_crs


def outline(path: Path, x: float, y: float, size: float, crs: str = "") -> Path:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y]]
    found = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
    ]}  # fmt: skip
    if crs:
        found["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(found), encoding="utf8")
    return path


@pytest.mark.parametrize(
    ("x", "y", "size", "said", "crs"),
    [
        (117.2, 40.6, 0.01, "", "EPSG:4548"),  # degrees: the zone around 117°
        (39_425_000.0, 4_497_000.0, 100.0, "urn:ogc:def:crs:EPSG::4527", "EPSG:4527"),  # its own, with zone number
        (425_000.0, 4_497_000.0, 100.0, "urn:ogc:def:crs:EPSG::4547", "EPSG:4547"),
        (425_000.0, 4_497_000.0, 100.0, "urn:ogc:def:crs:EPSG::32649", "EPSG:4546"),  # UTM 49N at 110.1°: 111°
        (429_350.0, 5_150_750.0, 100.0, "urn:ogc:def:crs:EPSG::26915", "EPSG:26915"),  # outside China
        (-93.92, 46.5, 0.01, "", "EPSG:32615"),
        (18.4, -33.9, 0.01, "", "EPSG:32734"),
    ],
)
def test_zones(tmp_path: Path, x: float, y: float, size: float, said: str, crs: str) -> None:
    assert propose_crs(outline(tmp_path / "a.geojson", x, y, size, said)).crs == crs


def test_eastings_without_zone_number_tell_none(tmp_path: Path) -> None:
    """GeoJSON is in degrees where it says nothing else; a land office's TXT is not."""
    path = tmp_path / "a.txt"
    rows = [(1, 4_497_000, 425_000), (2, 4_497_100, 425_000), (3, 4_497_100, 425_100), (1, 4_497_000, 425_000)]
    text = "[地块坐标]\n3,1.0,1,地块,面,,,,@\n" + "".join(f"J{n},1,{a}.000,{b}.000\n" for n, a, b in rows)
    path.write_text(text, encoding="utf8")
    found = propose_crs(path)
    assert found.crs is None
    assert found.reason.key == "new.unknown"
