"""The volumes in the window: every surface, live levels, the parts of the interval, methods, why."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from rasterio.transform import from_origin

from app import format as fmt
from app.gui.panels.inspector.panel import InspectorPanel
from app.gui.session import Session
from app.gui.widgets import Banner
from app.verbs.estimate import estimate
from app.verbs.terrain import add_terrain
from gis.surfaces import SURFACES
from models.estimate import EstimateRequest
from models.notices import Notice
from tests.app.gui.conftest import X, Y

Idle = Callable[[Any], None]


@pytest.fixture
def tab(opened: Session, qtbot: Any, look: None, idle: Idle) -> Any:
    panel = InspectorPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(372, 640)
    panel.show()
    opened.select_site("SK-001")
    panel.show_tab("capacity")
    idle(opened)
    yield panel.capacity
    idle(opened)


def texts(widget: Any) -> str:
    return "\n".join(w.text() for w in widget.findChildren(QLabel))


def choose(tab: Any, opened: Session, idle: Idle, key: str, **values: Any) -> None:
    tab.choices.choose_surface(key)
    tab.choices.form.show_surface(key, {**tab.choices.form.values(), **values})
    tab.touch(now=True)
    idle(opened)


def by_verb(opened: Session, key: str, **parameters: Any) -> float:
    report = estimate(
        opened.project, ["SK-001"], request=EstimateRequest(key, parameters), terrain="地形1m", store=False
    )
    return float(report.estimates[0].fill_m3)


def test_every_surface_of_the_engine_is_offered(tab: Any, opened: Session, idle: Idle) -> None:
    offered = {tab.choices.reference.itemData(i) for i in range(tab.choices.reference.count())}
    assert offered - {None} == set(SURFACES)
    first = [tab.choices.reference.itemData(i) for i in range(4)]
    assert first == ["spill", "rim_mean", "rim_plane", "rim_surface"]
    opened.select_site("DC-001")
    idle(opened)
    assert "lowest" in [tab.choices.reference.itemData(i) for i in range(4)]
    for key in ("rim_mean", "rim_plane", "lowest"):
        opened.select_site("SK-001")
        idle(opened)
        choose(tab, opened, idle, key)
        assert tab.answer.reference.key == key
        assert tab.answer.fill_m3 == by_verb(opened, key)


def test_a_graded_plane_asks_for_what_it_needs(tab: Any, opened: Session, idle: Idle) -> None:
    tab.choices.choose_surface("graded")
    idle(opened)
    assert tab.answer is None
    assert tab.choices.missing() == ["Fall"]
    banner = tab.problem.itemAt(0).widget()
    assert isinstance(banner, Banner)
    assert "Fall" in texts(banner)
    form = tab.choices.form
    form.controls["fall_percent"].setValue(2.0)
    assert tab.choices.missing() == ["Direction of the fall, from grid north"]
    form.controls["azimuth_deg"].setValue(90.0)
    idle(opened)
    level = form.values()["level_m"]
    same = by_verb(opened, "graded", level_m=level, fall_percent=2.0, azimuth_deg=90.0, anchor="centroid")
    assert tab.answer.fill_m3 == same
    assert not tab.problem.count()
    form.controls["crown"].click()
    idle(opened)
    assert not form.controls["azimuth_deg"].isVisibleTo(form)
    assert tab.answer.reference.parameters["crown"] is True
    assert "azimuth_deg" not in tab.answer.request.parameters


def test_another_terrain_and_a_design_file(tab: Any, opened: Session, idle: Idle, folder: Path) -> None:
    tab.choices.choose_surface("dem")
    assert tab.choices.missing() == ["Other terrain"]
    with rasterio.open(
        folder / "采前.tif", "w", driver="GTiff", width=160, height=160, count=1, dtype="float32", crs="EPSG:4546",
        transform=from_origin(X, Y, 1, 1),
    ) as out:  # fmt: skip
        out.write(np.full((160, 160), 1049.0, "float32"), 1)
    opened.run_write("t", lambda p, _w: add_terrain(p, folder / "采前.tif", name="采前", source="lidar"))
    idle(opened)
    tab.choices.terrain.choose("地形1m")
    choose(tab, opened, idle, "dem", terrain="采前")
    assert tab.answer.fill_m3 == pytest.approx(by_verb(opened, "level", level_m=1049.0), rel=1e-9)
    points = folder / "设计.csv"
    with points.open("w", newline="", encoding="utf8") as file:
        rows = [["x", "y", "z"], *([X + a, Y - b, 1049.0] for a in (5, 75) for b in (5, 75))]
        csv.writer(file).writerows(rows)
    tab.choices.choose_surface("contours")
    assert tab.choices.missing() == ["Design file"]
    choose(tab, opened, idle, "contours", design=str(points))
    assert "EPSG:4546" in texts(tab.problem.itemAt(0).widget())  # which it cannot know, and asks for
    choose(tab, opened, idle, "contours", design_crs="EPSG:4546", design_order="en")
    assert tab.answer.fill_m3 == pytest.approx(by_verb(opened, "level", level_m=1049.0), rel=1e-9)
    tab.store()
    opened.select_site("SK-002")
    idle(opened)
    opened.select_site("SK-001")
    idle(opened)
    assert tab.stored
    assert tab.choices.form.values()["design"]


def test_a_file_that_is_not_there_is_said(tab: Any, opened: Session, idle: Idle) -> None:
    choose(tab, opened, idle, "contours", design="/nowhere/设计.shp")
    assert tab.answer is None
    assert "design file is not there" in texts(tab.problem.itemAt(0).widget()).lower()


def test_a_level_is_live_and_nothing_is_computed_for_it(tab: Any, opened: Session, idle: Idle) -> None:
    tab.choices.waste.choose("FA-1")
    tab.touch(now=True)
    idle(opened)
    answer, shown = tab.answer, []
    tab.depth.connect(shown.append)
    started: list[Any] = []
    opened.tasks.started.connect(started.append)
    figures = tab.result.figures
    for at in (300, 400, 500):
        tab.choices.level.slider.setValue(at)
    level = tab.choices.level.value()
    assert figures.level.level_m == level
    live = figures.level
    assert f"{figures.volume.value.text()} {figures.volume.half.text()}" == fmt.plus_minus(
        live.fill_m3, live.half_m3, per=1e4
    )
    assert figures.tonnage.value.text() != "—"
    idle(opened)
    assert not started
    assert tab.answer is answer
    grid = shown[-1]
    assert grid.level_m == level
    assert grid.picture.low == pytest.approx(1042.4, abs=0.35)  # the bowl's floor
    same = estimate(
        opened.project, ["SK-001"], store=False, request=EstimateRequest("level", {"level_m": level}, waste="FA-1")
    ).estimates[0]
    assert figures.level.fill_m3 == pytest.approx(same.fill_m3, rel=1e-4)
    assert figures.level.tonnage_t == pytest.approx(same.tonnage_t, rel=1e-4)
    figures.copy_level()
    assert f"{level:.2f}" in QGuiApplication.clipboard().text()
    figures.estimate_wanted.emit()
    assert figures.level is None
    assert shown[-1] is not grid
    tab.choices.level.slider.setValue(500)
    figures.level_wanted.emit()
    idle(opened)
    assert tab.answer.reference.parameters["level_m"] == level
    assert tab.answer.fill_m3 == pytest.approx(same.fill_m3)


def test_layers_count_in_the_live_level(tab: Any, opened: Session, idle: Idle) -> None:
    tab.choices.cover.setValue(1.0)
    idle(opened)
    tab.choices.level.spin.setValue(1048.0)
    live = tab.result.figures.level
    assert live.cover_m3 > 0
    assert live.waste_m3 == pytest.approx(live.fill_m3 - live.cover_m3)


def test_a_stated_density_with_its_error(tab: Any, opened: Session, idle: Idle) -> None:
    tab.choices.density.setValue(1.25)
    idle(opened)
    assert tab.answer.interval95.tonnage_t is None
    assert any(n.key == "estimate.no_density_sigma" for n in tab.answer.warnings)
    tab.choices.spread.setValue(4.0)
    idle(opened)
    assert tab.answer.request.density_sigma == pytest.approx(0.04)
    assert tab.answer.interval95.tonnage_t > 2 * 0.04 * tab.answer.tonnage_t
    tab.choices.show_request(tab.answer.request, tab.answer)
    assert tab.choices.spread.given() == 4.0


def test_a_heap_is_cut_down_by_the_level(tab: Any, opened: Session, idle: Idle) -> None:
    opened.select_site("DC-001")
    idle(opened)
    bar, figures = tab.choices.level, tab.result.figures
    assert bar.span[1] == pytest.approx(1055.6, abs=0.3)  # the heap's top
    volumes = []
    for level in (1051.5, 1053.0, 1054.5):
        bar.spin.setValue(level)
        volumes.append(figures.level.cut_m3)
        said = f"{figures.volume.value.text()} {figures.volume.half.text()}"
        per = {"m³": 1.0, "10⁴ m³": 1e4}[figures.volume.unit.text()]
        assert per == (1.0 if volumes[-1] < 100 else 1e4)  # a few cubic metres are told as such
        assert said == fmt.plus_minus(round(volumes[-1], 1), figures.level.half_m3, per=per)
    assert volumes[0] > volumes[1] > volumes[2] > 0


def test_parts_methods_and_other_surfaces(tab: Any) -> None:
    e, result = tab.answer, tab.result
    names = [b.name for b in result.parts.volume.bars]
    assert "Terrain heights" in names
    shares = {b.name: b.text for b in result.parts.volume.bars}
    top = max(e.interval95.shares.values())
    assert any(t.endswith(f"{100 * top:.0f} %") for t in shares.values())
    assert [r[0].split(",")[0] for r in result.checks.rows] == [
        "Triangulated surface", "Grid method", "Section method",
    ]  # fmt: skip
    assert len(result.others.bars.bars) == 1 + len(e.alternatives)


def test_why_is_asked_only_when_it_is_opened(tab: Any, opened: Session, idle: Idle) -> None:
    from app.verbs.why import why

    section = tab.result.why
    assert section.report is None
    section.head.setChecked(True)
    idle(opened)
    expected = why(opened.project, "SK-001", request=tab.answer.request)
    assert [(r.key, r.fill_m3) for r in section.report.rows] == [(r.key, r.fill_m3) for r in expected.rows]
    said = texts(section)
    for r in expected.rows:
        assert r.reason.text.split(";")[0][1:30] in said
    choose(tab, opened, idle, "rim_mean")
    assert section.report.reference == "rim_mean"  # open, so it follows
    section.head.setChecked(False)
    choose(tab, opened, idle, "spill")
    assert section.report is None


def test_all_of_it_can_be_copied(tab: Any, opened: Session, idle: Idle) -> None:
    tab.result.why.head.setChecked(True)
    idle(opened)
    tab.result.copy()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    found = {r[0]: r[1:] for r in rows if len(r) > 1}
    assert float(found["Fill"][0]) == pytest.approx(tab.answer.fill_m3, abs=0.06)
    assert found["Fill"][1] == "m³"
    assert "Grid method" in found
    assert "outer ring only, islands ignored" in found or "net: fill minus cut" in found


def test_what_is_too_uncertain_is_no_estimate(tab: Any) -> None:
    e = tab.answer
    figures = tab.result.figures
    assert not figures.verdict.isVisible()
    notice = Notice("estimate.too_uncertain", "± {share:.0%} of the volume", share=0.8)
    tab.result.show_estimate(replace(e, warnings=(notice, *e.warnings)))
    assert figures.verdict.isVisible()
    assert "No estimate" in figures.verdict.text()
    banner = tab.result._remarks.itemAt(0).widget()
    assert banner.property("banner") == "danger"


def test_nothing_stated_is_not_quantified_and_never_zero(tab: Any, opened: Session, idle: Idle) -> None:
    from app.verbs.terrain_errors import set_terrain_errors

    opened.run_write("t", lambda p, _w: set_terrain_errors(p, "地形1m", {}, forget=True))
    idle(opened)
    tab.touch(now=True)
    idle(opened)
    assert tab.answer.interval95.fill_m3 is None
    assert tab.result.figures.volume.remark.text() == "not quantified"
    assert tab.result.figures.volume.half.text() == ""
    assert {b.text for b in tab.result.parts.volume.bars if b.name in ("Terrain heights", "Together (95 %)")} == {
        "not quantified"
    }


def test_an_estimate_whose_storing_was_undone_is_no_longer_called_stored(tab: Any, opened: Session, idle: Idle) -> None:
    choose(tab, opened, idle, "rim_mean")
    tab.store()
    idle(opened)
    shown = tab.answer.fill_m3
    assert (tab.stored, tab.keep.isEnabled()) == (True, False)
    opened.undo()
    idle(opened)
    assert (tab.answer.reference.key, tab.answer.fill_m3) == ("rim_mean", shown)  # it is still right
    assert (tab.stored, tab.keep.isEnabled()) == (False, True)
    assert tab.state.text() == "computed, not stored"
    opened.redo()
    idle(opened)
    assert (tab.stored, tab.keep.isEnabled()) == (True, False)
    asked = EstimateRequest("spill")
    opened.run_write("t", lambda p, _w: estimate(p, ["SK-001"], request=asked), lambda _r: None, opened.report)
    idle(opened)
    assert (tab.answer.reference.key, tab.stored) == ("spill", True)  # what was estimated with all others is shown


def test_stored_under_a_rim_that_was_edited_since_is_computed_anew(tab: Any, opened: Session, idle: Idle) -> None:
    from app.verbs.rim import Where, add_rim_edit

    tab.choices.choose_surface("edited_rim")
    idle(opened)
    assert tab.choices.missing() == ["Rim edits"]
    where = Where(middle=(X + 64.0, Y - 40.0), length_m=6.0)
    opened.run_write("t", lambda p, _w: add_rim_edit(p, "SK-001", "lower", where, value_m=1.0))
    idle(opened)
    first = tab.answer.reference.mean_elevation_m
    assert tab.answer.reference.key == "edited_rim"
    assert tab.answer.reference.parameters["over"] == "spill"  # the default of a pit
    assert "over" not in tab.answer.request.parameters
    tab.store()
    opened.run_write("t", lambda p, _w: add_rim_edit(p, "SK-001", "lower", where, value_m=1.0))
    idle(opened)
    assert tab.answer.reference.mean_elevation_m == pytest.approx(first - 1.0, abs=1e-6)
    assert not tab.stored
    opened.select_site("SK-002")
    idle(opened)
    opened.select_site("SK-001")
    idle(opened)
    assert not tab.stored
    opened.undo()
    idle(opened)
    assert tab.answer.reference.mean_elevation_m == pytest.approx(first)


def test_cut_and_tonnage_have_an_interval_or_say_that_they_have_none(tab: Any, opened: Session, idle: Idle) -> None:
    level = tab.answer.reference.mean_elevation_m - 1
    choose(tab, opened, idle, "level", level_m=level)
    answer = tab.answer
    assert answer.cut_m3 > 0
    assert answer.interval95.other_m3 is not None
    figures = tab.result.figures
    assert figures.other.half.text().startswith("± ")
    assert not figures.other.remark.text()
    without = replace(answer.interval95, other_m3=None, tonnage_t=None)
    figures.show_estimate(replace(answer, interval95=without, tonnage_t=1000.0))
    assert figures.other.remark.text() == figures.tonnage.remark.text() != ""
