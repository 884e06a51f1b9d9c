"""What is asked for a terrain of survey points, contours or a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QWidget

from app.gui.dialogs.base import PathEdit, add_row, form
from app.gui.widgets import Combo, Spin
from app.i18n import _
from models.notices import N_

ENCODINGS = ("", "utf-8", "gb18030", "big5")
DEGREES = {
    "auto": N_("as recognised"),
    "decimal": N_("decimal degrees"),
    "packed": N_("D.MMSS: degrees, minutes, seconds"),
}
_OF_DEGREES = ("import.two_degrees", "import.nearly_packed", "degrees.")
UNITS = ("", "m", "mm", "cm", "km", "ft", "in")
Z_UNITS = ("", "m", "ft", "us-ft")
_TABLES = (".csv", ".txt", ".dat", ".xlsx")
_SURFACES = (".xml", ".landxml")
_LINES = "*.shp *.dxf *.geojson *.json *.kml *.gpkg"
_TEXTS = (".csv", ".txt", ".dat", ".shp", ".dxf")


class PointsOptions(QWidget):
    """Only what the file at hand may need is shown. `reread`: something changed by which the file reads differently."""

    reread = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.order = Combo([("", _("as recognised")), ("en", _("easting first")), ("ne", _("northing first"))])
        self.columns = {key: Combo([(0, _("as recognised"))]) for key in ("east", "north", "height")}
        self.height_field = QLineEdit()
        self.height_field.setPlaceholderText(_("as recognised; z for the third coordinate"))
        self.sublayer = QLineEdit()
        self.sublayer.setPlaceholderText(_("the only or best one"))
        self.degrees = Combo([(k, _(t)) for k, t in DEGREES.items()])
        self.encoding = Combo([(e, e or _("as recognised")) for e in ENCODINGS])
        self.unit = Combo([(u, u or _("as the drawing says")) for u in UNITS])
        self.z_unit = Combo([(u, u or _("as the file says")) for u in Z_UNITS])
        self.text_heights = Spin(0, 1000, decimals=1, step=0.5, unit="m", empty=_("not used"))
        self.lines = PathEdit(_("Breaklines"), _("Lines with heights") + f" ({_LINES})")
        self.lines.line.setMinimumWidth(140)
        self.lines.line.setPlaceholderText(_("none; a file of crest and toe lines"))
        self.lines_crs = QLineEdit()
        self.lines_crs.setPlaceholderText(_("as the file says; else e.g. EPSG:4546"))
        self.lines_layer = QLineEdit()
        self.lines_layer.setPlaceholderText(_("the only or best one"))
        self.lines_field = QLineEdit()
        self.lines_field.setPlaceholderText(_("as recognised; z for the third coordinate"))
        self.cell = Spin(0, 1000, decimals=2, step=0.5, unit="m", empty=_("by the spacing of the points"))
        self.max_edge = Spin(0, 100_000, decimals=1, step=5, unit="m", empty=_("three times the usual spacing"))
        self.drop = QCheckBox(_("leave out heights that stand out from their neighbours"))
        self._two_degrees = False
        self._lay_out()
        self._connect()
        self._lines_rows()

    def _lay_out(self) -> None:
        self._form: QFormLayout = form()
        add_row(self._form, _("Degrees"), self.degrees)  # first: asked for only where a file waits for it
        add_row(self._form, _("Order"), self.order)
        add_row(self._form, _("Easting column"), self.columns["east"])
        add_row(self._form, _("Northing column"), self.columns["north"])
        add_row(self._form, _("Height column"), self.columns["height"])
        add_row(self._form, _("Field of heights"), self.height_field)
        add_row(self._form, _("Sheet or layer"), self.sublayer)
        add_row(self._form, _("Encoding"), self.encoding)
        add_row(self._form, _("Unit of the drawing"), self.unit)
        add_row(self._form, _("Unit of heights"), self.z_unit)
        add_row(self._form, _("Heights from texts within"), self.text_heights)
        hint = _("Lines with heights from another file, which the triangles follow: crest and toe of a pit, edges.")
        add_row(self._form, _("Breaklines"), self.lines, hint)
        add_row(self._form, _("Their coordinates"), self.lines_crs)
        add_row(self._form, _("Their layer"), self.lines_layer)
        add_row(self._form, _("Their field of heights"), self.lines_field)
        add_row(self._form, _("Cell"), self.cell)
        add_row(self._form, _("Longest edge"), self.max_edge)
        self._form.addRow(self.drop)  # its sentence is as wide as both columns
        self.setLayout(self._form)
        self._form.setContentsMargins(0, 0, 0, 0)

    def _connect(self) -> None:
        for combo in (self.order, self.encoding, self.unit, self.z_unit, self.degrees):
            combo.activated.connect(lambda _i: self.reread.emit())
        for combo in self.columns.values():
            combo.activated.connect(lambda _i: self._columns_chosen())
        self.lines.settled.connect(self._lines_chosen)
        for line in (self.height_field, self.sublayer, self.lines_crs, self.lines_layer, self.lines_field):
            line.editingFinished.connect(self.reread)
        self.text_heights.settled.connect(self.reread)

    def _lines_chosen(self) -> None:
        self._lines_rows()
        self.reread.emit()

    def _lines_rows(self) -> None:
        """What is asked of a file of breaklines, only where there is one."""
        path = self.lines.path()
        suffix = path.suffix.lower() if path is not None else ""
        for control, wanted in (
            (self.lines_crs, path is not None),
            (self.lines_layer, suffix in (".dxf", ".kml", ".gpkg")),
            (self.lines_field, path is not None and suffix != ".dxf"),
        ):
            self._form.setRowVisible(control, wanted)

    def _breaklines(self) -> Any:
        path, shown = self.lines.path(), self._form.isRowVisible
        if path is None:
            return None
        from gis.points.joined import Breaklines  # only where there are some: it brings triangulation in

        said = {
            name: (control.text().strip() or None) if shown(control) else None
            for name, control in (
                ("crs", self.lines_crs), ("sublayer", self.lines_layer), ("height_field", self.lines_field),
            )
        }  # fmt: skip
        return Breaklines(path, **said)

    def suit(self, path: Path) -> None:
        """Show what makes sense for a file of this name."""
        suffix = path.suffix.lower()
        table, drawing, surface = suffix in _TABLES, suffix == ".dxf", suffix in _SURFACES
        for control, wanted in (
            (self.order, table),
            *((c, table) for c in self.columns.values()),
            (self.degrees, table and self._two_degrees),
            (self.height_field, not table and not drawing and not surface),
            (self.sublayer, suffix not in (".csv", ".txt", ".dat", ".shp", ".geojson", ".json")),
            (self.encoding, suffix in _TEXTS),
            (self.unit, drawing),
            (self.text_heights, drawing),
        ):
            self._form.setRowVisible(control, wanted)

    def show_look(self, look: Any) -> None:
        """Let degrees be chosen where they may be decimal or packed, and as long as one of the two is chosen."""
        said = [look.refused.key] if look.refused is not None else []
        said += [n.key for n in look.warnings]
        self._two_degrees = self.degrees.currentData() != "auto" or any(k.startswith(_OF_DEGREES) for k in said)
        self.show_head(look.head)

    def start(self) -> None:
        """Other files: what was chosen of the degrees of the last ones says nothing of them."""
        self._two_degrees = False
        self.degrees.choose("auto")

    def show_head(self, head: Sequence[Sequence[str]]) -> None:
        """The columns of the table at hand, each with what its first rows hold."""
        width = max((len(r) for r in head), default=0)
        items = []
        for c in range(width):
            samples = [r[c] for r in head if len(r) > c and r[c]][:2]
            items.append((c + 1, f"{c + 1}: {', '.join(samples)}"))
        for combo in self.columns.values():
            combo.set_items([(0, _("as recognised")), *items])

    def _columns_chosen(self) -> None:
        chosen = [int(c.currentData() or 0) for c in self.columns.values()]
        if all(chosen) or not any(chosen):  # two of three say nothing yet
            self.order.choose("")
            self.reread.emit()

    def _chosen(self) -> tuple[int, int, int] | None:
        east, north, height = (int(c.currentData() or 0) for c in self.columns.values())
        return (east, north, height) if east and north and height else None

    def reading(self) -> dict[str, Any]:
        """How the file is read; what is hidden says nothing."""
        shown = self._form.isRowVisible
        chosen = self._chosen() if shown(self.order) else None
        order = str(self.order.currentData()) or None
        return {
            "order": order if shown(self.order) and chosen is None else None,  # columns say themselves which is which
            "columns": chosen,
            "height_field": (self.height_field.text().strip() or None) if shown(self.height_field) else None,
            "sublayer": (self.sublayer.text().strip() or None) if shown(self.sublayer) else None,
            "degrees": str(self.degrees.currentData()) if shown(self.degrees) else "auto",
            "encoding": (str(self.encoding.currentData()) or None) if shown(self.encoding) else None,
            "unit": (str(self.unit.currentData()) or None) if shown(self.unit) else None,
            "z_unit": str(self.z_unit.currentData()) or None,
            "text_heights_m": self.text_heights.given() if shown(self.text_heights) else None,
            "breaklines": self._breaklines(),
        }

    def making(self) -> dict[str, Any]:
        """How the terrain is made, the reading included."""
        return {
            **self.reading(),
            "cell": self.cell.given(),
            "max_edge": self.max_edge.given(),
            "drop_outliers": self.drop.isChecked(),
        }
