"""All sites estimated again in the background, and what failed told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from app.gui import words
from app.i18n import _
from app.verbs.estimate_all import estimate_all

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.estimate import EstimateReport


def run_estimate_all(window: Any, session: Session, open_dialog: Callable[[Any], Any]) -> None:
    """In the background; what failed is listed at the end, and a click goes to the site."""

    def done(report: EstimateReport) -> None:
        bad = report.refused or report.left
        text = _("{n} sites estimated and stored, {refused} refused").format(
            n=len(report.estimates), refused=len(report.refused)
        )
        if report.left:
            text += _(", {left} not reached").format(left=len(report.left))

        def show() -> None:
            show_failures(window, session, report, open_dialog)

        window.toasts.show("warning" if bad else "ok", text, act=(_("Show"), show) if bad else None)
        if bad:
            QTimer.singleShot(0, window, show)  # after the views have taken in what is new

    session.run_write(_("Estimating all sites"), estimate_all, done)


def show_failures(window: Any, session: Session, report: EstimateReport, open_dialog: Callable[[Any], Any]) -> None:
    """The sites without a figure, each with its reason and what to do."""
    from app.gui.dialogs.results import ResultDialog

    rows = [[r.site, words.cap(r.error.what.render(_)), words.cap(r.error.advice.render(_))] for r in report.refused]
    stopped, again = words.cap(_("not reached: the run was stopped")), words.cap(_("estimate all sites again"))
    rows += [[code, stopped, again] for code in report.left]

    def go(cells: Sequence[str]) -> None:
        if session.project is not None and session.select_site(cells[0]):
            window.trigger("zoom_selection")

    heads = [_("Code"), _("Reason"), _("What to do")]
    title = _("Sites that could not be estimated")
    dialog = ResultDialog(window, title, heads, rows, text=summary(report), chosen=go)
    dialog.table.cellClicked.connect(lambda r, _c: go(dialog.rows[r]))
    open_dialog(dialog)


def summary(report: EstimateReport) -> str:
    """What was done, by terrain, and that nothing of it is lost."""
    by_terrain = Counter(e.terrain.name for e in report.estimates)
    parts = [_("{n} on terrain {name}").format(n=n, name=name) for name, n in by_terrain.most_common()]
    text = _("{n} sites are estimated and stored").format(n=len(report.estimates))
    if len(parts) > 1:
        text = _("{what}: {text}").format(what=text, text=_(", ").join(parts))
    return _("{text}. {more}").format(text=text, more=_("A click on a row goes to the site."))
