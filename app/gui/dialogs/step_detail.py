"""What one step changed, row by row, read as far as it is looked at; deleted rows can be brought back from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui import words
from app.gui.history_words import change_lines
from app.gui.widgets import EmptyState, Item, button, card, clear, column, label, row, scrolled
from app.i18n import _
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.history import RowChange
    from gis.store.log import StepEntry

_RESTORABLE = frozenset(LAYERS) | {"wastes"}


class StepDetail(QWidget):
    """`window` is asked to zoom to a row that is shown."""

    def __init__(self, session: Session, window: Any) -> None:
        super().__init__()
        self.session = session
        self.window_ = window
        self.step: StepEntry | None = None
        self.changes: list[RowChange] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.more = button("", self.load_more, kind="quiet", icon="chevron-down")
        self.more.hide()
        body = QWidget()
        body.setLayout(column(self._list, self.more, None, margins=(0, 8, 8, 8)))
        self.setLayout(column(scrolled(body), spacing=0))
        self.setMinimumHeight(120)
        self.show_step(None)

    def show_step(self, step: StepEntry | None) -> None:
        """Look at another step."""
        self.step, self.changes = step, []
        clear(self._list)
        self.more.hide()
        if step is None:
            self._list.addWidget(EmptyState("history", _("No step"), _("Choose another filter or a step above.")))
            return
        self.load_more()

    def load_more(self) -> None:
        """The next rows of the step."""
        from app.verbs.history_pages import step_page

        project, step = self.session.project, self.step
        if project is None or step is None:
            return
        beyond = self.changes[-1].entry.number if self.changes else None
        page = self.session.attempt(lambda: step_page(project, step.step, beyond=beyond)) or []
        self.changes += page
        for change in page:
            self._list.addWidget(self._card(change))
        left = step.rows - len(self.changes)
        self.more.setText(_("{n} more rows").format(n=left))
        self.more.setVisible(left > 0 and bool(page))

    def _card(self, change: RowChange) -> QWidget:
        from app.verbs.history import OPS
        from app.verbs.labels import row_word
        from models.notices import Notice

        e = change.entry
        held = {**e.before, **e.after}
        whose = " ".join(str(held[k]) for k in ("site", "waste") if held.get(k))  # results have no code of their own
        name = row_word(e.table, change.code or whose)
        text = words.cap(name.render(_) if isinstance(name, Notice) else str(name))
        head: list[Item] = [label(text, "heading"), label(_(OPS.get(e.op, e.op)), "muted"), None]
        act = self._action(change)
        if act is not None:
            head.append(act)
        lines = [label(line.text, "secondary", wrap=True, selectable=True) for line in change_lines(change)]
        return card(row(*head), *lines, role="inset", spacing=3, margin=8)

    def _action(self, change: RowChange) -> QWidget | None:
        e, project = change.entry, self.session.project
        if project is None or e.table not in _RESTORABLE:
            return None
        there = bool(e.uid) and bool(project.store.rows(e.table, uid=e.uid))
        if there and e.table in LAYERS:
            return button(_("Show"), lambda: self._show(e.table, e.fid), kind="quiet", icon="scan-search")
        if not there and e.op == "delete" and change.code:
            made = button(_("Bring it back"), lambda: self._restore(change), kind="quiet", icon="rotate-ccw")
            made.setEnabled(not project.store.read_only)
            return made
        return None

    def _show(self, layer: str, fid: int) -> None:
        self.session.select(layer, [fid])
        self.window_.trigger("zoom_selection")

    def _restore(self, change: RowChange) -> None:
        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.history import restore

            return restore(project, change.code, change.entry.step - 1)

        def done(made: Any) -> None:
            self.session.say("ok", words.cap(made.label.render(_)))

        self.session.run_write(_("Restoring"), work, done)
