"""Pixels of terrain: the same colours as gis.relief gives, whatever the strips."""

from __future__ import annotations

import numpy as np
import pytest

from gis import shading
from gis.relief import class_colours, hillshade, shaded, slope_degrees, tint
from gis.shading import SlopeClasses, Sun, Tint, shaded_pixels
from layers.style import SLOPE_CLASSES, TERRAIN_STOPS

FLAT = 255 * np.sin(np.radians(45))


def ground(rows: int = 90, columns: int = 120) -> np.ndarray:
    j, i = np.meshgrid(np.arange(columns), np.arange(rows))
    return (1050 + 9 * np.sin(j / 9) * np.cos(i / 7) + 0.3 * i).astype(np.float32)


def channels(pixels: np.ndarray) -> np.ndarray:
    return np.stack([(pixels >> s) & 255 for s in (16, 8, 0, 24)], axis=-1).astype(int)


def padded(z: np.ndarray) -> np.ndarray:
    return np.pad(z, 1, mode="edge")


def reference(rgba: np.ndarray, z: np.ndarray, gain: float) -> np.ndarray:
    light = hillshade(z, 2.0, 3.0, exaggeration=gain)
    return shaded(rgba, np.where(light > FLAT, (light + FLAT) / 2, light), 0.65).astype(int)


@pytest.mark.parametrize("gain", [1.0, 2.5])
def test_grey_and_tints_are_those_of_relief(gain: float) -> None:
    z = ground()
    grey = np.full((*z.shape, 4), 244, np.uint8)
    grey[..., 3] = 255
    sun = Sun(gain=gain)
    made = channels(shaded_pixels(padded(z), 2.0, 3.0, None, sun))
    assert np.abs(made - reference(grey, z, gain)).max() <= 1
    made = channels(shaded_pixels(padded(z), 2.0, 3.0, Tint(TERRAIN_STOPS, 1040.0, 1070.0), sun))
    expected = reference(tint(z, TERRAIN_STOPS, low=1040.0, high=1070.0), z, gain)
    assert np.abs(made - expected).max() <= 2
    assert np.ptp(made[..., 0]) > 40


def test_slopes_are_classed_as_by_relief() -> None:
    z = ground()
    made = channels(shaded_pixels(padded(z), 2.0, 3.0, SlopeClasses(SLOPE_CLASSES), None))
    expected = class_colours(slope_degrees(z, 2.0, 3.0), SLOPE_CLASSES).astype(int)
    assert (made != expected).any(axis=-1).mean() < 1e-3
    assert len(np.unique(made.reshape(-1, 4), axis=0)) >= 3


def test_without_a_sun_colours_are_plain() -> None:
    z = ground()
    made = channels(shaded_pixels(padded(z), 2.0, 2.0, None, None))
    assert (made == (244, 244, 244, 255)).all()


def test_where_there_is_no_height_nothing_is_shown() -> None:
    z = ground()
    z[20:30, 40:60] = np.nan
    for colours in (None, Tint(TERRAIN_STOPS, 1040.0, 1070.0), SlopeClasses(SLOPE_CLASSES)):
        made = shaded_pixels(padded(z), 2.0, 2.0, colours, Sun())
        assert (made[20:30, 40:60] == 0).all()
        assert (made[25, 61:] > 0).all() or isinstance(colours, SlopeClasses)
        assert (made[:19] > 0).all()
    flat = channels(shaded_pixels(padded(z), 2.0, 2.0, None, Sun()))[25, 39]  # beside it: as flat ground
    assert (flat[:3] == 244).all()


@pytest.mark.parametrize("colours", [None, Tint(TERRAIN_STOPS, 1040.0, 1070.0), SlopeClasses(SLOPE_CLASSES)])
def test_strips_have_no_seams(colours: object, monkeypatch: pytest.MonkeyPatch) -> None:
    z = padded(ground())
    whole = shaded_pixels(z, 2.0, 2.0, colours, Sun())
    monkeypatch.setattr(shading, "_STRIP_CELLS", 1)
    assert np.array_equal(shaded_pixels(z, 2.0, 2.0, colours, Sun()), whole)


def test_nothing_of_nothing() -> None:
    assert shaded_pixels(np.zeros((2, 2), np.float32), 1.0, 1.0, None, Sun()).shape == (0, 0)
