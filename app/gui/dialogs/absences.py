"""Which kinds of control area are mapped, which are not, and of which an office stated that there are none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dates import with_calendar
from app.gui.dialogs.base import Asked, Sheet, add_row, form
from app.gui.tables import plain_table, put, widths
from app.gui.widgets import button
from app.i18n import _
from app.verbs.absences import WORDS, ControlState, control_states, state_absence, withdraw_absence
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session

_PLACES = {"absence.source": "source", "absence.by": "by", "absence.date": "on", "absence.future": "on"}


class AbsencesDialog(Sheet):
    """Every kind in a table; below it, what is put on record of the one chosen."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Control lines that are not here"),
            _("A kind without areas cannot be told from one that nobody looked for. An office's statement that the "
              "region has none goes on record here, and screening then counts on it."),
            width=760,
        )  # fmt: skip
        self.session = session
        self.states: list[ControlState] = []
        self.table = plain_table([_("Control line"), _("Number"), _("On record")])
        widths(self.table, (300, 70, 0))
        self.table.setMinimumHeight(34 + 28 * len(WORDS) + 4)
        self.table.currentCellChanged.connect(lambda *_at: self._show())
        self.source, self.by = QLineEdit(), QLineEdit()
        self.source.setPlaceholderText(_("title or number of the document"))
        self.by.setPlaceholderText(_("office that states it"))
        self.on = with_calendar(QLineEdit(date.today().isoformat()))  # noqa: DTZ011 - a day on the user's own calendar
        self.asked = {k: Asked(c) for k, c in (("source", self.source), ("by", self.by), ("on", self.on))}
        lines = form()
        add_row(lines, _("Document"), self.asked["source"])
        add_row(lines, _("Stated by"), self.asked["by"])
        add_row(lines, _("Date"), self.asked["on"])
        self.content.addWidget(self.table)
        self.content.addLayout(lines)
        self.back = button(_("Withdraw"), self.withdraw, icon="undo-2")
        self.keep = button(_("Put on record: none here"), self.take, kind="primary", icon="check")
        self.foot_close(self.back)
        self._foot.insertWidget(self._foot.count() - 1, self.keep)
        session.changed.connect(lambda *_what: self._refresh())
        session.closed.connect(self.reject)
        self._refresh()
        self.table.selectRow(next((n for n, s in enumerate(self.states) if not s.areas and not s.absence), 0))

    @property
    def chosen(self) -> ControlState | None:
        """The kind at hand."""
        at = self.table.currentRow()
        return self.states[at] if 0 <= at < len(self.states) else None

    def _refresh(self) -> None:
        if self.session.project is None:
            return
        self.states = control_states(self.session.project)
        self.table.setRowCount(len(self.states))
        for at, state in enumerate(self.states):
            put(self.table, at, 0, words.cap(_(WORDS[state.kind])))
            put(self.table, at, 1, fmt.number(state.areas, 0))
            said = state.absence.note if state.absence else "" if state.areas else _("nothing: not mapped, not stated")
            put(self.table, at, 2, said)
        self._show()

    def _show(self) -> None:
        state, writable = self.chosen, self.session.writable
        free = state is not None and not state.areas
        for asked in self.asked.values():
            asked.setEnabled(free and writable)
            asked.complain()
        self.keep.setEnabled(free and writable)
        self.back.setEnabled(state is not None and state.absence is not None and writable)
        if state is not None and state.absence is not None:
            self.source.setText(state.absence.source)
            self.by.setText(state.absence.stated_by)
            self.on.setText(state.absence.stated_on)

    def take(self) -> None:
        """Put the statement on record."""
        if (state := self.chosen) is None:
            return
        kind, source, by, on = state.kind, self.source.text(), self.by.text(), self.on.text().strip()
        self._write(lambda project: state_absence(project, kind, source=source, stated_by=by, stated_on=on))

    def withdraw(self) -> None:
        """Take the statement back."""
        if (state := self.chosen) is not None:
            kind = state.kind
            self._write(lambda project: withdraw_absence(project, kind))

    def _write(self, change: Callable[[Any], Any]) -> None:
        self.problem(None)
        for asked in self.asked.values():
            asked.complain()

        def done(made: Any) -> None:
            self.session.say("ok", words.cap(made.label.render(_)))

        def failed(error: Exception) -> None:
            place = _PLACES.get(error.key) if isinstance(error, AppError) else None
            if place is not None and isinstance(error, AppError):
                self.asked[place].complain(error.what.render(_))
            else:
                self.problem(error)

        self.session.run_write(_("Putting on record"), lambda project, _watch: change(project), done, failed)
