"""Pages that scroll end with what stands on them."""

from __future__ import annotations

from typing import Any

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
    page = area.widget()

    def fits() -> bool:
        return bool(page.height() == page.layout().totalHeightForWidth(page.width()))

    qtbot.waitUntil(fits)
    assert page.height() > area.viewport().height()
    last = lines.itemAt(lines.count() - 1).widget()
    assert all(lines.itemAt(i).widget().height() == lines.itemAt(i).heightForWidth(last.width()) for i in range(30))
    before = page.height()
    lines.addWidget(label(sentence, wrap=True))
    qtbot.waitUntil(lambda: before < page.height() and fits())
    area.resize(400, 300)
    qtbot.waitUntil(lambda: before * 1.3 < page.height() and fits())


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
