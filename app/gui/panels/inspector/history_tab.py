"""历史: every step that changed this feature, newest first, page by page; what it was before can be brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui import words
from app.gui.panels.inspector.history_card import HistoryCard
from app.gui.widgets import EmptyState, button, clear, column, scrolled
from app.i18n import _
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.history import RowChange


class HistoryTab(QWidget):
    """Reads the change log of one feature. `earlier` carries (outline, words) for the map, (None, "") for none."""

    earlier = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.layer, self.fid = "", -1
        self.cards: list[HistoryCard] = []
        self.chosen: HistoryCard | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.more = button(_("Show earlier steps"), self.load_more, kind="quiet", icon="chevron-down")
        self.more.hide()
        body = QWidget()
        body.setLayout(column(self._list, self.more, None, margins=(16, 12, 16, 12)))
        self.setLayout(column(scrolled(body), spacing=0))
        self._due = False
        session.changed.connect(self._on_changed)

    def show_feature(self, layer: str, fid: int) -> None:
        """Follow another feature."""
        self.layer, self.fid = layer, fid
        self._later()

    def _on_changed(self, change: Any) -> None:
        if self.fid in change.fids.get(self.layer, ()):
            self._later()

    def _later(self) -> None:
        self._due = True
        if self.isVisible():
            self._fill()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._due:
            self._fill()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self.choose(None)

    # Reading

    def _fill(self) -> None:
        self._due = False
        self.choose(None)
        clear(self._list)
        self.cards = []
        self.more.hide()
        if self.session.project is None or self.layer not in LAYERS or self.fid not in self.session.table(self.layer):
            return
        self.load_more()
        if not self.cards:
            self._list.addWidget(
                EmptyState("history", _("No history"), _("Changes of this feature will be listed here."))
            )

    def load_more(self) -> None:
        """The next page of earlier steps."""
        from app.verbs.history_pages import PAGE, row_page

        project = self.session.project
        if project is None:
            return
        beyond = self.cards[-1].change.entry.number if self.cards else None
        page = self.session.attempt(lambda: row_page(project, self.layer, self.fid, beyond=beyond, limit=PAGE + 1))
        for change in (page or [])[:PAGE]:
            self._add(change)
        self.more.setVisible(len(page or []) > PAGE)

    def _add(self, change: RowChange) -> None:
        project = self.session.project
        made = HistoryCard(change, writable=project is not None and not project.store.read_only)
        made.chosen.connect(self.choose)
        made.wanted.connect(self.restore)
        self.cards.append(made)
        self._list.addWidget(made)

    # Looking, and bringing back

    def choose(self, card: HistoryCard | None) -> None:
        """Look at one step: the outline that it replaced (or made) is shown on the map."""
        old, self.chosen = self.chosen, card
        if old is card:
            return
        if old is not None:
            old.show_chosen(False)
        if card is not None:
            card.show_chosen(True)
        if card is not None and card.has_outline:
            self._show_outline(card.change)
        elif old is not None and old.has_outline:
            self.earlier.emit(None, "")

    def _show_outline(self, change: RowChange) -> None:
        from app.verbs.history_pages import shape_of

        entry = change.entry
        text = _("outline before {when}") if change.before is not None else _("outline of {when}")
        body = entry.before_geom if change.before is not None else entry.after_geom
        self.earlier.emit(shape_of(body), text.format(when=words.when(entry.at)))

    def restore(self, change: RowChange, field: str) -> None:
        """Bring the field ("": the outline) back to what it was before this step, as a new step."""
        layer, fid, step = self.layer, self.fid, change.entry.step - 1

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.history_pages import restore_part

            names = [field] if field else []
            return restore_part(project, layer, fid, step, fields=names, outline=not field)

        def done(made: Any) -> None:
            self.session.say("ok", words.cap(made.label.render(_)))

        self.session.run_write(_("Restoring"), work, done)
