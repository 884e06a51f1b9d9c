"""The outcome of an environmental risk assessment, kept as data (screening-rules.md RA-03): never computed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AssessmentOutcome = Literal["acceptable", "not_acceptable"]
OUTCOMES: tuple[AssessmentOutcome, ...] = ("acceptable", "not_acceptable")


@dataclass(frozen=True)
class Assessment:
    """What was found for a site and a waste ("": every waste of it), by whom, when (ISO date), and where it stands."""

    site: str
    waste: str
    outcome: AssessmentOutcome
    assessed_by: str
    assessed_on: str
    report: str = ""
    conditions: str = ""
    site_uid: str = ""

    @property
    def note(self) -> str:
        """Who, when, which report and on what conditions, in one line."""
        return ", ".join(t for t in (self.assessed_by, self.assessed_on, self.report, self.conditions) if t)
