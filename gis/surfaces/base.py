"""What a reference surface is, and what it is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np

from gis.arrays import Array
from gis.dem.file import Dem
from gis.placing import Part, Placed
from gis.rim import Rim, rim_of
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch

RimError = Literal["none", "point", "mean", "plane", "membrane"]
"""How a surface hangs on the rim of the terrain that is measured: not at all, on one sample (the lowest), on the mean,
on the least-squares plane through it, as a membrane over it."""


@dataclass(frozen=True)
class OwnErrors:
    """Errors of a surface whose heights come from elsewhere: a second terrain, the points of a design.

    One standard deviation each, None = not known. `sigma_z_m` random with the correlation length `range_m`; None makes
    the interval "not quantified". `bias_m` of a constant offset against the terrain that is measured (the uncertainty
    of an offset that was estimated on stable ground, say); None: what is stated of that terrain's own bias counts.
    A surface that is exact by definition (a drawn design) has `sigma_z_m` 0 or no OwnErrors at all.
    """

    sigma_z_m: float | None
    range_m: float | None = None
    bias_m: float | None = None


@dataclass(frozen=True)
class ParameterSpec:
    """A parameter that a surface takes. `label` is a gettext msgid."""

    name: str
    label: str
    unit: str
    required: bool = False
    default: float | None = None
    minimum: float | None = None
    maximum: float | None = None


class Surface(Protocol):
    """A reference surface over one part of a site, in pixel space. Elevations in metres."""

    @property
    def level(self) -> float | None:
        """The elevation of a horizontal surface, None for others."""
        ...

    @property
    def parameters(self) -> dict[str, Any]:
        """What to record: given and found parameters."""
        ...

    @property
    def rim_error(self) -> RimError:
        """How errors of the rim's heights enter.

        A surface that does not hang on this rim says "none", and may have an attribute `own_errors: OwnErrors` for the
        errors of its own source. A surface of kind "point" may have `point`, the pixel position (column, row) of the
        sample that decides. A surface over a rim that was edited may have it as `rim: Rim`.
        """
        ...

    @property
    def fit_sigma_m(self) -> float:
        """Standard deviation of the surface's mean elevation for want of fit to the rim, m (0 where it has none)."""
        ...

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What building it found worth saying."""
        ...

    def block(self, row0: int, row1: int, col0: int, col1: int) -> Array | float:
        """Elevation at the cell centres of a window."""
        ...

    def at(self, cols: Array, rows: Array) -> Array:
        """Elevation at pixel positions; NaN where the surface is not defined."""
        ...


@dataclass(frozen=True)
class Plane:
    """z = a + b·col + c·row over pixel positions; horizontal where b = c = 0."""

    a: float
    b: float = 0.0
    c: float = 0.0
    parameters: dict[str, Any] = field(default_factory=dict)
    rim_error: RimError = "none"
    fit_sigma_m: float = 0.0
    notices: tuple[Notice, ...] = ()
    point: tuple[float, float] | None = None
    """Pixel position of the rim sample that decides (rim_error "point")."""

    @property
    def level(self) -> float | None:
        """The elevation of a horizontal plane, None for a sloping one."""
        return self.a if self.b == 0 and self.c == 0 else None

    def block(self, row0: int, row1: int, col0: int, col1: int) -> Array | float:
        """Elevation at the cell centres of a window."""
        if self.level is not None:
            return self.a
        rows, cols = np.arange(row0, row1) + 0.5, np.arange(col0, col1) + 0.5
        return np.asarray(self.a + self.c * rows[:, None] + self.b * cols[None, :])

    def at(self, cols: Array, rows: Array) -> Array:
        """Elevation at pixel positions."""
        return np.asarray(self.a + self.b * np.asarray(cols) + self.c * np.asarray(rows))


@dataclass
class Context:
    """What a surface is built from: one part of a site on a terrain, and the request's parameters."""

    dem: Dem
    placed: Placed
    part: Part
    parameters: Mapping[str, Any]
    code: str
    watch: Watch = field(default_factory=Watch)

    @cached_property
    def rim(self) -> Rim:
        """The part's rim. Raises Refused where more than 0.5 % of it has no terrain."""
        rim = self.any_rim
        if rim.valid_share < 0.995:
            bad = int(np.flatnonzero(~np.isfinite(rim.z))[0])
            x, y = self.placed.site_place(rim.cols[bad], rim.rows[bad])
            raise Refused(
                "terrain.rim_gap",
                N_("{share:.1%} of the rim lies where the terrain has no height, for instance at {x:.1f}, {y:.1f}"),
                where=self.code,
                advice=N_(
                    "draw the outline inside the terrain, choose another terrain, or "
                    "ask for the hole to be interpolated"
                ),
                share=1 - rim.valid_share,
                x=x,
                y=y,
            )
        return rim.valid()

    @cached_property
    def any_rim(self) -> Rim:
        """The part's rim, with gaps if it has any."""
        return rim_of(self.dem, self.part)

    def number(self, spec: ParameterSpec) -> float | None:
        """A parameter's value, checked. Raises Refused where it is missing, no number or out of range."""
        value = self.parameters.get(spec.name, spec.default)
        if value is None and not spec.required:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = np.nan
        low, high = spec.minimum, spec.maximum
        if not np.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
            raise Refused(
                "surface.parameter",
                N_("the surface needs “{name}” as a number in {unit}"),
                where=self.code,
                advice=N_("give it with the request, for instance --level 1052.3 for a level"),
                name=spec.name,
                unit=spec.unit or "1",
            )
        return number


@dataclass(frozen=True)
class SurfaceType:
    """A kind of reference surface. `label` is a gettext msgid; `natural` says for which sites it is offered unasked."""

    key: str
    label: str
    build: Callable[[Context], Surface]
    parameters: tuple[ParameterSpec, ...] = ()
    natural: Literal["pits", "heaps", "both", "neither"] = "both"

    def offered(self, *, fills: bool) -> bool:
        """True where the surface is shown beside the chosen one for a pit (`fills`) or a heap."""
        return self.natural in {"both", "pits" if fills else "heaps"}
