"""A fresh project in a folder with a Chinese name and characters that URIs trip over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box

from gis.store import Store
from models.changes import Insert
from models.notices import Notice

LABEL = Notice("test.change", "change {code}", code="SK-001")


@pytest.fixture
def label() -> Notice:
    return LABEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "砂坑 项目 100%#1?"
    made.mkdir()
    return made


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.create(folder / "九原区 一期.gpkg", crs="EPSG:4546", name="九原区 一期") as made:
        yield made


@pytest.fixture
def pit() -> Callable[..., Insert]:
    """A square sand pit of side 100 m, the n-th in a row going east."""

    def make(n: int = 0, **values: Any) -> Insert:
        layer = values.pop("layer", "sand_pits")
        x = 500_000 + 200 * n
        return Insert(layer, {"geometry": box(x, 4_500_000, x + 100, 4_500_100), **values})

    return make
