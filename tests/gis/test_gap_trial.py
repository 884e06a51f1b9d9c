"""Trial gaps against closed forms: what triangles and least curvature make of ground that is known."""

from __future__ import annotations

import numpy as np
import pytest

from gis.dem.file import Dem
from gis.gap_trial import LIKE, Trial, dip_of, least_curved, trial
from tests.gis.ground import X0, Y0, made

BOX = (80.0, 80.0, 120.0, 120.0)


def tried(tmp_path, f, radius, spanned=lambda c, r: 0.0 * c):
    record, path = made(tmp_path, f, rows=200, cols=200)
    with Dem(path, record) as dem:
        return trial(dem, BOX, radius, spanned)


def test_a_plane_is_spanned_without_an_error(tmp_path):
    found = tried(tmp_path, lambda x, y: 100 + 0.1 * (x - X0) - 0.2 * (y - Y0), 8.0)
    assert found.places >= 10
    assert found.error < 1e-9
    assert found.dip < 1e-5


@pytest.mark.parametrize("radius", [6.0, 20.0, 30.0])
def test_a_bowl_is_spanned_too_high_by_half_its_depth(tmp_path, radius):
    """Triangles over z = k r² lie at k R², the ground in the mean at k R²/2, at every place alike.

    Least curvature, which a bowl fulfils (ΔΔz = 0), finds it.
    """
    k = 2e-3
    found = tried(tmp_path, lambda x, y: 100 + k * ((x - X0 - 100) ** 2 + (y - Y0 - 100) ** 2), radius)
    assert found.error == pytest.approx(k * radius**2 / 2, rel=0.25)
    assert found.dip == pytest.approx(found.error, rel=1e-3)


def test_least_curvature_finds_a_biharmonic_ground():
    x, y = np.meshgrid(np.linspace(-1, 1, 31), np.linspace(-1, 1, 31))
    z = x**2 * y + 0.3 * (x**2 + y**2) - y**3 / 4 + x * y
    gap = np.hypot(x, y) < 0.6
    # Differences of second order keep cubics exact; ΔΔ of each term is 0.
    assert np.abs(least_curved(np.where(gap, np.nan, z), gap) - z).max() < 1e-6
    assert dip_of(z + 0.5 * gap, gap) == pytest.approx(-0.5, abs=1e-6)


def test_trials_keep_off_spanned_ground(tmp_path):
    seen = []

    def spanned(cols, rows):
        seen.append(cols)
        return np.where(cols < 100, 1.0, 0.0)

    found = tried(tmp_path, lambda x, y: np.where(x - X0 < 85, 1000.0, 100.0), 8.0, spanned)
    assert seen
    assert found.error < 1e-9, "no disc takes in the step at 85 m, which lies in spanned ground"


def test_too_little_measured_ground_gives_no_figure(tmp_path):
    assert tried(tmp_path, lambda x, y: 100 + 0 * x, 8.0, lambda c, r: np.ones_like(c)) is None
    assert tried(tmp_path, lambda x, y: 100 + 0 * x, 98.0) is None


def test_missing_heights_are_no_measured_ground(tmp_path):
    found = tried(tmp_path, lambda x, y: np.where(x - X0 < 130, np.nan, 100.0 + 0 * x), 6.0)
    assert found is None or found.error < 1e-9


def test_a_gap_whose_edges_dip_more_is_more_uncertain():
    known = Trial(0.4, 0.5, 20)
    assert known.of_gap(-0.3) == 0.4
    assert known.of_gap(-1.0) == pytest.approx(0.8)
    assert known.of_gap(-0.5 * LIKE * 1.01) is None
    assert Trial(0.0, 0.0, 20).of_gap(2.0) is None, "level ground says nothing of a gap whose edges fall"
    assert Trial(0.0, 0.0, 20).of_gap(0.005) == 0.0
