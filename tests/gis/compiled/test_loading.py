"""When the compiled kernels are loaded, and that whole estimates do not change by it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.verbs import estimate as verb
from gis import band_steps, compiled
from gis.volume import estimate
from models.errors import Refused
from models.estimate import Estimate, EstimateRequest
from tests.gis.ground import X0, Y0, box, disc, grid_transform, heights, site, terrain, write


@pytest.fixture(autouse=True)
def unloaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(compiled.OFF, raising=False)
    compiled.forget()
    yield
    compiled.forget()


def test_a_module_is_its_own_twin_until_they_are_loaded() -> None:
    assert compiled.twin(band_steps) is band_steps
    pytest.importorskip("numba")
    assert compiled.load()
    assert compiled.twin(band_steps) is sys.modules["gis.compiled.band_steps"]
    compiled.forget()
    assert compiled.twin(band_steps) is band_steps


def test_who_does_not_want_them_or_has_no_numba_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiled.OFF, "0")
    assert not compiled.load()
    monkeypatch.delenv(compiled.OFF)
    for name in [n for n in sys.modules if n.startswith("gis.compiled.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numba", None)  # what an import then raises is ImportError
    assert not compiled.load()
    assert compiled.twin(band_steps) is band_steps


@pytest.mark.parametrize("many", [True, False])
def test_large_batches_load_them_but_not_behind_a_window(monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(compiled, "load", lambda: loaded.append(threading.current_thread().name))
    assert list(verb._work(iter(()), many=many)) == []
    own = threading.Thread(target=lambda: list(verb._work(iter(()), many=many)), name="behind")
    own.start()
    own.join()
    assert loaded == (["MainThread"] if many else [])


def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Hills with noise, and a pit of 9 m in them."""
    noise = 0.05 * np.sin(97 * x + 61 * y)
    return 100 + 2 * np.sin(x / 31) + noise - np.clip(12 - np.hypot(x - X0 - 170, y - Y0 - 150) / 8, 0, 9)


@pytest.mark.parametrize("key", ["level", "rim_surface", "rim_plane", "spill"])
def test_estimates_are_the_same_to_the_last_bit(tmp_path: Path, key: str) -> None:
    pytest.importorskip("numba")
    transform = grid_transform(rows=300)
    path = write(tmp_path / "t.tif", heights(ground, transform, 300, 340).astype(np.float32), transform)
    outer = shapely.Point(X0 + 170, Y0 + 150).buffer(103.3)
    parts = box(100, 90, 160.5, 200), box(170, 90, 240, 150.25)
    outlines = [outer, outer.difference(disc(200, 160, 11.7)), shapely.MultiPolygon(parts)]
    request = EstimateRequest(key, {"level_m": 99.0} if key == "level" else {})

    def every() -> list[Estimate | str]:
        found: list[Estimate | str] = []
        for outline in outlines:
            try:
                answer = estimate(site(outline), terrain(path), path, request)
                found.append(replace(answer, computed_at=""))
            except Refused as error:
                found.append(error.key)
        return found

    plain = every()
    assert compiled.load()
    assert every() == plain
    assert any(isinstance(answer, Estimate) for answer in plain)
