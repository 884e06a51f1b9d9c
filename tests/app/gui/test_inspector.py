from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.gui.panels.inspector import capacity_following
from app.gui.panels.inspector.editors import read_value, text_of
from app.gui.panels.inspector.panel import InspectorPanel
from app.gui.session import Session
from app.gui.widgets import Section
from layers.registry import LAYERS
from models.changes import Update
from models.errors import Refused
from models.notices import Notice


@pytest.fixture
def panel(opened: Session, qtbot: Any, look: None) -> InspectorPanel:
    made = InspectorPanel(opened)
    qtbot.addWidget(made)
    made.resize(372, 640)
    made.show()
    opened.select_site("SK-001")
    return made


def field(name: str) -> Any:
    return LAYERS["sand_pits"].field_named(name)


def test_values_are_read_as_people_type_them() -> None:
    assert read_value(field("ground_water_m"), "1\u2009052,5".replace(",", ".")) == 1052.5
    assert read_value(field("surveyed_on"), "2026/01/31") == "2026-01-31"
    assert read_value(field("name"), "") is None
    assert text_of(field("ground_water_m"), float("nan")) == ""
    for name, text in (
        ("ground_water_m", "deep"),
        ("ground_water_m", "99999"),
        ("code", ""),
        ("surveyed_on", "31.31."),
    ):
        with pytest.raises(Refused):
            read_value(field(name), text)


def test_form_shows_and_commits(panel: InspectorPanel, opened: Session, qtbot: Any) -> None:
    panel.show_tab("fields")
    editors = panel.fields.editors
    assert editors["name"].text() == "一号砂坑"
    assert editors["status"].text() == "planned"
    line = editors["name"].control
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "West pit")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    fid = next(iter(opened.selection[1]))
    assert opened.frame("sand_pits")["name"][fid] == "West pit"
    assert panel.title.text() == "SK-001  West pit"
    opened.undo()
    assert editors["name"].text() == "一号砂坑"
    assert panel.title.text() == "SK-001  一号砂坑"


def test_bad_value_is_said_and_not_stored(panel: InspectorPanel, opened: Session) -> None:
    panel.show_tab("fields")
    editor = panel.fields.editors["ground_water_m"]
    before = opened.project.store.revision
    editor.control.setText("deep")
    editor.settle()
    assert editor.problem.isVisible()
    assert editor.problem.text()
    assert opened.project.store.revision == before
    editor.control.setText("1048.5")
    editor.settle()
    assert not editor.problem.isVisible()
    assert opened.project.store.revision == before + 1


def test_a_code_that_is_taken_is_refused_in_words(panel: InspectorPanel, opened: Session) -> None:
    panel.show_tab("fields")
    editor = panel.fields.editors["code"]
    editor.control.setText("SK-002")
    editor.settle()
    assert editor.problem.isVisible()
    assert "SK-002" in editor.problem.text()
    assert list(opened.frame("sand_pits")["code"]) == ["SK-001", "SK-002"]


def test_choice_and_its_clearing(panel: InspectorPanel, opened: Session) -> None:
    panel.show_tab("fields")
    editor = panel.fields.editors["status"]
    fid = next(iter(opened.selection[1]))
    for wanted, stored in (("filled", "filled"), ("", None)):
        editor.combo.setCurrentIndex(editor.combo.findData(wanted))
        editor.settle()
        now = opened.frame("sand_pits")["status"][fid]
        assert now == stored or (stored is None and now != now)


def test_what_was_typed_is_kept_when_another_site_is_chosen(panel: InspectorPanel, opened: Session) -> None:
    panel.show_tab("fields")
    fid = next(iter(opened.selection[1]))
    panel.fields.editors["remarks"].edit.setPlainText("to be looked at")
    opened.select_site("SK-002")
    assert opened.frame("sand_pits")["remarks"][fid] == "to be looked at"
    assert panel.fields.editors["remarks"].text() == ""


def test_the_curve_draws_what_of_it_was_spanned(
    panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]
) -> None:
    """A line and words of their own where the terrain says so; none where it says nothing."""
    result = panel.capacity.result
    panel.show_tab("capacity")
    idle(opened)
    assert [line.label for line in result.chart.drawing.lines] == ["Volume", "Area"]
    assert len(result.chart.drawing.readout(0.0, result.curve[-1].elevation_m)) == 3
    half = [replace(row, spanned_m3=row.volume_m3 / 2) for row in result.curve]
    result.show_curve(half)
    lines = {line.label: line for line in result.chart.drawing.lines}
    volume, gaps = lines["Volume"], lines["In gaps between points"]
    assert gaps.x == pytest.approx(volume.x / 2)
    assert result.chart.drawing.readout(0.0, half[-1].elevation_m)[3].startswith("in gaps ")


def test_capacity_computes_follows_and_stores(
    panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]
) -> None:
    tab = panel.capacity
    panel.show_tab("capacity")
    idle(opened)
    cone = np.pi * 24**2 * 7.68 / 3  # the bowl inside the outline; the ground slopes by 1 %, so it spills a bit lower
    assert tab.answer is not None
    assert tab.answer.reference.key == "spill"
    assert 0.85 * cone < tab.answer.fill_m3 < cone
    assert tab.result.curve
    assert tab.result.curve[-1].volume_m3 == pytest.approx(tab.answer.fill_m3, rel=1e-6)
    assert tab.result.figures.tonnage.value.text() == "—"
    tab.choices.waste.choose("FA-1")
    tab.touch(now=True)
    idle(opened)
    assert tab.answer.tonnage_t == pytest.approx(tab.answer.waste_m3 * tab.answer.density_t_m3)
    assert tab.keep.isEnabled()
    assert opened.project.store.count("estimates") == 0
    tab.store()
    assert opened.project.store.estimates(["SK-001"])[0].request.waste == "FA-1"
    assert not tab.keep.isEnabled()
    opened.undo()
    idle(opened)
    assert opened.project.store.count("estimates") == 0


def test_level_slider_previews_and_agrees(panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]) -> None:
    tab = panel.capacity
    panel.show_tab("capacity")
    idle(opened)
    tab.choices.choose_surface("level")
    idle(opened)
    bar = tab.choices.level
    assert bar.slider.isEnabled()
    bar.slider.setValue(500)
    level = bar.value()
    quick, _area = tab.live.levels.table.at(level)
    idle(opened)
    assert tab.answer.reference.parameters["level_m"] == level
    assert tab.answer.fill_m3 == pytest.approx(quick, rel=1e-3)


def test_newer_wish_cancels_the_older(panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]) -> None:
    tab = panel.capacity
    panel.show_tab("capacity")
    idle(opened)
    for cover in (0.5, 1.0, 2.0):
        tab.choices.cover.setValue(cover)
    idle(opened)
    assert tab.answer.request.cover_m == 2.0
    assert tab.answer.cover_m3 > 0


def test_site_outside_the_terrain_says_why(panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]) -> None:
    from models.changes import Insert
    from models.notices import Notice
    from tests.app.gui.conftest import circle

    opened.transact(Notice("t", "far"), [Insert("sand_pits", {"code": "FAR", "geometry": circle(5000, 5000, 20)})])
    panel.show_tab("capacity")
    opened.select_site("FAR")
    idle(opened)
    assert panel.capacity.answer is None
    assert panel.capacity.problem.count() == 1
    assert not panel.capacity.result.isVisible()


def test_screening_shows_every_finding(panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]) -> None:
    panel.show_tab("screening")
    tab = panel.screening
    tab.screen()
    assert not tab.run.isEnabled()
    idle(opened)
    assert tab.run.isEnabled()
    assert tab.shown is not None
    assert tab.shown.waste == "FA-1"
    from app.gui.panels.inspector.findings import FindingCard

    folded = len(tab.findChildren(FindingCard))
    assert 0 < folded < len(tab.shown.findings)  # what is met is folded away, and made when it is wanted
    for section in tab.findChildren(Section):
        section.head.setChecked(True)
    idle(opened)
    assert len(tab.findChildren(FindingCard)) == len(tab.shown.findings)
    assert opened.project.store.count("screenings") == 1
    opened.select_site("DC-001")
    idle(opened)
    assert tab.heap.isVisible()


def test_section_lies_along_the_site(
    panel: InspectorPanel, opened: Session, idle: Callable[[Any], None], tmp_path: Any
) -> None:
    panel.show_tab("section")
    idle(opened)
    tab = panel.section
    assert tab.data is not None
    assert tab.data.ground_m.min() < 1044
    assert np.isfinite(tab.data.reference_m).any()
    tab.write_csv(tmp_path / "断面.csv")
    lines = (tmp_path / "断面.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(tab.data.distance_m) + 1
    tab.which.choose("across")
    tab._chosen()
    idle(opened)
    assert tab.data.distance_m[-1] == pytest.approx(48 * 1.2, rel=0.05)


def test_history_tells_each_step(panel: InspectorPanel, opened: Session) -> None:
    panel.show_tab("fields")
    panel.fields.editors["name"].control.setText("新名")
    panel.fields.editors["name"].settle()
    panel.show_tab("history")
    texts = [w.text() for w in panel.history.findChildren(QLabel)]
    assert any("一号砂坑 → 新名" in t for t in texts)


def test_nothing_selected_says_what_to_do(panel: InspectorPanel, opened: Session, idle: Callable[[Any], None]) -> None:
    opened.select("", ())
    assert panel.empty.isVisible()
    assert panel.empty.title.text()
    opened.select("red_lines", opened.frame("red_lines").index)
    idle(opened)
    assert not panel.empty.isVisible()
    assert not panel.tabs.isTabVisible(1)
    assert panel.tabs.isTabVisible(0)


def test_a_long_outline_is_compared_in_the_background(
    panel: InspectorPanel, opened: Session, idle: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity_following, "_LONG", 3)
    panel.show_tab("capacity")
    idle(opened)
    before = panel.capacity.answer
    fid = next(iter(opened.selection[1]))
    opened.transact(Notice("t", "rename"), [Update("sand_pits", fid, {"name": "甲"})])
    idle(opened)
    assert panel.capacity.answer is before
    smaller = shapely.get_parts(opened.site("SK-001").outline.buffer(-3)).tolist()
    opened.transact(Notice("t", "smaller"), [Update("sand_pits", fid, {"geometry": shapely.MultiPolygon(smaller)})])
    idle(opened)
    assert panel.capacity.answer.footprint_m2 < before.footprint_m2
