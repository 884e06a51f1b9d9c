"""Which terrain serves a site where none is named, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from app.verbs.terrain_choice import choose_terrain
from gis.dem.grid import Grid
from models.errors import Missing, Refused
from models.estimate import Estimate, EstimateRequest
from models.site import Site
from models.terrain import ErrorFigures, Terrain
from tests.app.conftest import GROUND_M, PIT_M3

CRS = "EPSG:4546"
SITE = Site("P", "P", "", "sand_pits", shapely.box(500_400, 4_400_400, 500_600, 4_400_600), CRS, True)


def terrain(name, cell, sigma=None, *, kind="dtm", date=None, registered="2026-01-01T00:00:00Z", side=1000.0):
    size = round(side / cell)
    transform = (cell, 0.0, 500_000.0, 0.0, -cell, 4_401_000.0)
    record = Terrain(
        name, name, f"{name}.tif", 1, name, CRS, size, size, transform, cell, None, "float32", 1.0, 0.0, "m", kind,
        None, None, ErrorFigures(sigma), date, registered,
    )  # fmt: skip
    assert Grid.of(record).cell_m == pytest.approx(cell, rel=1e-3)
    return record


class Few:
    """A project that holds nothing but terrains."""

    def __init__(self, *terrains):
        self.store, self.path, self._all = self, "few.gpkg", list(terrains)

    def terrains(self):
        return self._all

    def terrain_path(self, record):
        return Path(record.path)  # no such file: nothing can be looked at

    def terrain(self, name):
        return next(t for t in self._all if t.name == name)


def chosen(*terrains, request=None):
    found = {choose_terrain(Few(*t), SITE, request=request).terrain.name for t in (terrains, terrains[::-1])}
    (name,) = found  # whatever the order of registration
    return name, choose_terrain(Few(*terrains), SITE, request=request).why


@pytest.mark.parametrize(
    ("best", "others", "why"),
    [
        (terrain("lidar", 2, 0.15), [terrain("contours", 1, 0.7)], "surest (σ about 0.15 m, the next 0.7 m)"),
        (terrain("lidar", 1), [terrain("public", 30, 2.0)], "fewer than 10 cells"),
        (terrain("lidar", 2), [terrain("public", 12, 2.0)], "as usual for such cells where it is not stated"),
        (terrain("ground", 1, 0.15), [terrain("drone", 0.1, 0.08, kind="dsm")], "surest"),
        (terrain("drone", 0.5, 0.08, kind="dsm"), [terrain("map", 1, 0.7)], "surest"),
        (terrain("fine", 0.5, 0.15), [terrain("coarse", 2, 0.15)], "finest"),
        (terrain("new", 1, 0.16, date="2026-05-01"), [terrain("old", 0.9, 0.15, date="2019-05-01")], "2026-05-01"),
        (terrain("whole", 5, 0.5), [terrain("half", 1, 0.1, side=550)], "do not cover all"),
        (terrain("most", 5, 0.5, side=590), [terrain("least", 1, 0.1, side=450)], "covers most of the outline (90%)"),
    ],
    ids=lambda v: v.name if isinstance(v, Terrain) else "",
)  # fmt: skip
def test_the_terrain_that_serves_best(best, others, why):
    name, said = chosen(best, *others)
    assert name == best.name
    assert why in said.render()


def test_two_reasons_are_both_told():
    _, why = chosen(terrain("a", 1, 0.1), terrain("b", 30, 0.1), terrain("c", 1, 0.5))
    assert why.render() == (
        "a was chosen of 3 terrains under the outline: others have fewer than 10 cells across the outline; "
        "its heights are the surest (σ about 0.1 m, the next 0.5 m)"
    )


def test_the_last_registered_of_like_ones():
    name, _ = chosen(terrain("a", 1, 0.1), terrain("b", 1, 0.1, registered="2026-01-01T00:00:01Z"))
    assert name == "b"


def test_no_reason_where_there_is_no_choice():
    assert chosen(terrain("a", 1))[1] is None
    assert choose_terrain(Few(terrain("a", 1), terrain("b", 1)), SITE, "b").why is None


def test_the_reference_is_not_the_ground():
    request = EstimateRequest("dem", {"terrain": "before"})
    name, why = chosen(terrain("before", 1, 0.05), terrain("now", 1, 0.2), request=request)
    assert (name, why) == ("now", None)


def test_no_terrain_and_none_below():
    with pytest.raises(Missing):
        choose_terrain(Few(), SITE)
    away = replace(SITE, outline=shapely.box(0, 0, 10, 10))
    with pytest.raises(Refused, match="no terrain of the project lies under"):
        choose_terrain(Few(terrain("a", 1)), away)


def test_the_record_says_it(project_file, add_site, dem_file):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="sure", sigma_z_m=0.1)
        add_terrain(project, dem_file, name="vague", sigma_z_m=0.9)
        made = estimate(project, None, request=EstimateRequest()).estimates[0]
        named = estimate(project, None, terrain="vague", request=EstimateRequest(), store=False).estimates[0]
        (kept,) = project.store.estimates(["SK-1"])
    assert "sure was chosen of 2 terrains" in kept.to_json()["terrain"]["chosen"]
    assert Estimate.from_record(made.to_record()).terrain == made.terrain
    assert named.terrain.chosen is None
    assert named.to_json()["terrain"]["chosen"] is None


def holed(path, dem_file, value, at):
    """The pit with missing cells in a square of its floor."""
    with rasterio.open(dem_file) as source:
        z, profile = source.read(1), source.profile
    z[at] = value
    with rasterio.open(path, "w", **profile) as target:
        target.write(z, 1)
    return path


LEVEL = EstimateRequest("level", {"level_m": GROUND_M})
FLOOR, BESIDE = np.s_[55:65, 55:65], np.s_[:20, :20]


@pytest.mark.parametrize("value", [np.nan, 0.0], ids=["nan", "undeclared"])
def test_a_whole_terrain_before_one_with_holes_under_the_outline(project_file, add_site, dem_file, tmp_path, value):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="whole", sigma_z_m=0.9)
        add_terrain(project, holed(tmp_path / "hole.tif", dem_file, value, FLOOR), name="holed", sigma_z_m=0.1)
        report = estimate(project, None, request=LEVEL)
        (made,), refused = report.estimates, report.refused
        (again,) = estimate(project, None, request=replace(LEVEL, interpolate_holes=True), store=False).estimates
    assert not refused
    assert made.terrain.name == "whole"
    assert "others do not cover all of the outline" in made.terrain.chosen.render()
    # Who asks for holes to be interpolated does not lose the surer heights; nobody knows which zeros are a hole.
    assert again.terrain.name == ("whole" if value == 0 else "holed")
    assert made.fill_m3 == pytest.approx(PIT_M3, rel=2e-3)


def test_a_hole_beside_the_outline_is_no_reason(project_file, add_site, dem_file, tmp_path):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="whole", sigma_z_m=0.9)
        add_terrain(project, holed(tmp_path / "hole.tif", dem_file, np.nan, BESIDE), name="holed", sigma_z_m=0.1)
        assert choose_terrain(project, project.store.site("SK-1")).terrain.name == "holed"


def test_of_terrains_with_holes_the_one_that_has_most(project_file, add_site, dem_file, tmp_path):
    add_site("SK-1")
    with Project.open(project_file) as project:
        add_terrain(project, holed(tmp_path / "a.tif", dem_file, np.nan, FLOOR), name="less", sigma_z_m=0.9)
        add_terrain(project, holed(tmp_path / "b.tif", dem_file, np.nan, np.s_[40:80, 40:80]), name="more")
        choice = choose_terrain(project, project.store.site("SK-1"))
    assert choice.terrain.name == "less"
    assert "it covers most of the outline (97%)" in choice.why.render()


def test_a_terrain_whose_file_is_gone_is_not_passed_over_in_silence(project_file, add_site, dem_file, tmp_path):
    add_site("SK-1")
    other = holed(tmp_path / "b.tif", dem_file, np.nan, BESIDE)
    with Project.open(project_file) as project:
        add_terrain(project, dem_file, name="whole", sigma_z_m=0.9)
        add_terrain(project, other, name="sure", sigma_z_m=0.1)
        other.unlink()
        (refused,) = estimate(project, None, request=EstimateRequest()).refused
    assert "sure is not there" in str(refused.error)
