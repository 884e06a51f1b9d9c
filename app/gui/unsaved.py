"""Edits whose commit was refused (disk full, file in use, drive gone): kept in memory and on the screen until saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from layers.registry import LAYERS
from models.changes import Change, ChangeSet, Delete, Insert, Update
from models.notices import Notice

if TYPE_CHECKING:
    from gis.store import Store
    from gis.store.layer_table import LayerTable

PROVISIONAL = 1 << 40
"""Row numbers from here on stand for new rows that the project does not have yet."""


@dataclass(frozen=True)
class Edit:
    """One refused step. `new` are the provisional row numbers of its insertions, in their order."""

    label: Notice = field(compare=False)
    changes: tuple[Change, ...]
    new: tuple[int, ...] = field(default=(), compare=False)

    @property
    def fids(self) -> dict[str, tuple[int, ...]]:
        """The rows it touches, as views know them."""
        new = iter(self.new)
        found: dict[str, list[int]] = {}
        for c in self.changes:
            found.setdefault(c.table, []).append(next(new) if isinstance(c, Insert) else c.fid)
        return {table: tuple(dict.fromkeys(fids)) for table, fids in found.items()}


class Unsaved(QObject):
    """The refused edits in their order; `changed` tells when there are more or fewer. Lives on the window's thread."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edits: list[Edit] = []
        self.copied: list[Edit] = []  # what was there when a copy was saved elsewhere
        self.error: Exception | None = None
        self._next = PROVISIONAL
        self._stored: dict[str, LayerTable] = {}  # layers as they are on the disk, of those that are shown otherwise

    def __bool__(self) -> bool:
        return bool(self.edits)

    @property
    def at_risk(self) -> bool:
        """True if there are edits that are in no copy either."""
        return bool(self.edits) and self.edits != self.copied

    @property
    def changes(self) -> list[Change]:
        """All that is not saved, for a copy elsewhere."""
        return [c for edit in self.edits for c in edit.changes]

    def keep(self, label: Notice, changes: Sequence[Change], error: Exception) -> Edit | None:
        """Keep a refused step; None if it is one of those kept already (somebody pressed the button again)."""
        self.error = error
        edit = Edit(label, tuple(changes))
        if self._again(edit):
            self.changed.emit()
            return None
        rest = tuple(c for c in edit.changes if not self._folded(c))
        new = tuple(range(self._next, self._next + sum(isinstance(c, Insert) for c in rest)))
        self._next += len(new)
        if rest:
            self.edits.append(Edit(label, rest, new))
        self.changed.emit()
        return edit if not rest else self.edits[-1]

    def _again(self, edit: Edit) -> bool:
        new_rows = all(isinstance(c, Insert) for c in edit.changes)
        return edit in (self.edits if new_rows else self.edits[-1:])

    def _folded(self, change: Change) -> bool:
        """True if it concerns a row that is not saved itself and went into that row's insertion."""
        if isinstance(change, Insert) or change.fid < PROVISIONAL:
            return False
        for at, edit in enumerate(self.edits):
            if change.fid in edit.new and change.fid in edit.fids.get(change.table, ()):
                self._fold(at, change)
                return True
        return False

    def _fold(self, at: int, change: Update | Delete) -> None:
        edit = self.edits[at]
        new = iter(edit.new)
        kept: list[tuple[Change, int | None]] = []
        for c in edit.changes:
            fid = next(new) if isinstance(c, Insert) else None
            if fid != change.fid:
                kept.append((c, fid))
            elif isinstance(change, Update) and isinstance(c, Insert):
                kept.append((replace(c, values={**c.values, **change.values}), fid))
        if kept:
            self.edits[at] = replace(
                edit, changes=tuple(c for c, _f in kept), new=tuple(f for _c, f in kept if f is not None)
            )
        else:
            del self.edits[at]

    def drop_last(self) -> Edit:
        """Forget the last one: what undo means while it is not saved."""
        edit = self.edits.pop()
        self.changed.emit()
        return edit

    def clear(self) -> None:
        """Forget all."""
        self._stored.clear()
        if self.edits:
            self.edits.clear()
            self.changed.emit()

    def flush(self, store: Store) -> Iterator[tuple[Edit, ChangeSet]]:
        """Commit them in their order, each as the step it was; stops at the first that is refused, and raises that."""
        while self.edits:
            edit = self.edits[0]
            try:
                done = store.transact(edit.label, list(edit.changes))
            except Exception as error:
                self.error = error
                self.changed.emit()
                raise
            del self.edits[0]
            self.changed.emit()
            yield edit, done

    # On the screen

    def show(self, tables: dict[str, Any]) -> None:
        """Put the edits over the layers that are shown; what lies below is remembered."""
        for edit in self.edits:
            for key in edit.fids:
                if key in tables and key in LAYERS:
                    self._stored.setdefault(key, tables[key])
                    tables[key] = overlaid(tables[key], edit)

    def hide(self, tables: dict[str, Any]) -> None:
        """The layers as they are on the disk."""
        tables.update({k: t for k, t in self._stored.items() if k in tables})
        self._stored.clear()

    def over(self, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows of any table with the edits of rows that exist over them."""
        if not self.edits:
            return rows
        changes = [c for c in self.changes if c.table == table and not isinstance(c, Insert)]
        gone = {c.fid for c in changes if isinstance(c, Delete)}
        shown = {int(r["fid"]): dict(r) for r in rows if int(r["fid"]) not in gone}
        for c in changes:
            if isinstance(c, Update) and c.fid in shown:
                shown[c.fid].update(c.values)
        return list(shown.values())


def overlaid(table: LayerTable, edit: Edit) -> LayerTable:
    """A layer as it would be after the edit."""
    new = iter(edit.new)
    rows: dict[int, dict[str, Any]] = {}
    gone: set[int] = set()
    for c in edit.changes:
        fid = next(new) if isinstance(c, Insert) else c.fid
        if c.table != table.layer:
            continue
        if isinstance(c, Delete):
            rows.pop(fid, None)
            gone.add(fid)
        else:
            before = rows.get(fid) or ({} if isinstance(c, Insert) else table.row(fid) or {})
            rows[fid] = {**before, **c.values}
    order = sorted(rows)
    shapes = np.empty(len(order), dtype=object)
    for at, fid in enumerate(order):
        shapes[at] = rows[fid].get("geometry")
    names = list(table.columns) or [f.name for f in LAYERS[table.layer].fields]
    columns = {name: [rows[fid].get(name) for fid in order] for name in names}
    fids = np.array(order, dtype=np.int64)
    return table.patched(gone, replace(table, fids=fids, geometry=shapes, columns=columns))


@contextmanager
def last_step_of(store: Store) -> Iterator[list[tuple[Notice, list[Change]]]]:
    """While a job writes: the step that it asked for last and that is not committed, so that its work is not lost."""
    asked: list[tuple[Notice, list[Change]]] = []
    before, after = store.before_write, store.after_write

    def ask(label: Notice, changes: Sequence[Change]) -> None:
        asked[:] = [(label, list(changes))] if changes else []
        before(label, changes)

    def done(change: ChangeSet) -> None:
        asked.clear()
        after(change)

    store.before_write, store.after_write = ask, done
    try:
        yield asked
    finally:
        store.before_write, store.after_write = before, after
