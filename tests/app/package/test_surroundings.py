"""What sheets of one project share is read and computed once, and read anew when the project changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from app.package import build
from app.package.build import build_content
from app.package.compose import compose
from app.package.drawing_settings import drawing_settings
from app.package.sheet import SheetRequest, make_sheet
from app.package.surroundings import Kept, Surroundings
from app.project import Project
from gis.store import Store
from models.changes import Insert, Update
from models.notices import Notice
from tests.app.package.dossier.world import make_world


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(make_world(tmp_path)) as opened:
        yield opened


def test_the_features_of_a_project_are_read_once_for_all_its_sheets(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    real = Store.table

    def table(self: Store, layer: str, **more: Any) -> Any:
        reads.append(layer)
        return real(self, layer, **more)

    monkeypatch.setattr(Store, "table", table)
    kept = Kept()
    for kind in ("present_state", "control_overlay", "location"):
        for code in ("SK-001", "SK-002"):
            build_content(project, SheetRequest(code, kind=kind), kept=kept)
    assert reads.count("sand_pits") == 1
    assert reads.count("red_lines") <= 2  # as features, and as control lines


def test_an_edit_is_seen_by_the_next_sheet(project: Project) -> None:
    kept = Kept()
    before = build_content(project, SheetRequest("SK-001", kind="present_state"), kept=kept)
    same = build_content(project, SheetRequest("SK-001", kind="present_state"), kept=kept)
    assert same.terrain is before.terrain
    fid = project.store.rows("sand_pits", code="SK-002")[0]["fid"]
    project.store.transact(Notice("t", "t"), [Update("sand_pits", fid, {"code": "SK-9"})])
    after = build_content(project, SheetRequest("SK-001", kind="present_state"), kept=kept)
    assert {f.code for f in before.around} == {"SK-002", "HX-001"}
    assert {f.code for f in after.around} == {"SK-9", "HX-001"}
    assert after.terrain is not before.terrain


def test_depths_are_computed_once_for_the_sheets_of_a_site(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = build.volume.depth_grid

    def depth_grid(site: Any, *more: Any, **named: Any) -> Any:
        calls.append(site.code)
        return real(site, *more, **named)

    monkeypatch.setattr(build.volume, "depth_grid", depth_grid)
    kept = Kept()
    for code in ("SK-001", "SK-002"):
        for kind in ("backfill_design", "final_landform"):
            build_content(project, SheetRequest(code, kind=kind), kept=kept)
    assert calls == ["SK-001", "SK-002"]


def test_what_was_kept_does_not_change_a_sheet(project: Project, tmp_path: Path) -> None:
    """Pictures and contours that another sheet of the site made are those that this one would have made."""
    kept = Kept()
    for kind in ("present_state", "monitoring", "backfill_design", "control_overlay"):
        request = SheetRequest("SK-001", kind=kind)
        make_sheet(project, request, tmp_path / "kept.pdf", kept=kept)
        make_sheet(project, request, tmp_path / "alone.pdf")
        assert (tmp_path / "kept.pdf").read_bytes() == (tmp_path / "alone.pdf").read_bytes()


def test_the_shade_of_a_terrain_is_computed_once_for_a_window(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.package import relief

    made: list[int] = []
    real = relief._picture
    monkeypatch.setattr(relief, "_picture", lambda *a: made.append(1) or real(*a))
    kept = Kept()
    for kind in ("present_state", "control_overlay"):
        content = build_content(project, SheetRequest("SK-001", kind=kind), kept=kept)
        with drawing_settings():
            compose(content)
    assert len(made) == 1


def test_the_locator_shows_sites_near_enough(project: Project) -> None:
    site = project.store.site("SK-001")
    x0, y0, x1, y1 = site.outline.bounds
    around = Surroundings(project)
    other = project.store.site("SK-002").outline
    low, down, right, up = shapely.union_all([site.outline, other]).bounds
    assert around.locator_bounds(site) == pytest.approx((low, down, right, up))
    far = shapely.MultiPolygon([shapely.box(x0 + 90_000, y0, x1 + 90_000, y1)])
    project.store.transact(Notice("t", "t"), [Insert("sand_pits", {"code": "FAR", "geometry": far})])
    assert Surroundings(project).locator_bounds(site) == pytest.approx((low, down, right, up))
