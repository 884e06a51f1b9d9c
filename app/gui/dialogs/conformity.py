"""The conformity table of a waste and a pit as a file for the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.gui import settings
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.widgets import Combo
from app.i18n import LANGUAGE_NAMES, LANGUAGES, _

if TYPE_CHECKING:
    from app.gui.session import Session

_FORMATS = {".docx": "Word (*.docx)", ".xlsx": "Excel (*.xlsx)"}


class ConformityDialog(Sheet):
    """Waste, format, language and where it goes; judged anew and written in the background."""

    def __init__(self, parent: QWidget, session: Session, site: str, waste: str = "") -> None:
        super().__init__(
            parent,
            _("Conformity analysis of {code}").format(code=site),
            _("Rule by rule with values, limits, clauses and how sure each is; judged anew when it is written."),
            width=600,
        )
        self.session, self.site = session, site
        wastes = session.project.store.wastes()
        self.waste = Combo([(w.code, f"{w.code}  {w.name}".strip()) for w in wastes])
        self.waste.choose(waste)
        self.format = Combo(list(_FORMATS.items()))
        self.format.choose(settings.value("conformity/format", ".docx"))
        self.language = Combo([(k, LANGUAGE_NAMES[k]) for k in LANGUAGES])
        self.out = PathEdit(_("Conformity analysis"), ";;".join(_FORMATS.values()), save=True)
        lines = form()
        add_row(lines, _("Waste"), self.waste)
        add_row(lines, _("Format"), self.format)
        add_row(lines, _("Language"), self.language)
        add_row(lines, _("File"), self.out)
        self.content.addLayout(lines)
        self.foot(_("Write"), self.take, icon="file-text")
        session.closed.connect(self.reject)
        self.waste.activated.connect(lambda _i: self._name())
        self.format.activated.connect(lambda _i: self._name())
        self._name()

    def _name(self) -> None:
        path = self.out.path()
        folder = path.parent if path is not None else self.session.project.path.parent
        stem = _("conformity") + f"_{self.site}_{self.waste.currentData()}"
        self.out.line.setText(str(folder / f"{stem}{self.format.currentData()}"))

    def take(self) -> None:
        """Write it."""
        out, session, project = self.out.path(), self.session, self.session.project
        if out is None:
            self.problem(_("Say where the file goes."))
            return
        site, waste = self.site, str(self.waste.currentData())
        language, window = str(self.language.currentData()), self.parentWidget()
        settings.remember("conformity/format", str(self.format.currentData()))
        self.problem(None)
        self.main.setEnabled(False)

        def work(_watch: Any) -> Any:
            from app.verbs.conformity import make_conformity

            return make_conformity(project, waste, site, out, language=language)

        def done(_paper: Any) -> None:
            def show() -> None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(out)))

            window.toasts.show("ok", _("{name} made").format(name=out.name), act=(_("Open"), show))
            self.accept()

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            self.problem(error)

        session.tasks.submit(_("Conformity analysis of {code}").format(code=site), work, done, failed)
