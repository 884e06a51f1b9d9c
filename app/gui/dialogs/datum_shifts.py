"""Parameters from older datums to CGCS2000: those that the project keeps, and a form for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.tables import plain_table, put, widths
from app.gui.widgets import Combo, button, label
from app.i18n import _
from gis.datum_shift import FIELDS, OLD_DATUMS, DatumShift
from models.errors import AppError, Refused
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session

_NAMES = {
    "dx_m": N_("ΔX (m)"), "dy_m": N_("ΔY (m)"), "dz_m": N_("ΔZ (m)"), "rx_s": N_("rotation X (″)"),
    "ry_s": N_("rotation Y (″)"), "rz_s": N_("rotation Z (″)"), "rotation_s": N_("rotation (″)"),
    "scale_ppm": N_("scale (ppm)"),
}  # fmt: skip
_KINDS = {"seven": N_("seven parameters"), "three": N_("three parameters"), "four": N_("four parameters (plane)")}
_SENSES = {
    "coordinate_frame": N_("coordinate frame (Bursa, as in Chinese handbooks)"),
    "position_vector": N_("position vector"),
}
_SLOTS = 7


class DatumShiftsDialog(Sheet):
    """Each change is one step of the project that can be undone."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        text = _(
            "Xi'an 1980 and Beijing 1954 are not CGCS2000: they come in only with the parameters of a survey office."
        )
        super().__init__(parent, _("Datum parameters"), text, width=760)
        self.session = session
        self.table = plain_table([_("Name"), _("Kind"), _("Old system"), _("New system"), _("Source")])
        widths(self.table, (150, 150, 110, 110, 0))
        self.table.setMinimumHeight(120)
        self.remove = button(_("Remove"), self._remove, icon="trash-2")
        self.name, self.origin, self.control = QLineEdit(), QLineEdit(), QLineEdit()
        self.origin.setPlaceholderText(_("who gave them, and when"))
        self.control.setPlaceholderText(_("north, east; north, east in the new system (degrees: latitude, longitude)"))
        self.kind = Combo([(k, _(t)) for k, t in _KINDS.items()])
        self.source = Combo([("xian1980", _("Xi'an 1980")), ("beijing1954", _("Beijing 1954"))])
        self.source.setEditable(True)
        self.target = QLineEdit("EPSG:4490")
        self.sense = Combo([(k, _(t)) for k, t in _SENSES.items()])
        self.boxes = [QLineEdit() for _n in range(_SLOTS)]
        self.titles = [label("", "muted") for _n in range(_SLOTS)]
        self._lay_out()
        self.foot_close(self.remove)
        self.kind.activated.connect(lambda _i: self._show_kind())
        self.table.itemSelectionChanged.connect(self._enable)
        self._show_kind()
        self.show_kept()

    def _lay_out(self) -> None:
        left, right = form(), form()
        add_row(left, _("Name"), self.name)
        add_row(left, _("Kind"), self.kind)
        add_row(left, _("Old system"), self.source)
        add_row(right, _("Source"), self.origin)
        add_row(right, _("Rotations"), self.sense)
        add_row(right, _("New system"), self.target)
        sides = QHBoxLayout()
        sides.setSpacing(24)
        sides.addLayout(left, 1)
        sides.addLayout(right, 1)
        numbers = QHBoxLayout()
        numbers.setSpacing(6)
        for box, title in zip(self.boxes, self.titles, strict=True):
            cell = form()
            cell.setRowWrapPolicy(cell.RowWrapPolicy.WrapAllRows)
            cell.setVerticalSpacing(2)
            cell.addRow(title, box)
            numbers.addLayout(cell, 1)
        check = form()
        add_row(check, _("Known point"), self.control, _("They are taken only if they meet this point to 1 m."))
        self.hint = label("", "muted", wrap=True)
        self.content.addWidget(self.table, 1)
        self.content.addWidget(label(_("Add parameters"), "heading"))
        self.content.addLayout(sides)
        self.content.addLayout(numbers)
        self.content.addWidget(self.hint)
        self.content.addLayout(check)
        add = QHBoxLayout()
        add.addStretch(1)
        add.addWidget(button(_("Add"), self._add, icon="plus"))
        self.content.addLayout(add)

    def _show_kind(self) -> None:
        kind = str(self.kind.currentData())
        names = FIELDS[kind]  # type: ignore[index]
        for n, (box, title) in enumerate(zip(self.boxes, self.titles, strict=True)):
            box.setVisible(n < len(names))
            title.setVisible(n < len(names))
            title.setText(_(_NAMES[names[n]]) if n < len(names) else "")
            box.setAccessibleName(title.text())
        self.sense.setEnabled(kind == "seven")
        hints = {
            "four": N_("X2 = ΔX + (1+m)(X1 cos α − Y1 sin α), Y2 = ΔY + (1+m)(X1 sin α + Y1 cos α); X north, Y east. "
                       "Name the zone on both sides, for instance EPSG:2382 and EPSG:4546."),
            "seven": N_("Geocentric; metres, seconds and parts per million."),
            "three": N_("Geocentric translation in metres."),
        }  # fmt: skip
        self.hint.setText(_(hints[kind]))

    def show_kept(self) -> None:
        """Read from the project."""
        from app.verbs.datum_shifts import shifts_of

        try:
            kept = shifts_of(self.session.project) if self.session.project is not None else []
        except AppError as error:
            self.problem(error)
            kept = []
        self.table.setRowCount(len(kept))
        for r, s in enumerate(kept):
            for c, text in enumerate((s.name, _(_KINDS[s.kind]), s.source, s.target, s.origin)):
                put(self.table, r, c, text, ", ".join(f"{v:g}" for v in s.values) if c == 1 else "")
        self._enable()

    def _enable(self) -> None:
        self.remove.setEnabled(bool(self.table.selectedItems()))

    def given(self) -> tuple[DatumShift, tuple[float, float, float, float] | None]:
        """What stands in the form. Raises Refused for numbers that are none."""
        kind: Any = str(self.kind.currentData())
        shown = self.boxes[: len(FIELDS[kind])]  # type: ignore[index]
        values = tuple(_number(box.text()) for box in shown)
        at = self.source.findText(self.source.currentText())
        source = str(self.source.itemData(at)) if at >= 0 else self.source.currentText().strip()
        sense: Any = str(self.sense.currentData())
        shift = DatumShift(
            self.name.text().strip(), kind, OLD_DATUMS.get(source, source), self.target.text().strip(), values, sense,
            self.origin.text().strip(),
        )  # fmt: skip
        text = self.control.text().replace(";", ",").replace("；", ",").replace("，", ",")
        if not text.strip():
            return shift, None
        parts = [_number(p) for p in text.split(",")]
        if len(parts) != 4:
            raise Refused("shift.control", N_("a known point is four numbers: north, east; north, east"))
        return shift, (parts[0], parts[1], parts[2], parts[3])

    def _add(self) -> None:
        self.problem(None)
        try:
            shift, control = self.given()
        except AppError as error:
            self.problem(error)
            return

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.datum_shifts import add_shift

            return add_shift(project, shift, control=control)

        self.session.run_write(_("Datum parameters"), work, lambda _r: self._added(), self.problem)

    def _added(self) -> None:
        for box in (self.name, self.control, *self.boxes):
            box.clear()
        self.show_kept()

    def _remove(self) -> None:
        items = self.table.selectedItems()
        if not items:
            return
        name = self.table.item(items[0].row(), 0).text()

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.datum_shifts import remove_shift

            return remove_shift(project, name)

        self.session.run_write(_("Datum parameters"), work, lambda _r: self.show_kept(), self.problem)


def _number(text: str) -> float:
    from gis.points.numbers import parse_number

    value = parse_number(text)
    if value is None:
        raise Refused("shift.number", N_("“{given}” is no number"), given=text[:30])
    return value
