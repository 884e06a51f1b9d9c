"""The parameters of a reference surface, one control each, made from what gis/surfaces declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QWidget

from app.gui import words
from app.gui.dialogs.base import PathEdit
from app.gui.widgets import Combo, Spin, button, clear, label, row
from app.i18n import _
from models.notices import N_

Values = Mapping[str, Any]
NAMES_PX = 56
"""Width of the column of names, here and around it."""
_DESIGN_FILES = "(*.shp *.gpkg *.geojson *.json *.dxf *.csv *.txt *.dat *.xlsx)"
_CHOICES = {
    "centroid": N_("at the middle of the outline"),
    "lowest_rim": N_("at the lowest point of the rim"),
    "place": N_("at a place of its own"),
    "spill": N_("its lowest point (spill level)"),
    "lowest": N_("its lowest point"),
    "rim_mean": N_("its mean"),
    "rim_plane": N_("a plane through it"),
    "rim_surface": N_("a membrane over it"),
}
_BY_SITE = {"over"}  # choices whose default is not the same for pits and heaps
_MORE = {  # what a design file may need said of it; as the command line's --design-…
    "design_crs": N_("its coordinate system"),
    "design_field": N_("its field of heights"),
    "design_z_unit": N_("its unit of heights (m, ft, us-ft)"),
}


@dataclass(frozen=True)
class _Rule:
    """When a parameter is asked for, and when there is no figure without it."""

    shown: Callable[[Values], bool] = lambda _v: True
    needed: Callable[[Values], bool] = lambda _v: False


def _tilted(v: Values) -> bool:
    return not v.get("crown")


# What depends on what (gis/surfaces/graded.py refuses the rest).
_RULES = {
    ("graded", "level_m"): _Rule(needed=lambda v: _tilted(v) and v.get("anchor") != "lowest_rim"),
    ("graded", "azimuth_deg"): _Rule(_tilted, lambda v: _tilted(v) and (v.get("fall_percent") or 0) > 0),
    ("graded", "anchor"): _Rule(_tilted),
    ("graded", "anchor_x"): _Rule(lambda v: _tilted(v) and v.get("anchor") == "place", lambda _v: True),
    ("graded", "anchor_y"): _Rule(lambda v: _tilted(v) and v.get("anchor") == "place", lambda _v: True),
}


class SurfaceForm(QWidget):
    """Controls for one surface at a time; hidden where it takes nothing. The level of `level` is the level bar's."""

    settled = Signal()
    rim_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.key = ""
        self.controls: dict[str, QWidget] = {}
        self._names: dict[str, QWidget] = {}
        self._specs: dict[str, Any] = {}
        self._terrains: Sequence[str] = ()
        self._edits = 0
        self._count = QLabel()  # of the edits, where they are a parameter
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, NAMES_PX)  # its controls stand below those around it
        self.hide()

    def offer(self, terrains: Sequence[str], edits: int) -> None:
        """The terrains that may be a reference, and how many rim edits the site has."""
        self._terrains, self._edits = terrains, edits
        for name, spec in self._specs.items():  # in place: what has the keyboard keeps it
            control = self.controls[name]
            if spec is not None and spec.kind == "terrain" and isinstance(control, Combo):
                control.set_items(self._terrain_items())
            elif spec is not None and spec.kind == "edits":
                self._count.setText(self._count_words())

    def show_surface(self, key: str, values: Values) -> None:
        """The controls of a surface with these values."""
        from gis.surfaces import SURFACES

        if key != self.key:
            self.key = key
            clear(self._grid)
            self.controls, self._names, self._specs = {}, {}, {}
            for spec in SURFACES[key].parameters if key in SURFACES and key != "level" else ():
                self._add(spec.name, words.cap(_(spec.label)), self._control(spec), spec)
                if spec.kind == "file":
                    for name, text in _MORE.items():
                        self._add(name, words.cap(_(text)), self._text(), None)
                    self._add("design_order", _("Order of columns"), self._combo(_orders()), None)
        for name, control in self.controls.items():
            _show(control, values.get(name))
        self._fit()
        self.setVisible(bool(self.controls))

    def _add(self, name: str, text: str, control: QWidget, spec: Any) -> None:
        line = self._grid.rowCount()
        control.setAccessibleName(text)
        self.controls[name], self._specs[name] = control, spec
        if isinstance(control, QCheckBox):
            control.setText(text)
            self._grid.addWidget(control, line, 0, 1, 2)
            return
        title = label(text, "secondary", wrap=True)
        self._names[name] = title
        if isinstance(control, PathEdit):
            self._grid.addWidget(title, line, 0, 1, 2)
            self._grid.addWidget(control, line + 1, 0, 1, 2)
            return
        title.setMaximumWidth(150)
        self._grid.addWidget(title, line, 0)
        self._grid.addWidget(control, line, 1)

    def _control(self, spec: Any) -> QWidget:
        return self._MAKERS[spec.kind](self, spec)

    def _number(self, spec: Any) -> Spin:
        low = -1e8 if spec.minimum is None else spec.minimum
        empty = _("not given")
        step = {"m": 0.1, "%": 0.5, "°": 5.0}.get(spec.unit, 1.0)
        made = Spin(low - step, spec.maximum or 1e8, decimals=2, step=step, unit=spec.unit, empty=empty)
        made.settled.connect(self._changed)
        return made

    def _flag(self, _spec: Any) -> QCheckBox:
        made = QCheckBox()
        made.clicked.connect(self._changed)
        return made

    def _choice(self, spec: Any) -> Combo:
        items: list[tuple[object, str]] = [(c, _(_CHOICES.get(c, c))) for c in spec.choices]
        usual: list[tuple[object, str]] = [("", _("usual for the kind of site"))] if spec.name in _BY_SITE else []
        return self._combo([*usual, *items])

    def _terrain(self, _spec: Any) -> Combo:
        return self._combo(self._terrain_items())

    def _terrain_items(self) -> list[tuple[object, str]]:
        return [("", _("choose…")), *((t, t) for t in self._terrains)]

    def _combo(self, items: list[tuple[object, str]]) -> Combo:
        made = Combo(items)
        made.activated.connect(lambda _i: self._changed())
        return made

    def _file(self, _spec: Any) -> PathEdit:
        made = PathEdit(_("Designed landform"), _("Contours, lines or points") + f" {_DESIGN_FILES}")
        made.line.setMinimumWidth(120)
        made.settled.connect(self._changed)
        return made

    def _text(self) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(_("as the file says"))
        made.editingFinished.connect(self._changed)
        return made

    def _edit_list(self, _spec: Any) -> QWidget:
        made = QWidget()
        self._count = label(self._count_words(), "secondary")
        made.setLayout(row(self._count, None, button(_("Edit the rim…"), self.rim_wanted.emit)))
        return made

    def _count_words(self) -> str:
        return _("{n} on this rim").format(n=self._edits) if self._edits else _("none yet")

    _MAKERS: ClassVar[dict[str, Callable[[SurfaceForm, Any], QWidget]]] = {
        "number": _number,
        "flag": _flag,
        "choice": _choice,
        "terrain": _terrain,
        "file": _file,
        "edits": _edit_list,
    }

    def _changed(self) -> None:
        self._fit()
        self.settled.emit()

    def _fit(self) -> None:
        """Show what matters with the present values."""
        values = self.values(all_of_them=True)
        for name, control in self.controls.items():
            rule = _RULES.get((self.key, name), _Rule())
            for part in (control, self._names.get(name)):
                if part is not None:
                    part.setVisible(rule.shown(values))

    # Values

    def values(self, *, all_of_them: bool = False) -> dict[str, Any]:
        """What is given, by the names of the request's parameters; only what is shown."""
        found = {name: _read(control) for name, control in self.controls.items()}
        given = {name: v for name, v in found.items() if v not in (None, "", False)}
        if all_of_them:
            return given
        return {n: v for n, v in given.items() if _RULES.get((self.key, n), _Rule()).shown(given)}

    def missing(self) -> list[str]:
        """Names of what has to be given first."""
        values = self.values(all_of_them=True)
        lacking = []
        for name, spec in self._specs.items():
            rule = _RULES.get((self.key, name), _Rule())
            wanted = (spec is not None and spec.required) or (rule.shown(values) and rule.needed(values))
            has = self._edits > 0 if spec is not None and spec.kind == "edits" else name in values
            if wanted and not has:
                lacking.append(words.cap(_(spec.label)))
        return lacking


def _orders() -> list[tuple[object, str]]:
    return [("", _("as the file says")), ("en", _("easting first")), ("ne", _("northing first"))]


def _read(control: QWidget) -> Any:
    if isinstance(control, Spin):
        return control.given()
    if isinstance(control, QCheckBox):
        return control.isChecked()
    if isinstance(control, Combo):
        return control.currentData()
    if isinstance(control, PathEdit):
        path = control.path()
        return None if path is None else str(path)
    return control.text().strip() if isinstance(control, QLineEdit) else None


def _show(control: QWidget, value: Any) -> None:
    if isinstance(control, Spin):
        control.show_value(value)
    elif isinstance(control, QCheckBox):
        control.setChecked(bool(value))
    elif isinstance(control, Combo):
        if value is None:
            control.setCurrentIndex(0)
        control.choose(value)
    elif isinstance(control, PathEdit):
        control.line.setText(str(value or ""))
    elif isinstance(control, QLineEdit):
        control.setText(str(value or ""))
