"""Another registered terrain: a survey from before the digging, a design surface, a repeat survey.

Sampled bilinearly at the cells of the finer of the two grids (where the other terrain is the finer one, the ground is
interpolated to its cells). The vertical offset between the two on stable ground outside all sites of the project is
estimated as for two surveys (gis.comparison.stable) and always told; it is taken off the reference only if the request
says so. Other height datums, or a surface model against a ground model, are refused unless confirmed.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.arrays import Array
from gis.dem.file import Dem
from gis.dem.grid import Grid
from gis.placing import Part
from gis.surfaces.base import Context, OwnErrors, ParameterSpec, RimError, Surface, SurfaceType
from gis.surfaces.edge import continue_block, continued
from gis.surfaces.inputs import Inputs
from models.comparison import MAX_SLOPE_DEG, ComparisonRequest
from models.errors import Refused
from models.notices import N_, Notice

if TYPE_CHECKING:  # gis.comparison computes volumes and so needs the surfaces: loaded where it is used
    from gis.comparison.pair import Pair
    from gis.comparison.stable import Measured, Stable

KEY = "dem"
TERRAIN = ParameterSpec(
    "terrain", N_("other terrain"), "", required=True, kind="terrain", option="--reference-terrain N"
)
REMOVE_OFFSET = ParameterSpec("remove_offset", N_("take its vertical offset off"), "", kind="flag")
CONFIRM_DATUM = ParameterSpec("confirm_datum", N_("use it although the height datums differ"), "", kind="flag")
CONFIRM_KIND = ParameterSpec("confirm_kind", N_("use a surface model with a ground model"), "", kind="flag")
REMOVED = "offset_removed_m"
_FINER = 1 - 1e-6


@dataclass(frozen=True)
class Draped:
    """The heights of the other terrain less `removed_m`; pixel positions are those of the grid that is added up on."""

    pair: Pair
    part: Part
    removed_m: float
    parameters: dict[str, Any]
    notices: tuple[Notice, ...]
    own_errors: OwnErrors
    fit_sigma_m: float = 0.0
    rim_error: RimError = "none"
    level: float | None = None

    @property
    def source(self) -> Dem:
        """The other terrain: whether its ground was measured counts as that of the terrain below does."""
        return self.pair.coarser

    def block(self, row0: int, row1: int, col0: int, col1: int) -> Array | float:
        """Elevation at the cell centres of a window, NaN where the other terrain has none."""
        if self.pair.shift is not None:
            down, right = self.pair.shift
            z = self.pair.coarser.read(row0 + down, row1 + down, col0 + right, col1 + right) - self.removed_m
            return continue_block(z, row0, col0, self._sampled, self.part)
        cols, rows = np.meshgrid(np.arange(col0, col1) + 0.5, np.arange(row0, row1) + 0.5)
        return self.at(cols.ravel(), rows.ravel()).reshape(rows.shape)

    def at(self, cols: Array, rows: Array) -> Array:
        """Elevation at pixel positions."""
        return continued(self._sampled, self.part)(np.atleast_1d(cols), np.atleast_1d(rows))

    def _sampled(self, cols: Array, rows: Array) -> Array:
        return self.pair.coarser.sample_pixels(*self.pair.to_other(cols, rows)) - self.removed_m


@dataclass(frozen=True)
class _Found:
    """The other terrain, opened, and how it lies to the ground: once for all parts of a site."""

    pair: Pair
    stable: Stable
    removed_m: float
    offset_sigma_m: float | None
    notices: tuple[Notice, ...]


def finer_grid(inputs: Inputs, dem: Dem) -> Grid | None:
    """The other terrain's grid where it is finer than that of `dem`, else None."""
    other = inputs.terrain
    return Grid.of(other) if other is not None and other.cell_m < dem.terrain.cell_m * _FINER else None


def build(context: Context) -> Surface:
    """The other terrain over the part.

    Raises Refused: none named, the same as the ground, another datum or kind that nobody confirmed.
    """
    found = context.shared.get(KEY)
    if found is None:
        found = context.shared[KEY] = _find(context)
    other, stable = found.pair.coarser.terrain, found.stable
    parameters = {
        "terrain": other.name,
        "sha256": other.sha256,
        "cell_m": other.cell_m,
        "errors": asdict(other.errors),
        "offset_m": stable.offset_m,
        "nmad_m": stable.nmad_m,
        "stable_cells": stable.cells,
        "stable_within_m": stable.within_m,
        REMOVED: found.removed_m if context.parameters.get(REMOVE_OFFSET.name) else None,
    }
    errors = OwnErrors(other.errors.sigma_z_m, other.errors.range_m, found.offset_sigma_m)
    return Draped(found.pair, context.part, found.removed_m, parameters, found.notices, errors)


def _find(context: Context) -> _Found:
    from gis.comparison.admission import check_surveys
    from gis.comparison.pair import Pair
    from gis.comparison.stable import stable_ground

    other, path = context.inputs.terrain, context.inputs.terrain_path
    if other is None or path is None:
        raise Refused(
            "surface.no_terrain",
            N_("the surface dem needs the name of another terrain"),
            where=context.code,
            advice=N_("give it with --reference-terrain; terrain list shows the names"),
        )
    asked = context.parameters
    request = ComparisonRequest(
        confirm_datum=bool(asked.get(CONFIRM_DATUM.name)), confirm_kind=bool(asked.get(CONFIRM_KIND.name))
    )
    said = check_surveys(context.dem.terrain, other, request, context.code)
    # A design surface or an old survey may bear any date: which of the two is older does not matter here.
    said = tuple(n for n in said if n.key != "progress.dates")
    dem = context.stack.enter_context(Dem(path, other))
    pair = Pair(context.dem, dem, after_is_finer=False)
    stable = stable_ground(
        pair, context.placed, context.site, context.inputs.sites, MAX_SLOPE_DEG, context.watch.part(0.0, 0.1),
        measured=_measured(context, dem),
    )  # fmt: skip
    wanted = bool(asked.get(REMOVE_OFFSET.name))
    removed = _removed(asked.get(REMOVED), stable) if wanted else 0.0
    sigma = _offset_sigma(context, pair, stable, removed=wanted)
    return _Found(pair, stable, removed, sigma, (*said, *_notices(other.name, stable, wanted, removed)))


def _measured(context: Context, dem: Dem) -> Measured:
    """Whether ground was measured in both terrains, as far as they say."""
    from gis.comparison.spanned_ground import SpannedGround
    from gis.spanned import spans_of

    one, two = (spans_of(d, context.site, context.placed, context.shared) for d in (context.dem, dem))
    return SpannedGround(one, two).measured


def _removed(pinned: Any, stable: Stable) -> float:
    """What to take off: the stored request's figure, so that it gives the same again whatever sites came since."""
    if isinstance(pinned, int | float) and math.isfinite(pinned):
        return float(pinned)
    return stable.offset_m or 0.0


def _notices(name: str, stable: Stable, wanted: bool, removed: float) -> list[Notice]:
    facts = {"terrain": name, "offset": stable.offset_m, "nmad": stable.nmad_m, "cells": stable.cells}
    if stable.offset_m is None:
        text = N_(
            "how {terrain} lies to the ground is not known: only {cells} places of stable ground around the site; "
            "no offset was taken off"
        )
        return [Notice("surface.no_stable_ground", text, terrain=name, cells=stable.cells)] if not removed else []
    found = []
    if stable.copied:
        text = N_(
            "more than half of the ground around the site has exactly the same heights in both surveys: it was copied "
            "or rounded and says nothing of their errors"
        )
        found.append(Notice("progress.copied", text))
    if wanted:
        text = N_(
            "on stable ground around the site {terrain} lies {offset:+.3f} m from the ground (NMAD {nmad:.3f} m, "
            "{cells} places); {removed:+.3f} m were taken off it"
        )
        return [*found, Notice("surface.offset_removed", text, removed=removed, **facts)]
    text = N_(
        "on stable ground around the site {terrain} lies {offset:+.3f} m from the ground (NMAD {nmad:.3f} m, "
        "{cells} places); nothing was taken off it"
    )
    return [*found, Notice("surface.offset", text, **facts)]


def _offset_sigma(context: Context, pair: Pair, stable: Stable, *, removed: bool) -> float | None:
    """Standard uncertainty of the reference's height for the offset's sake, m; None where nothing is known of it."""
    from gis.comparison.interval import Errors, offset_effect, offset_sigma

    errors = Errors(context.dem.terrain.errors, pair.coarser.terrain.errors, None if stable.copied else stable.nmad_m)
    return offset_effect(None if stable.copied else stable.offset_m, offset_sigma(stable, errors), removed=removed)


TYPE = SurfaceType(
    KEY,
    build,
    (TERRAIN, REMOVE_OFFSET, CONFIRM_DATUM, CONFIRM_KIND),
    natural="neither",
    pins=(REMOVED,),
    grid=finer_grid,
)
