"""What the project keeps of a site, read by the site alone: a large project answers as quickly as a small one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.estimate import Estimate
from models.screening import Screening

if TYPE_CHECKING:
    from app.project import Project


def last_estimate(project: Project, uid: str, code: str) -> Estimate | None:
    """The estimate that was stored last for the site with this uid, under its present code."""
    rows = project.store.rows("estimates", site_uid=uid)
    return replace(Estimate.from_record(rows[-1]["record"]), site=code) if rows else None


def last_screenings(project: Project, uid: str, code: str) -> dict[str, Screening]:
    """The last screening of each waste for the site with this uid."""
    rows: dict[str, dict[str, Any]] = {}
    for row in project.store.rows("screenings", site_uid=uid):
        rows[str(row["waste"])] = row
    return {w: replace(Screening.from_record(r["record"]), waste=w, site=code) for w, r in rows.items()}
