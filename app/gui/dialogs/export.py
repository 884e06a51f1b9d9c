"""A layer into a foreign format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QWidget

from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.widgets import Combo
from app.i18n import _
from layers.registry import LAYERS
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session

NAMES = {"csv": N_("CSV, shapes as WKT"), "csv_points": N_("CSV, one row a vertex"),
         "xlsx": N_("Excel, shapes as WKT"), "xlsx_points": N_("Excel, one row a vertex"),
         "kml": N_("KML (for viewing)")}  # fmt: skip


class ExportDialog(Sheet):
    """Layer, format, file; only the selection if asked."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("Export a layer"), width=580)
        from gis.formats import WRITERS

        self.session = session
        layer, fids = session.selection
        self.layer = Combo([(k, f"{words.layer_plural(k)} ({session.project.store.count(k)})") for k in LAYERS])
        self.layer.choose(layer or "sand_pits")
        self.writers = WRITERS
        self.format = Combo([(k, _(NAMES[k]) if k in NAMES else _(w.name)) for k, w in WRITERS.items()])
        self.encoding = Combo([("UTF-8", "UTF-8")])
        self.only = QCheckBox(_("only the {n} selected").format(n=len(fids)))
        self.only.setEnabled(bool(fids))
        self.out = PathEdit(_("Export a layer"), "", save=True, text=str(session.project.path.parent / "export"))
        lines = form()
        add_row(lines, _("Layer"), self.layer)
        add_row(lines, _("Format"), self.format)
        add_row(lines, _("Encoding"), self.encoding)
        add_row(lines, _("File"), self.out)
        lines.addRow("", self.only)
        self.content.addLayout(lines)
        self.foot(_("Export"), self.take, icon="file-down")
        for combo in (self.layer, self.format):
            combo.activated.connect(lambda _i: self._name())
        self._name()

    def _name(self) -> None:
        path = self.out.path()
        key = str(self.format.currentData())
        writer = self.writers[key]
        if path is not None:
            name = words.layer_plural(str(self.layer.currentData())).replace(" ", "_")
            self.out.line.setText(str(path.with_name(f"{name}{writer.suffix}")))
        self.encoding.set_items([(name, name) for name in writer.encodings])
        self.encoding.setEnabled(len(writer.encodings) > 1)

    def take(self) -> None:
        """Write it."""
        out, session, project = self.out.path(), self.session, self.session.project
        if out is None:
            self.problem(_("Say where the file goes."))
            return
        layer, kind = str(self.layer.currentData()), str(self.format.currentData())
        encoding = str(self.encoding.currentData())
        codes = None
        if self.only.isChecked() and session.selection[0] == layer:
            codes = [str(session.table(layer).value(f, "code")) for f in sorted(session.selection[1])]
        self.problem(None)
        self.main.setEnabled(False)

        def work(_watch: Any) -> Any:
            from app.verbs.export import export_layer

            return export_layer(project, layer=layer, format=kind, out=out, codes=codes, encoding=encoding)

        def done(report: Any) -> None:
            told = " ".join(words.cap(w.render(_)) + "。" for w in report.warnings)
            text = _("{n} features written to {name}").format(n=report.count, name=report.path.name)
            session.say("ok", f"{text}\n{told}" if told else text)
            self.accept()

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            self.problem(error)

        session.tasks.submit(_("Exporting {name}").format(name=out.name), work, done, failed)
