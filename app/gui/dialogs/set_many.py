"""One field of all selected features at once, as one step."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.panels.inspector.editors import Editor, editor_for, read_value, text_of
from app.gui.read_only import WhenWritable
from app.gui.widgets import Combo, clear, label
from app.i18n import _
from app.verbs.edit_many import many_changes, shared_fields
from layers.base import Field
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session

_NAMED = 4  # present values that are named


class SetManyDialog(Sheet):
    """Which field, what value; says what stands there now."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        self.session = session
        self.layer, fids = session.selection
        self.fids = sorted(fids)
        what = _("{n} selected: {kind}").format(n=len(self.fids), kind=words.layer_plural(self.layer))
        super().__init__(parent, _("Change a field of all selected"), what, width=480)
        self._fields = {f.name: f for f in shared_fields(self.layer)}
        self.field = Combo([(f.name, words.field(f)) for f in self._fields.values()])
        self.field.choose("status" if "status" in self._fields else "district")
        self.editor: Editor | None = None
        self._place = QWidget()
        place = QVBoxLayout(self._place)
        place.setContentsMargins(0, 0, 0, 0)
        self.now = label("", "muted", wrap=True)
        lines = form()
        add_row(lines, _("Field"), self.field)
        add_row(lines, _("Now"), self.now)
        add_row(lines, _("New value"), self._place)
        self.content.addLayout(lines)
        self.foot(_("Change {n}").format(n=len(self.fids)), self.take, icon="check")
        WhenWritable(self.main, session)
        self.field.currentIndexChanged.connect(lambda _i: self._on_field())
        session.closed.connect(self.reject)
        self._on_field()

    @property
    def chosen(self) -> Field:
        """The field that is changed."""
        return self._fields[str(self.field.currentData())]

    def _rows(self) -> dict[int, dict[str, Any]]:
        table = self.session.table(self.layer)
        rows = ((fid, table.row(fid)) for fid in self.fids)
        return {fid: row for fid, row in rows if row is not None}

    def _on_field(self) -> None:
        clear(self._place.layout())
        field = self.chosen
        self.editor = editor_for(field)
        self.editor.name.hide()
        self._place.layout().addWidget(self.editor)
        values = [row.get(field.name) for row in self._rows().values()]
        counts = Counter(values).most_common()
        self.now.setText(_present(field, counts))
        self.editor.show_value(counts[0][0] if len(counts) == 1 else None)
        self.editor.control.setFocus()
        self._wait_for(self.editor)

    def _wait_for(self, editor: Editor) -> None:
        """Nothing is changed before a value was given: an empty one, which stands there for several, empties them."""
        self.main.setEnabled(False)
        self.main.setText(_("Change {n}").format(n=len(self.fids)))
        editor.settled.connect(self._given)
        for combo in editor.findChildren(QComboBox):
            combo.activated.connect(self._given)
        for line in editor.findChildren(QLineEdit):
            line.textEdited.connect(self._given)
        for text in editor.findChildren(QPlainTextEdit):
            text.textChanged.connect(self._given)

    def _given(self, *_what: object) -> None:
        empty = self.editor is not None and not self.editor.text()
        words_of = _("Empty {n}") if empty else _("Change {n}")
        self.main.setText(words_of.format(n=len(self.fids)))
        self.main.setEnabled(True)

    def take(self) -> None:
        """Check, and store as one step."""
        field, editor = self.chosen, self.editor
        self.problem(None)
        try:
            notice, changes = many_changes(self.layer, self._rows(), {field.name: read_value(field, editor.text())})
            if changes:
                self.session.transact(notice, changes)
        except AppError as error:
            if not self.session.unsaved:
                self.problem(error)
                return
        self.session.say("ok", _("{n} features changed").format(n=len(changes)))
        self.accept()


def _present(field: Field, counts: list[tuple[Any, int]]) -> str:
    parts = []
    for value, count in counts[:_NAMED]:
        text = words.choice(field, value) if field.choices else text_of(field, value)
        parts.append(f"{text or '—'} × {count}")
    if len(counts) > _NAMED:
        parts.append(_("{n} other values").format(n=len(counts) - _NAMED))
    return "   ".join(parts)
