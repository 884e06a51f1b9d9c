from __future__ import annotations

import pyproj
import pytest

from gis.crs_guess import epsg_cgcs2000, guess_crs

HOME = "EPSG:4546"


@pytest.mark.parametrize(
    ("zone", "degrees", "prefix", "name"),
    [
        (37, 3, True, "CGCS2000 / 3-degree Gauss-Kruger zone 37"),
        (37, 3, False, "CGCS2000 / 3-degree Gauss-Kruger CM 111E"),
        (25, 3, True, "CGCS2000 / 3-degree Gauss-Kruger zone 25"),
        (45, 3, False, "CGCS2000 / 3-degree Gauss-Kruger CM 135E"),
        (19, 6, True, "CGCS2000 / Gauss-Kruger zone 19"),
        (19, 6, False, "CGCS2000 / Gauss-Kruger CM 111E"),
    ],
)
def test_the_codes_are_those_of_epsg(zone, degrees, prefix, name):
    assert pyproj.CRS.from_epsg(epsg_cgcs2000(zone, degrees=degrees, prefix=prefix)).name == name


def test_zones_beyond_china_have_no_code():
    with pytest.raises(ValueError, match="24"):
        epsg_cgcs2000(24, prefix=True)


@pytest.mark.parametrize(
    ("bounds", "code", "words"),
    [
        ((37389800.0, 4497400.0, 37390100.0, 4497600.0), "EPSG:4525", "starts with 37"),
        ((36600000.0, 4497400.0, 36601000.0, 4497600.0), "EPSG:4524", "starts with 36"),
        ((19389800.0, 4497400.0, 19390100.0, 4497600.0), "EPSG:4497", "starts with 19"),
        ((389800.0, 4497400.0, 390100.0, 4497600.0), "EPSG:4546", "no zone number"),
        ((109.8, 40.6, 109.9, 40.7), "EPSG:4490", "longitudes and latitudes"),
    ],
)
def test_chinese_practice_is_recognised_by_its_numbers(bounds, code, words):
    found = guess_crs(bounds, project_crs=HOME)
    assert found.crs == code
    assert words in found.reason.render()


@pytest.mark.parametrize("bounds", [(0.0, 0.0, 10.0, 10.0), (1000.0, 2000.0, 1100.0, 2100.0), (9e9, 9e9, 9.1e9, 9.1e9)])
def test_numbers_without_meaning_give_no_guess(bounds):
    assert guess_crs(bounds, project_crs=HOME) is None


def test_a_project_with_zone_numbers_guesses_the_code_without_for_short_eastings():
    assert guess_crs((389800.0, 4497400.0, 390100.0, 4497600.0), project_crs="EPSG:4525").crs == "EPSG:4546"


def test_neighbours_speak_for_the_project_s_system():
    near = guess_crs(
        (430000.0, 5150800.0, 430100.0, 5150900.0),
        project_crs="EPSG:26915",
        neighbours=(429300, 5150700, 429400, 5150800),
    )
    assert near.crs == "EPSG:26915"
    assert "among" in near.reason.render()
    assert (
        guess_crs(
            (430000.0, 150800.0, 430100.0, 150900.0),
            project_crs="EPSG:26915",
            neighbours=(429300, 5150700, 429400, 5150800),
        )
        is None
    )


def test_the_text_of_a_prj_is_evidence_before_numbers():
    found = guess_crs(
        (389800.0, 4497400.0, 390100.0, 4497600.0), project_crs=HOME, text="CGCS2000_3_Degree_GK_CM_108E broken"
    )
    assert found.crs == "EPSG:4545"
    assert guess_crs((0.0, 0.0, 1.0, 1.0), project_crs=HOME, text='AUTHORITY["EPSG","32649"').crs == "EPSG:32649"
