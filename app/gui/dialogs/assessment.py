"""A risk assessment goes on record: the outcome that an office found, never one that the program computed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui import words
from app.gui.dates import with_calendar
from app.gui.dialogs.base import Asked, Sheet, add_row, form
from app.gui.widgets import Combo
from app.i18n import _
from models.assessment import OUTCOMES
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session

_PLACES = {"assess.nobody": "by", "assess.date": "on", "assess.future": "on", "assess.outcome": "outcome"}


class AssessmentDialog(Sheet):
    """Outcome, who, when, which report, on what conditions; for one waste or every waste of the pit."""

    def __init__(self, parent: QWidget, session: Session, site: str, waste: str = "") -> None:
        super().__init__(
            parent,
            _("Risk assessment of {code}").format(code=site),
            _("What an environmental risk assessment found. The program keeps it and computes none itself."),
            width=560,
        )
        self.session, self.site = session, site
        wastes = session.project.store.wastes()
        self.waste = Combo(
            [(None, _("choose…")), *((w.code, f"{w.code}  {w.name}".strip()) for w in wastes), ("", _("every waste"))]
        )
        if waste:  # never "every waste" unless a person says so
            self.waste.choose(waste)
        self.outcome = Combo([("", _("choose…")), *((o, words.cap(_(words.ASSESSED[o]))) for o in OUTCOMES)])
        self.by, self.report, self.conditions = QLineEdit(), QLineEdit(), QLineEdit()
        self.on = with_calendar(QLineEdit(date.today().isoformat()))  # noqa: DTZ011 - a day on the user's own calendar
        self.by.setPlaceholderText(_("office or person"))
        self.report.setPlaceholderText(_("title or number"))
        self.asked = {
            k: Asked(c) for k, c in (("waste", self.waste), ("outcome", self.outcome), ("by", self.by), ("on", self.on))
        }
        lines = form()
        add_row(lines, _("Waste"), self.asked["waste"])
        add_row(lines, _("Outcome"), self.asked["outcome"])
        add_row(lines, _("Assessed by"), self.asked["by"])
        add_row(lines, _("Date"), self.asked["on"])
        add_row(lines, _("Report"), self.report)
        add_row(lines, _("Conditions"), self.conditions)
        self.content.addLayout(lines)
        self.foot(_("Put on record"), self.take, icon="check")
        session.closed.connect(self.reject)

    def take(self) -> None:
        """Keep it."""
        site, waste, outcome = self.site, str(self.waste.currentData() or ""), str(self.outcome.currentData() or "")
        facts = {
            "assessed_by": self.by.text(), "assessed_on": self.on.text().strip(), "report": self.report.text(),
            "conditions": self.conditions.text(),
        }  # fmt: skip
        for asked in self.asked.values():
            asked.complain()
        self.problem(None)
        if self.waste.currentData() is None:
            self.asked["waste"].complain(_("Choose which waste was assessed."))
            return
        if not outcome:
            self.asked["outcome"].complain(_("Choose what was found."))
            return
        self.main.setEnabled(False)

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.assess import record_assessment

            return record_assessment(project, site, waste, outcome, **facts)

        def done(change: Any) -> None:
            self.session.say("ok", words.cap(change.label.render(_)))
            self.accept()

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            place = _PLACES.get(error.key) if isinstance(error, AppError) else None
            if place is not None and isinstance(error, AppError):
                parts = [error.what.render(_), error.advice.render(_)]
                self.asked[place].complain("; ".join(p for p in parts if p))
            else:
                self.problem(error)

        self.session.run_write(_("Recording an assessment"), work, done, failed)
