"""Which lines of the inventory are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from app.gui.panels.inventory.lines import Line
from models.units import M2_PER_MU, M3_PER_WAN_M3

NOT_SCREENED = "none"
"""Stands among the verdicts for a site for which no waste was screened."""

Span = tuple[float | None, float | None]
_ALL: Span = (None, None)


@dataclass(frozen=True)
class Filter:
    """Every condition that is given must hold. Areas in mu, volumes in 10⁴ m³, both ends included; None: no end.

    `text`: every word of it stands somewhere in the line. `districts` and `statuses`: "" is a site that states none.
    `verdicts`: one waste at least got one of these. A span of volumes leaves out what is not estimated.
    """

    text: str = ""
    layer: str = ""
    districts: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    verdicts: frozenset[str] = frozenset()
    area_mu: Span = _ALL
    volume_wan_m3: Span = _ALL

    @property
    def conditions(self) -> int:
        """How many conditions are set beyond text and layer."""
        sets = sum(bool(s) for s in (self.districts, self.statuses, self.verdicts))
        return sets + (self.area_mu != _ALL) + (self.volume_wan_m3 != _ALL)

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.layer or self.conditions)

    def without_conditions(self) -> Self:
        """Text and layer only."""
        return replace(self, districts=frozenset(), statuses=frozenset(), verdicts=frozenset(), area_mu=_ALL,
                       volume_wan_m3=_ALL)  # fmt: skip

    def chosen(self, lines: list[Line]) -> list[int]:
        """Numbers of the lines that are shown, in their order."""
        parts = self.text.casefold().split()
        found = [i for i, s in enumerate(lines) if not self.layer or s.layer == self.layer]
        for part in parts:
            found = [i for i in found if part in (lines[i].hay or lines[i].search_text())]
        return [i for i in found if self._meets(lines[i])] if self.conditions else found

    def _meets(self, line: Line) -> bool:
        volume = line.volume_m3
        return (
            (not self.districts or line.district in self.districts)
            and (not self.statuses or line.status in self.statuses)
            and (not self.verdicts or self._judged(line))
            and _within(line.area_m2 / M2_PER_MU, self.area_mu)
            and _within(None if volume is None else volume / M3_PER_WAN_M3, self.volume_wan_m3)
        )

    def _judged(self, line: Line) -> bool:
        if not line.verdicts:
            return NOT_SCREENED in self.verdicts
        return any(line.verdicts.get(v) for v in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        """For the memory of a project."""
        return {
            "text": self.text, "layer": self.layer, "districts": sorted(self.districts),
            "statuses": sorted(self.statuses), "verdicts": sorted(self.verdicts), "area_mu": list(self.area_mu),
            "volume_wan_m3": list(self.volume_wan_m3),
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Any) -> Self:
        """What `to_json` made; whatever does not fit is no condition."""
        if not isinstance(kept, dict):
            return cls()
        sets = {k: frozenset(map(str, v)) for k in ("districts", "statuses", "verdicts")
                if isinstance(v := kept.get(k), list)}  # fmt: skip
        spans = {k: _span(kept.get(k)) for k in ("area_mu", "volume_wan_m3")}
        return cls(text=str(kept.get("text") or ""), layer=str(kept.get("layer") or ""), **sets, **spans)


def _span(kept: Any) -> Span:
    if not isinstance(kept, list) or len(kept) != 2:
        return _ALL
    low, high = (float(v) if isinstance(v, int | float) else None for v in kept)
    return low, high


def _within(value: float | None, span: Span) -> bool:
    low, high = span
    if low is None and high is None:
        return True
    if value is None:
        return False
    slack = 1e-9 * abs(value)  # what reads 10 mu is 10 mu, whatever the last bit of the division says
    return (low is None or value >= low - slack) and (high is None or value <= high + slack)
