from __future__ import annotations

import json

import pyproj
import pytest
from shapely.geometry import box

from gis.formats import read_features
from gis.formats.geojson import looks_like
from models.errors import Refused, Unreadable
from tests.gis.formats.making import HERE, write_geojson

HOME = "EPSG:4546"
DEGREES = [[[[109.70, 40.60], [109.71, 40.60], [109.71, 40.61], [109.70, 40.61], [109.70, 40.60]]]]
X, Y = HERE
METRES = [[[[X, Y], [X + 100, Y], [X + 100, Y + 50], [X, Y + 50], [X, Y]]]]


def named(name):
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(("head", "yes"), [
    (b'{"type": "FeatureCollection"', True), (b'\xef\xbb\xbf\n {"type"', True), ('{"type":'.encode("utf-16"), True),
    (b'[{"type"', False), (b'{"a": 1}', False), (b"SQLite format 3\0", False)])  # fmt: skip
def test_it_is_known_by_its_content(head, yes):
    assert looks_like(head) is yes


def test_rfc_7946_is_wgs_84_and_the_change_of_system_is_told(folder):
    came = read_features(write_geojson(folder / "坑.geojson", DEGREES), target_crs=HOME)
    assert came.crs == "OGC:CRS84"
    assert came.encoding == "UTF-8"
    words = " | ".join(w.render() for w in came.warnings)
    assert "transformed from OGC:CRS84 to EPSG:4546" in words
    assert "taken as equal" in words
    x0, y0, _, _ = came.features[0].geometry.bounds
    exact = pyproj.Transformer.from_crs(4490, 4546, always_xy=True)
    assert x0 == pytest.approx(exact.transform(109.70, 40.60)[0], abs=0.001)
    assert y0 == pytest.approx(exact.transform(109.71, 40.60)[1], abs=0.001)
    assert came.features[0].fields == {"编号": "坑-1"}


def test_the_old_crs_member_is_honoured(folder):
    path = write_geojson(folder / "a.json", METRES, crs=named("urn:ogc:def:crs:EPSG::4546"))
    came = read_features(path, target_crs=HOME)
    assert (came.crs, came.crs_basis) == ("EPSG:4546", "file")
    assert came.features[0].geometry.equals(box(X, Y, X + 100, Y + 50))
    assert came.warnings == []


@pytest.mark.parametrize("member", [named("urn:ogc:def:crs:EPSG::99999"), named("/etc/passwd"), None])
def test_an_unknown_system_is_never_taken_for_wgs_84(folder, member):
    with pytest.raises(Refused, match="no coordinate system"):
        read_features(write_geojson(folder / "a.json", METRES, crs=member), target_crs=HOME)


def test_a_linked_system_is_not_fetched(folder):
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}}
    with pytest.raises(Refused, match="links are not followed"):
        read_features(write_geojson(folder / "a.json", METRES, crs=link), target_crs=HOME)


def test_metres_without_a_system_are_not_taken_for_degrees(folder):
    with pytest.raises(Refused, match="looks like EPSG:4546"):
        read_features(write_geojson(folder / "a.json", METRES), target_crs=HOME)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_other_encodings_are_read_right(folder, encoding):
    came = read_features(write_geojson(folder / "a.geojson", DEGREES, encoding=encoding), target_crs=HOME)
    assert came.features[0].fields == {"编号": "坑-1"}
    assert came.encoding == {"utf-8-sig": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}[encoding]


def test_an_unclosed_ring_is_closed_and_told(folder):
    came = read_features(write_geojson(folder / "a.geojson", [[DEGREES[0][0][:-1]]]), target_crs=HOME)
    assert came.features[0].geometry.is_valid
    assert [n.key for n in came.features[0].notes] == ["import.unclosed"]


def test_cut_short_it_is_unreadable_and_too_few_points_skip_the_row(folder):
    path = write_geojson(folder / "a.geojson", DEGREES)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Unreadable, match=r"a\.geojson"):
        read_features(path, target_crs=HOME)
    came = read_features(
        write_geojson(folder / "b.geojson", [*DEGREES, [[[109.7, 40.6], [109.71, 40.6]]]]), target_crs=HOME
    )
    assert came.features[0].geometry is not None
    assert came.features[1].geometry is None


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["007", 12], ["007", "12"]),
        ([1, "2", "3a"], ["1", "2", "3a"]),
        ([True, "x"], ["true", "x"]),
        ([{"a": 1}, "1e5", None], ['{ "a": 1 }', "1e5", None]),
    ],
)
def test_a_column_of_mixed_values_keeps_what_was_written(folder, values, texts):
    path = write_geojson(folder / "a.json", DEGREES * len(values))
    text = json.loads(path.read_text(encoding="utf8"))
    for feature, value in zip(text["features"], values, strict=True):
        feature["properties"] = {"code": value}
    path.write_text(json.dumps(text), encoding="utf8")
    assert [f.fields["code"] for f in read_features(path, target_crs=HOME).features] == texts
