"""Keeps the lines of the inventory in step with the project: whole layers, single rows, figures of single sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.gui.panels.inventory.lines import (
    Columns,
    Latest,
    Line,
    add_figures,
    compare_outlines,
    figures_of,
    latest_figures,
    lines_of,
    site_layers,
)
from app.gui.panels.inventory.model import InventoryModel
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session

_FIGURE_TABLES = ("estimates", "screenings")
_FEW = 200  # so many sites are read one by one; more of them all at once


class Content(QObject):
    """Fills the model. `sums_changed`: lines hold other values without the model having been reset."""

    sums_changed = Signal()

    def __init__(self, session: Session, model: InventoryModel, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.model = session, model
        self._sources: dict[str, Columns] = {}
        self._due: set[str] | None = None  # uids whose figures are to be read; None for all
        self._pending = QTimer(self, singleShot=True, interval=0)
        self._pending.timeout.connect(self._read_figures)
        session.opened.connect(self.reload)
        session.closed.connect(self._on_closed)
        session.changed.connect(self._on_changed)
        if session.project is not None:
            self.reload()

    def reload(self) -> None:
        """Read all sites; figures follow from the background."""
        self._show_lines(site_layers())
        self._due = None
        self._pending.start()

    def _show_lines(self, layers: tuple[str, ...]) -> None:
        """The lines of these layers anew; what is known of their figures stays."""
        known = {s.uid: (s.figures, s.verdicts) for s in self.model.lines if s.layer in layers}
        made: list[Line] = []
        for key in site_layers():
            if key not in layers:
                made += [s for s in self.model.lines if s.layer == key]
                continue
            lines, self._sources[key] = lines_of(key, self.session.table(key))
            for line in lines:
                if line.uid in known:
                    line.figures, line.verdicts = known[line.uid]
            made += lines
        self.model.set_lines(made)

    def _read_figures(self) -> None:
        project = self.session.project
        if project is None:
            return
        store, due, lines = project.store, self._due, self.model.lines
        self._due = set()
        tables = {key: self.session.table(key) for key in site_layers()}

        def read(_watch: Any) -> Latest:
            latest = latest_figures(store) if due is None else figures_of(store, due)
            places = {s.uid: (s.layer, s.fid) for s in lines if due is None or s.uid in due}

            def outline_of(uid: str) -> Any:
                layer, fid = places.get(uid, ("", 0))
                row = tables[layer].row(fid) if layer else None
                return row["geometry"] if row else None

            compare_outlines(latest, outline_of)
            return latest

        def arrived(latest: Latest) -> None:
            if self.session.project is not project:
                return
            add_figures(self.model.lines, latest, only=due is not None)
            if due is None:
                self.model.set_lines(self.model.lines)
            else:
                self.model.touched([s for s in self.model.lines if s.uid in due])
                self.sums_changed.emit()

        self.session.tasks.submit(_("Reading figures"), read, arrived, self.session.report, quiet=True)

    def _on_closed(self) -> None:
        self._pending.stop()
        self.model.set_lines([])

    def _on_changed(self, change: Any) -> None:
        layers = tuple(t for t in site_layers() if t in change.fids)
        if layers and not self._patch(layers, change):
            self._show_lines(layers)
            self._due = None
            self._pending.start()
        if change.tables & set(_FIGURE_TABLES):
            self._want_figures(change)

    def _patch(self, layers: tuple[str, ...], change: Any) -> bool:
        """Put changed fields into their lines; False if rows came or went."""
        tables = {key: self.session.table(key) for key in layers}
        touched = [self.model.held(key, fid) for key in layers for fid in change.fids[key]]
        if None in touched or any(len(t) != len(self._sources[k].values.get("uid", ())) for k, t in tables.items()):
            return False
        for key, table in tables.items():
            self._sources[key].values = table.columns
        for line in touched:
            line.hold(tables[line.layer])
        self.model.touched(touched)
        self.sums_changed.emit()
        drawn = [line.uid for line in touched if line.figures.outline]
        if drawn and self._due is not None:
            self._due = self._due | set(drawn) if len(drawn) <= _FEW else None
        if drawn:
            self._pending.start()  # whether the figures are still those of the outline
        return True

    def _want_figures(self, change: Any) -> None:
        """Read the figures of the sites that a change is about, or all where that is not known."""
        if self._due is not None:
            uids = self.session.attempt(lambda: _sites_of(self.session.project.store, change))
            self._due = None if uids is None else self._due | uids
        self._pending.start()


def _sites_of(store: Any, change: Any) -> set[str] | None:
    """The uids of the sites that estimates and screenings of a change are about; None if some are gone or many."""
    fids = [(table, fid) for table in _FIGURE_TABLES for fid in change.fids.get(table, ())]
    if len(fids) > _FEW:
        return None
    found = [store.rows(table, fid=fid) for table, fid in fids]
    return {str(rows[0]["site_uid"]) for rows in found} if all(found) else None
