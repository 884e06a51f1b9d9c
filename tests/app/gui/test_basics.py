"""Small parts of every panel: pages that scroll."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.widgets import label, scrolled


def test_a_page_that_scrolls_ends_with_what_stands_on_it(qtbot: Any, look: None) -> None:
    """A wrapped text asks for the height of a narrow column; many of them left an empty stretch below."""
    body = QWidget()
    lines = QVBoxLayout(body)
    sentence = "A sentence that is wrapped where the page ends, and is one or two lines high at this width. "
    for _i in range(30):
        lines.addWidget(label(sentence, wrap=True))
    area = scrolled(body)
    qtbot.addWidget(area)
    area.resize(700, 300)
    area.show()
    qtbot.wait(20)
    page = area.widget()
    assert page.height() > area.viewport().height()
    last = lines.itemAt(lines.count() - 1).widget()
    end = last.mapTo(page, QPoint(0, last.height())).y()
    assert page.height() - end <= lines.contentsMargins().bottom() + 1
    assert all(lines.itemAt(i).widget().height() == lines.itemAt(i).heightForWidth(last.width()) for i in range(30))
    before = page.height()
    lines.addWidget(label(sentence, wrap=True))
    qtbot.waitUntil(lambda: page.height() > before)


def test_a_page_without_wrapped_texts_keeps_its_least_height(qtbot: Any, look: None) -> None:
    body = QWidget()
    lines = QVBoxLayout(body)
    for _i in range(30):
        lines.addWidget(label("short"))
    area = scrolled(body)
    qtbot.addWidget(area)
    area.resize(380, 300)
    area.show()
    qtbot.wait(20)
    assert area.widget().height() >= body.minimumSizeHint().height()
    assert area.verticalScrollBar().maximum() > 0
