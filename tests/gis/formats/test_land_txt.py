"""Coordinate files of land offices: golden files of each dialect, and what other programs write (11.3, TX-01 to 14)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from gis.boundary import boundary_points
from gis.formats import read_features, write_features
from gis.formats.base import LIMITS
from gis.formats.land_txt_lines import parse_lines
from gis.formats.land_txt_read import stream
from gis.formats.land_txt_write import Dialect, Header, Plot, field, land_bytes
from models.errors import AppError, Refused

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "land_txt"
E, N = 389800.0, 4497400.0
PIT = shapely.Polygon(
    [(E, N), (E + 300, N), (E + 300, N + 200), (E, N + 200)],
    [[(E + 100, N + 80), (E + 160, N + 80), (E + 160, N + 140), (E + 100, N + 140)]],
)
TWO = shapely.MultiPolygon([PIT, shapely.box(E + 400.125, N + 10.5, E + 450.125, N + 60.5)])
DIALECTS = {
    "worked_example": Dialect(),
    "no_zone": Dialect(zone_prefix=False, encoding="UTF-8"),
    "restart_hundreds": Dialect(numbering="restart", parts="hundreds", encoding="UTF-8-BOM"),
    "square_metres_long": Dialect(area_unit="m2", long=True, letter=False),
}
HEADER = Header.of(CRS.from_epsg(4546), producer="某测绘单位", date="2026-11-23")


def plots(name: str) -> list[Plot]:
    shape = PIT if name == "worked_example" else TWO
    points = tuple(boundary_points(shape))
    made = [Plot("1", "示例砂坑", shape.area, points, use="采坑回填")]
    if name == "no_zone":
        made.append(Plot("2", "二号坑", 10_000.0, tuple(boundary_points(shapely.box(E, N - 200, E + 100, N - 100)))))
    return made


def read(path: Path, **options: object) -> object:
    return read_features(path, target_crs="EPSG:4546", **options)  # type: ignore[arg-type]


def shapes_of(data: bytes, path: Path, encoding: str | None = None) -> tuple[list, dict, list]:
    """What the child would send, without the child."""
    path.write_bytes(data)
    head: dict = {}
    shapes, notes = [], []
    for message, blobs in stream(path, {"encoding": encoding}, LIMITS):
        head = message if message["kind"] == "layer" else head
        shapes += [shapely.from_wkb(b) if b else None for b in blobs]
        notes += [n["key"] for row in message.get("rows", ()) for n in row[2]]
    return shapes, head, notes


@pytest.mark.parametrize("name", DIALECTS)
def test_the_file_is_the_golden_one_to_the_byte(name: str) -> None:
    assert land_bytes(plots(name), HEADER, DIALECTS[name]) == (GOLDEN / f"{name}.txt").read_bytes()


@pytest.mark.parametrize("name", DIALECTS)
def test_golden_files_read_back_to_a_millimetre(name: str, tmp_path: Path) -> None:
    shapes, head, notes = shapes_of((GOLDEN / f"{name}.txt").read_bytes(), tmp_path / "a.txt")
    shift = 0.0 if name == "no_zone" else 37e6
    assert head["crs"] == ("EPSG:4546" if name == "no_zone" else "EPSG:4525")
    assert head["encoding"] == ("GB18030" if DIALECTS[name].encoding == "GB18030" else "UTF-8")
    assert notes == []
    want = PIT if name == "worked_example" else TWO
    home = shapely.transform(shapes[0], lambda c: c - np.array([shift, 0.0]))
    assert shapely.hausdorff_distance(home.boundary, want.boundary) <= 0.001
    assert shapes[0].area == pytest.approx(want.area, abs=0.01)


def test_the_program_reads_its_own_file_through_the_child(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["SK-1"], "name": ["甲,乙@丙"]}, geometry=[TWO], crs="EPSG:4546")
    path = tmp_path / "坐标 文件.txt"
    remarks = write_features(frame, path, "land_txt", "sand_pits", encoding="GB18030")
    assert [r.key for r in remarks] == ["land_txt.fields"]
    got = read(path)
    assert (got.crs, got.crs_basis, got.encoding, got.format) == ("EPSG:4525", "file", "GB18030", "land_txt")
    (feature,) = got.features
    assert shapely.hausdorff_distance(feature.geometry.boundary, TWO.boundary) < 0.001
    assert feature.fields["code"] == "SK-1"  # of another's file it is the number of the parcel
    assert feature.fields["地块名称"] == "甲，乙＠丙"


def test_only_a_cgcs2000_zone_is_written(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[PIT], crs="EPSG:32649")
    with pytest.raises(Refused, match="CGCS2000"):
        write_features(frame, tmp_path / "a.txt", "land_txt", "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("epsg", "zone", "degrees"), [(4546, 37, 3), (4525, 37, 3), (4508, 19, 6), (4497, 19, 6)])
def test_zone_and_width_come_from_the_system(epsg: int, zone: int, degrees: int) -> None:
    header = Header.of(CRS.from_epsg(epsg))
    assert (header.zone, header.degrees) == (zone, degrees)


OTHERS = """[属性描述]
坐标系={system}
几度分带={width}
带号={zone}
[地块坐标]
5,6.0000,1,坑,面,,,,@
{points}
"""
RING = [("J1", N + 200, E), ("J2", N + 200, E + 300), ("J3", N, E + 300), ("J4", N, E), ("J1", N + 200, E)]
BOX = shapely.box(E, N, E + 300, N + 200)


def other(form: str, *, system: str = "CGCS2000", width: str = "3度带", zone: str = "37", shift: float = 37e6) -> bytes:
    lines = [form.format(n=n, x=x, y=y + shift) for n, x, y in RING]
    return OTHERS.format(system=system, width=width, zone=zone, points="\n".join(lines)).encode()


@pytest.mark.parametrize(
    "form",
    [
        "{n},1,{x:.3f},{y:.3f}",
        "  {n}，1，{x:.3f}，{y:.3f} ",
        "{n} 1 {x:.3f} {y:.3f}",
        "{n}\t1\t{x:.3f}\t{y:.3f}\t1050.2",
        ",1,{x},{y}",
        "{n},{x},{y}",
        "{n},1,{y},{x}",
    ],
)
def test_forms_of_a_point_line(form: str, tmp_path: Path) -> None:
    shapes, head, notes = shapes_of(other(form), tmp_path / "a.txt")
    assert head["crs"] == "EPSG:4525"
    assert shapely.equals(shapes[0], shapely.transform(BOX, lambda c: c + np.array([37e6, 0.0])))
    assert notes == []
    assert [w["key"] for w in head["warnings"]] == (["land_txt.swapped"] if "{y},{x}" in form else [])


def test_without_zone_and_without_header_nothing_is_claimed(tmp_path: Path) -> None:
    _shapes, head, _notes = shapes_of(other("{n},1,{x},{y}", zone="", shift=0.0), tmp_path / "a.txt")
    assert head["crs"] == ""
    bare = b"".join(line + b"\n" for line in other("{n},1,{x},{y}").splitlines()[4:])
    _shapes, head, _notes = shapes_of(bare, tmp_path / "b.txt")
    assert head["crs"] == ""
    with pytest.raises(Refused, match="EPSG:4525"):
        read(tmp_path / "b.txt")
    assert read(tmp_path / "b.txt", accept_guess=True).crs == "EPSG:4525"


def test_a_zone_that_contradicts_the_coordinates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="36"):
        shapes_of(other("{n},1,{x},{y}", zone="36"), tmp_path / "a.txt")


def test_one_point_of_another_zone_is_refused_with_its_line(tmp_path: Path) -> None:
    data = other("{n},1,{x:.3f},{y:.3f}").replace(b"J3,1,4497400.000,37390100", b"J3,1,4497400.000,38390100")
    with pytest.raises(Refused, match="line 9"):
        shapes_of(data, tmp_path / "a.txt")


def test_xian_1980_is_never_taken_for_cgcs2000(tmp_path: Path) -> None:
    _shapes, head, _notes = shapes_of(other("{n},1,{x},{y}", system="80国家大地坐标系"), tmp_path / "a.txt")
    assert head["crs"] == "EPSG:2361"
    assert [w["key"] for w in head["warnings"]] == ["land_txt.old_datum"]


def test_degrees_are_longitude_and_latitude(tmp_path: Path) -> None:
    data = "[地块坐标]\n5,1,1,坑,面,,,,@\n" + "\n".join(
        f"J{i},1,{lon},{lat}" for i, (lon, lat) in enumerate([(109.8, 40.6), (109.81, 40.6), (109.81, 40.61)], 1)
    )
    shapes, head, notes = shapes_of(data.encode("gb18030"), tmp_path / "a.txt")
    assert head["crs"] == ""
    assert shapes[0].bounds == (109.8, 40.6, 109.81, 40.61)
    assert notes == ["import.unclosed"]


def test_a_closing_point_with_another_ring_number_is_mended(tmp_path: Path) -> None:
    data = other("{n},1,{x:.3f},{y:.3f}").decode().rstrip().rsplit("\n", 1)
    text = data[0] + "\n" + data[1].replace("J1,1,", "1,3,")
    shapes, _head, notes = shapes_of(text.encode(), tmp_path / "a.txt")
    assert notes == ["land_txt.ring_number"]
    assert shapes[0].area == BOX.area


def test_holes_are_told_by_what_lies_in_what(tmp_path: Path) -> None:
    """Ring 1 a far part, ring 101 the hole's shell, ring 7 the hole: numbers decide nothing."""
    rings = {101: PIT.exterior, 1: shapely.box(E + 400, N, E + 450, N + 50).exterior, 7: PIT.interiors[0]}
    lines = [f"J{i},{k},{y:.3f},{x:.3f}" for k, r in rings.items() for i, (x, y) in enumerate(r.coords)]
    text = OTHERS.format(system="2000国家大地坐标系", width=3, zone=37, points="\n".join(lines))
    shapes, _head, notes = shapes_of(text.encode(), tmp_path / "a.txt")
    assert shapes[0].area == PIT.area + 2500
    assert len(shapes[0].geoms) == 2
    assert "land_txt.count" in notes


def test_an_area_that_the_points_do_not_enclose_is_told(tmp_path: Path) -> None:
    data = other("{n},1,{x},{y}").replace(b"6.0000", b"7.5000")
    assert shapes_of(data, tmp_path / "a.txt")[2] == ["land_txt.area"]


def test_a_line_that_is_no_point_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="line 9"):
        shapes_of(other("{n},1,{x},{y}").replace(b"J3,1,", b"J3,1,abc,"), tmp_path / "a.txt")


@given(st.text(max_size=250))
def test_names_of_any_kind_stay_one_field(name: str) -> None:
    kept = field(name)
    assert not set("\r\n,@\x85\u2028") & set(kept)
    (plot,) = parse_lines([f"4,1.0000,9,{kept},面,,,,@"], {}, "x")
    assert plot.fields["地块编号"] == "9"
    assert plot.fields.get("地块名称", "") == kept.strip()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(DIALECTS)),
    cuts=st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=6)), max_size=6),
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str, cuts: list, tmp_path: Path) -> None:
    data = bytearray((GOLDEN / f"{name}.txt").read_bytes())
    for at, put in cuts:
        data[at : at + max(1, len(put) - 1)] = put
    try:
        shapes, head, _notes = shapes_of(bytes(data), tmp_path / "a.txt")
    except AppError as error:
        assert error.where == str(tmp_path / "a.txt")  # noqa: PT017 - either is right
        return
    assert head["count"] == len(shapes)
    assert all(s is None or np.isfinite(shapely.get_coordinates(s)).all() for s in shapes)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corners=st.lists(st.tuples(st.integers(1, 900_000), st.integers(1, 900_000)), min_size=4, max_size=20, unique=True),
    name=st.sampled_from(sorted(DIALECTS)),
)
def test_any_outline_comes_back_in_any_dialect(corners: list, name: str, tmp_path: Path) -> None:
    hull = shapely.MultiPoint([(E + a / 1000, N + b / 1000) for a, b in corners]).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1:
        return
    plot = Plot("7", "坑", hull.area, tuple(boundary_points(hull)))
    shapes, head, _notes = shapes_of(land_bytes([plot], HEADER, DIALECTS[name]), tmp_path / "a.txt")
    shift = 0.0 if head["crs"] == "EPSG:4546" else 37e6
    moved = shapely.transform(shapes[0], lambda c: c - np.array([shift, 0.0]))
    assert shapely.hausdorff_distance(moved.boundary, hull.boundary) <= 0.001
