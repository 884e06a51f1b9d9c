"""What a reference surface is, and what it is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np

from gis.arrays import Array
from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.placing import Part, Placed
from gis.rim import Rim, rim_of
from gis.rim_lowest import Lowest, lowest_of
from gis.surfaces.inputs import Inputs
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.site import Site

ParameterKind = Literal["number", "flag", "choice", "terrain", "file", "edits"]
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
    """A parameter that a surface takes. `label` is a gettext msgid; `option` how the command line gives it.

    `kind` "choice" has `choices`; "terrain" names a registered terrain; "edits" are copies of the project's rim edits.
    """

    name: str
    label: str
    unit: str
    required: bool = False
    default: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    kind: ParameterKind = "number"
    choices: tuple[str, ...] = ()
    option: str = ""


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
        sample that decides. A surface over a rim that was edited may have it as `rim: Rim`, one that is another terrain
        that as `source: Dem`.
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
    rim: Rim | None = None
    """The rim that it hangs on where that is not the terrain's own (edited by hand)."""
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


@dataclass(frozen=True)
class Evaluated:
    """A surface that a function of pixel positions (columns, rows) gives, NaN where it is not defined."""

    height: Callable[[Array, Array], Array]
    parameters: dict[str, Any] = field(default_factory=dict)
    rim_error: RimError = "none"
    fit_sigma_m: float = 0.0
    notices: tuple[Notice, ...] = ()
    level: float | None = None

    def block(self, row0: int, row1: int, col0: int, col1: int) -> Array | float:
        """Elevation at the cell centres of a window."""
        rows, cols = np.meshgrid(np.arange(row0, row1) + 0.5, np.arange(col0, col1) + 0.5, indexing="ij")
        return self.height(cols.ravel(), rows.ravel()).reshape(rows.shape)

    def at(self, cols: Array, rows: Array) -> Array:
        """Elevation at pixel positions."""
        return self.height(np.asarray(cols, np.float64), np.asarray(rows, np.float64))


@dataclass
class Context:
    """What a surface is built from: one part of a site on a terrain, and the request's parameters.

    `inputs` holds what the parameters name (gis.surfaces.inputs). `shared` is one dictionary for all parts of the site,
    `stack` closes what was opened for them.
    """

    dem: Dem
    placed: Placed
    part: Part
    parameters: Mapping[str, Any]
    site: Site
    watch: Watch = field(default_factory=Watch)
    inputs: Inputs = field(default_factory=Inputs)
    shared: dict[str, Any] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def code(self) -> str:
        """The site's code, for messages."""
        return self.site.code

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
                    "ask for the hole to be interpolated (--interpolate-holes)"
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

    @cached_property
    def lowest_rim(self) -> Lowest:
        """The rim's lowest point, samples or not."""
        return lowest_of(self.rim, self.rim_heights)

    def rim_heights(self, cols: Array, rows: Array) -> Array:
        """Heights of the rim at pixel positions on the outline, NaN where there is none."""
        return self.dem.sample_pixels(cols, rows)

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
        if np.isfinite(number) and not (low is None or number >= low):
            raise self._beyond(spec, number, N_("“{name}” is {value:g} {unit}; it is at least {limit:g}"), low)
        if np.isfinite(number) and not (high is None or number <= high):
            raise self._beyond(spec, number, N_("“{name}” is {value:g} {unit}; it is at most {limit:g}"), high)
        if not np.isfinite(number):
            raise Refused(
                "surface.parameter",
                N_("the surface needs “{name}” as a number in {unit}"),
                where=self.code,
                advice=N_("give it with the request, for instance {option}"),
                name=spec.name,
                unit=spec.unit or "1",
                option=spec.option or spec.name,
            )
        return number

    def _beyond(self, spec: ParameterSpec, value: float, text: str, limit: float) -> Refused:
        return Refused("surface.parameter", text, where=self.code, advice=N_("check the number and its unit"),
                       name=spec.name, unit=spec.unit or "1", value=value, limit=limit)  # fmt: skip

    def choice(self, spec: ParameterSpec) -> str:
        """One of `spec.choices`, the first where none is given. Raises Refused."""
        value = str(self.parameters.get(spec.name) or spec.choices[0])
        if value not in spec.choices:
            raise Refused(
                "surface.choice",
                N_("“{value}” is no value for {option}"),
                where=self.code,
                advice=N_("one of: {choices}"),
                value=value,
                option=spec.option or spec.name,
                choices=", ".join(spec.choices),
            )
        return value


@dataclass(frozen=True)
class SurfaceType:
    """A kind of reference surface; models/surface_names.py says what it is called.

    `natural` says for which sites it is offered unasked.

    `pins` names found parameters that go into the stored request, so that it gives the same figures later. `grid` tells
    on which grid to add up, if not on the terrain's own.
    """

    key: str
    build: Callable[[Context], Surface]
    parameters: tuple[ParameterSpec, ...] = ()
    natural: Literal["pits", "heaps", "both", "neither"] = "both"
    pins: tuple[str, ...] = ()
    grid: Callable[[Inputs, Dem], Grid | None] | None = None

    def offered(self, *, fills: bool, parameters: Mapping[str, Any] | None = None) -> bool:
        """True where the surface is shown beside the chosen one for a pit (`fills`) or a heap.

        Unasked where it is natural there, else where the request's `parameters` hold all that it requires.
        """
        if self.natural in {"both", "pits" if fills else "heaps"}:
            return True
        needed = [p.name for p in self.parameters if p.required]
        return bool(needed) and all((parameters or {}).get(n) not in (None, [], "") for n in needed)

    def grid_for(self, inputs: Inputs, dem: Dem) -> Grid | None:
        """The grid to add up on, None for that of `dem`."""
        return self.grid(inputs, dem) if self.grid is not None else None
