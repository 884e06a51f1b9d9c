"""Tables of what came out: refused sites, conflicts with control lines, a check of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.widgets import EmptyState, button
from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session

RELATIONS = {"inside": N_("inside"), "overlaps": N_("overlaps"), "touches": N_("touches"), "clear": N_("clear")}


class ResultDialog(Sheet):
    """A table that can be sorted and copied; a double click calls `chosen` with the row."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Sequence[int] = (),
        text: str = "",
        empty: str = "",
        chosen: Callable[[Sequence[str]], object] | None = None,
    ) -> None:
        super().__init__(parent, title, text, width=560)
        self.heads, self.rows = list(heads), [list(r) for r in rows]
        if not rows:
            self.content.addWidget(EmptyState("circle-check", empty or _("Nothing found")))
            self.foot_close()
            return
        table = QTableWidget(len(rows), len(heads))
        table.setHorizontalHeaderLabels(self.heads)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(30)
        for r, cells in enumerate(self.rows):
            for c, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                side = Qt.AlignmentFlag.AlignRight if c in right else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(r, c, item)
        for c in range(len(heads)):
            side = Qt.AlignmentFlag.AlignRight if c in right else Qt.AlignmentFlag.AlignLeft
            table.horizontalHeaderItem(c).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        table.setMinimumHeight(min(420, 34 + 30 * len(rows) + 8))
        if chosen is not None:
            table.cellDoubleClicked.connect(lambda r, _c: chosen(self.rows[r]))
        self.table = table
        table.resizeColumnsToContents()
        wide = table.horizontalHeader().length() + 96
        self.resize(min(max(wide, 560), parent.width() - 80), self.sizeHint().height())
        self.content.addWidget(table, 1)
        self.foot_close(button(_("Copy"), self.copy, icon="clipboard-copy"))

    def copy(self) -> None:
        """The table for a spreadsheet."""
        lines = ["\t".join(r) for r in [self.heads, *self.rows]]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")


def show_overlay(window: Any, session: Session, open_dialog: Callable[[Any], Any]) -> None:
    """Conflicts of all sites, computed in the background."""
    project = session.project

    def work(_watch: Any) -> Any:
        from app.verbs.overlay import overlay_sites

        return overlay_sites(project)

    def done(conflicts: list[Any]) -> None:
        kinds = LAYERS["control_areas"].field_named("kind")
        rows = [
            [
                c.site,
                c.code,
                c.name,
                _("ecological red line") if c.kind == "red_line" else words.choice(kinds, c.kind),
                words.cap(_(RELATIONS.get(c.relation, c.relation))),
                fmt.number(c.area_m2, 1) if c.area_m2 else fmt.NO_VALUE,
                fmt.percent(c.share) if c.area_m2 else fmt.NO_VALUE,
                fmt.number(c.distance_m, 1),
            ]
            for c in sorted(conflicts, key=lambda c: (c.relation == "clear", c.site))
        ]
        heads = [
            _("Site"),
            _("Control line"),
            _("Name"),
            _("Kind"),
            _("Relation"),
            _("Area m²"),
            _("Share"),
            _("Distance m"),
        ]
        title = _("Conflicts with control lines")

        def go(cells: Sequence[str]) -> None:
            session.select_site(cells[0])
            window.trigger("zoom_selection")

        empty = _("No site lies in or near a control line")
        text = _(
            "{n} sites lie on or in a control line. The others are listed with their distance; "
            "a double click goes to the site."
        ).format(n=len({c.site for c in conflicts if c.relation != "clear"}))
        open_dialog(ResultDialog(window, title, heads, rows, right=(5, 6, 7), text=text, empty=empty, chosen=go))

    session.tasks.submit(_("Conflicts with control lines"), work, done, session.report)
