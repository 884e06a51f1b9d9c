"""台账: the table of all sites, linked with the map both ways, with totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import format as fmt
from app.gui import settings, words
from app.gui.icons import icon, verdict_pixmap
from app.gui.panels.inventory_columns import (
    COLUMNS,
    GROUPINGS,
    TOTALS,
    VERDICT_ORDER,
    Line,
    add_figures,
    column_named,
    latest_figures,
    lines_of,
    site_layers,
)
from app.gui.panels.inventory_model import InventoryModel, VerdictsRole
from app.gui.theme import colour, theme
from app.gui.widgets import Combo, Elided, EmptyState, button, inner_icon, label, row, tool
from app.i18n import _, current_language
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session

_FIGURE_TABLES = {"estimates", "screenings"}
ROW_PX = 30


def _header_key() -> str:
    # An old arrangement does not fit other columns, nor headings of another length.
    return f"inventory/header-{current_language()}-" + "-".join(c.key for c in COLUMNS)


class VerdictDelegate(QStyledItemDelegate):
    """Counts of verdicts as shapes with numbers."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        counts = index.data(VerdictsRole)
        if not counts:
            return
        x, middle = option.rect.left() + 8, option.rect.center().y() + 1
        painter.save()
        for verdict in VERDICT_ORDER:
            if not counts.get(verdict):
                continue
            painter.drawPixmap(x, middle - 7, verdict_pixmap(verdict, 14))
            text = str(counts[verdict])
            painter.setPen(colour(theme().text_2))
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(
                QRect(x + 17, option.rect.top(), width + 4, option.rect.height()),
                int(Qt.AlignmentFlag.AlignVCenter),
                text,
            )
            x += 17 + width + 8
        painter.restore()


class InventoryPanel(QWidget):
    """Table, filter and totals. `zoom_wanted` asks the map to show what is selected; `act` runs a command."""

    zoom_wanted = Signal()
    act = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model = InventoryModel()
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._syncing = False
        self._build()
        self._refilter()
        self._pending = QTimer(self)
        self._pending.setSingleShot(True)
        self._pending.setInterval(0)
        self._pending.timeout.connect(self._read_figures)
        session.opened.connect(self.reload)
        session.closed.connect(self._on_closed)
        session.changed.connect(self._on_changed)
        session.selection_changed.connect(self._on_selection)
        if session.project is not None:
            self.reload()

    def _build(self) -> None:
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter by code, name, district, status…"))
        self.filter.setClearButtonEnabled(True)
        inner_icon(self.filter, "search")
        self.filter.setMaximumWidth(280)
        self.layer = Combo([("", _("All kinds")), *((k, words.layer_plural(k)) for k in site_layers())])
        self.layer.setMinimumWidth(108)
        self.group = Combo([(k, _(t)) for k, t in GROUPINGS.items()])
        self.group.setMinimumWidth(108)
        self.group.choose(str(settings.value("inventory/group", "")))
        self.totals = Elided("")
        self.totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        copy = tool("clipboard-copy", _("Copy rows for a spreadsheet"), self.copy)
        self.fold = tool("chevron-down", _("Fold (F7)"), lambda: self.act.emit("panel_inventory"))
        head = row(label(_("Inventory"), "heading"), self.filter, self.layer, self.group, self.totals, copy, self.fold,
                   spacing=8, margins=(12, 6, 8, 6))  # fmt: skip
        head.setStretch(1, 2)
        head.setStretch(4, 5)
        self._build_table()
        self.empty = EmptyState(
            "table-2",
            _("No sites yet"),
            _("Import outlines from a file, or draw one on the map."),
            button(_("Import features…"), lambda: self.act.emit("import"), icon="file-input"),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._stack, 1)
        self.filter.textChanged.connect(self._refilter)
        self.layer.currentIndexChanged.connect(self._refilter)
        self.group.currentIndexChanged.connect(self._refilter)
        self.table.selectionModel().selectionChanged.connect(self._on_table_selection)
        self.model.modelReset.connect(self._after_reset)
        QShortcut(QKeySequence.StandardKey.Copy, self.table, self.copy, context=Qt.ShortcutContext.WidgetShortcut)
        self._stack.setCurrentWidget(self.empty)

    def _build_table(self) -> None:
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setItemDelegateForColumn(column_named("verdicts"), VerdictDelegate(self.table))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.doubleClicked.connect(lambda _i: self.zoom_wanted.emit())
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(56)
        for number, c in enumerate(COLUMNS):
            header.resizeSection(number, max(c.width, header.sectionSizeHint(number)))
        header.setSortIndicator(column_named("code"), Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        kept = settings.value(_header_key())
        if kept is not None:
            header.restoreState(kept)

    # Content

    def reload(self) -> None:
        """Read all sites; figures follow from the background."""
        lines: list[Line] = []
        for key in site_layers():
            lines += lines_of(key, self.session.table(key))
        figures = {(s.layer, s.fid): s for s in self.model.lines}
        for line in lines:
            old = figures.get((line.layer, line.fid))
            if old is not None and old.uid == line.uid:
                for name in (
                    "volume_m3",
                    "half_m3",
                    "tonnage_t",
                    "half_t",
                    "land_m2",
                    "reference",
                    "computed",
                    "verdicts",
                ):
                    setattr(line, name, getattr(old, name))
        self.model.set_lines(lines)
        self._pending.start()

    def _read_figures(self) -> None:
        project = self.session.project
        if project is None:
            return
        store = project.store

        def read(_watch: Any) -> Any:
            return latest_figures(store)

        def arrived(figures: Any) -> None:
            if self.session.project is project:
                add_figures(self.model.lines, *figures)
                self.model.set_lines(self.model.lines)

        self.session.tasks.submit(_("Reading figures"), read, arrived, self.session.report, quiet=True)

    def _on_closed(self) -> None:
        self._pending.stop()
        self.model.set_lines([])

    def _on_changed(self, change: Any) -> None:
        tables = set(change.tables)
        if tables & set(site_layers()):
            self.reload()
        elif tables & _FIGURE_TABLES:
            self._pending.start()

    def _refilter(self) -> None:
        group = str(self.group.currentData() or "")
        settings.remember("inventory/group", group)
        self.model.set_filter(self.filter.text(), str(self.layer.currentData() or ""), group)

    def _after_reset(self) -> None:
        if self.model.lines:
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentWidget(self.empty)
        self._on_selection(*self.session.selection)
        self._show_totals()

    # Selection

    def rows(self) -> list[int]:
        """Selected rows."""
        return [i.row() for i in self.table.selectionModel().selectedRows()]

    def _on_table_selection(self, *_changed: Any) -> None:
        if self._syncing:
            return
        lines = [s for s in (self.model.line(r) for r in self.rows()) if s is not None]
        current = self.model.line(self.table.currentIndex().row())
        layer = current.layer if current in lines else (lines[-1].layer if lines else "")
        self.session.select(layer, [s.fid for s in lines if s.layer == layer])
        self._on_selection(*self.session.selection)

    def _on_selection(self, layer: str, fids: frozenset[int]) -> None:
        rows = self.model.rows_of(layer, fids)
        if rows != sorted(self.rows()):
            self._syncing = True
            chosen = QItemSelection()
            last = len(COLUMNS) - 1
            for r in rows:
                chosen.select(self.model.index(r, 0), self.model.index(r, last))
            self.table.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if rows:
                self.table.selectionModel().setCurrentIndex(
                    self.model.index(rows[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate
                )
                self.table.scrollTo(self.model.index(rows[0], 0))
            self._syncing = False
        self._show_totals()

    def _show_totals(self) -> None:
        rows = self.rows()
        picked = len(rows) > 1
        sums = self.model.totals(rows if picked else None)
        head = _("selected {n} sites") if picked else _("total {n} sites")
        parts = [head.format(n=int(sums["count"]))]
        parts += [
            f"{fmt.number(sums[k] / TOTALS[k], 1)} {_(COLUMNS[column_named(k)].unit)}"
            for k in ("volume", "tonnage", "land")
        ]
        self.totals.setText("   ".join(parts))
        self.totals.setToolTip(
            _("Pits only; {estimated} of {n} sites are estimated").format(
                estimated=int(sums["estimated"]), n=int(sums["count"])
            )
        )

    # Doing

    def copy(self) -> None:
        """Copy the selected rows (all that are shown, if fewer than two are selected)."""
        rows = self.rows()
        text = self.model.as_tsv(sorted(rows) if len(rows) > 1 else None)
        QGuiApplication.clipboard().setText(text)
        self.session.say("ok", _("{n} rows copied").format(n=text.count("\n") - 1))

    def _menu(self, at: Any) -> None:
        if self.model.line(self.table.indexAt(at).row()) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, text, name in (
            ("zoom_selection", _("Zoom to selection"), "scan-search"),
            ("estimate", _("Estimate this site"), "calculator"),
            ("sheet", _("Approval sheet…"), "printer"),
            ("copy", _("Copy rows"), "clipboard-copy"),
            ("delete", _("Delete selected"), "trash-2"),
        ):
            action = menu.addAction(icon(name), text)
            action.triggered.connect(lambda _c=False, k=key: self.copy() if k == "copy" else self.act.emit(k))
        menu.popup(self.table.viewport().mapToGlobal(at))

    def save_state(self) -> None:
        """Remember columns."""
        settings.remember(_header_key(), self.table.horizontalHeader().saveState())

    def kinds(self) -> list[str]:
        """Layers that have sites."""
        return [k for k in LAYERS if any(s.layer == k for s in self.model.lines)]
