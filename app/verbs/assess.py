"""Risk assessments on record: who found what for which pair; screening reads them and computes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.project import Project
from app.verbs.days import past_day
from app.words import ASSESSED
from models.assessment import OUTCOMES, Assessment
from models.changes import ChangeSet, Insert
from models.errors import Refused
from models.notices import N_, Notice
from models.site_facts import SiteFacts


def record_assessment(
    project: Project,
    site: str,
    waste: str,
    outcome: str,
    *,
    assessed_by: str,
    assessed_on: str,
    report: str = "",
    conditions: str = "",
) -> ChangeSet:
    """Keep the outcome for a site (code) and a waste (code, "" for every waste), as one undo step.

    A later one for the same pair takes its place in screenings; both stay readable. Raises Missing for an unknown site
    or waste, Refused for another outcome, nobody's name, or a date that is none or lies in the future.
    """
    place = project.store.site(site)
    if not place.fills:
        raise Refused("assess.stockpile", N_("{code} is a stockpile and takes no waste"), where=site, code=site)
    if waste:
        project.store.waste(waste)
    if outcome not in OUTCOMES:
        raise Refused(
            "assess.outcome", N_("the outcome is one of {known}"), where=outcome or site, known=", ".join(OUTCOMES)
        )
    if not assessed_by.strip():
        raise Refused("assess.nobody", N_("say who made the assessment"), where=site)
    past_day(assessed_on, site, "assess")
    values = {
        "site_uid": place.uid,
        "site": site,
        "waste": waste or None,
        "outcome": outcome,
        "assessed_by": assessed_by.strip(),
        "assessed_on": assessed_on,
        "report": report.strip(),
        "conditions": conditions.strip(),
    }
    label = Notice("assess.record", N_("risk assessment of {site}: {outcome}"), site=site,
                   outcome=Notice("assess.outcome", ASSESSED[outcome]))  # fmt: skip
    return project.store.transact(label, [Insert("assessments", values)])


def assessments(project: Project) -> list[Assessment]:
    """All on record, oldest entry first."""
    rows = sorted(project.store.rows("assessments"), key=lambda r: r["fid"])
    return [
        Assessment(
            r["site"] or "",
            r["waste"] or "",
            r["outcome"],
            r["assessed_by"] or "",
            str(r["assessed_on"] or ""),
            r["report"] or "",
            r["conditions"] or "",
            r["site_uid"],
        )
        for r in rows
    ]


def with_assessment(facts: SiteFacts, known: Sequence[Assessment], site_uid: str, waste: str) -> SiteFacts:
    """The facts of a pair: the last entry for this waste, else the last one for every waste of the site."""
    own = [a for a in known if a.site_uid == site_uid and a.waste == waste]
    general = [a for a in known if a.site_uid == site_uid and not a.waste]
    found = own[-1] if own else general[-1] if general else None
    return facts if found is None else replace(facts, assessment=found.outcome, assessment_note=found.note)
