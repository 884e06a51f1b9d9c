"""断面: the ground, the reference surface and the fill between them along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from app.gui import words
from app.gui.canvas.notes import SectionNote
from app.gui.panels.inspector.section_view import SectionView
from app.gui.widgets import Combo, EmptyState, button, row, scrolled, tool
from app.i18n import _
from layers.registry import SITE_LAYERS
from models.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.gui.session import Session
    from app.gui.tasks import Task
    from app.verbs.section import SiteSection
    from models.estimate import EstimateRequest


_DRAWN = frozenset({"estimates", "red_lines", "control_areas"})


class SectionTab(QWidget):
    """Along the site's length, across it, or along a line drawn on the map.

    `marked` carries the line for the map (SectionNote, None for none), `shown` each section that came (None while there
    is none).
    """

    act = Signal(str)
    marked = Signal(object)
    shown = Signal(object)
    large_wanted = Signal()
    pointed = Signal(object)
    """The pointer is over the map, this far along the line (None: away from it)."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.code = ""
        self.line: Any = None
        self.watched = 0
        """How many other windows show this section: its line stays on the map while there are any."""
        self._note: SectionNote | None = None
        self._due = False
        self._task: Task | None = None
        self.asked: Callable[[str], tuple[EstimateRequest, str] | None] = lambda _code: None
        """Which surface and terrain are looked at for a site; None: those of its last estimate."""
        self._used: tuple[EstimateRequest, str] | None = None
        self._cut: SiteSection | None = None  # as it was computed, whatever level is looked at
        self._level: float | None = None
        self._build()
        session.changed.connect(self._on_changed)
        session.terrain_changed.connect(self._again)
        session.closed.connect(self._forget)

    def _build(self) -> None:
        self.which = Combo(
            [("long", _("Along its length")), ("across", _("Across it")), ("drawn", _("Line drawn on the map"))]
        )
        self.which.setAccessibleName(_("Section"))
        self.which.activated.connect(lambda _i: self._chosen())
        tip = _("Draw a section line on the map (C)")
        draw = tool("spline", tip, lambda: self.act.emit("tool_section"), small=False)
        large = tool("maximize", _("Show in a window of its own"), self.large_wanted.emit, small=False)
        top = row(self.which, draw, large, spacing=8)
        top.setStretch(0, 1)
        self.terrains = tool("layers", _("Other terrains beside it: before, after"), None, small=False)
        self.terrains.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.terrains)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.terrains.setMenu(self._menu)
        self.others: list[str] = []
        self.view = SectionView(self.session, self.terrains)
        self.view.chart.setMaximumHeight(420)
        self.view.pointed.connect(self.point)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.setSpacing(10)
        inner.addLayout(top)
        inner.addWidget(self.view, 100)
        inner.addStretch(1)
        none = EmptyState(
            "chart-area",
            _("No terrain yet"),
            _("A section needs the shape of the ground."),
            button(_("Add terrain…"), lambda: self.act.emit("terrain_add"), kind="primary", icon="mountain"),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(scrolled(page))  # at 200 % its chart is higher than the panel
        self._stack.addWidget(none)

    @property
    def data(self) -> Any:
        """The section that is shown (gis Section), None while there is none."""
        return self.view.answer.section if self.view.answer is not None else None

    # Which section

    def show_site(self, code: str) -> None:
        """Follow another site."""
        if self._task is not None:
            self._task.cancel()
        if code != self.code and self.which.currentData() == "drawn":
            self.which.choose("long")
        self.code = code
        self._level = None
        self._show(None, _("computing…") if code or self.free else "")
        self._stack.setCurrentIndex(0 if not code or self.session.terrains() else 1)
        self._due = bool(code) or self.free
        if self.isVisible() or self.watched:
            self._compute()

    def _forget(self) -> None:
        self.line = None
        self.which.choose("long")

    def _again(self) -> None:
        known = {t.name for t in self.session.terrains()} if self.session.project is not None else set()
        self.others = [name for name in self.others if name in known]
        self.show_site(self.code)

    @property
    def free(self) -> bool:
        """True while a line is shown that belongs to no site."""
        return not self.code and self.line is not None and self.which.currentData() == "drawn"

    def show_level(self, level: float | None) -> None:
        """A level is being looked at: it stands in the place of the reference surface; None: no longer."""
        self._level = level
        if self._cut is not None and self.code and (self.isVisible() or self.watched):
            self._put(self._cut if level is None else self._cut.at_level(level), keep=True)
            if level is None and self.asked(self.code) != self._used:  # it was cut while a level was looked at
                self._due = True
                self._compute()

    def show_line(self, line: Any) -> None:
        """A section along a line drawn on the map (shapely LineString, project CRS)."""
        self.line = line
        self.which.choose("drawn")
        self._due = True
        self._compute()

    def _chosen(self) -> None:
        if self.which.currentData() == "drawn" and self.line is None:
            self.act.emit("tool_section")
            return
        self._due = True
        self._compute()

    def _fill_menu(self) -> None:
        self._menu.clear()
        main = self.view.answer.terrain if self.view.answer is not None else ""
        for terrain in self.session.terrains():
            if terrain.name == main:
                continue
            action = QAction(terrain.name, self._menu, checkable=True, checked=terrain.name in self.others)
            action.toggled.connect(lambda on, name=terrain.name: self.show_other(name, on))
            self._menu.addAction(action)
        if self._menu.isEmpty():
            self._menu.addAction(_("the project has no other terrain")).setEnabled(False)

    def show_other(self, name: str, on: bool) -> None:
        """Show another terrain beside it, or no longer."""
        self.others = [*(n for n in self.others if n != name), *([name] if on else [])]
        self._due = True
        self._compute()

    # Computing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._due |= bool(self.code) and self.asked(self.code) != self._used
        self._compute()
        self.mark()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.mark()

    def _compute(self) -> None:
        project, code = self.session.project, self.code
        free = self.free
        if not (self._due and project is not None and (code or free)):
            return
        self._due = False
        if self._task is not None:
            self._task.cancel()
        which, others = str(self.which.currentData()), tuple(self.others)
        along = self.line if which == "drawn" and self.line is not None else "across" if which == "across" else "long"

        def work(watch: Any) -> Any:
            from app.verbs.section import site_section
            from app.verbs.section_line import line_section

            if free:
                return line_section(project, along, others=others, watch=watch)
            request, terrain = used or (None, None)
            return site_section(project, code, along, request=request, terrain=terrain, others=others, watch=watch)

        self._used = used = self.asked(code) if code else None
        title = _("Section of {code}").format(code=code) if code else _("Section")
        self._task = self.session.tasks.submit(title, work, self._arrived, self._failed, quiet=True)

    def _arrived(self, answer: SiteSection) -> None:
        if answer.site == self.code:
            self._show(answer)
            if self._level is not None and answer.reference != "level":
                self.show_level(self._level)

    def _failed(self, error: Exception) -> None:
        self._show(None, words.cap(error.sentence(_)) if isinstance(error, AppError) else _("could not be computed"))

    def _show(self, answer: SiteSection | None, message: str = "") -> None:
        self._cut = answer
        self._put(answer, message)

    def _put(self, answer: SiteSection | None, message: str = "", *, keep: bool = False) -> None:
        self.view.show_section(answer, message, keep=keep)
        if keep and self._note is not None:
            self.shown.emit(answer)
            return
        self._note = None if answer is None else SectionNote(answer.line.coords)
        self.shown.emit(answer)
        self.mark()

    def _on_changed(self, change: Any) -> None:
        layer, fids = self.session.selection
        mine = layer in change.tables and set(change.fids[layer]) & set(fids)
        free = self.free and set(change.tables) & set(SITE_LAYERS)
        if free or ((self.code or self.free) and (mine or set(change.tables) & _DRAWN)):
            self.show_site(self.code)

    # The map

    def mark(self) -> None:
        """Put the line on the map while this or another window shows the section, else take it away."""
        self.marked.emit(self._note if self.isVisible() or self.watched else None)

    def point(self, distance: float | None) -> None:
        """The pointer is over the chart at a distance along the line: show the place on the map."""
        if self._note is None or self.data is None:
            return
        self._note.pointer = None if distance is None else self.data.place(distance)
        self.mark()

    def map_pointed(self, x: float, y: float, within: float) -> float | None:
        """The pointer is over the map: the readout follows where it is near the line (m). Returns the distance."""
        if self.data is None or not (self.isVisible() or self.watched):
            return None
        along, away = self.data.nearest(x, y)
        distance = along if away <= within else None
        self.view.point_at(distance)
        self.pointed.emit(distance)
        if self._note is not None:
            self._note.pointer = None if distance is None else self.data.place(distance)
            self.mark()
        return distance

    def write_csv(self, path: Any) -> None:
        """The samples as a table."""
        self.view.write_csv(path)
