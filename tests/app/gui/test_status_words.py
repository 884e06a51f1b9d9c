from __future__ import annotations

from app.gui.status_bar import crs_words
from gis.crs import describe, parse_crs


def test_national_zones_are_said_in_the_words_of_the_trade() -> None:
    said = crs_words(describe(parse_crs("EPSG:4546")))
    assert said.startswith("CGCS2000, Gauss–Krüger projection, 3° zones, central meridian 111°E\n")
    assert "6° zones" in crs_words(describe(parse_crs("EPSG:4508")))
    assert crs_words(describe(parse_crs("EPSG:32649"))) == "WGS 84 / UTM zone 49N"
