"""The surface `contours`: designs as points, lines and polygons' contours against planes and cones; refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.surfaces import Inputs
from gis.volume import estimate
from models.errors import Missing, Refused
from models.estimate import Estimate
from tests.gis.ground import CRS, X0, Y0, box, disc, made, site
from tests.gis.surfaces.making import fill

FLAT = 90.0
DESIGN = {"design": "design", "design_crs": CRS}


def flat(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 0 * x + FLAT


def points_file(folder: Path, z, spacing: float = 12.5, size: float = 100.0) -> Path:
    """A CSV of points of z(x, y) on a lattice over the terrain, with names above the columns."""
    t = np.arange(0, size + 1e-9, spacing)
    xx, yy = np.meshgrid(X0 + t, Y0 + t)
    rows = "\n".join(f"{x:.3f},{y:.3f},{z(x, y):.6f}" for x, y in zip(xx.ravel(), yy.ravel(), strict=True))
    path = folder / "设计.csv"
    path.write_text("东坐标,北坐标,高程\n" + rows, encoding="utf8")
    return path


def lines_file(folder: Path, lines: list[np.ndarray], name: str = "contours") -> Path:
    """A GeoJSON of lines (n, 3) in the project's system."""
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line.tolist()}}
        for line in lines
    ]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{CRS.replace(':', '::')}"}}
    path = folder / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf8")
    return path


def cone(radius: float = 40.0, height: float = 8.0, steps: int = 8) -> list[np.ndarray]:
    """Contours of a cone over (50, 50), from its foot at FLAT + 2 almost to its top."""
    t = np.linspace(0, 2 * np.pi, 181)
    found = []
    for share in np.linspace(1, 0.0125, steps):
        r = radius * share
        ring = np.column_stack((X0 + 50 + r * np.cos(t), Y0 + 50 + r * np.sin(t)))
        found.append(np.column_stack((ring, np.full(t.size, FLAT + 2 + height * (1 - share)))))
    return found


@pytest.mark.parametrize(
    "grid", [{}, {"dx": 0.8, "cols": 125}, {"south_up": True}, {"cell": 2.0, "rows": 50, "cols": 50}]
)
def test_a_plane_of_points(tmp_path: Path, grid: dict) -> None:
    """North-up square cells are laid row by row, others looked up place by place: the same plane."""
    plane = lambda x, y: 95 + 0.02 * (x - X0) - 0.03 * (y - Y0)  # noqa: E731 - a formula
    outline = shapely.Polygon([(X0 + 20.5, Y0 + 15.2), (X0 + 90.1, Y0 + 40.7), (X0 + 44.4, Y0 + 88.8)])
    inputs = Inputs(design=points_file(tmp_path, plane))
    answer = fill(tmp_path, flat, outline, "contours", inputs, grid=grid, **DESIGN)
    c = outline.centroid
    assert answer.fill_m3 == pytest.approx(outline.area * (plane(c.x, c.y) - FLAT), rel=1e-5)
    assert answer.check.difference_percent == pytest.approx(0, abs=0.01)
    assert answer.reference.parameters["points"] == 81
    assert answer.warnings[0].key != "surface.undefined"


def test_contours_of_a_cone(tmp_path: Path) -> None:
    """Inside its foot the volume is that of the base of 2 m and of the cone above it."""
    inputs = Inputs(design=lines_file(tmp_path, cone()))
    answer = fill(tmp_path, flat, disc(50, 50, 39.9), "contours", inputs, **DESIGN)
    r, h = 39.9, 8 * 39.9 / 40
    exact = np.pi * r**2 * (2 + 8 - h) + np.pi * r**2 * h / 3
    assert answer.fill_m3 == pytest.approx(exact, rel=2e-3)
    assert answer.reference.parameters["breakline_step_m"] > 0


def test_a_design_that_ends_at_the_outline(tmp_path: Path) -> None:
    """The outline is the design's border: the centres of the cells that it cuts lie outside, and are continued to."""
    foot = cone()[0]
    outline = shapely.Polygon(foot[:, :2])
    answer = fill(tmp_path, flat, outline, "contours", Inputs(design=lines_file(tmp_path, cone())), **DESIGN)
    assert answer.fill_m3 == pytest.approx(np.pi * 40**2 * (2 + 8 / 3), rel=3e-3)


def test_a_design_without_a_system_says_which_option_helps(tmp_path: Path) -> None:
    inputs = Inputs(design=points_file(tmp_path, lambda x, y: 95))
    with pytest.raises(Refused) as caught:
        fill(tmp_path, flat, disc(50, 50, 20), "contours", inputs, design="d")
    assert "--design-crs" in str(caught.value)


def test_outside_the_design_is_refused_with_the_place(tmp_path: Path) -> None:
    inputs = Inputs(design=lines_file(tmp_path, cone(radius=30)))
    with pytest.raises(Refused) as caught:
        fill(tmp_path, flat, box(30, 30, 95, 70), "contours", inputs, **DESIGN)
    assert caught.value.key == "surface.undefined"
    assert caught.value.what.facts["x"] > X0 + 79
    assert 0.1 < caught.value.what.facts["share"] < 0.6


def test_another_file_at_the_same_place_is_read_anew(tmp_path: Path) -> None:
    def at(z: float) -> Estimate:
        inputs = Inputs(design=points_file(tmp_path, lambda x, y: z))
        return fill(tmp_path, flat, disc(50, 50, 20), "contours", inputs, **DESIGN)

    low, high = at(91.0), at(92.25)
    assert high.fill_m3 == pytest.approx(2.25 * low.fill_m3)


def test_a_stored_request_knows_its_file_and_gives_the_last_digit(tmp_path: Path) -> None:
    path = points_file(tmp_path, lambda x, y: 95 + 0.01 * (x - X0))
    first = fill(tmp_path, flat, disc(50, 50, 20), "contours", Inputs(design=path), **DESIGN)
    kept = Estimate.from_record(first.to_record())
    assert kept.request.parameters["design_sha256"] == first.reference.parameters["design_sha256"]
    terrain, dem = made(tmp_path, flat)
    again = estimate(site(disc(50, 50, 20)), terrain, dem, kept.request, inputs=Inputs(design=path))
    assert (again.fill_m3, again.net_m3) == (first.fill_m3, first.net_m3)
    points_file(tmp_path, lambda x, y: 95.5)
    with pytest.raises(Refused) as caught:
        estimate(site(disc(50, 50, 20)), terrain, dem, kept.request, inputs=Inputs(design=path))
    assert caught.value.key == "surface.design_changed"


def test_without_a_file_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        fill(tmp_path, flat, disc(50, 50, 20), "contours")
    assert "--design" in str(caught.value)
    with pytest.raises(Missing) as gone:
        fill(tmp_path, flat, disc(50, 50, 20), "contours", Inputs(design=tmp_path / "nothing.shp"), **DESIGN)
    assert gone.value.key == "surface.design_gone"


def test_rows_that_are_left_out_are_told(tmp_path: Path) -> None:
    path = points_file(tmp_path, lambda x, y: 95.0)
    path.write_text(path.read_text(encoding="utf8") + f"\n{X0 + 5:.3f},{Y0 + 5:.3f},?", encoding="utf8")
    answer = fill(tmp_path, flat, disc(50, 50, 20), "contours", Inputs(design=path), **DESIGN)
    notice = next(w for w in answer.warnings if w.key == "surface.design_rows")
    assert notice.facts["count"] == 1
    assert notice.facts["rows"] == "83"


def test_longer_edges_bridge_a_bay_of_the_design(tmp_path: Path) -> None:
    """A design that leaves a bay open: refused there, unless longer border edges are asked for."""
    t = np.arange(0, 101, 5.0)
    cells = [(x, y) for x in t for y in t if not (30 < x < 70 and y > 20)]
    path = tmp_path / "bay.csv"
    rows = "\n".join(f"{X0 + x},{Y0 + y},95.0" for x, y in cells)
    path.write_text("东坐标,北坐标,高程\n" + rows, encoding="utf8")
    with pytest.raises(Refused):
        fill(tmp_path, flat, box(10, 10, 90, 90), "contours", Inputs(design=path), **DESIGN)
    answer = fill(
        tmp_path, flat, box(10, 10, 90, 90), "contours", Inputs(design=path), design_max_edge_m=60.0, **DESIGN
    )
    assert answer.fill_m3 == pytest.approx(5 * 80 * 80)


def test_a_design_in_feet_is_refused_until_its_unit_is_stated(tmp_path: Path) -> None:
    """Without a word it would be a fill 200 m high and no less sure of itself than any other."""
    plane = lambda x, y: 92 + 0.02 * (x - X0)  # noqa: E731 - a formula
    outline = box(20, 20, 80, 80)
    metres = fill(tmp_path, flat, outline, "contours", Inputs(design=points_file(tmp_path, plane)), **DESIGN)
    feet = Inputs(design=points_file(tmp_path, lambda x, y: plane(x, y) / 0.3048))
    with pytest.raises(Refused, match="seem to be feet") as caught:
        fill(tmp_path, flat, outline, "contours", feet, **DESIGN)
    assert "--design-z-unit" in caught.value.sentence()
    answer = fill(tmp_path, flat, outline, "contours", feet, **DESIGN, design_z_unit="ft")
    assert answer.fill_m3 == pytest.approx(metres.fill_m3, rel=1e-5)
    meant = fill(tmp_path, flat, outline, "contours", feet, **DESIGN, design_z_unit="m")
    assert meant.warnings[0].key == "estimate.surface_feet", "what is stated counts, and is doubted in words"
    with pytest.raises(Refused, match="not known here"):
        fill(tmp_path, flat, outline, "contours", feet, **DESIGN, design_z_unit="chi")
