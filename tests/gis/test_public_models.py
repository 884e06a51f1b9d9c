"""A terrain of wide cells that does not state its errors is taken for a public model where a figure is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.volume import estimate
from models.estimate import EstimateRequest
from models.terrain import ErrorFigures
from tests.gis.ground import X0, Y0, disc, made, site

LEVEL = EstimateRequest("level", {"level_m": 100.0})


def bowl(folder: Path, cell: float, across: float, depth: float, errors: ErrorFigures | None = None):
    """An estimate of a bowl in level ground, `across` m wide, from cells of `cell` m."""
    n = int(2 * across / cell)
    middle = n * cell / 2

    def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        r = np.hypot(x - X0 - middle, y - Y0 - middle)
        return 100 - depth * np.maximum(1 - (2 * r / across) ** 2, 0)

    terrain, path = made(folder, ground, cell=cell, rows=n, cols=n, errors=errors or ErrorFigures())
    return estimate(site(disc(middle, middle, across / 2)), terrain, path, LEVEL)


@pytest.mark.parametrize(
    ("cell", "across", "depth", "standing"),
    [(30.0, 400.0, 3.0, "too_uncertain"), (30.0, 1500.0, 40.0, "estimate"), (5.0, 400.0, 3.0, "estimate")],
    ids=["3 m in cells of 30 m", "40 m in cells of 30 m", "cells of 5 m"],
)
def test_standing_where_no_error_is_stated(
    tmp_path: Path, cell: float, across: float, depth: float, standing: str
) -> None:
    found = bowl(tmp_path, cell, across, depth)
    assert found.interval95.fill_m3 is None  # nobody stated an error
    assert found.standing == standing
    said = [w for w in found.warnings if w.key == "estimate.too_uncertain"]
    assert len(said) == (standing == "too_uncertain")
    if said:
        assert found.warnings[0] == said[0]
        assert "30 m" in said[0].render()


def test_the_half_width_is_that_of_the_model_it_names(tmp_path: Path) -> None:
    supposed = bowl(tmp_path, 30.0, 400.0, 3.0).warnings[0].facts
    stated = bowl(tmp_path, 30.0, 400.0, 3.0, ErrorFigures(2.0, 150.0, 8.0, "stated", 1.0))
    assert supposed["half"] == pytest.approx(stated.interval95.fill_m3, rel=1e-12)
    assert supposed["body"] == stated.fill_m3


def test_a_stated_error_is_taken_at_its_word(tmp_path: Path) -> None:
    found = bowl(tmp_path, 30.0, 400.0, 3.0, ErrorFigures(0.05, 20.0, 0.1, "stated", 0.02))
    assert found.standing == "estimate"
