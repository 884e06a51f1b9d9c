"""What people paste is understood, and what cannot be is refused in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.coords.read import read
from gis.coords.write import written
from gis.crs import transformer
from models.errors import Refused

CRS = "EPSG:4546"  # 3° zone 37, 111°E, no zone number
N, E = 4503012.31, 402118.9
LON, LAT = transformer(CRS, "EPSG:4490").transform(E, N)
NEAR = (390_000.0, 4_490_000.0, 420_000.0, 4_510_000.0)


def dms(v: float) -> tuple[int, int, float]:
    d = int(v)
    m = int((v - d) * 60)
    return d, m, (v - d) * 3600 - m * 60


DLAT, DLON = dms(LAT), dms(LON)
SAME_PLACE = [
    "4503012.31 402118.90",
    "402118.90 4503012.31",
    "4503012.31,37402118.90",
    "37402118.90\t4503012.31",
    "４５０３０１２．３１，３７４０２１１８．９０",
    "X=4503012.31 Y=402118.90",
    "X：4503012.31；Y：402118.90".replace("；", "，"),
    "Y=37402118.90, X=4503012.31",
    "x 402118.90 y 4503012.31",
    "X 4\u2009503\u2009012.31  Y 37\u2009402\u2009118.90",
    "J1 4503012.31 402118.90 1047.2",
    "4,503,012.31\t402,118.90",
    "4,503,012.31, 37,402,118.90",
    "X=4,503,012.31 Y=402,118.90",
    "4 503 012.31 402 118.90",
    "X 4 503 012.31  Y 37 402 118.90",
    "1,4503012.31,402118.90",
    "4503012.31N 402118.90E",
    "1、4503012.31、402118.90",
    "12\t37402118.90\t4503012.31\t1047.82",
    "北坐标 4503012.31 东坐标 402118.90",
    f"{LON:.8f}, {LAT:.8f}",
    f"{LAT:.8f} {LON:.8f}",
    f"1,{LON:.8f},{LAT:.8f}",
    f"{LAT:.8f}°N {LON:.8f}°E",
    f"N{LAT:.8f} E{LON:.8f}",
    f"E {LON:.8f}, N {LAT:.8f}",
    f"东经{LON:.8f}° 北纬{LAT:.8f}°",
    f"经度：{LON:.8f}，纬度：{LAT:.8f}",
    f"lat={LAT:.8f} lon={LON:.8f}",
    f"B={LAT:.8f} L={LON:.8f}",
    f"{DLON[0]}°{DLON[1]}′{DLON[2]:.5f}″E {DLAT[0]}°{DLAT[1]}′{DLAT[2]:.5f}″N",
    f"{DLAT[0]}°{DLAT[1]}'{DLAT[2]:.5f}\" {DLON[0]}°{DLON[1]}'{DLON[2]:.5f}\"",
    f"{DLON[0]}度{DLON[1]}分{DLON[2]:.5f}秒，{DLAT[0]}度{DLAT[1]}分{DLAT[2]:.5f}秒",
    f"{DLON[0]}:{DLON[1]}:{DLON[2]:08.5f} {DLAT[0]}:{DLAT[1]}:{DLAT[2]:08.5f}",
    f"{DLON[0]}-{DLON[1]}-{DLON[2]:08.5f},{DLAT[0]}-{DLAT[1]}-{DLAT[2]:08.5f}",
    f"{DLAT[0]} {DLAT[1]} {DLAT[2]:.5f} N {DLON[0]} {DLON[1]} {DLON[2]:.5f} E",
    f"{DLAT[0]} {DLAT[1]} {DLAT[2]:.5f} {DLON[0]} {DLON[1]} {DLON[2]:.5f}",
    f"{int(LAT)}°{(LAT % 1) * 60:.7f}′ {int(LON)}°{(LON % 1) * 60:.7f}′",
    f"{int(LAT)} {(LAT % 1) * 60:.7f} {int(LON)} {(LON % 1) * 60:.7f}",
    f"{DLAT[0]}d{DLAT[1]}m{DLAT[2]:.5f}s N, {DLON[0]}d{DLON[1]}m{DLON[2]:.5f}s E",
    f"POINT ({E} {N})",
]


@pytest.mark.parametrize("text", SAME_PLACE)
def test_one_place_in_many_forms(text: str) -> None:
    got = read(text, CRS, NEAR)
    assert len(got.points) == 1
    assert got.points[0] == pytest.approx((E, N), abs=2e-3)
    assert got.bad == ()


def test_signs_and_letters_of_the_other_hemispheres() -> None:
    crs = "EPSG:32718"
    x, y = transformer("EPSG:4490", crs).transform(-75.0, -12.0)
    for text in ("-12.0 -75.0", "12°S 75°W", "S12 W75", "75°00′00″W, 12°00′00″S"):
        assert read(text, crs, (x - 1e4, y - 1e4, x + 1e4, y + 1e4)).points[0] == pytest.approx((x, y), abs=2e-3), text


def test_what_was_understood_is_said() -> None:
    assert read("4503012.31 37402118.90", CRS).how.render() == (
        "CGCS2000, 3° zone 37, zone number in the easting, north first, then east"
    )
    assert read("402118.90 4503012.31", CRS).how.render() == (
        "CGCS2000, 3° zone 37 of the project (111°E), no zone number, east first, then north"
    )
    assert read("109.85 40.65", CRS).how.render() == "longitude and latitude (CGCS2000), longitude first"


def test_another_zone_is_brought_into_the_project() -> None:
    x36, y36 = transformer(CRS, "EPSG:4524").transform(E, N)  # 3° zone 36 with number
    assert 36e6 < x36 < 37e6
    assert read(f"{y36:.3f} {x36:.3f}", CRS).points[0] == pytest.approx((E, N), abs=2e-3)
    x19, y19 = transformer(CRS, "EPSG:4497").transform(E, N)  # 6° zone 19
    got = read(f"{x19:.3f} {y19:.3f}", CRS)
    assert got.crs == "EPSG:4497"
    assert got.points[0] == pytest.approx((E, N), abs=2e-3)


def test_a_project_with_zone_numbers_takes_coordinates_without() -> None:
    got = read("4503012.31 402118.90", "EPSG:4525")
    assert got.points[0] == pytest.approx((37e6 + E, N), abs=2e-3)


def test_several_lines_make_an_outline_and_odd_lines_are_named() -> None:
    text = "点号\tX\tY\nJ1\t4503012.31\t402118.90\nJ2\t4503062.31\t402118.90\nJ3 4503062.31\nJ4\t4503062.31\t402168.90"
    got = read(text, CRS, NEAR)
    assert [p[1] - N for p in got.points] == pytest.approx([0, 50, 50])
    assert [n for n, _why in got.bad] == [4]
    assert len(read("109.85,40.65; 109.86,40.65; 109.86,40.66", CRS).points) == 3


def test_x_taken_for_the_easting_is_remarked() -> None:
    assert [r.key for r in read("X=402118.90 Y=4503012.31", CRS).remarks] == ["coords.x_east"]
    assert read("X=4503012.31 Y=402118.90", CRS).remarks == ()


def test_far_places_are_remarked() -> None:
    assert [r.key for r in read("121.47 31.23", CRS, NEAR).remarks] == ["coords.far"]


def test_both_orders_possible_the_nearer_is_taken_and_the_other_on_demand() -> None:
    crs = "EPSG:32649"
    near = (300_000.0, 400_000.0, 310_000.0, 410_000.0)
    assert read("305000 405000", crs, near).points == ((305_000, 405_000),)
    assert read("405000 305000", crs, near).points == ((305_000, 405_000),)
    assert read("305000 405000", crs, near, swap=True).points == ((405_000, 305_000),)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "coords.none"),
        ("砂坑", "coords.none"),
        ("12.5", "coords.line"),
        ("3.74E+07 4503012.31", "coords.line"),
        ("109°61′00″ 40°39′00″", "coords.line"),
        ("95.0 185.5", "coords.outside"),
        ("200°E 40°N", "coords.outside"),
        ("99999999999 4503012", "coords.outside"),
    ],
)
def test_what_is_no_place_is_refused(text: str, key: str) -> None:
    with pytest.raises(Refused) as told:
        read(text, CRS, NEAR)
    assert told.value.key == key


@settings(max_examples=60, deadline=None)
@given(st.floats(74, 135), st.floats(18, 53), st.sampled_from([0, 1, 2, 3, 4]), st.booleans())
def test_whatever_is_written_is_read_back(lon: float, lat: float, form: int, prefix: bool) -> None:
    zone = round(lon / 3)
    crs = f"EPSG:{(4513 if prefix else 4534) + zone - 25}"
    x, y = transformer("EPSG:4490", crs).transform(lon, lat)
    name, text = written(x, y, crs)[form]
    got = read(text, crs, (x - 1e5, y - 1e5, x + 1e5, y + 1e5))
    assert got.points[0] == pytest.approx((x, y), abs=4e-3), (name, text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    try:
        got = read(text, CRS, NEAR)
    except Refused:
        return
    assert all(math.isfinite(v) for p in got.points for v in p)


def test_degrees_that_only_packed_lie_in_the_project_are_remarked_on() -> None:
    x, y = transformer("EPSG:4490", CRS).transform(109 + 2712 / 3600, 40 + 2362 / 3600)
    home = (x - 500, y - 500, x + 500, y + 500)
    (told,) = read("109.4512, 40.3922", CRS, home).remarks  # 109°45′12″, 40°39′22″
    assert "109.7533°, 40.6561°; among" in told.render()
    assert read("109°45′12″ 40°39′22″", CRS, home).remarks == ()
    x, y = transformer("EPSG:4490", CRS).transform(109.4512, 40.3922)
    assert read("109.4512, 40.3922", CRS, (x - 500, y - 500, x + 500, y + 500)).remarks == ()
    assert read("109.4572, 40.3922", CRS, home).remarks == ()
