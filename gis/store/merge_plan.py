"""What a merge is told to do, and what it will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gis.store.geometries import Shape
from gis.store.renumbering import Renaming
from gis.store.threeway import Decision, Key
from models.merging import MergeReport, Take


@dataclass
class Takes:
    """What a person decided: by the key of a conflict, and for all the others (None: they stay open)."""

    each: Mapping[str, Take] = field(default_factory=dict)
    others: Take | None = None

    def of(self, key: str) -> Take | None:
        """The decision on one conflict."""
        return self.each.get(key, self.others)


@dataclass
class Plan:
    """All that a merge will do."""

    report: MergeReport
    decisions: dict[Key, Decision]
    renames: list[Renaming]
    shapes: dict[Key, Shape]
    copy_uid: str
    steps_of: dict[str, list[int]]
    """The steps of the copy that changed a row, by "table/uid"."""

    @property
    def news(self) -> dict[str, Any]:
        """What of the copy is to be remembered as seen."""
        return {f"{t}/{uid}": d.news for (t, uid), d in self.decisions.items() if d.news is not None}
