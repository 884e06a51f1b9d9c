"""属性: the form of the selected feature. Each finished edit is one step that can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.panels.inspector.editors import Editor, editor_for
from app.gui.photos.strip import PhotoStrip
from app.gui.unsaved import PROVISIONAL
from app.gui.widgets import label, rule, scrolled
from app.i18n import _
from layers.registry import LAYERS
from models.changes import Update
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session


class FieldsTab(QWidget):
    """Editors by the layer's declaration, what the outline itself says (area, perimeter, vertices), and photos.

    `place` carries a shape (project CRS) and words: where a photo was taken.
    """

    place = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.layer, self.fid = "", -1
        self.editors: dict[str, Editor] = {}
        self._forms: dict[str, tuple[QWidget, dict[str, Editor]]] = {}
        self._due = False
        self._form = QVBoxLayout()
        self._facts = _grid(6)
        self._fact_labels = [
            (label("", "muted"), label("", "secondary", wrap=True, selectable=True)) for _i in range(5)
        ]
        for line, (name, text) in enumerate(self._fact_labels):
            self._facts.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, line, 1)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 16, 16, 16)
        inner.setSpacing(12)
        inner.addLayout(self._form)
        inner.addWidget(rule())
        inner.addLayout(self._facts)
        inner.addWidget(rule())
        self.photos = PhotoStrip(session)
        self.photos.place_wanted.connect(self.place)
        inner.addWidget(self.photos)
        inner.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(body))
        session.changed.connect(self._on_changed)

    def show_feature(self, layer: str, fid: int) -> None:
        """The form of this feature; "" for none."""
        self.finish()
        self.layer, self.fid = layer, fid
        self._due = True
        if self.isVisible():
            self._load()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._load()

    def _load(self) -> None:
        if self._due:
            self._due = False
            self._choose_form()
            self.refresh()
            known = self.layer in LAYERS and self.fid < PROVISIONAL  # what is not saved yet has no photos
            uid = str(self.session.table(self.layer).value(self.fid, "uid") or "") if known else ""
            self.photos.show_feature(self.layer, self.fid, uid)

    def finish(self) -> None:
        """Commit what is being typed before another feature takes the form."""
        if self.session.project is None:
            return
        for editor in list(self.editors.values()):
            if not editor.dirty:
                continue
            editor.settle()
            if not editor.problem.isHidden():
                name, why = words.cap(_(editor.field.label)), editor.problem.text()
                self.session.say("warning", _("{field} was not stored: {why}").format(field=name, why=why))

    def _choose_form(self) -> None:
        """One form a layer, made when it is needed first and kept."""
        if self.layer in LAYERS and self.layer not in self._forms:
            form, editors = self._make_form(self.layer)
            self._forms[self.layer] = (form, editors)
            self._form.addWidget(form)
        for key, (form, _editors) in self._forms.items():
            form.setVisible(key == self.layer)
        self.editors = self._forms[self.layer][1] if self.layer in self._forms else {}

    def _make_form(self, layer: str) -> tuple[QWidget, dict[str, Editor]]:
        form = QWidget()
        grid = _grid(8)
        grid.setContentsMargins(0, 0, 0, 0)
        editors: dict[str, Editor] = {}
        for line, field in enumerate(f for f in LAYERS[layer].fields if not f.system):
            editor = editor_for(field)
            editor.settled.connect(self._commit)
            editors[field.name] = editor
            editor.name.setWordWrap(True)
            editor.name.setMaximumWidth(128)
            editor.name.setMinimumHeight(32)
            grid.addWidget(editor.name, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(editor, line, 1)
        form.setLayout(grid)
        return form, editors

    def refresh(self) -> None:
        """Show what is stored, but never under the fingers of somebody who types."""
        if self.layer not in LAYERS:
            return
        stored = self.session.table(self.layer).row(self.fid)
        if stored is None:
            return
        writable = self.session.project is not None and not self.session.project.store.read_only
        for name, editor in self.editors.items():
            editor.setEnabled(writable)
            if not (editor.dirty and editor.control.hasFocus()):
                editor.show_value(stored.get(name))
        self._show_facts(stored)

    def _show_facts(self, stored: Any) -> None:
        shape = stored["geometry"]
        facts: list[tuple[str, str]] = []
        if shape is not None and not shape.is_empty and LAYERS[self.layer].geometry == "MULTIPOLYGON":
            area = float(shape.area)
            facts += [
                (_("Area"), _areas(area)),
                (_("Perimeter"), f"{fmt.number(float(shape.length), 1)} m"),
                (_("Outline"), _outline_words(shape)),
            ]
        if shape is not None and not shape.is_empty and LAYERS[self.layer].geometry == "POINT":
            facts.append((_("Position"), f"X {fmt.number(shape.y, 2)}  Y {fmt.number(shape.x, 2)}"))
        for name, title in (("created_at", _("Created")), ("updated_at", _("Changed"))):
            facts.append((title, words.when(stored.get(name)) or fmt.NO_VALUE))
        for at, (name, text) in enumerate(self._fact_labels):
            name.setText(facts[at][0] if at < len(facts) else "")
            text.setText(facts[at][1] if at < len(facts) else "")

    def _commit(self, name: str, value: Any) -> None:
        from app.verbs import labels

        editor = self.editors[name]
        stored = self.session.table(self.layer).row(self.fid) or {}
        notice = labels.fields_changed(self.layer, str(stored.get("code") or ""), stored, {name: value})
        try:
            self.session.transact(notice, [Update(self.layer, self.fid, {name: value})])
        except AppError as error:
            editor.complain(error, kept=bool(self.session.unsaved))

    def _on_changed(self, change: Any) -> None:
        if not self._due and self.layer in change.tables and self.fid in change.fids[self.layer]:
            self.refresh()


def _areas(area: float) -> str:
    parts = (f"{fmt.number(area, 1)} m²", f"{fmt.mu(area, 2)} {_('mu')}", f"{fmt.hectares(area)} ha")
    return "  =  ".join(p.replace(" ", "\u00a0") for p in parts)  # a unit stays with its number


def _grid(spacing: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(spacing)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, 108)
    return grid


def _outline_words(shape: Any) -> str:
    parts = list(getattr(shape, "geoms", [shape]))
    holes = sum(len(p.interiors) for p in parts)
    points = sum(len(p.exterior.coords) - 1 + sum(len(r.coords) - 1 for r in p.interiors) for p in parts)
    return _("{parts} parts, {holes} islands, {points} points").format(parts=len(parts), holes=holes, points=points)
