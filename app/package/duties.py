"""What is to be monitored at a site, as a sheet names it: what screenings ask for (screening-rules.md 10)."""

from __future__ import annotations

from collections.abc import Iterable

from models.notices import N_, Notice
from models.screening import Screening

_FAMILY = "MO-"
_OTHERS = frozenset({"BF-03", "LN-06", "DB15-08"})
"""Monitoring that screening-rules.md lists with backfill, liners and the regional standard."""


def monitoring_duties(screenings: Iterable[Screening]) -> tuple[Notice, ...]:
    """A sentence for each duty of monitoring in the order of the rules, with the clause that asks for it, each once.

    Without a screening one sentence says so: that nothing stands there must not read as that nothing is to be done.
    """
    answers = list(screenings)
    if not answers:
        return (Notice("sheet.duties_unknown", N_("duties of monitoring: no waste was screened for this site yet")),)
    found = {
        f.rule: Notice(
            "sheet.duty", N_("monitoring: {what} ({document} {clause})"),
            what=Notice("title", f.title), document=Notice("document", f.document), clause=Notice("clause", f.clause),
        )
        for a in answers for f in a.findings
        if f.outcome == "requires" and f.title and (f.rule.startswith(_FAMILY) or f.rule in _OTHERS)
    }  # fmt: skip
    none = Notice("sheet.duties_none", N_("duties of monitoring: the screening of this site asks for none"))
    return tuple(found.values()) or (none,)
