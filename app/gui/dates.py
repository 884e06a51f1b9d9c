"""A calendar in a field that takes a day, the same wherever a day is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QMenu, QWidgetAction

from app.gui.basics import inner_icon
from app.i18n import _


def with_calendar(line: QLineEdit, taken: Callable[[], object] | None = None) -> QLineEdit:
    """Give a field a calendar that opens behind its text; `taken` is called when a day was chosen in it."""
    if not line.placeholderText():
        line.setPlaceholderText("2026-01-31")
    opener = inner_icon(line, "calendar", trailing=True)
    opener.setToolTip(_("Choose a day"))
    opener.triggered.connect(lambda: pick_day(line, taken))
    return line


def pick_day(line: QLineEdit, taken: Callable[[], object] | None = None) -> QMenu:
    """Open the calendar below a field, at the day that stands in it."""
    menu = QMenu(line)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    calendar = QCalendarWidget()
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    day = QDate.fromString(line.text().strip(), Qt.DateFormat.ISODate)
    if day.isValid():
        calendar.setSelectedDate(day)

    def take(chosen: QDate) -> None:
        line.setText(chosen.toString(Qt.DateFormat.ISODate))
        menu.close()
        if taken is not None:
            taken()

    calendar.clicked.connect(take)
    calendar.activated.connect(take)  # Enter on a day
    holder = QWidgetAction(menu)
    holder.setDefaultWidget(calendar)
    menu.addAction(holder)
    menu.popup(line.mapToGlobal(line.rect().bottomLeft()))
    calendar.setFocus()
    return menu
