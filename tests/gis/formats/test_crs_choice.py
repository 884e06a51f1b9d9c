from __future__ import annotations

import pyproj
import pytest

from gis.formats.crs_choice import check_fit, check_place, read_crs
from models.errors import Refused

BAOTOU = (109.8, 40.6, 109.9, 40.7)


def crs(code):
    return pyproj.CRS.from_user_input(code)


@pytest.mark.parametrize("text", ["", "nonsense", 'LOCAL_CS["a",UNIT["metre",1]]', "EPSG:5737"])
def test_what_is_no_horizontal_system_is_none(text):
    assert read_crs(text) is None


def test_an_esri_prj_of_arcgis_is_known_by_its_code():
    esri = pyproj.CRS.from_epsg(4546).to_wkt("WKT1_ESRI")
    assert "CGCS2000_3_Degree_GK_CM_111E" in esri
    assert read_crs(esri).to_epsg() == 4546


def test_coordinates_that_cannot_be_in_a_system_are_refused():
    with pytest.raises(Refused, match="cannot be EPSG:4490"):
        check_fit(crs(4490), (40.6, 109.8, 40.7, 109.9), None, "f")  # latitude first
    with pytest.raises(Refused, match="cannot be EPSG:4546"):
        check_fit(crs(4546), (37389800, 4497400, 37389900, 4497500), None, "f")
    check_fit(crs(4546), (389800, 4497400, 389900, 4497500), None, "f")


def test_data_beside_the_system_s_area_are_remarked_and_on_the_other_side_of_the_world_refused():
    assert check_place(crs(4490), crs(4546), BAOTOU, "f") == []
    assert [n.key for n in check_place(crs(4490), crs(4546), (117, 40, 117.1, 40.1), "f")] == ["crs.outside"]
    with pytest.raises(Refused, match="one region"):
        check_place(crs(4326), crs(4546), (-123, 45, -122, 46), "f")
