"""All sites at once: each as it was asked for last, the rest with the default surface of its kind; one step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.gui import words
from app.i18n import _
from models.errors import Cancelled
from models.estimate import Estimate, EstimateRequest
from models.progress import Watch

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.project import Project
    from app.verbs.estimate import EstimateReport


def estimate_all(project: Project, watch: Watch) -> EstimateReport:
    """Estimate and store. Surface, waste, layers and terrain of a site's last estimate are kept.

    Stopped on the way it keeps the sites that were finished; the others are in the report's `left`. Raises Cancelled if
    none was.
    """
    from app.verbs.estimate import EstimateReport, estimate, keeping

    last: dict[str, Estimate] = {e.site_uid: e for e in project.store.estimates()}
    known = {t.name for t in project.store.terrains()}
    groups: dict[str, tuple[EstimateRequest, str | None, list[str]]] = {}
    sites = project.store.sites()
    for site in sites:
        kept = last.get(site.uid)
        request = kept.request if kept else EstimateRequest()
        terrain = kept.terrain.name if kept and kept.terrain.name in known else None
        key = json.dumps([asdict(request), terrain], sort_keys=True, default=str)
        groups.setdefault(key, (request, terrain, []))[2].append(site.code)
    whole = EstimateReport([], [])
    at = 0
    for request, terrain, codes in groups.values():
        if watch.cancelled:
            whole.left.extend(codes)
            continue
        part = watch.part(at / len(sites), (at + len(codes)) / len(sites))
        report = estimate(project, codes, terrain=terrain, request=request, store=False, keep_finished=True, watch=part)
        whole.estimates.extend(report.estimates)
        whole.refused.extend(report.refused)
        whole.left.extend(report.left)
        at += len(codes)
    if whole.estimates:
        project.store.transact(*keeping(whole.estimates))
    elif whole.left:
        raise Cancelled
    return whole


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
            show()

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
        text += ": " + ", ".join(parts)
    return text + ". " + _("A click on a row goes to the site.")
