"""A site on the seam of two terrains: the refusal names them as tiles of one."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from app.i18n import translator
from app.project import Project
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from models.estimate import EstimateRequest
from tests.app.conftest import GROUND_M, PIT_M3, SIZE, X0, Y0, pit_heights

LEVEL = EstimateRequest("level", {"level_m": GROUND_M})


@pytest.fixture
def halves(tmp_path):
    """West and east of the pit, overlapping by some cells; and the east again on cells of 2 m."""
    z, made = pit_heights(), {}
    for name, columns in (("west", slice(0, 70)), ("east", slice(55, SIZE))):
        part = z[:, columns]
        made[name] = tmp_path / f"{name}.tif"
        with rasterio.open(
            made[name], "w", driver="GTiff", width=part.shape[1], height=SIZE, count=1, dtype="float32",
            crs="EPSG:4546", transform=from_origin(X0 + columns.start, Y0, 1, 1),
        ) as out:  # fmt: skip
            out.write(part, 1)
    made["coarse"] = tmp_path / "coarse.tif"
    with rasterio.open(
        made["coarse"], "w", driver="GTiff", width=40, height=SIZE // 2, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X0 + 40, Y0, 2, 2),
    ) as out:  # fmt: skip
        out.write(np.ascontiguousarray(z[::2, 40::2]), 1)
    return made


def refusal(project: Project):
    report = estimate(project, ["SK-001"], request=LEVEL)
    assert not report.estimates
    return report.refused[0].error


def test_terrains_that_hold_it_together_are_named(project_file, add_site, halves):
    add_site("SK-001")
    with Project.open(project_file) as project:
        for name in ("west", "east"):
            add_terrain(project, halves[name], sigma_z_m=0.1, range_m=20.0)
        error = refusal(project)
        assert error.key == "terrain.not_covered"
        assert error.where == "SK-001"
        assert "the terrain covers only" in error.sentence()
        assert "west" in error.what.facts["names"]
        assert "east" in error.what.facts["names"]
        assert "terrain add" in error.sentence()
        assert "登记为一个地形" in error.sentence(translator("zh_CN"))
        add_terrain(project, [halves["west"], halves["east"]], name="both", sigma_z_m=0.1, range_m=20.0)
        (made,) = estimate(project, ["SK-001"], request=LEVEL).estimates
        assert made.terrain.name == "both", "what was advised works"
        assert made.fill_m3 == pytest.approx(PIT_M3, rel=0.01)


@pytest.mark.parametrize("names", [("west",), ("west", "coarse")])
def test_others_are_not(project_file, add_site, halves, names):
    """One alone does not hold it, and one of other cells is no tile of it."""
    add_site("SK-001")
    with Project.open(project_file) as project:
        for name in names:
            add_terrain(project, halves[name], sigma_z_m=0.1, range_m=20.0)
        error = refusal(project)
        assert "names" not in error.what.facts
        assert "choose another terrain" in error.advice.render()
