"""Degrees, minutes and seconds as offices write them: in one cell, in three, under headings of one row or two."""

from __future__ import annotations

import pytest
from pyproj import Transformer

from gis.formats import read_features
from gis.formats.angles import angle_in
from models.errors import Refused
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
LON, LAT = 109 + 41 / 60 + 40.2 / 3600, 40 + 36 / 60 + 9.7 / 3600
PLACE = Transformer.from_crs(4490, HOME, always_xy=True).transform(LON, LAT)


@pytest.mark.parametrize(
    "cell",
    [
        "109°41′40.2″", "109°41'40.2\"", "E109°41′40.2″", "109°41′40.2″E", "东经109度41分40.2秒", "109 41 40.2",
        "109-41-40.2", "109:41:40.2", "109°41.67′", "１０９°４１′４０．２″", "109d41m40.2s", "109度41分40.2秒",
    ],
)  # fmt: skip
def test_one_angle_in_a_cell(cell):
    assert angle_in(cell) == pytest.approx(LON, abs=1e-9)


@pytest.mark.parametrize(
    "cell", ["109°61′40″", "109 41 70.5", "坑109", "109 41.5 40", "109°41′, 40°36′", "4 497 600.5", ""]
)
def test_what_is_no_angle(cell):
    assert angle_in(cell) is None


@pytest.mark.parametrize("cell", ["W109°41′40.2″", "西经109度41分40.2秒", "-109 41 40.2"])
def test_west_is_negative(cell):
    assert angle_in(cell) == pytest.approx(-LON, abs=1e-9)


@pytest.mark.parametrize(
    "head",
    [
        ["点名,经度(度),经度(分),经度(秒),纬度(度),纬度(分),纬度(秒)"],
        ["点名,经度度,经度分,经度秒,纬度度,纬度分,纬度秒"],
        ["点名,经度°,经度′,经度″,纬度°,纬度′,纬度″"],
        ["点名,经度,分,秒,纬度,分,秒"],
        ["点名,经度,,,纬度,,"],
        ["点名,经度,,,纬度,,", ",度,分,秒,度,分,秒"],
        ["点名,经度,,,纬度,,", ",°,′,″,°,′,″"],
    ],
)
def test_three_columns_are_one_angle(tmp_path, head):
    rows = ["P1,109,41,40.2,40,36,9.7", "P2,109,42,0,40,36,0", "P3,109,43,30.25,40,37,59.9"]
    (tmp_path / "a.csv").write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    with no_child():
        came = read_features(tmp_path / "a.csv", target_crs=HOME, prefer="observations", accept_guess=True)
    assert len(came.features) == 3
    assert came.features[0].geometry.coords[0] == pytest.approx(PLACE, abs=0.001)


def test_whole_degrees_alone_are_no_places(tmp_path):
    rows = ["P1,109,40", "P2,110,40", "P3,109,41"]
    (tmp_path / "a.csv").write_text("\n".join(["点名,经度,纬度", *rows]) + "\n", encoding="utf-8")
    with no_child(), pytest.raises(Refused, match="are whole degrees"):
        read_features(tmp_path / "a.csv", target_crs=HOME, prefer="observations", accept_guess=True)


def test_numbers_beside_decimal_degrees_are_no_minutes(tmp_path):
    rows = [f"P1,{LON:.6f},{LAT:.6f},12", f"P2,{LON:.6f},{LAT:.6f},13"]
    (tmp_path / "a.csv").write_text("\n".join(["点名,经度,纬度,", *rows]) + "\n", encoding="utf-8")
    with no_child():
        came = read_features(tmp_path / "a.csv", target_crs=HOME, prefer="observations", accept_guess=True)
    assert came.features[0].geometry.coords[0] == pytest.approx(PLACE, abs=0.2)
