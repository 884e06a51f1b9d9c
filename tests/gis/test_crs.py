"""Coordinate systems: refusals, scale factors against the formulas, outlines carried over with their edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from gis.crs import (
    crs_text,
    datum_gap,
    describe,
    is_web_mercator,
    parse_crs,
    reproject,
    same_crs,
    scale_factor,
    transformer,
)
from gis.volume import estimate
from models.errors import Refused
from models.estimate import EstimateRequest
from tests.gis.ground import disc, heights, site, terrain, write


@pytest.mark.parametrize("crs", ["EPSG:3857", "ESRI:102100", "EPSG:3785"])
def test_web_mercator_is_known_by_any_of_its_names(crs: str) -> None:
    assert is_web_mercator(parse_crs(crs))


@pytest.mark.parametrize("crs", ["EPSG:4546", "EPSG:4525", "EPSG:32649", "EPSG:2263", "EPSG:4546+5737", "4546"])
def test_systems_to_measure_in(crs: str) -> None:
    assert not is_web_mercator(parse_crs(crs))


@pytest.mark.parametrize("text", ["", "EPSG:0", "Beijing", "EPSG:999999", "4326000"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_crs(text)
    assert caught.value.key == "crs.unknown"


def test_facts_for_a_sheet() -> None:
    facts = describe(parse_crs("EPSG:4525"))
    assert (facts.central_meridian, facts.zone, facts.zone_prefix, facts.false_easting) == (111, 37, True, 37_500_000)
    facts = describe(parse_crs("EPSG:4546"))
    assert (facts.central_meridian, facts.zone, facts.zone_prefix, facts.false_easting) == (111, 37, False, 500_000)
    facts = describe(parse_crs("EPSG:32649"))
    assert (facts.central_meridian, facts.zone, facts.epsg) == (111, 49, 32649)
    facts = describe(parse_crs("EPSG:4490"))
    assert not facts.projected
    assert "2000" in facts.datum


def test_names_of_systems() -> None:
    assert crs_text(CRS.from_wkt(CRS.from_epsg(4546).to_wkt())) == "EPSG:4546"
    local = CRS.from_proj4("+proj=tmerc +lat_0=0 +lon_0=110.5 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m")
    assert parse_crs(crs_text(local)) == local
    assert same_crs(parse_crs("EPSG:4546+5737"), parse_crs("EPSG:4546"))
    assert not same_crs(parse_crs("EPSG:4546"), parse_crs("EPSG:4547"))


@pytest.mark.parametrize("offset", [0.0, 60_000.0, 127_000.0])
def test_scale_of_a_gauss_kruger_zone(offset: float) -> None:
    """K = 1 + y²/2R² to the fourth order; 1.0002 at the edge of a 3° zone (volumes.md section 1)."""
    k = scale_factor(parse_crs("EPSG:4546"), 500_000 + offset, 4_500_000)
    assert k == pytest.approx(1 + offset**2 / (2 * 6_372_000**2), abs=3e-7)


def test_scale_of_other_systems() -> None:
    assert scale_factor(parse_crs("EPSG:26915"), 500_000, 5_150_000) == pytest.approx(0.9996, abs=1e-8)
    assert scale_factor(parse_crs("EPSG:3035"), 4_400_000, 2_900_000) == pytest.approx(1, abs=1e-9)  # equal-area
    assert scale_factor(parse_crs("EPSG:4490"), 111, 41) == 1.0
    with pytest.raises(Refused):
        scale_factor(parse_crs("EPSG:4546"), 1e9, 1e9)


def test_datums_that_are_far_apart_are_told() -> None:
    pairs = {("EPSG:4490", "EPSG:4326"): False, ("EPSG:4546", "EPSG:32649"): False, ("EPSG:26915", "EPSG:4326"): False,
             ("EPSG:4610", "EPSG:4490"): True, ("EPSG:4214", "EPSG:4546"): True}  # fmt: skip
    for (a, b), gap in pairs.items():
        assert (datum_gap(parse_crs(a), parse_crs(b)) is not None) == gap, (a, b)


def test_edges_follow_the_other_system() -> None:
    """A square of 100 km: its edges bend by tens of metres in another zone and stay within the tolerance."""
    square = shapely.box(400_000, 4_400_000, 500_000, 4_500_000)
    a, b = parse_crs("EPSG:4546"), parse_crs("EPSG:4549")
    moved = reproject(square, a, b, 0.05)
    dense = shapely.transform(
        shapely.segmentize(square, 100.0), lambda p: np.column_stack(transformer(a, b).transform(p[:, 0], p[:, 1]))
    )
    assert shapely.hausdorff_distance(moved.boundary, dense.boundary) < 0.3
    straight = shapely.transform(square, lambda p: np.column_stack(transformer(a, b).transform(p[:, 0], p[:, 1])))
    assert shapely.hausdorff_distance(straight.boundary, dense.boundary) > 10
    assert reproject(square, a, a, 0.05) is square
    multi = reproject(shapely.multipolygons([square, shapely.transform(square, lambda p: p + 200_000)]), a, b, 1.0)
    assert multi.geom_type == "MultiPolygon"


def test_the_same_pit_in_degrees_and_in_other_zones(tmp_path: Path) -> None:
    """One pit, its terrain in two zones, UTM and degrees: one volume, and the geodesic area."""
    home = parse_crs("EPSG:4546")
    outline = shapely.transform(disc(0, 0, 150, 120), lambda p: p + np.array([110_000.0, 0.0]))
    middle = outline.centroid

    def pit(e: np.ndarray, n: np.ndarray) -> np.ndarray:
        return 90 + ((e - middle.x) ** 2 + (n - middle.y) ** 2) / 4000

    volumes, areas = {}, {}
    for name, cell in (("EPSG:4546", 2.0), ("EPSG:4547", 2.0), ("EPSG:32649", 2.0), ("EPSG:4490", 2.0 / 96_000)):
        crs = parse_crs(name)
        x, y = transformer(home, crs).transform(middle.x, middle.y)
        from rasterio.transform import Affine

        transform = Affine.translation(x - 200 * cell, y + 200 * cell) * Affine.scale(cell, -cell)
        back = transformer(crs, home)
        z = heights(lambda u, v, back=back: pit(*back.transform(u, v)), transform, 400, 400)
        path = write(tmp_path / f"{name[5:]}.tif", z, transform, name)
        answer = estimate(site(outline), terrain(path, name), path, EstimateRequest("level", {"level_m": 96.0}))
        volumes[name], areas[name] = answer.fill_m3, answer.footprint_m2
        assert ("terrain.other_crs" in {w.key for w in answer.warnings}) == (name != "EPSG:4546")
    assert list(volumes.values()) == pytest.approx([volumes["EPSG:4546"]] * 4, rel=1e-4)
    lon, lat = transformer(home, parse_crs("EPSG:4490")).transform(*shapely.get_coordinates(outline).T)
    exact = abs(Geod(ellps="GRS80").polygon_area_perimeter(lon, lat)[0])
    assert list(areas.values()) == pytest.approx([exact] * 4, rel=2e-6)


def test_a_terrain_on_another_datum_is_refused(tmp_path: Path) -> None:
    from tests.gis.ground import grid_transform

    path = write(tmp_path / "x.tif", np.full((100, 100), 90.0), grid_transform(), "EPSG:2379")  # Xi'an 1980, CM 111E
    with pytest.raises(Refused) as caught:
        estimate(site(disc(50, 50, 20)), terrain(path, "EPSG:2379"), path, EstimateRequest("spill"))
    assert caught.value.key == "crs.datum_gap"
