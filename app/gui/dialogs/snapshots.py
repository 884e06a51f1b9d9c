"""Snapshots of the project: which there are, what changed since, look at one, bring one back, take one now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.dialogs.counts import CountTable
from app.gui.dialogs.question import Question
from app.gui.project_bars import Choice
from app.gui.read_only import WhenWritable
from app.gui.widgets import Banner, button, clear, label, scrolled
from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from gis.store.snapshots import Snapshot

_CODES = 12
_SIDES = (N_("in the snapshot"), N_("in the project now"))


class SnapshotsDialog(Sheet):
    """The newest stands on top. What is chosen is checked and compared with the project in the background."""

    look_wanted = Signal(object)

    def __init__(self, parent: QWidget, session: Session) -> None:
        text = _("Taken before risky work and every ten minutes of change, in your data folder. Bringing one back is "
                 "one step; undo takes it back.")  # fmt: skip
        super().__init__(parent, _("Snapshots"), text, width=860)
        self.session = session
        self.resize(900, 640)
        self.found: list[Snapshot] = []
        self._sound: dict[str, bool] = {}
        self._tasks: list[Any] = []
        self.table = _table()
        self.table.itemSelectionChanged.connect(self._chosen)
        self.content.addWidget(self.table, 2)
        self._answer = QVBoxLayout()
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addLayout(self._answer)
        inner.addStretch(1)
        self.content.addWidget(scrolled(body), 3)
        self.take = button(_("Take one now"), self._take, icon="plus")
        self.look = button(_("Look at it"), lambda: self._with_chosen(self.look_wanted.emit), icon="search")
        self.back = button(_("Bring back…"), lambda: self._with_chosen(self._ask), icon="rotate-ccw")
        WhenWritable(self.back, session)
        self.foot_close(self.take, self.look, self.back)
        session.closed.connect(self.reject)
        session.changed.connect(self._on_changed)
        self.finished.connect(lambda _r: self._stop())
        self._buttons()
        self.refresh()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()

    # The list

    def refresh(self) -> None:
        """Read the folder again, in the background."""
        path = self.session.project.path

        def work(_watch: Any) -> list[Snapshot]:
            from app.verbs.snapshots import list_snapshots

            return list_snapshots(path)

        self.session.tasks.submit(_("Reading the snapshots"), work, self._fill, self.problem, quiet=True)

    def _fill(self, found: list[Snapshot]) -> None:
        if self.session.project is None:
            return
        kept = self.chosen.id if self.chosen else ""
        self.found = found[::-1]
        self.table.setRowCount(len(self.found))
        for line, s in enumerate(self.found):
            why = words.cap(s.reason.render(_)) if s.reason else fmt.NO_VALUE
            if s.origin and s.origin != str(self.session.project.path):
                why += _(" (of {path})").format(path=s.origin)
            cells = [f"{s.taken_at.astimezone():%Y-%m-%d %H:%M:%S}", why, str(s.revision),
                     fmt.number(s.size_bytes / 1e6, 1), self._verified(s)]  # fmt: skip
            for at, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                side = Qt.AlignmentFlag.AlignRight if at in (2, 3) else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(line, at, item)
        at = next((i for i, s in enumerate(self.found) if s.id == kept), 0)
        if self.found:
            self.table.selectRow(at)
        else:
            clear(self._answer)
            text = _("None was taken yet. The first one comes before the next import, or take one now.")
            self._answer.addWidget(Banner("info", text))
        self._buttons()

    def _verified(self, s: Snapshot) -> str:
        if s.id not in self._sound:
            return _("when it was taken")
        return _("just now: sound") if self._sound[s.id] else _("DAMAGED")

    @property
    def chosen(self) -> Snapshot | None:
        """The snapshot of the selected line."""
        lines = self.table.selectionModel().selectedRows() if self.found else []
        return self.found[lines[0].row()] if lines and lines[0].row() < len(self.found) else None

    def _with_chosen(self, act: Any) -> None:
        if self.chosen is not None:
            act(self.chosen)

    def _buttons(self) -> None:
        chosen = self.chosen
        for part in (self.look, self.back):
            part.setEnabled(chosen is not None and self._sound.get(chosen.id, True))

    # Comparing

    def _on_changed(self, _change: Any) -> None:
        self._chosen(again=False)  # by a method of the dialog, so that the connection ends with it

    def _chosen(self, *, again: bool = True) -> None:
        snapshot, project = self.chosen, self.session.project
        self._buttons()
        self._stop()
        clear(self._answer)
        if snapshot is None or project is None:
            return
        known = None if again else self._sound.get(snapshot.id)
        self._answer.addWidget(label(_("Comparing with the project as it is now…"), "muted"))

        def work(_watch: Any) -> tuple[bool, Any]:
            from app.verbs.snapshot_look import is_sound
            from app.verbs.snapshots import compare_snapshot

            sound = known if known is not None else is_sound(snapshot)
            return sound, compare_snapshot(project, snapshot) if sound else None

        def done(answer: tuple[bool, Any]) -> None:
            if self.chosen == snapshot:
                self._show(snapshot, *answer)

        def failed(error: Exception) -> None:
            clear(self._answer)
            self.problem(error)

        self._tasks.append(self.session.tasks.submit(_("Comparing a snapshot"), work, done, failed, quiet=True))

    def _show(self, snapshot: Snapshot, sound: bool, found: Any) -> None:
        self._sound[snapshot.id] = sound
        line = self.table.selectionModel().selectedRows()[0].row()
        self.table.item(line, 4).setText(self._verified(snapshot))
        self._buttons()
        clear(self._answer)
        if found is None:
            self._answer.addWidget(Banner("danger", _("This snapshot is damaged. Take the one before it.")))
            return
        rows = difference_rows(found)
        if not rows and not any(d.added or d.deleted or d.changed for d in found.layers.values()):
            self._answer.addWidget(Banner("ok", _("The project holds the same features and totals now.")))
            return
        if rows:
            self._answer.addWidget(CountTable([_("Subject"), *(words.cap(_(t)) for t in _SIDES)], rows))
        for title, lines in difference_lines(found):
            self._answer.addWidget(label(title, "heading"))
            self._answer.addWidget(label("\n".join(lines), "secondary", wrap=True, selectable=True))

    # Doing

    def _take(self) -> None:
        project = self.session.project

        def work(watch: Any) -> Any:
            from app.verbs.snapshots import take_snapshot

            return take_snapshot(project, watch)

        def done(_snapshot: Any) -> None:
            self.table.clearSelection()
            self.refresh()

        self.problem(None)
        self.session.tasks.submit(_("Taking a snapshot"), work, done, self.problem)

    def _ask(self, snapshot: Snapshot) -> None:
        when = f"{snapshot.taken_at.astimezone():%Y-%m-%d %H:%M}"
        title = _("Bring back the state of {when}?").format(when=when)
        text = _("A snapshot of the present state is taken first. Every row becomes what it was then, as one step: "
                 "undo takes it back. The change log goes on.")  # fmt: skip
        question = Question(self, title, text, [Choice(_("Bring back"), lambda: self.restore(snapshot), "primary")])
        question.finished.connect(question.deleteLater)
        question.show()

    def restore(self, snapshot: Snapshot) -> None:
        """Bring it back, in the background."""

        def work(project: Any, watch: Any) -> Any:
            from app.verbs.snapshots import restore_snapshot

            return restore_snapshot(project, snapshot, watch)

        def done(answer: Any) -> None:
            rows = sum(len(f) for f in answer.change.fids.values())
            self.session.say("ok", _("{n} rows brought back; undo takes it back.").format(n=rows))
            self.refresh()

        self.problem(None)
        self.session.run_write(_("Bringing a snapshot back"), work, done, self.problem)


def difference_rows(found: Any) -> list[tuple[str, str, str]]:
    """What differs as (what, then, now): features of each layer, totals."""
    rows = [(words.layer_plural(k), str(a), str(b)) for k, (a, b) in found.counts.items() if a != b and k in LAYERS]
    rows += [(words.cap(_table_word(k)), str(a), str(b)) for k, (a, b) in found.counts.items()
             if a != b and k not in LAYERS and k != "change_log"]  # fmt: skip
    figures = {
        "pits_fill_m3": (_("fill of pits 万m³"), fmt.wan_m3),
        "pits_tonnage_t": (_("tonnage 万t"), fmt.wan_t),
        "land_released_m2": (_("land released 亩"), fmt.mu),
        "sites_estimated": (_("sites estimated"), lambda n: str(int(n))),
    }
    for key, (word, show) in figures.items():
        then, now = found.totals[key]
        if then != now:
            rows.append((words.cap(word), show(then), show(now)))
    return rows


def _table_word(key: str) -> str:
    from gis.store.tables import table_word

    word = table_word(key)
    return word if isinstance(word, str) else word.render(_)


def difference_lines(found: Any) -> list[tuple[str, list[str]]]:
    """Codes that differ, by layer."""
    said = []
    for key, d in found.layers.items():
        kinds = ((_("added since: {codes}"), d.added), (_("deleted since: {codes}"), d.deleted),
                 (_("changed since: {codes}"), d.changed))  # fmt: skip
        lines = [text.format(codes=_codes(codes)) for text, codes in kinds if codes]
        if lines:
            said.append((words.layer_plural(key), [words.cap(line) for line in lines]))
    return said


def _codes(codes: tuple[str, ...]) -> str:
    more = len(codes) - _CODES
    return _(", ").join(codes[:_CODES]) + (_(" and {n} more").format(n=more) if more > 0 else "")


def _table() -> QTableWidget:
    table = QTableWidget(0, 5)
    table.setHorizontalHeaderLabels([_("Taken"), _("Because"), _("Revision"), "MB", _("Verified")])
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(30)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    return table
