from __future__ import annotations

import numpy as np
import pytest

from gis.contouring import contours, interval_for, label_places, round_interval, smoothed
from gis.relief import class_colours, slope_degrees


@pytest.mark.parametrize(
    ("least", "wanted"), [(0.03, 0.05), (0.9, 1), (1.0, 1), (1.01, 2), (4.2, 5), (5.1, 10), (130, 200)]
)
def test_intervals_are_round(least, wanted):
    assert round_interval(least) == pytest.approx(wanted)


def test_interval_follows_scale_and_ground_and_never_draws_the_noise():
    gentle, steep = (interval_for(s, 2.0, spacing_mm=2.5) for s in (0.05, 0.4))
    assert (gentle, steep) == (0.5, 2.0)
    assert interval_for(0.05, 20.0, spacing_mm=2.5) == 5.0
    assert interval_for(0.05, 2.0, spacing_mm=2.5, sigma_z_m=0.8) == 2.0


def cone(n=101):
    """Height 50 m falling by 1 m per m from the middle; cells of 1 m, lower left corner at (1000, 2000)."""
    i, j = np.mgrid[0:n, 0:n] + 0.5
    return 50 - np.hypot(j - n / 2, i - n / 2)


def test_contours_of_a_cone_are_circles_of_known_radius():
    found = contours(cone(), (1000.0, 2000.0, 1101.0, 2101.0), 10.0)
    assert [c.height for c in found] == [-20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0]
    assert [c.height for c in found if c.is_index] == [0.0]
    at_30 = next(c for c in found if c.height == 30.0)
    radius = np.hypot(at_30.xy[:, 0] - 1050.5, at_30.xy[:, 1] - 2050.5)
    assert np.abs(radius - 20).max() < 0.05
    assert len(at_30.lines()) == 1
    assert at_30.lines()[0].shape == at_30.xy.shape


def test_contours_stop_at_missing_cells_and_when_asked():
    z = cone()
    z[:, :50] = np.nan
    found = contours(z, (0.0, 0.0, 101.0, 101.0), 10.0)
    assert min(c.xy[:, 0].min() for c in found) >= 50
    assert contours(cone(), (0.0, 0.0, 101.0, 101.0), 10.0, lambda: True) is None
    assert contours(np.full((5, 5), np.nan), (0, 0, 5, 5), 1.0) == []
    assert contours(cone(), (0, 0, 1, 1), 0.001) == []  # so many that the map would be brown


def test_smoothing_keeps_planes_and_missing_cells():
    z = np.add.outer(np.arange(8.0), 2 * np.arange(9.0)).astype(np.float32)
    assert np.abs(smoothed(z)[1:-1, 1:-1] - z[1:-1, 1:-1]).max() < 1e-5
    z[3, 4] = np.nan
    assert np.argwhere(np.isnan(smoothed(z))).tolist() == [[3, 4]]


def test_labels_stand_on_straight_stretches_and_read_from_the_left():
    straight = np.column_stack([np.linspace(500, 0, 100), np.linspace(0, 500, 100)])  # up to the right on a screen
    places = label_places(straight, 40, 200, 2)
    assert 2 <= len(places) <= 4
    assert np.allclose(places[:, 2], -np.pi / 4)
    assert np.allclose(places[:, 0] + places[:, 1], 500)
    assert np.hypot(*np.diff(places[:, :2], axis=0).T).min() >= 200 - 1e-6
    turn = np.linspace(0, 2 * np.pi, 60)
    assert len(label_places(np.column_stack([15 * np.cos(turn), 15 * np.sin(turn)]), 40, 50, 2)) == 0
    assert len(label_places(straight[:5], 40, 50, 2)) == 0


def test_slope_of_a_plane_and_its_class():
    i, j = np.mgrid[0:6, 0:7].astype(float)
    z = 0.3 * j * 2 + 0.4 * i * 2  # rises 0.3 to the east, 0.4 to the south; cells of 2 m
    inner = slope_degrees(z, 2, 2)[1:-1, 1:-1]
    assert np.allclose(inner, np.degrees(np.arctan(0.5)), atol=1e-4)
    z[2, 2] = np.nan
    assert np.isnan(slope_degrees(z, 2, 2)[1:4, 1:4]).all()
    classes = ((2.0, "#000000"), (6.0, "#0A0B0C"), (90.0, "#FFFFFF"))
    got = class_colours(np.array([0.0, 2.0, 2.1, 6.0, 7.0, 200.0, np.nan]), classes)
    assert got[:, 0].tolist() == [0, 0, 10, 10, 255, 255, 0]
    assert got[:, 3].tolist() == [255] * 6 + [0]
