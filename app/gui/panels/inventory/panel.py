"""台账: the table of all sites, linked with the map both ways, with totals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import settings, words
from app.gui.icons import icon
from app.gui.panels.inventory.columns import COLUMNS, GROUPINGS, OUTDATED, TOTALS, column_named
from app.gui.panels.inventory.content import Content
from app.gui.panels.inventory.filter import Filter
from app.gui.panels.inventory.filter_box import FilterBox
from app.gui.panels.inventory.lines import Line, site_layers
from app.gui.panels.inventory.model import InventoryModel
from app.gui.panels.inventory.table import InventoryTable
from app.gui.widgets import Combo, EmptyState, Fitting, button, clearable, inner_icon, label, restyle, row, tool
from app.i18n import _
from layers.base import Field
from layers.registry import LAYERS
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session

_MANY = 5000  # from so many sites on, the search waits until a person stops typing


class InventoryPanel(QWidget):
    """Table, filter and totals. `zoom_wanted` asks the map to show what is selected; `act` runs a command."""

    zoom_wanted = Signal()
    act = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = InventoryModel()
        self.model.may_edit = lambda: session.writable
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._syncing = False
        self._conditions = Filter()
        self._build()
        self._refilter()
        self.content = Content(session, self.model, self)
        self.content.sums_changed.connect(self._show_totals)
        session.closed.connect(self.box.close)
        session.selection_changed.connect(self._on_selection)

    def _build(self) -> None:
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter by code, name, district, status…"))
        clearable(self.filter)
        inner_icon(self.filter, "search")
        self.filter.setMaximumWidth(280)
        self.layer = Combo([("", _("All kinds")), *((k, words.layer_plural(k)) for k in site_layers())])
        self.layer.setAccessibleName(_("Kind"))
        self.layer.setMinimumWidth(108)
        self.group = Combo([(k, _(t)) for k, t in GROUPINGS.items()])
        self.group.setAccessibleName(_("Groups"))
        self.group.setMinimumWidth(108)
        self.group.choose(str(settings.value("inventory/group", "")))
        self.more = tool("filter", _("Conditions: district, status, area, volume, verdict"), self.open_conditions)
        self.totals = Fitting()
        self.totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        copy = tool("clipboard-copy", _("Copy rows for a spreadsheet"), self.copy)
        self.columns = tool("columns-3", _("Choose columns"), self._choose_columns)
        self.fold = tool("chevron-down", _("Fold (F7)"), lambda: self.act.emit("panel_inventory"))
        head = row(label(_("Inventory"), "heading"), self.filter, self.layer, self.more, self.group, self.totals,
                   self.columns, copy, self.fold, spacing=8, margins=(12, 6, 8, 6))  # fmt: skip
        head.setStretch(1, 2)
        head.setStretch(5, 5)
        self.box = FilterBox(self)
        self.box.changed.connect(self._on_conditions)
        self.table = InventoryTable(self.model, self._store)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.zoom_wanted.connect(self.zoom_wanted)
        self.table.refused.connect(self._refused)
        self.empty = EmptyState(
            "table-2",
            _("No sites yet"),
            _("Import outlines from a file, or draw one on the map."),
            button(_("Import features…"), lambda: self.act.emit("import"), icon="file-input"),
        )
        self.none = EmptyState("filter", _("No site passes the filter"), "",
                               button(_("Show all sites"), self.show_all, icon="rotate-ccw"))  # fmt: skip
        self._stack = QStackedWidget()
        for page in (self.table, self.empty, self.none):
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._stack, 1)
        self._typed = QTimer(self, singleShot=True, interval=120)
        self._typed.timeout.connect(self._refilter)
        self.filter.textChanged.connect(self._on_text)
        self.layer.currentIndexChanged.connect(self._refilter)
        self.group.currentIndexChanged.connect(self._refilter)
        self.table.selectionModel().selectionChanged.connect(self._on_table_selection)
        self.model.modelReset.connect(self._after_reset)
        QShortcut(QKeySequence.StandardKey.Copy, self.table, self.copy, context=Qt.ShortcutContext.WidgetShortcut)
        self._stack.setCurrentWidget(self.empty)

    # Filter

    def open_conditions(self) -> None:
        """The sheet of conditions."""
        layer = str(self.layer.currentData() or "")
        self.box.show_for([s for s in self.model.lines if not layer or s.layer == layer], self._conditions)
        self.box.popup(self.more)

    def _on_conditions(self, chosen: Filter) -> None:
        self._conditions = chosen
        self._refilter()

    def show_all(self) -> None:
        """No filter."""
        self._conditions = Filter()
        self.filter.clear()
        self.layer.setCurrentIndex(0)
        self._refilter()

    def chosen_filter(self) -> Filter:
        """What is set now."""
        return replace(self._conditions, text=self.filter.text(), layer=str(self.layer.currentData() or ""))

    def set_filter(self, chosen: Filter, group: str) -> None:
        """Set it from outside: what a project remembers."""
        self._conditions = chosen.without_conditions() if not chosen.conditions else chosen
        blocked = self.filter.blockSignals(True)
        self.filter.setText(chosen.text)
        self.filter.blockSignals(blocked)
        self.layer.choose(chosen.layer)
        self.group.choose(group)
        self._refilter()

    def _on_text(self) -> None:
        self._typed.start() if len(self.model.lines) > _MANY else self._refilter()

    def _refilter(self) -> None:
        self._typed.stop()
        group = str(self.group.currentData() or "")
        settings.remember("inventory/group", group)
        count = self._conditions.conditions
        restyle(self.more, active="true" if count else "false")
        self.more.setText(str(count) if count else "")
        self.model.set_filter(self.chosen_filter(), group)

    def _after_reset(self) -> None:
        nothing = self.none if self.model.lines else self.empty
        self._stack.setCurrentWidget(self.table if self.model.shown else nothing)
        self.table.fit_texts(last=False)  # surfaces and dates come with the figures, a moment later
        self.table.span_groups()
        self._on_selection(*self.session.selection)
        self._show_totals()

    # Selection

    def rows(self) -> list[int]:
        """Selected rows."""
        return self.table.rows()

    def _on_table_selection(self, *_changed: Any) -> None:
        if self._syncing:
            return
        lines = [s for s in map(self.model.line, self.rows()) if s is not None]
        current = self.model.line(self.table.currentIndex().row())
        layer = current.layer if current in lines else (lines[-1].layer if lines else "")
        self.session.select(layer, [s.fid for s in lines if s.layer == layer])
        self._on_selection(*self.session.selection)

    def _on_selection(self, layer: str, fids: frozenset[int]) -> None:
        rows = self.model.rows_of(layer, fids)
        if rows != self.rows():
            self._syncing = True
            self.table.select_rows(rows)
            self._syncing = False
        self._show_totals()

    def _show_totals(self) -> None:
        rows = self.rows()
        picked = len(rows) > 1
        sums = self.model.totals(rows if picked else None)
        if sums["estimated"]:
            self.table.fit_texts()
        pits, known = int(sums["pits"]), int(sums["known_volume"])
        if 0 < known < pits:  # a sum over some must not pass for one over all
            head = _("selected {n} sites, {known} of {pits} pits") if picked else _("{n} sites, {known} of {pits} pits")
        elif picked:
            head = _("selected {n} sites") if pits == sums["count"] else _("selected {n} sites, of their {pits} pits")
        else:
            head = _("total {n} sites") if pits == sums["count"] else _("{n} sites, total of {pits} pits")
        counts = {"n": sums["count"], "pits": pits, "known": known}
        parts = [head.format(**{k: fmt.number(v, 0) for k, v in counts.items()})]
        mark = OUTDATED if sums["outdated"] else ""
        for k in ("volume", "tonnage", "land"):
            total = fmt.total(sums[k] if sums[f"known_{k}"] else None, TOTALS[k])
            parts.append(f"{total}{mark} {_(COLUMNS[column_named(k)].unit)}")
        self.totals.set_lengths(["   ".join(some) for some in (parts, parts[:3], parts[1:3], parts[1:2])])
        estimated = _("Pits only; {estimated} of {n} sites are estimated").format(
            estimated=fmt.number(sums["estimated"], 0), n=fmt.number(sums["count"], 0)
        )
        if mark:
            text = _("* {n} sites were estimated with an outline that was changed since")
            estimated += "\n" + text.format(n=int(sums["outdated"]))
        self.totals.setToolTip("   ".join(parts) + "\n" + estimated)

    def step(self, by: int) -> bool:
        """Select the next site (or the one before) as the table stands; False if there is none."""
        rows = self.rows()
        row = (rows[-1 if by > 0 else 0] if rows else -1 if by > 0 else self.model.rowCount()) + by
        while 0 <= row < self.model.rowCount():
            line = self.model.line(row)
            if line is not None:
                self.session.select(line.layer, [line.fid])
                return True
            row += by
        return False

    def take_focus(self) -> None:
        """The keyboard goes to the rows, or to what stands in their place."""
        if self._stack.currentWidget() is self.table:
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Doing

    def _store(self, line: Line, name: str, value: Any, everywhere: bool) -> None:
        """A cell was written: one step, of this row or of all selected rows of its layer."""
        from app.verbs.edit_many import many_changes

        layer, fids = self.session.selection
        chosen = fids if everywhere and layer == line.layer else frozenset({line.fid})
        table = self.session.table(line.layer)
        notice, changes = many_changes(line.layer, {f: table.row(f) or {} for f in sorted(chosen)}, {name: value})
        if not changes:
            return
        try:
            self.session.transact(notice, changes)
        except AppError:
            if not self.session.unsaved:  # else it is in memory and on the screen, and the bar asks for it
                raise

    def _refused(self, field: Field, error: AppError) -> None:
        name = words.cap(_(field.label))
        self.session.say("warning", _("{field} was not stored: {why}").format(field=name, why=error.sentence(_)))

    def copy(self) -> None:
        """Copy the selected rows (all that are shown, if fewer than two are selected)."""
        rows = self.rows()
        count = self.table.copy(rows if len(rows) > 1 else None)
        self.session.say("ok", _("{n} rows copied").format(n=count))

    def _choose_columns(self) -> None:
        self.table.columns_menu(self.columns.mapToGlobal(self.columns.rect().bottomLeft()))

    def _menu(self, at: Any) -> None:
        if self.model.line(self.table.indexAt(at).row()) is None:  # a heading, or the keyboard asked
            if not self.rows():
                return
            at = self.table.visualRect(self.model.index(self.rows()[0], 0)).center()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, text, name in (
            ("zoom_selection", _("Zoom to selection"), "scan-search"),
            ("estimate", _("Estimate this site"), "calculator"),
            ("sheet", _("Approval sheet…"), "printer"),
            ("set_many", _("Change a field of all selected…"), "pencil"),
            ("copy", _("Copy rows"), "clipboard-copy"),
            ("delete", _("Delete selected"), "trash-2"),
        ):
            action = menu.addAction(icon(name), text)
            action.triggered.connect(lambda _c=False, k=key: self.copy() if k == "copy" else self.act.emit(k))
        menu.popup(self.table.viewport().mapToGlobal(at))

    def save_state(self) -> None:
        """Remember columns."""
        self.table.save_state()

    def kinds(self) -> list[str]:
        """Layers that have sites."""
        return [k for k in LAYERS if any(s.layer == k for s in self.model.lines)]
