"""历史: every step that changed this feature, newest first, with what was there before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui import words
from app.gui.panels.inspector.editors import text_of
from app.gui.widgets import EmptyState, card, clear, column, label, row, scrolled
from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.gui.session import Session

_MOST = 100
_SKIP = {"updated_at", "created_at", "uid", "fid", "geom", "geometry"}
_OPS = {"insert": N_("made"), "update": N_("changed"), "delete": N_("deleted")}


class HistoryTab(QWidget):
    """Reads the change log for one feature."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.layer, self.fid = "", -1
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 12, 16, 12)
        inner.addLayout(self._list)
        inner.addStretch(1)
        self.setLayout(column(scrolled(body), spacing=0))
        self._due = False
        session.changed.connect(self._later)

    def show_feature(self, layer: str, fid: int) -> None:
        """Follow another feature."""
        self.layer, self.fid = layer, fid
        self._later()

    def _later(self, _change: Any = None) -> None:
        self._due = True
        if self.isVisible():
            self._fill()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._due:
            self._fill()

    def _fill(self) -> None:
        self._due = False
        clear(self._list)
        project = self.session.project
        if project is None or self.layer not in LAYERS:
            return
        rows = project.store.rows("change_log", table_name=self.layer, row_fid=self.fid)
        for entry in sorted(rows, key=lambda r: -int(r["fid"]))[:_MOST]:
            self._list.addWidget(self._card(entry))
        if not rows:
            self._list.addWidget(
                EmptyState("history", _("No history"), _("Changes of this feature will be listed here."))
            )

    def _card(self, entry: dict[str, Any]) -> QWidget:
        head = row(label(_label(entry), "heading", wrap=True), spacing=8)
        parts: list[Any] = [head]
        parts += [label(line, "secondary", wrap=True, selectable=True) for line in self._differences(entry)]
        who = " · ".join(t for t in (words.when(entry.get("at")), str(entry.get("user") or "")) if t)
        foot = label(who, "muted")
        foot.setAlignment(Qt.AlignmentFlag.AlignLeft)
        parts.append(foot)
        return card(*parts, role="inset", spacing=3, margin=10)

    def _differences(self, entry: dict[str, Any]) -> list[str]:
        if entry.get("op") != "update":
            return []
        before, after = (json.loads(entry.get(k) or "{}") for k in ("before", "after"))
        said = []
        for name in after:
            field = LAYERS[self.layer].field_named(name)
            if name in _SKIP or field is None:
                continue
            old, new = (
                words.choice(field, v) if field.choices else text_of(field, v) for v in (before.get(name), after[name])
            )
            said.append(f"{words.cap(_(field.label))}: {old or '—'} → {new or '—'}")
        return said or [_("outline changed")]


def _label(entry: dict[str, Any]) -> str:
    try:
        text = Notice.from_json(json.loads(entry["label"])).render(_)
    except (ValueError, KeyError, TypeError):
        text = ""
    return words.cap(text or _(_OPS.get(str(entry.get("op")), "changed")))
