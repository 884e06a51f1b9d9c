from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.gui.canvas import legend_bars
from app.gui.canvas.legend import Ground, Legend, LegendRow, _columns, _heading, compact, legend_rows
from app.gui.canvas.overlay import LegendClass, Overlay
from app.gui.canvas.theme import LIGHT

ROOM = QRectF(0, 0, 780, 440)  # the map of a window of 1366 x 768
ALL = frozenset({("sand_pits", ""), ("mine_pits", ""), ("stockpiles", ""), ("red_lines", ""), ("districts", ""),
                 ("observations", ""), ("control_areas", "permanent_basic_farmland")})  # fmt: skip


def overlay(classes: int) -> Overlay:
    made = tuple(LegendClass("#2266AA", f"{k}–{k + 1}") for k in range(classes))
    return Overlay(QImage(1, 1, QImage.Format.Format_ARGB32), (0, 0, 1, 1), "Depth of fill", "m", made)


def painted(legend: Legend, rows: list[LegendRow], room: QRectF = ROOM) -> Legend:
    image = QImage(int(room.width()), int(room.height()), QImage.Format.Format_ARGB32)
    p = QPainter(image)
    legend.paint(p, rows, room, LIGHT)
    p.end()
    return legend


def test_rows_follow_the_order_of_the_map(qapp: Any) -> None:
    rows = legend_rows(ALL, None, Ground(), ["mine_pits", "sand_pits"])
    assert [r.text for r in rows] == ["Mine pit", "Sand pit"]


def test_a_short_legend_keeps_what_only_it_tells(qapp: Any) -> None:
    rows = legend_rows(ALL, overlay(6), Ground((1055.0, 1141.0), False, (2.0,)))
    short, left_out = compact(rows, ROOM.height())
    assert [r for r in short if r.own] == [r for r in rows if r.own]
    assert left_out == len(rows) - len(short) > 0
    assert compact(rows, 2000) == (rows, 0)


def test_where_room_is_short_classes_stand_as_one_bar_with_all_their_limits(qapp: Any) -> None:
    fill = [LegendClass("#2266AA", f"{k}–{k + 1}", (float(k), k + 1.0), "Fill") for k in range(7)]
    cut = [LegendClass("#AA2222", f"cut {k}–{k + 2}", (float(k), k + 2.0), "Cut") for k in range(0, 6, 2)]
    ground = Overlay(QImage(1, 1, QImage.Format.Format_ARGB32), (0, 0, 1, 1), "Depth", "m", (*fill, *cut))
    rows = legend_rows(ALL, ground, Ground())
    short, _left = compact(rows, ROOM.height())
    bars = [r for r in short if r.steps]
    assert [(r.text, r.limits) for r in bars] == [("Fill", tuple(range(8))), ("Cut", (0, 2, 4, 6))]
    assert [len(r.steps) for r in bars] == [7, 3]
    assert not any(r.colour for r in short)
    assert painted(Legend(), rows).box.height() < 0.5 * ROOM.height()


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_bar_of_few_classes_tells_all_its_limits(qapp: Any, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """The fill below a heap's base had one class, and under it a lone 0."""
    limits = tuple(k * 0.25 for k in range(count + 1))
    bar = LegendRow("Fill", own=True, limits=limits, side="Fill", steps=("#2266AA",) * count)
    told: list[int] = []
    real = legend_bars.tick
    monkeypatch.setattr(legend_bars, "widest_tick", lambda _row: 24.0)
    image = QImage(400, 60, QImage.Format.Format_ARGB32)
    p = QPainter(image)
    monkeypatch.setattr(legend_bars, "tick", lambda row, k: (told.append(k), real(row, k))[1])
    legend_bars.paint_bar(p, bar, QRectF(0, 0, 400, 32), LIGHT)
    p.end()
    assert told == (list(range(count + 1)) if count <= 3 else list(range(0, count + 1, 2)))


@pytest.mark.parametrize("classes", [2, 6, 12, 40])
@pytest.mark.parametrize("full", [False, True])
def test_it_stays_inside_the_map_and_leaves_most_of_it_free(qapp: Any, classes: int, full: bool) -> None:
    legend = Legend()
    legend.full = full
    painted(legend, legend_rows(ALL, overlay(classes), Ground((1.0, 2.0), True, (2.0,))))
    assert ROOM.contains(legend.box)
    if not full:
        assert legend.box.width() * legend.box.height() < 0.25 * ROOM.width() * ROOM.height()


@pytest.mark.parametrize("classes", range(2, 30))
def test_in_columns_a_heading_stands_over_its_rows(qapp: Any, classes: int) -> None:
    for heights in (None, (1.0, 2.0)):
        rows = legend_rows(ALL, overlay(classes), Ground(heights, True))
        for height in (200.0, 300.0, 440.0):
            columns = _columns(rows, height)
            assert [r for c in columns for r in c] == rows
            assert not any(_heading(c[-1]) for c in columns)


def test_heading_folds_and_the_last_line_unfolds_all(qapp: Any) -> None:
    rows = legend_rows(ALL, overlay(6), Ground())
    legend = painted(Legend(), rows)
    short = legend.box.height()
    assert legend.press(QPointF(legend.box.center().x(), legend.box.bottom() - 10))
    assert painted(legend, rows).box.height() > short
    assert legend.press(legend.box.topLeft() + QPointF(5, 5))
    assert painted(legend, rows).box.height() < 45
    assert not legend.press(QPointF(3, 3))


def test_slope_and_contours_are_explained(qapp: Any) -> None:
    texts = [r.text for r in legend_rows(frozenset(), None, Ground(None, True, (0.5, 2.0)))]
    assert texts[:4] == ["Contours every 0.5 m", "Contours every 2 m", "Slope (°)", "0–2"]
    assert texts[-1] == "> 45"
