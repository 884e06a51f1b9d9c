"""The inspector: head line of the selected feature and its tabs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app.gui import words
from app.gui.actions import command
from app.gui.foreground import foreground
from app.gui.panels.inspector.capacity_tab import CapacityTab
from app.gui.panels.inspector.fields_tab import FieldsTab
from app.gui.panels.inspector.history_tab import HistoryTab
from app.gui.panels.inspector.screening_tab import ScreeningTab
from app.gui.panels.inspector.section_tab import SectionTab
from app.gui.read_only import WhenWritable
from app.gui.unsaved import PROVISIONAL
from app.gui.widgets import Elided, EmptyState, button, chip, column, row, tool
from app.i18n import _
from layers.registry import LAYERS, SITE_LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session

TABS = ("fields", "capacity", "screening", "section", "history")
_THEN_MS = 1  # not 0: that would be one piece of work with what comes before
_SITE_TABS = ("capacity", "screening", "section")


_KINDS: dict[str, type[QWidget]] = {
    "fields": FieldsTab,
    "capacity": CapacityTab,
    "screening": ScreeningTab,
    "section": SectionTab,
    "history": HistoryTab,
}


class _Holder(QWidget):
    """The place of a tab; asks for the tab when it is shown."""

    def __init__(self, need: Callable[[], Any]) -> None:
        super().__init__()
        self._need = need
        self.setLayout(column(spacing=0))

    def showEvent(self, event: Any) -> None:
        self._need()
        super().showEvent(event)


class InspectorPanel(QWidget):
    """Follows the selection. `depth` and `spill` carry what LiveLevel says for the map; `act` asks for a command.

    `earlier` carries an outline of another time, with words, for the map.
    """

    depth = Signal(object)
    spill = Signal(object, object)
    section_marked = Signal(object)
    section_large = Signal()
    earlier = Signal(object, str)
    act = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown = ("", -1, "")
        self._stack = QStackedWidget()
        self.empty = EmptyState(
            "mouse-pointer-2",
            _("Nothing selected"),
            _("Click a pit on the map or a row of the inventory to see what it takes."),
        )
        self.several = EmptyState(
            "list-checks",
            "",
            _("The totals stand above the inventory. Select a single one to see its figures."),
            self._asks("set_many", "pencil"),
        )
        begin = QWidget()
        asked = (("terrain_add", "mountain"), ("import", "file-input"), ("tool_draw", "pentagon"))
        begin.setLayout(column(*(self._asks(*ask) for ask in asked), spacing=8))
        self.begin = EmptyState(
            "shovel",
            _("Begin here"),
            _("Terrain and outlines make figures: add both, in any order. Files can be dropped on the window."),
            begin,
        )
        self._page_of = {"page": self._page(), "empty": self.empty, "several": self.several, "begin": self.begin}
        for part in self._page_of.values():
            self._stack.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._behind = QTimer(self, singleShot=True, interval=_THEN_MS)
        self._behind.timeout.connect(self._follow)
        session.selection_changed.connect(self._on_selection)
        session.changed.connect(self._on_changed)
        session.opened.connect(self._follow)
        session.closed.connect(self._follow)
        self._follow()
        QTimer.singleShot(0, self, self._ahead)

    def _ahead(self, *parts: QWidget) -> None:
        """The tab in front is made while the file is read, so that the first selection need not wait for it.

        The capacity tab, which is large, part by part: the window answers in between.
        """
        front = TABS[self.tabs.currentIndex()]
        with foreground:
            if front == "capacity" and front not in self._made and len(parts) < len(CapacityTab.PARTS):
                made = CapacityTab.PARTS[len(parts)]()
                QTimer.singleShot(_THEN_MS, self, partial(self._ahead, *parts, made))
            else:
                self._need(front, *(parts if front == "capacity" else ()))

    def _asks(self, key: str, icon: str) -> QWidget:
        """A button for a command of the table."""
        return button(_(command(key).text), lambda: self.act.emit(key), icon=icon)

    def _show(self, name: str) -> None:
        self._stack.setCurrentWidget(self._page_of[name])

    def _page(self) -> QWidget:
        self.kind = chip()
        self.title = Elided("", "title")
        fold = tool("chevron-right", _("Fold (F8)"), lambda: self.act.emit("panel_inspector"))
        head = row(self.title, self.kind, fold, spacing=8, margins=(16, 10, 8, 2))
        head.setStretch(0, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(False)
        self._made: dict[str, Any] = {}
        self._holders = {name: _Holder(partial(self._need, name)) for name in TABS}
        titles = (_("Fields"), _("Capacity"), _("Screening"), _("Section"), _("History"))
        for name, title in zip(TABS, titles, strict=True):
            self.tabs.addTab(self._holders[name], title)
        self.tabs.tabBar().setExpanding(False)
        self.tabs.tabBar().setAccessibleName(_("Inspector"))
        page = QWidget()
        page.setLayout(column(head, self.tabs, spacing=0))
        return page

    def _need(self, name: str, *parts: QWidget) -> Any:
        """A tab, made when it is first looked at: an opening project does not wait for all of them."""
        if self._behind.isActive():
            self._follow()
        if name not in self._made:
            holder = self._holders[name]
            tab = _KINDS[name](
                self.session, holder, *parts
            )  # in its place from the start: a move styles all of it again
            self._made[name] = tab
            if name == "capacity":
                tab.depth.connect(self.depth)
                tab.live.spill.connect(self.spill)
                tab.live.moved.connect(self._on_level)
            if name == "section":
                tab.marked.connect(self.section_marked)
                tab.large_wanted.connect(self.section_large)
                tab.asked = self._looked_at
            if name == "history":
                tab.earlier.connect(self.earlier)
            if name == "fields":
                tab.place.connect(self.earlier)  # a place is shown like an earlier outline
            if name in _SITE_TABS:
                tab.act.connect(self.act)
            if name == "screening":
                WhenWritable(tab.run, self.session)
            self._tell(name, *self._shown)
            holder.layout().addWidget(tab)
            tab.show()  # now and not with the next event: it may be asked for something at once
        return self._made[name]

    def _tell(self, name: str, layer: str, fid: int, code: str) -> None:
        """Let a tab that is there follow the selection."""
        tab = self._made.get(name)
        if tab is not None and name in _SITE_TABS:
            tab.show_site(code)
        elif tab is not None:
            tab.show_feature(layer, fid)

    @property
    def fields(self) -> FieldsTab:
        """属性."""
        return self._need("fields")

    @property
    def capacity(self) -> CapacityTab:
        """库容."""
        return self._need("capacity")

    @property
    def screening(self) -> ScreeningTab:
        """筛查."""
        return self._need("screening")

    @property
    def section(self) -> SectionTab:
        """断面."""
        return self._need("section")

    @property
    def history(self) -> HistoryTab:
        """历史."""
        return self._need("history")

    def _looked_at(self, code: str) -> Any:
        """(request, terrain) that the capacity tab shows of a site, None if it shows none."""
        capacity = self._made.get("capacity")
        return capacity.shown_request() if capacity is not None and capacity.code == code else None

    def _on_level(self, level: float | None) -> None:
        section = self._made.get("section")
        if section is not None and section.code == self.capacity.code:
            section.show_level(level)

    def made(self, name: str) -> Any:
        """A tab if it was looked at already, else None."""
        return self._made.get(name)

    def take_focus(self) -> None:
        """The keyboard goes to the names of the tabs; Tab leads on into the one in front."""
        self.tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def finish(self) -> None:
        """Commit what is being typed."""
        if "fields" in self._made:
            self.fields.finish()

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front."""
        if self._behind.isActive():
            self._follow()
        self.tabs.setCurrentIndex(TABS.index(name))

    def _on_selection(self, layer: str, fids: frozenset[int]) -> None:
        """Map and inventory first, the figures in a piece of work of their own: the window answers in between.

        What takes a selection away may take the project away next: then at once.
        """
        self.finish()  # what is being typed belongs to what was selected
        if self.isVisible() and len(fids) == 1:
            if "capacity" in self._made and (layer, fids) != (self._shown[0], {self._shown[1]}):
                self._made["capacity"].leave_map()
            self._behind.start()
        else:
            self._follow()

    def _follow(self) -> None:
        self._behind.stop()
        with foreground:
            self._show_selected()
        foreground.until_painted()

    def _show_selected(self) -> None:
        layer, fids = self.session.selection
        if len(fids) != 1 or layer not in LAYERS:
            self._nothing(fids)
            return
        fid = next(iter(fids))
        is_site = LAYERS[layer].role == "site" and fid < PROVISIONAL  # what is not saved cannot be computed
        self._head(layer, fid)
        for name in _SITE_TABS:
            self.tabs.setTabVisible(TABS.index(name), is_site)
        code = self.session.site_code if is_site else ""
        if is_site and not code:
            code = str(self.session.table(layer).value(fid, "code") or "")
        self._shown = (layer, fid, code)
        for name in TABS:
            self._tell(name, *self._shown)
        self._show("page")

    def _head(self, layer: str, fid: int) -> None:
        table = self.session.table(layer)
        code, name = (str(table.value(fid, c) or "") for c in ("code", "name"))
        self.title.setText(f"{code}  {name}".strip())
        self.kind.setText(words.layer(layer))

    def _nothing(self, fids: frozenset[int]) -> None:
        if len(fids) > 1:
            self.several.title.setText(_("{n} features selected").format(n=len(fids)))
            self._show("several")
        else:
            none = self.session.project is not None and not any(len(self.session.table(k)) for k in SITE_LAYERS)
            self._show("begin" if none else "empty")
        self._shown = ("", -1, "")
        for name in TABS:
            self._tell(name, *self._shown)

    def _on_changed(self, change: Any) -> None:
        layer, fids = self.session.selection
        if not fids and change.tables & set(SITE_LAYERS):
            self._nothing(fids)
        if len(fids) == 1 and layer in change.tables:
            fid = next(iter(fids))
            if fid in change.fids[layer]:
                self._head(layer, fid)
