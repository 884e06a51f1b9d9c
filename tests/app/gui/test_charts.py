from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.gui.bars import Bar, BarList
from app.gui.charts import Area, Axis, Chart, Drawing, Line, Mark, _runs, nice_ticks, tick_text
from app.gui.theme import LIGHT, THEMES, apply_theme


@given(st.floats(-1e5, 1e5), st.floats(1e-2, 1e6), st.integers(2, 12))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    ticks = nice_ticks(low, low + span, most)
    assert 1 <= len(ticks) <= most + 1
    assert all(low - span * 1e-6 <= t <= low + span * (1 + 1e-6) for t in ticks)
    if len(ticks) > 1:
        step = ticks[1] - ticks[0]
        lead = step / 10 ** np.floor(np.log10(step) + 1e-9)
        assert min(abs(lead - k) for k in (1, 2, 2.5, 5, 10)) < 1e-3


@pytest.mark.parametrize(("value", "step", "text"), [(1050.0, 5.0, "1 050"), (2.5, 2.5, "2.5"), (0.25, 0.05, "0.25")])
def test_tick_has_the_decimals_of_its_step(value: float, step: float, text: str) -> None:
    assert tick_text(value, step) == text.replace(" ", "\u2009")


def test_gaps_split_a_curve() -> None:
    good = np.array([True, True, False, True, False, True, True, True])
    assert _runs(good) == [(0, 2), (5, 8)]


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


@pytest.fixture
def chart(qtbot: Any, look: None) -> Chart:
    made = Chart()
    qtbot.addWidget(made)
    made.resize(360, 240)
    made.show()
    return made


def drawing() -> Drawing:
    x = np.linspace(0, 100, 50)
    return Drawing(
        Axis("x"),
        Axis("y"),
        (Line(x, x * 2, "accent", "up", width=3), Line(x, np.where(x > 50, np.nan, x), "chart_ground", top=True)),
        (Area(x, np.zeros(50), x, "chart_fill", "fill"),),
        (Mark(50, "half", "danger"), Mark(20, "here", "info", vertical=True)),
        top=Axis("top"),
        readout=lambda px, py: (f"{px:.0f}", f"{py:.0f}"),
    )


def test_chart_draws_what_it_is_given(chart: Chart) -> None:
    chart.show_drawing(drawing())
    seen = colours(chart.grab().toImage())
    assert LIGHT.accent.lower() in seen
    assert LIGHT.chart_fill.lower() in seen


def test_pointer_is_told_in_units(chart: Chart, qtbot: Any) -> None:
    chart.show_drawing(drawing())
    chart.grab()
    heard: list[tuple[float, float]] = []
    chart.hovered.connect(lambda x, y: heard.append((x, y)))
    sx, sy = chart._scales
    at = QPointF(round(float(sx.px(50))), round(float(sy.px(100))))
    # Sent straight to the chart: the pointer of a test before may stand at this very place, and then nothing moves.
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(chart.mapToGlobal(at)), none, none, Qt.KeyboardModifier(0))
    QApplication.sendEvent(chart, moved)
    assert heard[-1] == pytest.approx((50, 100), abs=1)
    chart.grab()  # with the readout


def test_empty_and_flat_data_do_not_fail(chart: Chart) -> None:
    chart.show_drawing(None, "nothing")
    chart.grab()
    flat = np.full(5, 7.0)
    chart.show_drawing(Drawing(Axis(), Axis(), (Line(flat, flat, "accent"), Line(np.zeros(0), np.zeros(0), "info"))))
    chart.grab()
    chart.show_drawing(Drawing(Axis(), Axis(), (Line(np.full(3, np.nan), np.full(3, np.nan), "accent"),)))
    chart.grab()


def test_bars_share_one_scale(qtbot: Any, look: None) -> None:
    bars = BarList()
    qtbot.addWidget(bars)
    bars.show_bars([Bar("a", 10.0, "10"), Bar("b", 5.0, "5"), Bar("c", None, "—"), Bar("d", 0.0, "0")])
    bars.resize(300, bars.height())
    image = bars.grab().toImage()
    accent = LIGHT.accent.lower()
    lengths = [
        sum(image.pixelColor(x, i * BarList.LINE + 12).name() == accent for x in range(image.width())) for i in range(3)
    ]
    assert lengths[0] > 1.8 * lengths[1] > 0
    assert lengths[2] == 0


@pytest.mark.parametrize("key", THEMES)
def test_texts_can_be_read_in_every_theme(key: str) -> None:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(a: str, b: str) -> float:
        high, low = sorted((light(a), light(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    t = THEMES[key]
    grounds = (t.window, t.surface, t.raised, t.sunken, t.selection)
    assert all(contrast(t.text, g) >= 7 for g in grounds)
    assert all(contrast(t.text_2, g) >= 4.5 for g in grounds)
    assert all(contrast(t.text_3, g) >= 4.2 for g in (t.window, t.surface, t.sunken))
    for tone in ("ok", "warning", "danger", "info", "unknown"):
        assert contrast(getattr(t, tone), getattr(t, f"{tone}_soft")) >= 4.5, tone
        assert contrast(getattr(t, tone), t.surface) >= 4.5, tone
    assert contrast(t.on_accent, t.accent) >= 4.5


def test_a_theme_reaches_every_icon(qtbot: Any, look: None) -> None:
    from app.gui.icons import retint
    from app.gui.widgets import tool

    button = tool("x", "close")
    qtbot.addWidget(button)

    def ink() -> set[str]:
        image = button.icon().pixmap(16, 16).toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 100
        }

    light = ink()
    apply_theme("dark")
    retint(button)
    assert light
    assert ink()
    assert light != ink()


def test_verdicts_differ_by_shape_not_only_by_colour(qapp: Any) -> None:
    from app.gui.icons import verdict_pixmap

    def mask(verdict: str) -> tuple[bool, ...]:
        image = verdict_pixmap(verdict, 16, 2).toImage()
        return tuple(image.pixelColor(x, y).alpha() > 128 for x in range(32) for y in range(32))

    shapes = [mask(v) for v in ("accept", "assess", "reject", "cannot_judge", "not_applicable")]
    assert len(set(shapes)) == 5
    assert all(any(s) for s in shapes)
