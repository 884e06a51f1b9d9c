"""The sample, built once for all its tests; tests that change it work on a copy."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from app.sample import terrain
from app.sample.build import build_sample
from app.sample.noise import F32

BUILT_ON = date(2026, 11, 23)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project file of a sample that nobody changes."""
    return build_sample(tmp_path_factory.mktemp("示例 工程"), today=BUILT_ON)


@pytest.fixture
def copied(built: Path, tmp_path: Path) -> Path:
    """A copy of the whole folder; the project file in it."""
    folder = tmp_path / "sample"
    shutil.copytree(built.parent, folder)
    return folder / built.name


@pytest.fixture(scope="session")
def ground() -> F32:
    """The heights of the whole terrain, before rounding; rows from north."""
    heights = terrain.heights(*terrain.axes())
    heights.setflags(write=False)
    assert np.isfinite(heights).all()
    return heights
