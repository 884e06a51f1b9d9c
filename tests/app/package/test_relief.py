"""The relief of a sheet: noise of the ground is not drawn, what the ground is stays."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image

from app.package.content import Grid, GridPicture
from app.package.relief import noise_of, quieting, smoothed, terrain_picture
from app.package.scale import MapWindow
from app.package.shapes import Rect

SIZE = 600


def hills(noise: float, seed: int = 1) -> Grid:
    """Two rows of hills on a slope, 1 m cells, with white noise of so many metres."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    z = 1000 + 0.02 * y + 8 * np.sin(x / 60) * np.cos(y / 80)
    return (z + np.random.default_rng(seed).normal(0, noise, z.shape)).astype(np.float32)


def picture(noise: float) -> GridPicture:
    return GridPicture(hills(noise), (0.0, 0.0, float(SIZE), float(SIZE)))


def window(scale: int) -> MapWindow:
    return MapWindow(0.0, 0.0, scale, Rect(0, 0, SIZE * 1000 / scale, SIZE * 1000 / scale))


def bytes_of(grid: GridPicture, scale: int) -> int:
    rgb, _ = terrain_picture(grid, window(scale), 220)
    out = io.BytesIO()
    Image.fromarray(rgb[..., :3]).save(out, "JPEG", quality=95, subsampling=0)
    return len(out.getvalue())


@pytest.mark.parametrize("noise", [0.05, 0.3])
def test_noise_is_told_from_ground(noise: float) -> None:
    assert noise_of(hills(noise)) == pytest.approx(noise, rel=0.05)
    assert noise_of(hills(0.0)) < 0.005
    assert noise_of(np.full((2, 9), 3.0, np.float32)) == 0.0
    assert noise_of(np.full((9, 9), np.nan, np.float32)) == 0.0
    holes = hills(noise)
    holes[::7] = np.nan
    assert noise_of(holes) == pytest.approx(noise, rel=0.1)


def test_smoothing_grows_with_the_noise_and_ends_at_a_third_of_a_millimetre() -> None:
    for scale in (1000, 5000, 10_000):
        over = [quieting(picture(noise), window(scale)) for noise in (0.0, 0.02, 0.1, 1.0, 10.0)]
        assert over == sorted(over)
        assert over[-1] == pytest.approx(0.35 * scale / 1000)
        assert over[0] < 0.4  # cells: none


def test_the_light_of_noisy_ground_is_quiet() -> None:
    """Light on smoothed white noise varies by 4 of 255 at most; measured against the same ground without noise."""
    clean, _ = terrain_picture(picture(0.0), window(10_000), 220)
    noisy, _ = terrain_picture(picture(0.1), window(10_000), 220)
    off = noisy.astype(float) - clean.astype(float)
    assert np.std(off[20:-20, 20:-20]) < 4.0
    assert abs(float(off.mean())) < 1.0


@pytest.mark.parametrize("noise", [0.1, 0.3])
def test_noise_does_not_blow_up_the_file(noise: float) -> None:
    assert bytes_of(picture(noise), 10_000) < 2.5 * bytes_of(picture(0.0), 10_000)


def test_contours_of_noisy_ground_lie_where_those_of_the_ground_do() -> None:
    """Smoothing over σ lowers a wave of length λ by exp(−2π²σ²/λ²): here less than a tenth of a metre."""
    grid, at = picture(0.3), window(10_000)
    sigma = quieting(grid, at)
    assert sigma > 1.5
    bound = 8 * (1 - math.exp(-2 * (math.pi * sigma / (60 * 2 * math.pi)) ** 2 * 2)) + 4 * 0.3 / (
        2 * math.sqrt(math.pi) * sigma
    )
    z = smoothed(grid, at).values
    step = SIZE // z.shape[0]
    truth = hills(0.0)[::step, ::step]
    assert np.abs(z - truth)[10:-10, 10:-10].max() < bound + 0.1


def test_holes_stay_holes() -> None:
    grid = picture(0.3)
    grid.values[100:140, 200:240] = np.nan
    rgba, _ = terrain_picture(grid, window(10_000), 220)
    assert rgba.shape[2] == 4
    assert (rgba[105:135, 205:235, 3] == 0).all()
    assert (rgba[300:, :, 3] == 255).all()
