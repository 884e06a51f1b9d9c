"""What a screening answers (DESIGN.md section 5; screening-rules.md sections 0 and 1)."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any, Literal

from models.margin import margin
from models.notices import Notice, Translate, _same

Verdict = Literal["accept", "assess", "reject", "cannot_judge"]
Outcome = Literal["meets", "does_not_meet", "cannot_judge", "not_applicable", "requires"]
RAISING: frozenset[Outcome] = frozenset({"does_not_meet", "cannot_judge", "requires"})
"""Outcomes that keep a pair from being accepted as it is."""


@dataclass(frozen=True)
class Finding:
    """What one rule says of this waste and this site. `confidence` is the tag of screening-rules.md section 0."""

    rule: str
    outcome: Outcome
    value: float | str | None
    unit: str | None
    limit: float | str | None
    comparator: str | None
    sample: str | None
    clause: str
    document: str
    confidence: str
    consequence: str | None
    message: Notice
    title: str = ""
    """English msgid of what the rule is about ("leachate pH")."""
    parameter: str | None = None
    method: str | None = None
    pack: str = ""

    @property
    def margin(self) -> float | None:
        """Share of the limit that is left, negative beyond it (models/margin.py)."""
        return margin(self.value, self.limit, self.comparator)


@dataclass(frozen=True)
class Screening:
    """The verdict on one waste into one site, with every finding behind it."""

    waste: str
    site: str
    packs: tuple[tuple[str, str], ...]
    """(id, version) of each rule pack used."""
    verdict: Verdict
    waste_class: Literal["I", "II"] | None
    findings: tuple[Finding, ...]
    screened_at: str = ""
    program_version: str = ""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The contract's dictionary; messages as sentences in the language of `translate`."""
        data = self._plain(lambda m: m.render(translate))
        for row, finding in zip(data["findings"], self.findings, strict=True):
            row["margin"] = finding.margin
        return data

    def to_record(self) -> dict[str, Any]:
        """What is stored in the project; `from_record` reads it back.

        The findings are packed (JSON, zlib, base64): sixty of them repeat the same words, and a city has thousands of
        pairs of waste and pit. Packed they take a tenth of the room.
        """
        data = self._plain(lambda m: m.to_json())
        text = json.dumps(data["findings"], ensure_ascii=False, separators=(",", ":"))
        return {**data, "findings": base64.b64encode(zlib.compress(text.encode("utf8"), 9)).decode("ascii")}

    def _plain(self, message: Any) -> dict[str, Any]:
        return {
            "waste": self.waste,
            "site": self.site,
            "packs": [{"id": i, "version": v} for i, v in self.packs],
            "verdict": self.verdict,
            "waste_class": self.waste_class,
            "findings": [{**{s: getattr(f, s) for s in _PLAIN}, "message": message(f.message)} for f in self.findings],
            "screened_at": self.screened_at,
            "program_version": self.program_version,
        }

    @classmethod
    def from_record(cls, data: dict[str, Any]) -> Screening:
        """The screening that `to_record` wrote."""
        rows = data["findings"]
        if isinstance(rows, str):
            rows = json.loads(zlib.decompress(base64.b64decode(rows)))
        findings = tuple(Finding(**{**f, "message": Notice.from_json(f["message"])}) for f in rows)
        packs = tuple((p["id"], p["version"]) for p in data["packs"])
        return cls(**{**data, "packs": packs, "findings": findings})


_PLAIN = tuple(name for name in Finding.__dataclass_fields__ if name != "message")
