"""Tables of points that tests write themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

EAST, NORTH = 417_000.0, 4_496_000.0
HOME = "EPSG:4546"


def plane(east, north):
    """A slope of 3 % eastward and 1 % southward at about 1050 m."""
    return 1050 + 0.03 * (east - EAST) - 0.01 * (north - NORTH)


@pytest.fixture
def places():
    """200 places in a square of 100 m, rounded to a millimetre: (n, 2) east, north."""
    rng = np.random.default_rng(7)
    inner = rng.uniform(0, 100, (196, 2))
    corners = np.array([[0, 0], [0, 100], [100, 0], [100, 100]])
    return np.round(np.concatenate((inner, corners)) + np.array([EAST, NORTH]), 3)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write text or bytes to a file in a path with Chinese characters and a space."""

    def to_file(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "测量 数据" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return to_file
