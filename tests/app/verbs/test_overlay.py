from __future__ import annotations

import pytest
import shapely

from app.project import Project
from app.verbs.overlay import overlay_sites, site_conflicts
from models.changes import Insert
from models.errors import Missing
from models.notices import Notice

X, Y = 417500.0, 4496000.0


def ground(x0, y0, x1, y1):
    return shapely.MultiPolygon([shapely.box(X + x0, Y + y0, X + x1, Y + y1)])


@pytest.fixture
def project(project_file, add_site):
    add_site("SK-001", ground(0, 0, 100, 100))
    add_site("DC-001", ground(1000, 0, 1100, 100), "stockpiles")
    with Project.open(project_file) as opened:
        opened.store.transact(
            Notice("test", "lines"),
            [
                Insert("red_lines", {"name": "北坡红线", "geometry": ground(80, -50, 300, 300)}),
                Insert("red_lines", {"name": "旧红线", "status": "replaced", "geometry": ground(-50, -50, 300, 300)}),
                Insert("control_areas", {"kind": "water_source_2", "geometry": ground(-30, 0, -20, 10)}),
            ],
        )
        yield opened


def test_area_share_and_distance_of_every_site(project):
    found = {(c.site, c.kind): c for c in overlay_sites(project)}
    assert set(found) == {(s, k) for s in ("SK-001", "DC-001") for k in ("red_line", "water_source_2")}
    hit = found["SK-001", "red_line"]
    assert (hit.relation, hit.area_m2, hit.share, hit.distance_m) == ("overlaps", 2000.0, 0.2, 0.0)
    assert (hit.layer, hit.code, hit.name) == ("red_lines", "HX-001", "北坡红线")
    assert found["SK-001", "water_source_2"].distance_m == 20.0
    assert found["DC-001", "red_line"].distance_m == 700.0


def test_lines_that_were_replaced_bind_nobody(project):
    assert {c.code for c in overlay_sites(project) if c.layer == "red_lines"} == {"HX-001"}


def test_one_site_and_unknown_ones(project):
    assert {c.site for c in overlay_sites(project, ["SK-001"])} == {"SK-001"}
    site = project.store.site("SK-001")
    assert site_conflicts(project.store, site) == overlay_sites(project, ["SK-001"])
    with pytest.raises(Missing):
        overlay_sites(project, ["no such site"])
