"""Words of a file against a guess from its numbers: an older datum or a shifted map is never taken for CGCS2000."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from gis.formats.placing import Placing, place
from gis.formats.said_systems import speaks_of_another
from models.errors import Refused
from tests.gis.formats.making import made_raw

HOME = "EPSG:4546"
SQUARE = box(389800, 4497400, 390100, 4497600)
GUESS = Placing(accept_guess=True)


@pytest.mark.parametrize(
    "text",
    [
        "Xian_1980_3_Degree_GK_Zone_37",
        "坐标系=西安80 几度分带=3",
        "坐标系=80国家大地坐标系",
        "1954北京坐标系 37带",
        'PROJCS["unnamed",GEOGCS["Xian 1980",DATUM["Xian_1980",SPHEROID["IAG 1975",6378140,298.257]]]]',
        'LOCAL_CS["包头市独立坐标系"]',
    ],
)
def test_an_older_or_local_system_forbids_the_guess(text):
    with pytest.raises(Refused) as caught:
        place(made_raw([SQUARE], crs_text=text), HOME, GUESS)
    assert caught.value.key == "import.said_datum"
    assert place(made_raw([SQUARE], crs_text=text), HOME, Placing(crs=HOME)).crs_basis == "stated"


@pytest.mark.parametrize("text", ["", "2000国家大地坐标系 带号=37", 'PROJCS["unknown",GEOGCS["GRS_1980_ellipsoid"]]'])
def test_other_words_leave_the_guess(text):
    assert not speaks_of_another(text)
    assert place(made_raw([SQUARE], crs_text=text), HOME, GUESS).crs_basis == "guessed"


def test_degrees_of_a_consumer_map_are_not_guessed_to_be_cgcs2000():
    there = box(109.70, 40.61, 109.71, 40.62)
    raw = made_raw([there], key="csv", **{"经度(GCJ02)": [109.7]})
    with pytest.raises(Refused) as caught:
        place(raw, HOME, GUESS)
    assert caught.value.key == "import.said_offset"
    assert caught.value.what.facts["offset"] == "GCJ-02"
    assert place(raw, HOME, Placing(crs="GCJ-02")).crs == "GCJ-02"
