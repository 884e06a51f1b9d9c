"""The height error of a ground that was made of points: the survey's and the interpolation's, nothing counted twice.

A left-out height is compared with what its neighbours say of its place. What it shows is the interpolation's error and
that part of the survey's error which differs between neighbours: of an error with the spherical correlation of range L
the semivariance γ(h) = s² (1.5 h/L - 0.5 (h/L)³) at the distance h of neighbours (all of s² where h ≥ L). So

    interpolation² = max(RMSE² - γ(h), 0),    σ_z² = s² + interpolation².

Points with errors of their own (h ≥ L): σ_z is the larger one of s and RMSE. Errors that neighbours share (a drone's
block, a flight strip): the two add in quadrature, for cross-validation cannot see what all points share.
"""

from __future__ import annotations

import math

from gis.points.validate import CrossValidation
from models.terrain import ErrorFigures

BASIS = "cross-validation"


def semivariance(sigma: float, range_m: float | None, distance: float) -> float:
    """γ(distance), m², of a spherical model without nugget; 0 where the range is not known (shared by all)."""
    if range_m is None:
        return 0.0
    u = min(distance / range_m, 1.0)
    return sigma**2 * (1.5 * u - 0.5 * u**3)


def combined(survey: ErrorFigures, check: CrossValidation, spacing_m: float, cell_m: float) -> ErrorFigures:
    """Figures of the ground. `survey`: what is stated of the points (may be empty); `spacing_m`: between neighbours.

    The correlation length is the one that gives large sites the right sum of both parts: the mean of L² and h²
    weighted by the variances. Interpolation errors reach about as far as a triangle, at least a cell.
    """
    found, reach = check.sigma_z_m, round(max(spacing_m, cell_m), 2)
    if found is None:
        return survey
    if survey.sigma_z_m is None:
        return ErrorFigures(found, reach, survey.sigma_xy_m, f"{survey.basis};{BASIS}" if survey.basis else BASIS)
    own, between = survey.sigma_z_m**2, semivariance(survey.sigma_z_m, survey.range_m, spacing_m)
    extra = max(found**2 - between, 0.0)
    length = survey.range_m
    if length is not None:
        length = round(math.sqrt((own * length**2 + extra * reach**2) / (own + extra)), 2)
    sigma = math.ceil(math.sqrt(own + extra) * 1000 - 1e-6) / 1000
    return ErrorFigures(sigma, length, survey.sigma_xy_m, f"{survey.basis};{BASIS}")
