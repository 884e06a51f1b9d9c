"""The chart of a section with what belongs to it: exaggeration, table, picture, the pointer in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.panels.inspector.section_chart import SectionChart
from app.gui.panels.inspector.section_drawing import section_drawing, section_facts
from app.gui.panels.inspector.section_picture import KINDS, write_picture
from app.gui.widgets import Combo, column, label, row, tool
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.section import SiteSection

_TIMES = (1.0, 2.0, 5.0, 10.0, 20.0)


class SectionView(QWidget):
    """`pointed` says where along the line the pointer is, m (None: nowhere)."""

    pointed = Signal(object)

    def __init__(self, session: Session, *extra: QWidget, least_height: int = 300) -> None:
        super().__init__()
        self.session = session
        self.answer: SiteSection | None = None
        self.times = Combo(
            [(None, _("Fill the frame")), *((t, _("Heights × {n}").format(n=f"{t:g}")) for t in _TIMES)],
            tip=_("How much heights are exaggerated"),
        )
        self.times.activated.connect(lambda _i: self._draw(keep=True))
        self.save = tool("file-spreadsheet", _("Save as CSV"), self.save_csv, small=False)
        self.picture = tool("download", _("Save as a picture (PNG, SVG)"), self.save_picture, small=False)
        top = row(self.times, *extra, self.save, self.picture, spacing=8)
        top.setStretch(0, 1)
        self.chart = SectionChart(least_height)
        self.chart.hovered.connect(lambda x, _y: self._hovered(x))
        self.chart.left.connect(lambda: self.pointed.emit(None))
        self.facts = label("", "secondary", wrap=True, selectable=True)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._say)
        body = column(top, self.chart, self.facts, None, spacing=10)
        body.setStretch(1, 100)
        self.setLayout(body)
        self.show_section(None)

    def show_section(self, answer: SiteSection | None, message: str = "", *, keep: bool = False) -> None:
        """Show this section, or words in its place. `keep`: the same line as before, looked at as closely."""
        self.answer = answer
        for part in (self.save, self.picture):
            part.setEnabled(answer is not None)
        self._draw(message, keep=keep)

    def _draw(self, message: str = "", *, keep: bool = False) -> None:
        drawing = section_drawing(self.answer, self.exaggeration) if self.answer is not None else None
        if drawing is None and self.answer is not None:
            message = _("the terrain has no heights along this line")
        self.chart.show_drawing(drawing, message, keep=keep)
        self._say()

    def _say(self) -> None:
        self.facts.setText("" if self.answer is None else section_facts(self.answer, self.drawn_exaggeration()))

    @property
    def exaggeration(self) -> float | None:
        """What was chosen; None fills the frame."""
        chosen = self.times.currentData()
        return float(chosen) if chosen else None

    def drawn_exaggeration(self) -> float | None:
        """How much longer a metre of height is drawn than one of distance; None before anything was drawn."""
        return self.exaggeration or self.chart.exaggeration()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start(0)

    # The pointer

    def _hovered(self, x: float) -> None:
        if self.answer is not None:
            last = float(self.answer.section.distance_m[-1])
            self.pointed.emit(x if 0 <= x <= last else None)

    def point_at(self, distance: float | None) -> None:
        """The pointer is on the map, over the line at this distance."""
        if self.answer is None or distance is None:
            self.chart.point_away()
        else:
            self.chart.point_at(distance)

    # Saving

    def _name(self) -> str:
        return (self.answer.site if self.answer is not None else "") or _("Section")

    def save_csv(self) -> None:
        """The samples as a table."""
        if self.answer is None:
            return
        name, _kind = QFileDialog.getSaveFileName(self, _("Save as CSV"), f"{self._name()}.csv", "CSV (*.csv)")
        if name:
            self.session.attempt(lambda: self.write_csv(Path(name)))

    def write_csv(self, path: Path) -> None:
        """Distance, place, heights, depth and what is crossed; metres. The dialog asked about a file that is there."""
        from app.verbs.section import write_section

        if self.answer is not None:
            write_section(self.answer, path if path.suffix else path.with_suffix(".csv"), overwrite=True)

    def save_picture(self) -> None:
        """The chart for paper."""
        if self.answer is None:
            return
        kinds = ";;".join(KINDS.values())
        name, chosen = QFileDialog.getSaveFileName(self, _("Save as a picture"), f"{self._name()}.png", kinds)
        if name:
            path = Path(name)
            if path.suffix.lower() not in KINDS:
                path = path.with_name(path.name + next((k for k, v in KINDS.items() if v == chosen), ".png"))
            self.session.attempt(lambda: self.write_picture(path))

    def write_picture(self, path: Path) -> None:
        """PNG or SVG by the ending of the name."""
        if self.answer is not None:
            write_picture(self.answer, self.exaggeration, path)
