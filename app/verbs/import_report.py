"""What an import did to every row of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gis.crs_guess import Guess
from gis.formats import Skipped
from gis.topology import TOLERANCE_M
from models.notices import Notice, Translate, _same


@dataclass(frozen=True)
class Repaired:
    """An outline that was mended: what was wrong, areas before and after in m² (project plane)."""

    row: int
    code: str
    reason: Notice
    area_before_m2: float
    area_after_m2: float
    rule: str = ""
    """The rule that mended it: a key of gis.topology.RULES."""


@dataclass(frozen=True)
class Renumbered:
    """A feature whose code was taken already and that got a number of its own."""

    row: int
    was: str
    code: str


CALM = {"crs.reprojected", "crs.same_datum", "import.heights", "crs.shifted", "import.grid", "degrees.stated",
        "degrees.said", "degrees.by_place"}  # fmt: skip
"""Remarks that are told with every import of the kind and warn of nothing."""


FAR = {"zone.wrong", "axes.wrong", "degrees.as_metres", "import.far", "far.local", "crs.outside"}
"""That the data lie far away: told before and after, of outlines as of terrains, and never asked (gis/far_away.py)."""

DOUBTFUL = {"offset.said", "degrees.doubt", "table.guessed", "twice.differ"}
"""Remarks on a reading that is one of several: of the place, or of what the columns are."""


@dataclass
class ImportReport:
    """What an import did, or with `dry_run` would have done. `crs_basis`: who says the CRS (file, stated, guessed)."""

    added: int = 0
    updated: int = 0
    repaired: list[Repaired] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    crs: str = ""
    crs_basis: str = ""
    encoding: str | None = None
    warnings: list[Notice] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    """Codes of the features added or updated, in the order of the file."""
    format: str = ""
    sublayer: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    """Which column of theirs filled which field of ours."""
    dry_run: bool = False
    notes: list[Notice] = field(default_factory=list)
    """What is always said and is no warning: the grid, the axes, what was converted."""
    renumbered: list[Renumbered] = field(default_factory=list)
    moved_m: float = 0.0
    """How far the vertex that moved most was moved by rounding and repairs, m."""
    exchanged: bool = False
    """True where the northing stood first in the file."""
    heights: str = ""
    """What heights in the file refer to (normal_1985, ellipsoidal, other, unknown), "" without heights."""
    guesses: list[Guess] = field(default_factory=list)
    inner: int = 0
    """How many outlines lie inside others of their layer, in a drawing."""
    file: str = ""

    @property
    def calm(self) -> list[Notice]:
        """What only informs."""
        return [w for w in self.warnings if w.key in CALM] + self.notes

    @property
    def alarms(self) -> list[Notice]:
        """What a person should look at."""
        return [w for w in self.warnings if w.key not in CALM]

    @property
    def far(self) -> list[Notice]:
        """That the data lie far from everything in the project, or from where its system is made for."""
        return [w for w in self.warnings if w.key in FAR]

    @property
    def unsure(self) -> bool:
        """True where a person must confirm a reading: a guess, exchanged axes, or one that speaks against itself."""
        return self.crs_basis == "guessed" or self.exchanged or any(w.key in DOUBTFUL for w in self.warnings)

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The contract's dictionary (``import --json``); sentences in the language of `translate`."""
        return {
            "added": self.added,
            "updated": self.updated,
            "repaired": [
                {
                    "row": r.row,
                    "code": r.code,
                    "reason": r.reason.render(translate),
                    "area_before_m2": r.area_before_m2,
                    "area_after_m2": r.area_after_m2,
                    "rule": r.rule,
                }
                for r in self.repaired
            ],
            "skipped": [{"row": s.row, "code": s.code, "reason": s.reason.render(translate)} for s in self.skipped],
            "crs": self.crs,
            "crs_basis": self.crs_basis,
            "encoding": self.encoding,
            "warnings": [w.render(translate) for w in self.warnings],
            "codes": self.codes,
            "format": self.format,
            "sublayer": self.sublayer,
            "fields": self.fields,
            "dry_run": self.dry_run,
            "notes": [n.render(translate) for n in self.notes],
            "renumbered": [{"row": r.row, "was": r.was, "code": r.code} for r in self.renumbered],
            "tolerance_m": TOLERANCE_M,
            "moved_m": self.moved_m,
            "axes_exchanged": self.exchanged,
            "heights": self.heights or None,
            "guesses": [{"crs": g.crs, "reason": g.reason.render(translate)} for g in self.guesses],
        }
