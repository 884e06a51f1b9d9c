from __future__ import annotations

import math

import pytest

from models.error_figures import check_source, completed
from models.errors import Refused
from models.terrain import ERROR_DEFAULTS, USUAL_ERRORS, ErrorFigures

LIDAR = ERROR_DEFAULTS["lidar"]


@pytest.mark.parametrize(
    ("stated", "base", "basis"),
    [
        ({"sigma_z_m": 0.1}, None, "stated"),
        ({}, LIDAR, "default:lidar"),
        ({"sigma_z_m": 0.1}, LIDAR, "stated;default:lidar"),
        ({"sigma_z_m": 0.1, "range_m": 9.0, "sigma_xy_m": 0.1, "bias_m": 0.1}, LIDAR, "stated"),
        ({"range_m": 9.0}, ErrorFigures(0.2, basis="stated"), "stated"),
        ({"range_m": 9.0}, ErrorFigures(0.2, 4.0, basis="stated;default:lidar"), "stated;default:lidar"),
        ({"range_m": 9.0}, ErrorFigures(0.2, 4.0, basis="cross-validation"), "stated;cross-validation"),
    ],
)
def test_what_is_stated_goes_before_what_is_usual(
    stated: dict[str, float], base: ErrorFigures | None, basis: str
) -> None:
    found = completed(stated, base)
    assert found.basis == basis
    for name in ("sigma_z_m", "range_m", "sigma_xy_m", "bias_m"):
        assert getattr(found, name) == stated.get(name, getattr(base, name) if base else None)


@pytest.mark.parametrize("value", [0.0, -0.1, math.nan, math.inf, 1e7])
@pytest.mark.parametrize("name", ["sigma_z_m", "range_m", "sigma_xy_m", "bias_m"])
def test_no_survey_is_perfect_and_none_is_endless(name: str, value: float) -> None:
    with pytest.raises(Refused, match="length in metres") as error:
        completed({name: value})
    assert error.value.where == name


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused) as error:
        check_source("LIDAR")
    assert "rtk_photogrammetry" in error.value.advice.render()


def test_every_default_says_who_says_so_and_is_not_shown_as_verified() -> None:
    for default in USUAL_ERRORS.values():
        assert default.said_by
        assert default.confidence == "U"
        assert default.figures.basis == f"default:{default.source}"
