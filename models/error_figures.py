"""Error figures of a survey: what is stated, completed by what is usual for its kind, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from models.errors import Refused
from models.notices import N_
from models.terrain import ERROR_DEFAULTS, ErrorFigures

LIMITS_M = {"sigma_z_m": 100.0, "range_m": 100_000.0, "sigma_xy_m": 1_000.0, "bias_m": 100.0}
"""The largest figure that is still one of a survey, m."""


def check_source(source: str, defaults: Mapping[str, ErrorFigures] = ERROR_DEFAULTS) -> None:
    """Raise Refused for a kind of survey that is not known."""
    if source not in defaults:
        raise Refused(
            "terrain.unknown_source",
            N_("“{source}” is not a known kind of survey"),
            source=source,
            advice=N_("one of: {sources}"),
            sources=", ".join(defaults),
        )


def check_figures(stated: Mapping[str, float | None]) -> None:
    """Raise Refused for a figure that is no length of a sensible size. Keys are those of LIMITS_M."""
    for name, value in stated.items():
        if value is not None and not (math.isfinite(value) and 0 < value <= LIMITS_M[name]):
            raise Refused(
                "terrain.bad_error",
                N_("an error figure is a length in metres, not {value}"),
                where=name,
                value=value,
                advice=N_("give more than 0 and at most {most:g} m, or leave it out where it is not known"),
                most=LIMITS_M[name],
            )


def error_figures(
    source: str | None, defaults: Mapping[str, ErrorFigures] = ERROR_DEFAULTS, **stated: float | None
) -> ErrorFigures:
    """Stated figures, completed by the defaults of the survey's source where one is named. Raises Refused."""
    if source is not None:
        check_source(source, defaults)
    return completed(stated, defaults[source] if source else None)


def completed(
    stated: Mapping[str, float | None], base: ErrorFigures | None = None, word: str = "stated"
) -> ErrorFigures:
    """`base` with what is stated in its place; the basis names both. Raises Refused (see check_figures)."""
    check_figures(stated)
    base, given = base or ErrorFigures(), {k: v for k, v in stated.items() if v is not None}
    if not given:
        return base
    left = [k for k in LIMITS_M if k not in given and getattr(base, k) is not None]
    rest = base.basis.removeprefix(f"{word};") if left and base.basis != word else ""
    return replace(base, **given, basis=f"{word};{rest}" if rest else word)
