"""What an overlay answers: how a site lies to a red line or another control area."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Relation = Literal["inside", "overlaps", "touches", "clear"]


@dataclass(frozen=True)
class Conflict:
    """One site against one control area; `kind` is the control area's kind ("red_line" for red lines).

    `area_m2` of the site inside it, `share` of the site's area (0..1), `distance_m` between the two in the plane of
    the project CRS (0 unless clear).
    """

    site: str
    layer: str
    code: str
    name: str
    kind: str
    relation: Relation
    area_m2: float
    share: float
    distance_m: float
    site_uid: str = ""
    control_status: str = ""
    """As the control's row says: in_force, draft …; "" = not said."""

    @property
    def conflicting(self) -> bool:
        """True if ground of the site lies in the control area."""
        return self.relation in {"inside", "overlaps"}

    def to_json(self) -> dict[str, Any]:
        """The contract's dictionary (``overlay --json``)."""
        return asdict(self)
