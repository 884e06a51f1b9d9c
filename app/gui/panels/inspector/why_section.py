"""各软件为何不同: the same volume by the conventions of others, computed when somebody wants to know."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.panels.inspector.capacity_sections import wan
from app.gui.widgets import Banner, Section, clear, fill, label, rule
from app.i18n import _
from models.earthwork import WhyReport
from models.errors import AppError


class WhySection(Section):
    """Folded until it is opened; then it asks, and again for each other estimate while it is open."""

    wanted = Signal()

    def __init__(self) -> None:
        self._body = QWidget()
        self.report: WhyReport | None = None
        self._due = False
        self._list = QVBoxLayout(self._body)
        fill(self._list, [], 6, (0, 0, 0, 0))
        super().__init__(_("Why tools differ"), self._body, is_open=False)
        self.head.toggled.connect(lambda _on: self._ask())

    def forget(self, *, ask: bool) -> None:
        """Another estimate: what was found no longer holds. `ask` where there is one to ask about."""
        self.report, self._due = None, ask
        self._say(_("computing…"))
        self._ask()

    def _ask(self) -> None:
        if self._due and self.head.isChecked():
            self._due = False
            self.wanted.emit()

    def _say(self, text: str) -> None:
        clear(self._list)
        self._list.addWidget(label(text, "muted"))

    def failed(self, error: Exception) -> None:
        """Say why there is nothing."""
        clear(self._list)
        told = isinstance(error, AppError)
        text = error.sentence(_) if isinstance(error, AppError) else _("could not be computed")
        self._list.addWidget(Banner("warning" if told else "danger", words.cap(text)))

    def show_report(self, report: WhyReport) -> None:
        """A block for each convention: its name, its figure, the difference, and the sentence."""
        self.report = report
        clear(self._list)
        own = label(_("This program: {volume}").format(volume=wan(report.fill_m3)), "secondary", selectable=True)
        self._list.addWidget(own)
        for r in report.rows:
            percent = f"{fmt.difference(r.difference_percent, 2)} %" if r.difference_percent is not None else ""
            grid = QGridLayout()
            grid.setHorizontalSpacing(10)
            grid.setVerticalSpacing(2)
            grid.setColumnStretch(0, 1)
            grid.addWidget(label(words.cap(r.rule.render(_)), "secondary", wrap=True, selectable=True), 0, 0)
            for at, said in ((1, wan(r.fill_m3)), (2, percent)):
                value = label(said, "secondary", selectable=True)
                value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
                value.setToolTip(f"{fmt.number(r.fill_m3, 1)} m³, {fmt.difference(r.difference_m3, 1)} m³")
                grid.addWidget(value, 0, at)
            grid.addWidget(label(words.cap(r.reason.render(_)), "muted", wrap=True, selectable=True), 1, 0, 1, 3)
            self._list.addWidget(rule())
            self._list.addLayout(grid)
        for notice in report.notices:
            self._list.addWidget(Banner("info", words.cap(notice.render(_))))
