"""The line at the bottom: where the pointer is, how high, the scale, when it was saved, and what is being worked on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QStatusBar, QWidget

from app import format as fmt
from app.gui.read_only import WHY
from app.gui.theme import SMALL_PX, font
from app.gui.widgets import Elided, fill, restyle, rule, tool
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task
    from gis.crs import CrsFacts


_GAPS_PX = 5 * 12 + 12 + 8 + 4
"""Between the parts on the left and around them."""


def dms(degrees: float, positive: str, negative: str) -> str:
    """109°51′03.2″E of decimal degrees."""
    tenths = round(abs(degrees) * 36000)
    d, rest = divmod(tenths, 36000)
    m, s = divmod(rest, 600)
    return f"{d}°{m:02d}′{s / 10:04.1f}″{positive if degrees >= 0 else negative}"


def meridian_words(degrees: float) -> str:
    """111°E, 93°W: a central meridian."""
    return f"{abs(degrees):g}°{'E' if degrees >= 0 else 'W'}"


def crs_words(facts: CrsFacts) -> str:
    """A coordinate system in the words of the trade where it is one of the national zones, else by its name."""
    name, meridian = facts.name, facts.central_meridian
    if "CGCS2000" not in name or "Gauss-Kruger" not in name or meridian is None:
        return name
    text = _("CGCS2000, Gauss–Krüger projection, {width}° zones, central meridian {cm}°E")
    words = text.format(width=3 if "3-degree" in name else 6, cm=f"{meridian:g}")
    return f"{words}\n{name}"


class TaskChip(QWidget):
    """What runs: its title, how far, and a button that stops it."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[Task] = []
        self._title = QLabel()
        self._title.setMaximumWidth(260)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(96)
        self._bar.setTextVisible(False)
        self._cancel = tool("x", _("Cancel"), self._stop)
        inner = QHBoxLayout(self)
        fill(inner, [self._title, self._bar, self._cancel], 8, (8, 0, 4, 0))
        self.hide()

    def add(self, task: Task) -> None:
        """A task began."""
        if not task.quiet:
            self._tasks.append(task)
            self._refresh()

    def remove(self, task: Task) -> None:
        """A task ended."""
        if task in self._tasks:
            self._tasks.remove(task)
            self._refresh()

    def progress(self, task: Task, _fraction: float, _note: str) -> None:
        """A task got further."""
        if task in self._tasks:
            self._refresh()

    def _refresh(self) -> None:
        self.setVisible(bool(self._tasks))
        if not self._tasks:
            return
        task = self._tasks[0]
        more = f" (+{len(self._tasks) - 1})" if len(self._tasks) > 1 else ""
        text = task.title + more + (f" {task.fraction:.0%}" if task.fraction > 0 else "")
        self._title.setText(QFontMetrics(self._title.font()).elidedText(text, Qt.TextElideMode.ElideMiddle, 250))
        self._title.setToolTip("\n".join(f"{t.title} {t.note}".strip() for t in self._tasks))
        self._bar.setRange(0, 1000 if task.fraction > 0 else 0)
        self._bar.setValue(round(task.fraction * 1000))

    def _stop(self) -> None:
        if self._tasks:
            self._tasks[0].cancel()
            self._title.setText(_("Cancelling…"))


class StatusBar(QStatusBar):
    """Follows the session and the canvas."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._canvas: Any = None
        self._lonlat: Any = None
        self.setSizeGripEnabled(False)
        metrics = QFontMetrics(font(SMALL_PX))
        self.xy, self.degrees, self.height_, self.scale, self.saved = (QLabel() for _i in range(5))
        self.help = Elided("", "muted")
        widths = ("X 4 503 012.31  Y 37 402 118.90", "109°51′03.2″E 40°39′22.1″N ", "", "1:100 000 ", "")
        for part, sample in zip((self.xy, self.degrees, self.height_, self.scale, self.saved), widths, strict=True):
            part.setFont(font(SMALL_PX))
            if sample:
                part.setMinimumWidth(metrics.horizontalAdvance(sample) + 8)
        self.height_.setMaximumWidth(280)
        self.xy.setToolTip(_("X north, Y east, metres, in the project's coordinate system"))
        self.degrees.setToolTip(_("Longitude and latitude, CGCS2000"))
        self.height_.setToolTip(_("Height under the pointer and the terrain it comes from"))
        self.scale.setToolTip(_("Scale of the map on this screen"))
        self.chip = TaskChip()
        self.left = left = QWidget()
        inner = QHBoxLayout(left)
        self._rules = (rule(vertical=True), rule(vertical=True))
        fill(
            inner,
            [self.xy, self._rules[0], self.degrees, self._rules[1], self.height_, self.help],
            12,
            (12, 0, 8, 0),
        )
        inner.setStretch(5, 1)
        self.right = right = QWidget()
        inner = QHBoxLayout(right)
        self.crs = QLabel()
        fill(
            inner,
            [self.chip, self.crs, rule(vertical=True), self.scale, rule(vertical=True), self.saved],
            12,
            (0, 0, 12, 0),
        )
        self.addWidget(left, 1)
        self.addPermanentWidget(right)
        tasks = session.tasks
        tasks.started.connect(self.chip.add)
        tasks.finished.connect(self.chip.remove)
        tasks.progressed.connect(self.chip.progress)
        session.changed.connect(self._on_changed)
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        session.unsaved.changed.connect(self._on_unsaved)
        self._show_room(is_open=False)
        self._show_rules(on=False)
        if session.project is not None:
            self._on_opened()

    def follow(self, canvas: Any) -> None:
        """Show what this canvas points at."""
        self._canvas = canvas
        canvas.pointer_moved.connect(self._on_pointer)
        canvas.pointer_left.connect(self._on_pointer_left)
        canvas.view_changed.connect(self._on_view)
        canvas.help_changed.connect(self._on_help)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _on_help(self, text: str) -> None:
        self.help.setText(text)
        self._make_room()

    def _make_room(self) -> None:
        """What a tool needs to say comes before the second form of the same place, where both have no room."""
        needed = self.help.fontMetrics().horizontalAdvance(self.help.text()) + 2
        taken = max(self.xy.minimumWidth(), self.xy.sizeHint().width())
        taken += max(self.degrees.minimumWidth(), self.degrees.sizeHint().width())
        taken += min(self.height_.maximumWidth(), self.height_.sizeHint().width())
        spare = self.left.width() - taken - _GAPS_PX
        crowded = bool(self.help.text()) and needed > spare
        for part in (self.degrees, self._rules[1]):
            part.setVisible(not crowded and (part is self.degrees or bool(self.xy.text())))

    def _on_opened(self) -> None:
        project = self.session.project
        self._lonlat = None
        self._show_room(is_open=True)
        try:
            from gis.crs import describe, parse_crs, transformer

            facts = describe(parse_crs(project.crs))
            meridian = facts.central_meridian
            self.crs.setText(project.crs if meridian is None else f"{project.crs}  {meridian_words(meridian)}")
            self.crs.setToolTip(crs_words(facts))
            self._lonlat = transformer(project.crs, "EPSG:4490")
        except Exception:  # a project without a usable system still shows its own coordinates
            self._lonlat = None
        self._show_saved(datetime.fromtimestamp(project.path.stat().st_mtime).astimezone())

    def _show_room(self, *, is_open: bool) -> None:
        for part in (self.left, self.crs, self.scale, self.saved, *self.right.findChildren(QFrame, "vrule")):
            part.setVisible(is_open)

    def _show_rules(self, *, on: bool) -> None:
        self._rules[0].setVisible(on)
        self._rules[1].setVisible(on and not self.degrees.isHidden())

    def _on_closed(self) -> None:
        self._show_room(is_open=False)
        for part in (self.xy, self.degrees, self.height_, self.scale, self.saved, self.help):
            part.setText("")

    def _on_changed(self, _change: Any) -> None:
        self._show_saved(datetime.now().astimezone())

    def _on_unsaved(self) -> None:
        restyle(self.saved, tone="danger" if self.session.unsaved else "")
        self._show_saved(datetime.now().astimezone())

    def _show_saved(self, when: datetime) -> None:
        if self.session.unsaved:
            self.saved.setText(_("NOT saved"))
            self.saved.setToolTip(_("The last edits are only in memory; see the bar above the map."))
            return
        if not self.session.writable:
            self.saved.setText(_("read-only"))
            self.saved.setToolTip(_(WHY))
            return
        today = when.date() == datetime.now().astimezone().date()
        text = when.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M")
        self.saved.setText(_("saved {time}").format(time=text))
        self.saved.setToolTip(_("Each finished edit is written to the project file at once; there is nothing to save."))

    def _on_pointer(self, x: float, y: float) -> None:
        self._show_rules(on=True)
        self.xy.setText(f"X {fmt.number(y, 2)}  Y {fmt.number(x, 2)}")
        if self._lonlat is not None:
            lon, lat = self._lonlat.transform(x, y)
            self.degrees.setText(f"{dms(lon, 'E', 'W')} {dms(lat, 'N', 'S')}")
        ground = self._canvas.ground_at(x, y) if hasattr(self._canvas, "ground_at") else None
        self.height_.setText(f"{fmt.elevation(ground[0])} m  {ground[1]}" if ground else _("no terrain"))
        self._make_room()

    def _on_pointer_left(self) -> None:
        self._show_rules(on=False)
        for part in (self.xy, self.degrees, self.height_):
            part.setText("")

    def _on_view(self) -> None:
        denominator = self._canvas.scale_denominator()
        self.scale.setText(f"1:{fmt.number(float(f'{denominator:.3g}'), 0)}" if denominator > 0 else "")
