"""What was drawn becomes a feature: which layer, which code, which name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app import format as fmt
from app.gui import settings, words
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.snap_settings import remembered
from app.gui.widgets import Banner, Combo, label
from app.i18n import _
from app.verbs import labels
from layers.registry import LAYERS
from models.changes import Change, Insert
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session


class NewFeatureDialog(Sheet):
    """Checks the outline in plain words, shows its area, and stores it."""

    def __init__(self, parent: QWidget, session: Session, outline: Any) -> None:
        super().__init__(parent, _("New feature"), width=480)
        self.session = session
        self.outline = outline
        polygons = [(k, words.layer(k)) for k, layer in LAYERS.items() if layer.geometry == "MULTIPOLYGON"]
        self.layer = Combo(sorted(polygons, key=lambda p: LAYERS[p[0]].role != "site"))
        self.layer.choose(settings.value("draw/layer", "sand_pits"))
        self.kind = Combo()
        self.code = QLineEdit()
        self.name = QLineEdit()
        lines = form()
        add_row(lines, _("Layer"), self.layer)
        add_row(lines, _("Kind"), self.kind)
        add_row(lines, _("Code"), self.code)
        add_row(lines, _("Name"), self.name)
        self._lines = lines
        self.content.addLayout(lines)
        self.area = label("", "secondary", wrap=True)
        self.content.addWidget(self.area)
        self.foot(_("Add"), self.take, icon="plus")
        self.layer.currentIndexChanged.connect(lambda _i: self._on_layer())
        self._on_layer()
        self._check()
        self.name.setFocus()

    def _on_layer(self) -> None:
        key = str(self.layer.currentData())
        self.code.setText(self.session.project.store.next_code(key))
        needed = next((f for f in LAYERS[key].fields if f.name == "kind" and f.required), None)
        self._lines.setRowVisible(1, needed is not None)
        if needed is not None:
            self.kind.set_items([(c.value, words.cap(_(c.label))) for c in needed.choices])

    def _check(self) -> None:
        from gis.topology import clean_polygon

        try:
            cleaned = clean_polygon(self.outline)
        except AppError as error:
            self.problem(error)
            self.main.setEnabled(False)
            return
        self.outline = cleaned.geometry
        area = float(cleaned.geometry.area)
        self.area.setText(f"{fmt.number(area, 1)} m²  =  {fmt.mu(area, 2)} {_('mu')}")
        if cleaned.repaired is not None:
            self.content.addWidget(Banner("warning", words.cap(cleaned.repaired.render(_))))

    def take(self) -> None:
        """Store it and select it."""
        key = str(self.layer.currentData())
        settings.remember("draw/layer", key)
        values: dict[str, Any] = {
            "code": self.code.text().strip() or None, "name": self.name.text().strip() or None,
            "source": _("drawn on the map"), "geometry": self.outline,
        }  # fmt: skip
        if self._lines.isRowVisible(1):
            values["kind"] = self.kind.currentData()
        values = {k: v for k, v in values.items() if v is not None}
        what = labels.added(key, str(values.get("code", "")))
        try:
            change = self.session.transact(what, [Insert(key, values), *self._neighbours(key)])
        except AppError as error:
            self.problem(error)
            if self.session.unsaved:  # kept in memory and on the map; the bar asks for it
                self.accept()
            return
        self.session.select(key, change.fids[key][:1])
        self.accept()

    def _neighbours(self, key: str) -> Sequence[Change]:
        """Neighbours that get the new corners on their edges too, if boundaries are to stay shared."""
        from app.verbs.outlines import neighbours_noded, sharing_layers

        if not remembered("shared"):
            return ()
        return neighbours_noded({k: self.session.table(k) for k in sharing_layers(key)}, key, self.outline)
