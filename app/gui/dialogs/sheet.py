"""An approval sheet of the selected site as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.widgets import Combo
from app.i18n import LANGUAGES, _, current_language
from layers.registry import LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session

SCALES = (0, 500, 1000, 2000, 5000, 10000)
LANGUAGE_NAMES = {"zh_CN": "简体中文", "en": "English"}


class SheetDialog(Sheet):
    """Kind, paper, scale, language and where it goes; made in the background."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Approval sheet"),
            _("One page for the approval package, with figures, boundary points and sign-off block."),
            width=580,
        )
        from app.package.layout import kind_names, papers, sheet_kind

        self.session = session
        self.code = session.site_code
        folder = session.project.path.parent
        layer = session.selection[0]
        fills = layer in LAYERS and LAYERS[layer].fills
        self.kind = Combo([(k, sheet_kind(k).title(current_language(), fills=fills)) for k in kind_names()])
        self.kind.choose("backfill_design")
        self.paper = Combo([(p, p) for p in papers()])
        self.paper.choose("A3")
        self.scale = Combo([(s, f"1:{s}" if s else _("the largest that fits")) for s in SCALES])
        self.language = Combo([(k, LANGUAGE_NAMES[k]) for k in LANGUAGES])
        self.out = PathEdit(_("Approval sheet"), "PDF (*.pdf)", save=True, text=str(folder / f"{self.code}.pdf"))
        lines = form()
        add_row(lines, _("Kind of sheet"), self.kind)
        add_row(lines, _("Paper"), self.paper)
        add_row(lines, _("Scale"), self.scale)
        add_row(lines, _("Language"), self.language)
        add_row(lines, _("File"), self.out)
        self.content.addLayout(lines)
        self.foot(_("Make sheet of {code}").format(code=self.code), self.take, icon="printer")

    def take(self) -> None:
        """Draw it."""
        out, session, code = self.out.path(), self.session, self.code
        if out is None:
            self.problem(_("Say where the sheet goes."))
            return
        options: dict[str, Any] = {
            "kind": str(self.kind.currentData()), "paper": str(self.paper.currentData()),
            "scale": int(self.scale.currentData()) or None, "language": str(self.language.currentData()),
        }  # fmt: skip
        window, project = self.parentWidget(), session.project
        self.problem(None)
        self.main.setEnabled(False)

        def work(watch: Any) -> Any:
            from app.verbs.deliver import make_site_sheet

            return make_site_sheet(project, code, out, watch=watch, **options)

        def done(report: Any) -> None:
            text = _("{name} made").format(name=Path(report.path).name)
            advice = "\n".join(words.cap(w.render(_)) for w in getattr(report, "warnings", ()))

            def show() -> None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.path)))

            window.toasts.show("ok", text, advice=advice, act=(_("Open"), show))
            self.accept()

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            self.problem(error)

        session.tasks.submit(_("Sheet of {code}").format(code=code), work, done, failed)
