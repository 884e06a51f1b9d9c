"""What stands beside GeoJSON: Esri JSON of ArcGIS servers, text sequences with record marks, old "crs" forms."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import box, mapping

from gis.formats import read_features
from models.errors import Refused
from tests.gis.formats.here import no_child
from tests.gis.formats.making import HERE

X, Y = HERE
RING = [[X, Y], [X, Y + 100], [X + 100, Y + 100], [X + 100, Y], [X, Y]]
HOLE = [[X + 20, Y + 20], [X + 40, Y + 20], [X + 40, Y + 40], [X + 20, Y + 40], [X + 20, Y + 20]]
FIELDS = [{"name": "编号", "type": "esriFieldTypeString"}, {"name": "depth", "type": "esriFieldTypeDouble"}]


@pytest.fixture(autouse=True)
def _here():
    with no_child():
        yield


def esri(path, reference, encoding="utf-8", kind="esriGeometryPolygon", geometry=None):
    feature = {"attributes": {"编号": "K1", "depth": 2.5}, "geometry": geometry or {"rings": [RING, HOLE]}}
    made = {"geometryType": kind, "fields": FIELDS, "features": [feature]}
    made |= {"spatialReference": reference} if reference else {}
    path.write_bytes(json.dumps(made, ensure_ascii=False).encode(encoding))
    return path


@pytest.mark.parametrize("reference", [{"wkid": 4546}, {"wkid": 102100, "latestWkid": 4546}])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_esri_json_with_holes_fields_and_system(folder, reference, encoding):
    came = read_features(esri(folder / "a.json", reference, encoding), target_crs="EPSG:4546")
    assert (came.crs, came.crs_basis) == ("EPSG:4546", "file")
    assert [(f.fields["编号"], f.fields["depth"], f.geometry.area) for f in came.features] == [("K1", 2.5, 9600.0)]


def test_esri_json_of_another_zone_lands_on_the_same_spot(folder):
    moved = {"rings": [[[x + 37e6, y] for x, y in RING]]}
    came = read_features(esri(folder / "a.json", {"wkid": 4525}, geometry=moved), target_crs="EPSG:4546")
    assert came.features[0].geometry.bounds == pytest.approx((X, Y, X + 100, Y + 100), abs=0.001)


def test_esri_json_without_a_system_is_asked_about(folder):
    with pytest.raises(Refused, match="says no coordinate system; it looks like EPSG:4546"):
        read_features(esri(folder / "a.json", None), target_crs="EPSG:4546")
    with pytest.raises(Refused, match="another datum"):
        read_features(esri(folder / "b.json", {"wkid": 2382}), target_crs="EPSG:4546")


def test_esri_points(folder):
    path = esri(folder / "a.json", {"wkid": 4546}, kind="esriGeometryPoint", geometry={"x": X, "y": Y})
    came = read_features(path, target_crs="EPSG:4546", prefer="observations")
    assert came.features[0].geometry.coords[0] == (X, Y)


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_one_feature_a_line_with_and_without_marks(folder, start, mark):
    features = [
        {
            "type": "Feature",
            "properties": {"编号": f"K{i}"},
            "geometry": mapping(box(109.7 + i, 40.6, 109.701 + i, 40.601)),
        }
        for i in range(2)
    ]
    text = start + "".join(f"{mark}{json.dumps(f, ensure_ascii=False)}\n" for f in features)
    (folder / "a.geojsons").write_text(text, encoding="utf-8")
    came = read_features(folder / "a.geojsons", target_crs="EPSG:4546")
    assert [f.fields["编号"] for f in came.features] == ["K0", "K1"]


def test_the_oldest_form_of_the_crs_member(folder):
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
    made = {"type": "FeatureCollection", "crs": {"type": "EPSG", "properties": {"code": 4546}}, "features": [feature]}
    (folder / "a.geojson").write_text(json.dumps(made), encoding="utf-8")
    came = read_features(folder / "a.geojson", target_crs="EPSG:4546")
    assert (came.crs, came.crs_basis) == ("EPSG:4546", "file")
