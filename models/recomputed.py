"""What computing a stored estimate again says of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from models.notices import Notice, Translate, _same

State = Literal["same", "differs", "stale", "cannot", "not_asked"]
"""`stale`: outline or terrain are no longer those of the estimate. `cannot`: it could not be computed again."""


@dataclass(frozen=True)
class FigureDifference:
    """A figure of the estimate that comes out differently: its dotted name, the stored and the present value."""

    figure: str
    stored: Any
    now: Any

    @property
    def relative(self) -> float:
        """Difference as a share of the larger figure; inf where one is no number."""
        pair = self.stored, self.now
        if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in pair):
            return math.inf
        return float(abs(self.stored - self.now) / max(abs(self.stored), abs(self.now)))


@dataclass(frozen=True)
class Recomputed:
    """One stored estimate, computed again from what it carries. The stored one is never changed."""

    site: str
    site_uid: str
    computed_at: str
    program_version: str
    state: State
    reason: Notice | None = None
    differences: tuple[FigureDifference, ...] = ()
    slight: bool = False
    """Differs by less than anyone would print, and another version of the program stored it: no error."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """What ``check --json`` carries for each estimate."""
        return {
            "site": self.site,
            "computed_at": self.computed_at,
            "program_version": self.program_version,
            "state": self.state,
            "reason": self.reason.render(translate) if self.reason else None,
            "differences": [{"figure": d.figure, "stored": d.stored, "now": d.now} for d in self.differences],
        }
