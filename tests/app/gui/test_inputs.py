"""Numbers in fields look as everywhere and take what people paste."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.gui.inputs import Spin
from tests.app.gui.conftest import write


@pytest.fixture
def spin(qtbot: Any) -> Spin:
    made = Spin(-10_000, 100_000, decimals=2, unit="m")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("value", "text"), [(1074.78, "1\u2009074.78 m"), (-2500.0, "-2\u2009500.00 m"), (999.5, "999.50 m")]
)
def test_thousands_stand_apart(spin: Spin, value: float, text: str) -> None:
    spin.setValue(value)
    assert spin.text() == text
    assert spin.value() == value


@pytest.mark.parametrize("text", ["1 052.30", "1,052.3", "1\u2009052.30", "１０５２．３", "1052.30 m"])
def test_what_people_paste_is_understood(spin: Spin, text: str) -> None:
    spin.setFocus()
    spin.selectAll()
    write(QTest, spin.lineEdit(), text)
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert spin.value() == 1052.3


def test_figures_are_changed_in_the_middle(spin: Spin) -> None:
    """A digit is typed between the thousands and the point, with the thin space before it."""
    spin.setValue(1074.78)
    spin.lineEdit().setCursorPosition(5)
    QTest.keyClick(spin.lineEdit(), Qt.Key.Key_Backspace)
    QTest.keyClicks(spin.lineEdit(), "9")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert spin.value() == 1079.78


def test_letters_are_refused(spin: Spin) -> None:
    spin.setValue(12)
    spin.selectAll()
    QTest.keyClicks(spin, "abc")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert spin.value() == 12


def test_a_choice_without_room_ends_in_dots_and_its_tip_tells_it(qtbot: Any, look: None) -> None:
    """A long name was cut off in its middle, as if that were all of it."""
    from PySide6.QtCore import QEvent, QPoint
    from PySide6.QtGui import QHelpEvent
    from PySide6.QtWidgets import QApplication, QStyleOptionComboBox, QToolTip

    from app.gui.inputs import Combo

    made = Combo([("a", "FA-01 " + "很长的名字" * 8), ("b", "短")], tip="the waste")
    qtbot.addWidget(made)
    made.resize(180, 32)
    made.show()
    option = QStyleOptionComboBox()
    made.initStyleOption(option)
    assert made._shown(option).endswith("…")
    QApplication.sendEvent(made, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), made.mapToGlobal(QPoint(5, 5))))
    assert QToolTip.text() == made.currentText() + "\nthe waste"
    made.choose("b")
    made.initStyleOption(option)
    assert made._shown(option) == "短"
