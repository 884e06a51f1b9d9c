"""What a person says of an incoming file: layer, coordinates, axes, text, codes; each with what the file gives."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.base import add_row, form
from app.gui.dialogs.import_degrees import DegreesChoice
from app.gui.widgets import Combo, button, label, row
from app.i18n import _
from app.words import CRS_BASES
from gis.china_offset import OFFSETS
from layers.registry import LAYERS

_OWN, _ALL = "", "*"
_POPUP_PX = 520
_COMMON = ("EPSG:4490", "EPSG:4326")


class ImportOptions(QWidget):
    """The left side of the dialog. `settled` when something was changed that asks for a new trial."""

    settled = Signal()
    shifts_wanted = Signal()
    confirmed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.sublayer = Combo([(_OWN, _("(the only layer)"))])
        self.layer = Combo([(k, words.layer_plural(k)) for k in LAYERS])
        self.layer.choose("sand_pits")
        self.crs = Combo([(_OWN, _("as the file says"))])
        self.crs.setEditable(True)
        self.crs.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        self.crs.lineEdit().setPlaceholderText("EPSG:4546")
        self.reason = label("", "muted", wrap=True, selectable=True)
        self.confirm = QCheckBox()
        self.shift = Combo([(_OWN, _("(the only ones that fit)"))])
        self.shift.setAccessibleName(_("Parameters"))
        self.axes = Combo(
            [("auto", _("by what is plausible")), ("en", _("easting, longitude first")),
             ("ne", _("northing, latitude first"))]
        )  # fmt: skip
        self.degrees = DegreesChoice()
        self.degrees.settled.connect(self.settled)
        self.encoding = Combo([(_OWN, _("by the evidence"))])
        self.sample = label("", "muted", wrap=True, selectable=True)
        self.duplicates = Combo(
            [("skip", _("leave the feature out")), ("update", _("change the feature that has it")),
             ("add", _("add under a new number"))]
        )  # fmt: skip
        self.holes = QCheckBox(_("Outlines inside others are holes"))
        self.holes.toggled.connect(lambda _on: self.settled.emit())
        for combo in (self.crs, self.encoding):
            combo.view().setMinimumWidth(_POPUP_PX)
        self._lay_out()
        for combo in (self.sublayer, self.layer, self.shift, self.axes, self.encoding, self.duplicates):
            combo.activated.connect(lambda _i: self.settled.emit())
        self.crs.activated.connect(lambda _i: self.settled.emit())
        self.crs.lineEdit().returnPressed.connect(self.settled)
        self.crs.lineEdit().editingFinished.connect(self._typed)
        self.confirm.toggled.connect(self.confirmed)
        self._crs_asked = ""
        self._joined = False
        self._place: tuple[Any, ...] = ()
        self.show_shifts([])
        self.start(None)

    def _lay_out(self) -> None:
        lines = form()
        lines.setVerticalSpacing(8)
        add_row(lines, _("Layer in the file"), self.sublayer)
        add_row(lines, _("Into layer"), self.layer)
        add_row(lines, _("Coordinates"), self.crs)
        lines.addRow("", self.reason)
        lines.addRow("", self.confirm)
        self._shift_name = label(_("Parameters"), "secondary")
        lines.addRow(self._shift_name, self.shift)
        self.shifts = button(_("Datum parameters…"), self.shifts_wanted.emit, kind="quiet")
        lines.addRow("", row(self.shifts, None))
        add_row(lines, _("Axes"), self.axes)
        lines.addRow(self.degrees.name, self.degrees)
        add_row(lines, _("Text encoding"), self.encoding)
        lines.addRow("", self.sample)
        add_row(lines, _("Codes that are taken"), self.duplicates)
        lines.addRow("", self.holes)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 8, 0)
        outer.addLayout(lines)
        outer.addStretch(1)

    def _typed(self) -> None:
        if self.crs_text() != self._crs_asked:
            self.settled.emit()

    def crs_text(self) -> str:
        """The system that was chosen or typed; "" for what the file says."""
        text = self.crs.currentText().strip()
        at = self.crs.findText(text)
        return str(self.crs.itemData(at) or "") if at >= 0 else text

    def asked(self) -> dict[str, Any]:
        """What is asked of the verb, but for the fields."""
        self._crs_asked = self.crs_text()
        return {
            "layer": str(self.layer.currentData()),
            "sublayer": str(self.sublayer.currentData() or "") or None,
            "crs": self._crs_asked or None,
            "axes": str(self.axes.currentData()),
            "degrees": self.degrees.choice(),
            "shift": str(self.shift.currentData() or "") or None,
            "encoding": str(self.encoding.currentData() or "") or None,
            "duplicates": str(self.duplicates.currentData()),
            "holes": self.holes.isChecked(),
        }

    def start(self, layer: str | None) -> None:
        """A new file: nothing is said of it yet."""
        self._joined = False
        if layer is not None:
            self.layer.choose(layer)
        self.sublayer.set_items([(_OWN, _("(the only layer)"))])
        self.encoding.set_items([(_OWN, _("by the evidence"))])
        self.encoding.choose(_OWN)
        self.axes.choose("auto")
        self.degrees.start()
        with QSignalBlocker(self.holes):
            self.holes.setChecked(False)
        self.holes.setVisible(False)
        self.crs.set_items([(_OWN, _("as the file says"))])
        self.crs.setCurrentIndex(0)
        self.sample.setVisible(False)
        self.show_trial(None)

    def show_sublayers(self, sublayers: list[tuple[str, int]], here: str, *, joined: bool = False) -> None:
        """The layers of the file with how many features each holds; `joined` if all can be taken as one."""
        several = len(sublayers) > 1
        items: list[tuple[object, str]] = [] if not several else [(_OWN, _("choose…"))]
        for name, count in sublayers:
            known = count >= 0
            items.append((name, _("{name}  ({n} features)").format(name=name, n=count) if known else name))
        self._joined = joined or (self._joined and several)
        if self._joined:
            items.append((_ALL, _("(all of them together)")))
        self.sublayer.set_items(items)
        if self.sublayer.currentData() != _ALL:
            self.sublayer.choose(here)
        self.sublayer.setEnabled(several)

    def show_shifts(self, names: list[str]) -> None:
        """Parameters that the project keeps; the choice is shown where there is one."""
        self.shift.set_items([(_OWN, _("(the only ones that fit)")), *((n, n) for n in names)])
        for part in (self.shift, self._shift_name):
            part.setVisible(len(names) > 1)

    def show_trial(self, trial: Any) -> None:
        """How coordinates were understood and why, and what must be confirmed."""
        report = trial.report if trial is not None else None
        self.confirm.setVisible(False)
        self.degrees.show_trial(trial)
        if trial is None or report is None:
            self.reason.setText("")
            self.reason.setVisible(False)
            self._offer_both(None if trial is None else trial.error)
            return
        self.holes.setVisible(report.inner > 0)
        self._show_systems(report)
        self.reason.setVisible(True)
        lines = [f"{report.crs}: {_(CRS_BASES.get(report.crs_basis, report.crs_basis))}"]
        if report.crs_basis == "guessed" and report.guesses:
            lines.append(words.cap(report.guesses[0].reason.render(_)))
        if report.exchanged:
            lines += [words.cap(w.render(_)) for w in report.warnings if w.key == "axes.exchanged"]
        columns = [w for w in report.warnings if w.key == "table.guessed"]
        lines += [words.cap(w.render(_)) for w in columns]
        if trial.lands is not None:
            lines.append(trial.lands.render(_))
        self.reason.setText("\n".join(lines))
        if report.unsure:
            text = _("Confirmed: {crs}, this place").format(crs=report.crs)
            if columns:
                text = _("Confirmed: these columns, {crs}, this place").format(crs=report.crs)
            place = (text, report.exchanged, trial.bounds)
            if place != self._place:
                self.confirm.setChecked(False)
            self._place = place
            self.confirm.setText(text)
            self.confirm.setVisible(True)

    def _offer_both(self, error: Any) -> None:
        """Two systems that the numbers fit alike, to choose from."""
        if error is None or error.key != "import.two_guesses":
            return
        for code in (error.what.facts["guess"], error.what.facts["other"]):
            if self.crs.findData(code) < 0:
                self.crs.addItem(code, code)

    def _show_systems(self, report: Any) -> None:
        own = _("as the file says")
        items: list[tuple[object, str]] = [(_OWN, own)]
        items += [(g.crs, f"{g.crs}  {g.reason.render(_)}") for g in report.guesses]
        there = {g.crs for g in report.guesses}
        items += [(code, f"{code}  {name}") for code, name in _known_systems() if code not in there]
        chosen = self.crs_text()
        self.crs.set_items(items)
        at = self.crs.findData(chosen)
        if at >= 0:
            self.crs.setCurrentIndex(at)
        else:
            self.crs.setEditText(chosen)
        self.crs.lineEdit().setCursorPosition(0)

    def show_encodings(self, own: str | None, samples: dict[str, str]) -> None:
        """What the texts look like in each encoding; `own` is the one taken, None where the format fixes it."""
        self.encoding.setEnabled(own is not None)
        if own is None:
            self.encoding.set_items([(_OWN, _("fixed by the format"))])
            self.sample.setVisible(False)
            return
        items: list[tuple[object, str]] = [(_OWN, _("by the evidence: {name}").format(name=own))]
        items += [(name, f"{name}   {text}" if text else name) for name, text in samples.items()]
        self.encoding.set_items(items)
        chosen = str(self.encoding.currentData() or own)
        text = next((t for n, t in samples.items() if n.lower() == chosen.lower()), "")
        self.sample.setText(text)
        self.sample.setVisible(bool(text))


def _known_systems() -> list[tuple[str, str]]:
    names = {"EPSG:4490": _("CGCS2000, degrees"), "EPSG:4326": _("WGS 84, degrees")}
    made = [(code, names[code]) for code in _COMMON]
    makers = {"GCJ-02": _("AutoNavi, Tencent; approximate"), "BD-09": _("Baidu; approximate")}
    return made + [(o, makers[o]) for o in OFFSETS]
