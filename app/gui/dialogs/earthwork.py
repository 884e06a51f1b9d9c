"""The grid method and the section method of a site: table or drawing into a file, for those who review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.widgets import Combo, Spin
from app.i18n import LANGUAGE_NAMES, LANGUAGES, _, current_language
from layers.registry import LAYERS
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from models.estimate import Estimate

# What can be made: words, suffix, which table a CSV holds.
OUTPUTS = {
    "workbook": (N_("Tables of both methods (Excel)"), ".xlsx", "grid"),
    "drawing": (N_("Drawing of the grid method (PDF)"), ".pdf", "grid"),
    "cad": (N_("Drawing of the grid method for CAD (DXF)"), ".dxf", "grid"),
    "grid": (N_("Table of the grid method (CSV)"), ".csv", "grid"),
    "sections": (N_("Table of the section method (CSV)"), ".csv", "sections"),
}
_SCALES = (0, 200, 500, 1000, 2000, 5000, 10000)


class EarthworkDialog(Sheet):
    """Measures under the surface that the capacity tab shows, and writes; nothing is stored in the project."""

    def __init__(self, parent: QWidget, session: Session, code: str, answer: Estimate | None) -> None:
        surface = words.surface(answer.reference.key, fills=LAYERS[answer.layer].fills) if answer else ""
        text = _("Under the surface {surface}.").format(surface=surface) if answer else ""
        super().__init__(parent, _("Earthwork of {code}").format(code=code), text, width=580)
        from app.package.layout import papers

        self.session, self.code, self.answer = session, code, answer
        self.what = Combo([(k, _(v[0])) for k, v in OUTPUTS.items()])
        self.side = Spin(0, 1000, decimals=1, step=1, unit="m", empty=_("by accuracy and paper"))
        self.spacing = Spin(0, 1000, decimals=1, step=1, unit="m", empty=_("the customary one"))
        self.paper = Combo([(p, p) for p in papers()])
        self.paper.choose("A3")
        self.scale = Combo([(s, f"1:{s}" if s else _("the largest that fits")) for s in _SCALES])
        self.language = Combo([(k, LANGUAGE_NAMES[k]) for k in LANGUAGES])
        self.language.choose(current_language())
        assert session.project is not None  # noqa: S101 - there is no site without a project
        folder = session.project.path.parent
        self.out = PathEdit(_("Earthwork"), "", save=True, text=str(folder / f"{code}-{_('earthwork')}.xlsx"))
        self.replace = QCheckBox(_("Replace a file that is there"))
        lines = form()
        add_row(lines, _("What to write"), self.what)
        add_row(lines, _("Side of the squares"), self.side)
        add_row(lines, _("Between sections"), self.spacing)
        add_row(lines, _("Paper of the drawing"), self.paper)
        add_row(lines, _("Scale of the drawing"), self.scale)
        add_row(lines, _("Language"), self.language)
        add_row(lines, _("File"), self.out)
        add_row(lines, "", self.replace)
        self.content.addLayout(lines)
        self.foot(_("Write the file"), self.take, icon="file-spreadsheet")
        self.what.activated.connect(lambda _i: self._fit())
        self._fit()

    def _fit(self) -> None:
        """The file's ending, and what counts for it."""
        _text, suffix, _table = OUTPUTS[str(self.what.currentData())]
        path = self.out.path()
        if path is not None:
            self.out.line.setText(str(path.with_suffix(suffix)))
        self.scale.setEnabled(suffix == ".pdf")

    def take(self) -> None:
        """Measure and write, in the background."""
        out, session, code, answer = self.out.path(), self.session, self.code, self.answer
        if out is None:
            self.problem(_("Say where the file goes."))
            return
        _text, suffix, table = OUTPUTS[str(self.what.currentData())]
        if out.suffix.lower() != suffix:
            out = out.with_name(out.name + suffix)
        if out.exists() and not self.replace.isChecked():
            self.problem(_("{name} exists already: choose another name, or let it be replaced.").format(name=out.name))
            return
        options: dict[str, Any] = {
            "side_m": self.side.given(),
            "spacing_m": self.spacing.given(),
            "terrain": answer.terrain.name if answer else None,
            "request": answer.request if answer else None,
        }
        paper, scale = str(self.paper.currentData()), int(self.scale.currentData()) or None
        language, project, target = str(self.language.currentData()), session.project, out
        self.problem(None)
        self.main.setEnabled(False)

        def work(watch: Any) -> Any:
            from app.verbs.earthwork import Delivery, earthwork

            how = Delivery(table, paper, scale, language, overwrite=True)
            return earthwork(project, code, out=target, delivery=how, watch=watch, **options)

        session.tasks.submit(_("Earthwork of {code}").format(code=code), work, self._done, self._failed)

    def _done(self, report: Any) -> None:
        found = report.earthwork
        grid = fmt.difference(found.difference_percent(found.grid.fill_m3, found.grid.cut_m3), 2)
        sections = fmt.difference(found.difference_percent(found.sections.fill_m3, found.sections.cut_m3), 2)
        text = _("{name} made; grid method {grid} %, section method {sections} % against the estimate").format(
            name=Path(report.path).name, grid=grid, sections=sections
        )
        advice = "\n".join(words.cap(w.render(_)) for w in report.warnings)

        def show() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.path)))

        window: Any = self.parentWidget()
        window.toasts.show("warning" if report.warnings else "ok", text, advice=advice, act=(_("Open"), show))
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.main.setEnabled(True)
        self.problem(error)
