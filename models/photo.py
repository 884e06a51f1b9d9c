"""Photos of a feature: what the project keeps of them, and what the file itself says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

PhotoState = Literal["here", "missing", "changed", "outside"]
"""The file as it was added; gone; another one under its name; a path that leads out of the project's photo folder."""


@dataclass(frozen=True)
class Photo:
    """A photo as the project keeps it. `number` names it in commands; `path` is relative to the project's folder."""

    number: int
    uid: str
    layer: str
    row_uid: str
    path: str
    sha256: str
    taken_at: str
    caption: str

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Photo:
        """From a row of the table `photos`."""
        texts = {k: str(row[k] or "") for k in ("uid", "layer", "row_uid", "path", "sha256", "taken_at", "caption")}
        return cls(int(row["fid"]), **texts)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True)
class PhotoFacts:
    """What a picture file says. Degrees of WGS 84, metres, degrees clockwise from north; None: not said.

    `taken_at` is ISO 8601, with the zone where the camera wrote one.
    """

    format: str
    width: int
    height: int
    taken_at: str | None = None
    lon: float | None = None
    lat: float | None = None
    altitude_m: float | None = None
    direction_deg: float | None = None
    camera: str = ""

    @property
    def placed(self) -> bool:
        """True if it says where it was taken."""
        return self.lon is not None and self.lat is not None
