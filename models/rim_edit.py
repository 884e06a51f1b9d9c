"""A change of a site's rim by hand: a stretch of the outline raised, lowered, set to a height or left out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal, get_args

from models.notices import N_

RimAction = Literal["raise", "lower", "set", "leave_out"]
ACTIONS: tuple[RimAction, ...] = get_args(RimAction)
ACTION_WORDS: dict[str, str] = {
    "raise": N_("raised"),
    "lower": N_("lowered"),
    "set": N_("set to a height"),
    "leave_out": N_("left out"),
}


@dataclass(frozen=True)
class RimEdit:
    """One edit. Its stretch runs along the outline from the first end to the second, counter-clockwise from above.

    `x1` … `y2` are places on the outline in the project CRS, the same twice for a whole ring; `length_m` is the length
    along the outline when the edit was made (it tells whether the outline is still the same there). `value_m` is the
    change of height of `raise` and `lower` (positive), the elevation of `set`, None for `leave_out`.
    """

    action: RimAction
    x1: float
    y1: float
    x2: float
    y2: float
    length_m: float
    value_m: float | None = None
    remarks: str = ""
    uid: str = ""

    @property
    def whole_ring(self) -> bool:
        """True where the edit takes in a whole ring of the outline."""
        return self.x1 == self.x2 and self.y1 == self.y2

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RimEdit:
        """The edit that `to_json` wrote. Raises ValueError, TypeError or KeyError on anything else."""
        edit = cls(**data)
        if edit.action not in ACTIONS or (edit.value_m is None) != (edit.action == "leave_out"):
            raise ValueError(edit.action)
        numbers = (edit.x1, edit.y1, edit.x2, edit.y2, edit.length_m, edit.value_m or 0.0)
        if not all(isinstance(n, int | float) and isfinite(n) for n in numbers):
            raise ValueError(numbers)
        return edit
