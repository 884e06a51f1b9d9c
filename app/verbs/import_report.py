"""What an import did to every row of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gis.formats import Skipped
from models.notices import Notice, Translate, _same


@dataclass(frozen=True)
class Repaired:
    """An outline that was mended: what was wrong, areas before and after in m² (project plane)."""

    row: int
    code: str
    reason: Notice
    area_before_m2: float
    area_after_m2: float


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
        }
