"""The smallest parts: texts of several lines."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel

from app.gui.widgets import label


def test_no_number_breaks_from_its_unit_or_in_itself(qtbot: Any, look: None) -> None:
    said = "溢出高程（坑沿最低点），1\u2009070.42 m；18.1 ± 0.3 万m³"
    made = label(said, wrap=True)
    qtbot.addWidget(made)
    assert made.text() == said, "what is compared and copied is what was said"
    document = QTextDocument()
    document.setDefaultFont(made.font())
    document.setPlainText(QLabel.text(made))
    for width in range(60, 300, 7):
        document.setTextWidth(width)
        document.size()  # lays it out
        block = document.begin()
        lines = [block.layout().lineAt(i) for i in range(block.layout().lineCount())]
        parts = [block.text()[line.textStart() : line.textStart() + line.textLength()] for line in lines]
        if width > made.fontMetrics().horizontalAdvance("18.1 ± 0.3 万m³") + 12:
            assert any("1\u202f070.42\u00a0m" in part for part in parts), (width, parts)
    assert "\u2009" not in document.toPlainText()
