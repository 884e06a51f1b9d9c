"""Two surveys of real ground: a growing lava dome, a landslide. Figures: README of the shared data folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from app.project import Project
from app.verbs.import_ import import_features
from app.verbs.progress import progress
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.comparison import ComparisonRequest, SurveyComparison
from models.errors import Refused
from models.notices import Notice

DATES = ("2000-09-25", "2004-10-04", "2005-01-03", "2005-12-15")


def draw(project: Project, code: str, outline: shapely.Geometry) -> None:
    values = {"code": code, "geometry": shapely.MultiPolygon(list(shapely.get_parts(outline)))}
    project.store.transact(Notice("test.draw", "draw"), [Insert("mine_pits", values)])


def plane_m3(found: SurveyComparison) -> tuple[float, float, float]:
    """Placed, removed, net as the README has them: in the plane of the grid, without the scale factor."""
    k2 = found.scale_factor**2
    return found.placed_m3 * k2, found.removed_m3 * k2, found.net_m3 * k2


@pytest.fixture
def crater(tmp_path: Path, shared_data: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "火山口.gpkg", crs="EPSG:26910", name="crater") as project:
        for date in DATES:
            add_terrain(project, shared_data / "msh_crater" / f"msh_{date}_10m.tif", name=date, vertical_datum="NAVD88")
        yield project


@pytest.mark.parametrize(
    ("date", "fill", "cut"),
    [("2004-10-04", 5_578_351, 84_700), ("2005-01-03", 37_359_169, 170_013), ("2005-12-15", 79_257_130, 236_568)],
)
def test_dome_growth_over_the_whole_grid(crater: Project, date: str, fill: float, cut: float) -> None:
    a, _, c, _, e, f = crater.store.terrain(DATES[0]).transform
    draw(crater, "KK-001", shapely.box(c, f + 442 * e, c + 303 * a, f))
    found = progress(crater, "KK-001", before=DATES[0], after=date)
    assert plane_m3(found) == (pytest.approx(fill, abs=1), pytest.approx(cut, abs=1), pytest.approx(fill - cut, abs=1))
    assert found.covered_share == 1
    assert found.offset_m is None  # the outline leaves no ground outside
    back = progress(crater, "KK-001", before=date, after=DATES[0])
    assert (back.placed_m3, back.removed_m3) == (found.removed_m3, found.placed_m3)


def test_dome_growth_in_its_outline(crater: Project, shared_data: Path) -> None:
    import_features(crater, shared_data / "msh_crater" / "outlines.gpkg", layer="mine_pits")
    steps = [progress(crater, "dome_area", before=a, after=b) for a, b in itertools.pairwise(DATES)]
    whole = progress(crater, "dome_area", before=DATES[0], after=DATES[-1])
    assert sum(s.net_m3 for s in steps) == pytest.approx(whole.net_m3, rel=1e-9)
    assert 73e6 < whole.placed_m3 < 80e6  # published: more than 73 million m³ of lava; ours has ice beside it
    assert whole.offset_m == 0.0
    assert "progress.copied" in {w.key for w in whole.warnings}  # the later dates repeat 2000 where nobody flew


def test_a_landslide_without_a_crs(tmp_path: Path, shared_data: Path) -> None:
    folder = shared_data / "landslide_2021"
    with rasterio.open(folder / "landslide_pre_10m.tif") as pre, rasterio.open(folder / "landslide_dod_10m.tif") as dod:
        z, change, profile, t = pre.read(1), dod.read(1), pre.profile, pre.transform
    valid = change != -9999
    later = np.where(valid, z.astype("float64") + np.where(valid, change, 0), z)
    later[z == -9999] = -9999
    with rasterio.open(tmp_path / "after.tif", "w", **{**profile, "dtype": "float64"}) as out:
        out.write(later, 1)
    i, j = np.nonzero(valid)
    cells = shapely.box(t.c + 10 * j, t.f - 10 * (i + 1), t.c + 10 * (j + 1), t.f - 10 * i)
    outline = shapely.union_all(cells)
    with Project.create(tmp_path / "p.gpkg", crs="EPSG:32610", name="slide") as project:
        with pytest.raises(Refused):
            add_terrain(project, folder / "landslide_pre_10m.tif", name="before")
        add_terrain(project, folder / "landslide_pre_10m.tif", name="before", crs="EPSG:32610")
        add_terrain(project, tmp_path / "after.tif", name="after", crs="EPSG:32610")
        draw(project, "KK-002", outline)
        found = progress(project, "KK-002", before="before", after="after")
        placed, removed, _ = plane_m3(found)
        assert placed == pytest.approx(22_542.8, abs=1)
        assert removed == pytest.approx(26_406.6, abs=1)
        bare = progress(
            project, "KK-002", before="before", after="after", request=ComparisonRequest(remove_offset=True)
        )
        assert bare.net_m3 == pytest.approx(found.net_m3, rel=1e-9)  # no offset: ground outside is the same
