"""A dialog whose content is higher than the screen keeps its buttons within reach; one that fits stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from app.gui.dialogs.base import Sheet
from app.gui.widgets import label


@pytest.mark.parametrize(("lines", "scrolls"), [(4, False), (80, True)])
def test_buttons_are_within_reach(qtbot: Any, look: None, lines: int, scrolls: bool) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    sheet = Sheet(parent, "Much to fill in", width=2000 if scrolls else 400)
    first, second = QLineEdit(), QLineEdit()
    sheet.content.addWidget(first)
    sheet.content.addWidget(second)
    for number in range(lines):
        sheet.content.addWidget(label(f"line {number}"))
    sheet.foot("Take", sheet.accept)
    if scrolls:
        sheet.resize(3000, 3000)
    sheet.show()
    qtbot.waitExposed(sheet)
    room = sheet.screen().availableGeometry()
    assert sheet.width() <= room.width()
    assert sheet.height() <= room.height()
    assert sheet.rect().contains(sheet.main.geometry())
    areas = sheet.findChildren(QScrollArea)
    assert bool(areas) == scrolls
    if scrolls:
        assert areas[0].isVisible()
        assert areas[0].verticalScrollBar().maximum() > 0
        qtbot.waitUntil(first.hasFocus)
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert second.hasFocus()
        assert areas[0].height() > room.height() // 2
