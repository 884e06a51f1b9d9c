from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from app.gui.panels.inventory.columns import column_named
from app.gui.panels.inventory.filter import Filter
from app.gui.panels.inventory.lines import Figures, Line, add_figures
from app.gui.panels.inventory.model import Group, InventoryModel
from app.gui.panels.inventory.panel import InventoryPanel
from app.gui.session import Session


def line(code: str, layer: str = "sand_pits", **figures: Any) -> Line:
    made = Line(
        layer,
        len(code) * 100 + int(code[-1]),
        f"uid-{code}",
        code,
        figures.pop("name", ""),
        figures.pop("district", ""),
        "",
        1000.0,
    )
    volume = figures.pop("volume_m3", None)
    made.figures = Figures(fill_m3=volume, cut_m3=volume, **figures)
    made.hay = f"{made.code} {made.name} {made.district}".casefold()
    return made


@pytest.fixture
def model(qapp: Any) -> InventoryModel:
    made = InventoryModel()
    made.set_lines(
        [
            line("A1", volume_m3=20_000.0, tonnage_t=30_000.0, land_m2=2000.0, district="甲区", name="大坑"),
            line("A2", district="乙区"),
            line("A3", volume_m3=5_000.0, tonnage_t=8_000.0, land_m2=1000.0, district="甲区"),
            line("D4", "stockpiles", volume_m3=70_000.0, tonnage_t=1.0, land_m2=500.0, district="乙区"),
        ]
    )
    return made


def codes(model: InventoryModel) -> list[str]:
    return [s.code for s in (model.line(r) for r in range(model.rowCount())) if s is not None]


def test_sorting_leaves_what_is_not_estimated_last(model: InventoryModel) -> None:
    volume = column_named("volume")
    model.sort(volume, Qt.SortOrder.AscendingOrder)
    assert codes(model) == ["A3", "A1", "D4", "A2"]
    model.sort(volume, Qt.SortOrder.DescendingOrder)
    assert codes(model) == ["D4", "A1", "A3", "A2"]


def test_filter_wants_every_word(model: InventoryModel) -> None:
    model.set_filter(Filter("甲区 大"), "")
    assert codes(model) == ["A1"]
    model.set_filter(Filter(layer="stockpiles"), "")
    assert codes(model) == ["D4"]
    model.set_filter(Filter("nothing like it"), "")
    assert model.rowCount() == 0


def test_totals_count_pits_only(model: InventoryModel) -> None:
    sums = model.totals()
    assert sums["count"] == 4
    assert sums["estimated"] == 3
    assert sums["volume"] == 25_000
    assert sums["tonnage"] == 38_000
    assert sums["land"] == 3000
    assert model.totals([0])["volume"] == 20_000


def test_groups_carry_their_sums(model: InventoryModel) -> None:
    model.set_filter(Filter(), "district")
    heads = {at.title: r for r, at in enumerate(model.shown) if isinstance(at, Group)}
    assert set(heads) == {"甲区", "乙区"}
    index = model.index(heads["甲区"], column_named("volume"))
    assert model.data(index) == "2.50"
    assert not model.flags(index) & Qt.ItemFlag.ItemIsSelectable
    assert model.totals()["volume"] == 25_000  # headings are not counted a second time


def test_copy_has_units_in_the_heading_and_plain_numbers(model: InventoryModel) -> None:
    rows = [r.split("\t") for r in model.as_tsv().rstrip("\n").split("\n")]
    at = rows[0].index("Volume 10⁴ m³")
    assert [r[at] for r in rows[1:]] == ["2.0", "", "0.5", "7.0"]
    assert all(len(r) == len(rows[0]) for r in rows)
    assert "\u2009" not in model.as_tsv()


def test_figures_of_a_heap_are_its_own_volume(qapp: Any) -> None:
    pit, heap = line("A1"), line("D2", "stockpiles")
    record = Figures.of_record({
        "fill_m3": 1.0, "cut_m3": 2.0, "tonnage_t": 3.0, "land_released_m2": 4.0, "computed_at": "2026-01-02T03:04:05",
        "interval95": {"fill_m3": 0.5, "tonnage_t": None}, "reference": {"key": "level"},
    })  # fmt: skip
    add_figures([pit, heap], ({pit.uid: record, heap.uid: record}, {"uid-A1": {"accept": 2}}))
    assert (pit.volume_m3, heap.volume_m3) == (1.0, 2.0)
    assert pit.verdicts == {"accept": 2}
    assert heap.verdicts == {}
    add_figures([pit], ({}, {}))
    assert pit.volume_m3 is None
    assert pit.figures.reference == ""


def test_a_hundred_thousand_rows_are_quick(qapp: Any) -> None:
    import time

    model = InventoryModel()
    lines = [line(f"P{i}", volume_m3=float(i % 977), district=f"区{i % 9}") for i in range(100_000)]
    model.set_lines(lines)
    start = time.perf_counter()
    model.sort(column_named("volume"), Qt.SortOrder.DescendingOrder)
    model.set_filter(Filter("区3"), "")
    assert 11_000 < model.rowCount() < 11_200
    assert time.perf_counter() - start < 5  # a wide limit for slow machines; about 1 s is usual


@pytest.fixture
def panel(opened: Session, qtbot: Any, look: None, idle: Callable[[Any], None]) -> InventoryPanel:
    made = InventoryPanel(opened)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    idle(opened)
    return made


def test_selection_goes_both_ways(panel: InventoryPanel, opened: Session) -> None:
    assert codes(panel.model) == ["DC-001", "SK-001", "SK-002"]
    panel.table.selectRow(1)
    assert opened.site_code == "SK-001"
    opened.select_site("DC-001")
    assert panel.rows() == [0]
    opened.select("sand_pits", opened.frame("sand_pits").index)
    assert panel.rows() == [1, 2]
    assert "2" in panel.totals.text()
    opened.select("", ())
    assert panel.rows() == []


def test_selection_survives_filter_and_sort(panel: InventoryPanel, opened: Session) -> None:
    opened.select_site("SK-002")
    panel.filter.setText("二号")
    assert panel.rows() == [0]
    panel.filter.setText("")
    panel.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert opened.site_code == "SK-002"
    assert panel.rows() == [0]


def test_rows_selected_are_copied(panel: InventoryPanel, opened: Session) -> None:
    opened.select("sand_pits", opened.frame("sand_pits").index)
    panel.copy()
    text = QGuiApplication.clipboard().text()
    assert text.count("\n") == 3
    assert "SK-002" in text
    assert "DC-001" not in text


def test_an_estimate_shows_up(panel: InventoryPanel, opened: Session, idle: Callable[[Any], None]) -> None:
    from app.gui.estimate_all import estimate_all

    opened.run_write("all", estimate_all)
    idle(opened)
    shown = {s.code: s for s in panel.model.lines}
    assert all(s.volume_m3 and s.volume_m3 > 100 for s in shown.values())
    panel.copy()
    heads, *rows = [r.split("\t") for r in QGuiApplication.clipboard().text().rstrip("\n").split("\n")]
    at = heads.index("± Volume 10⁴ m³")
    assert heads[at - 1] == "Volume 10⁴ m³"
    assert [float(r[at]) for r in rows] == [pytest.approx(shown[r[0]].figures.half_m3 / 1e4, abs=1e-6) for r in rows]
    assert panel.model.totals()["volume"] == pytest.approx(shown["SK-001"].volume_m3 + shown["SK-002"].volume_m3)


def test_a_selection_elsewhere_moves_no_column(panel: InventoryPanel, opened: Session) -> None:
    panel.resize(500, 300)
    bar = panel.table.horizontalScrollBar()
    panel.table.setCurrentIndex(panel.model.index(0, column_named("verdicts")))
    assert bar.value() > 0, "the cell that was gone to is in sight"
    bar.setValue(0)
    opened.select_site("SK-002")
    assert panel.rows() == [2]
    assert bar.value() == 0


def test_empty_project_says_what_to_do(panel: InventoryPanel, opened: Session) -> None:
    assert not panel.empty.isVisible()
    opened.close()
    assert panel.empty.isVisible()


def test_a_sum_over_nothing_is_unknown_and_small_ones_keep_their_digits() -> None:
    from app import format as fmt

    assert [fmt.total(v, 10_000) for v in (None, 254.0, 37_360.0, 3_827_000.0)] == ["—", "0.0254", "3.74", "382.7"]


def test_the_head_says_what_is_not_estimated_and_whose_sum_it_is(panel: InventoryPanel) -> None:
    """Two pits and a heap, none of them estimated: no sum is 0, and the heap is in none."""
    assert panel.totals.toolTip().startswith("3 sites, total of 2 pits   — 10⁴ m³   — 10⁴ t   — mu")


def test_figures_of_an_outline_that_was_changed_are_marked(
    panel: InventoryPanel, opened: Session, idle: Callable[[Any], None]
) -> None:
    """After a split or a moved vertex the table showed the old outline's volume as if it were today's."""
    from app.verbs.estimate import estimate
    from models.changes import Update
    from models.estimate import EstimateRequest
    from models.notices import Notice

    asked = EstimateRequest("spill")
    opened.run_write("t", lambda p, _w: estimate(p, ["SK-001"], request=asked), lambda _r: None, opened.report)
    idle(opened)
    row = next(r for r in range(panel.model.rowCount()) if panel.model.line(r).code == "SK-001")
    index = panel.model.index(row, column_named("volume"))
    before = panel.model.data(index)
    assert not before.endswith("*")
    fid = panel.model.line(row).fid
    smaller = opened.table("sand_pits").row(fid)["geometry"].buffer(-2)
    outline = shapely.MultiPolygon(shapely.get_parts(smaller).tolist())
    opened.transact(Notice("t", "smaller"), [Update("sand_pits", fid, {"geometry": outline})])
    idle(opened)
    assert panel.model.data(index) == f"{before} *"
    assert "F9" in panel.model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert "* 1 sites were estimated with an outline that was changed since" in panel.totals.toolTip()
    assert panel.totals.toolTip().startswith("3 sites, 1 of 2 pits   "), "a sum over some does not pass for all"
    opened.undo()
    idle(opened)
    assert panel.model.data(index) == before


def test_the_cross_of_the_filter_is_of_our_set_and_empties_it(panel: InventoryPanel, qtbot: Any) -> None:
    cross = next(b for b in panel.filter.findChildren(QToolButton) if b.defaultAction().text() == "Clear the field")
    panel.filter.setText("SK")
    assert panel.model.rowCount() == 2
    cross.click()
    assert panel.filter.text() == ""
    assert panel.model.rowCount() == 3
