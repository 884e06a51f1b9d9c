"""One conflict side by side: what it was when the copy was made, ours, theirs, and the choice between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.outline_picture import OutlinePicture
from app.gui.history_words import outline_words
from app.gui.widgets import EmptyState, Item, card, clear, column, label, row, scrolled
from app.i18n import _
from models.notices import N_
from models.outline import OutlineFacts

if TYPE_CHECKING:
    from models.merging import MergeConflict, Take

# What the two choices mean, by the kind of the conflict.
CHOICES = {
    "field": (N_("Keep ours"), N_("Take theirs")),
    "outline": (N_("Keep our outline"), N_("Take their outline")),
    "record": (N_("Keep ours"), N_("Take theirs")),
    "deleted_here": (N_("Leave it deleted"), N_("Bring it back")),
    "deleted_there": (N_("Keep it"), N_("Delete it here too")),
    "code": (N_("Ours keeps the code"), N_("Theirs gets the code")),
}


def title_of(conflict: MergeConflict) -> str:
    """Which row and field: "sand pit SK-001 · ground water"."""
    from app.verbs.copies import field_name
    from app.verbs.labels import row_word
    from models.notices import Notice

    what = row_word(conflict.table, conflict.code)
    text = words.cap(what.render(_) if isinstance(what, Notice) else str(what))
    return f"{text} · {field_name(conflict.table, conflict.field, _)}" if conflict.field else text


class ConflictView(QWidget):
    """`decided` carries the key of the conflict and the side."""

    decided = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.conflict: MergeConflict | None = None
        self._body = QVBoxLayout()
        holder = QWidget()
        holder.setLayout(column(self._body, None, margins=(12, 0, 4, 0)))
        self.setLayout(column(scrolled(holder), spacing=0))
        self.buttons: dict[str, QRadioButton] = {}
        self.show_conflict(None, None)

    def show_conflict(self, conflict: MergeConflict | None, side: Take | None) -> None:
        """Look at another one; `side` is what was decided on it."""
        self.conflict = conflict
        clear(self._body)
        self.buttons = {}
        if conflict is None:
            self._body.addWidget(EmptyState("circle-check", _("No conflict"), _("Nothing was changed on both sides.")))
            return
        self._body.addWidget(label(title_of(conflict), "heading", wrap=True))
        self._body.addWidget(label(self._kind(conflict), "muted", wrap=True))
        self._body.addLayout(self._sides(conflict, side))
        outlines = [o if isinstance(o, OutlineFacts) else None for o in _outlines(conflict)]
        if any(outlines):
            self._body.addWidget(OutlinePicture(*outlines), 1)

    @staticmethod
    def _kind(conflict: MergeConflict) -> str:
        from app.verbs.copies import KINDS

        text = words.cap(_(KINDS[conflict.kind]))
        if conflict.kind == "code":
            text += _("; the other one gets a new code")
        return text + _("; {n} rows belong to it").format(n=conflict.below) if conflict.below else text

    def _sides(self, conflict: MergeConflict, side: Take | None) -> QHBoxLayout:
        """What it was, ours and theirs beside each other; the last two can be chosen."""
        group = QButtonGroup(self)
        cards = []
        for head, key, value in (
            (_("When copied"), "", conflict.base),
            (_("Ours (project)"), "mine", conflict.mine),
            (_("Theirs (copy)"), "theirs", conflict.theirs),
        ):
            if not key and conflict.kind == "code":
                continue  # there was none
            text = label(_side_text(conflict, value), wrap=True, selectable=True)
            text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            items: list[Item] = [label(head, "muted"), text, None]
            if key:
                items.append(self._choice(conflict, key, group, side))
            cards.append(card(*items, role="inset", spacing=4, margin=8))
        made = row(*cards, spacing=8)
        for n in range(len(cards)):
            made.setStretch(n, 1)
        return made

    def _choice(self, conflict: MergeConflict, key: str, group: QButtonGroup, side: Take | None) -> QRadioButton:
        made = QRadioButton(_(CHOICES[conflict.kind][key == "theirs"]))
        made.setChecked(key == side)
        made.toggled.connect(lambda on, name=conflict.key: self.decided.emit(name, key) if on else None)
        group.addButton(made)
        self.buttons[key] = made
        return made


def _side_text(conflict: MergeConflict, value: object) -> str:
    from app.verbs.copies import side_words

    return outline_words(value) if isinstance(value, OutlineFacts) else side_words(conflict, value, _)


def _outlines(conflict: MergeConflict) -> tuple[object, object, object]:
    """The outlines of the three states, whatever the kind of the conflict."""
    sides = (conflict.base, conflict.mine, conflict.theirs)
    if conflict.kind == "outline":
        return sides
    found = [s.get("geom") if isinstance(s, dict) else None for s in sides]
    return found[0], found[1], found[2]
