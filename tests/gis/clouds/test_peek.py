"""Classes of a cloud by a sample: all of a small file, pieces all along a large one, and files that are cut short."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gis.clouds import peek
from models.errors import Cancelled, Unreadable
from models.progress import Watch
from tests.gis.clouds.synthetic import points, write


def test_a_small_cloud_is_counted_whole(tmp_path: Path) -> None:
    classes = np.repeat(np.array([1, 2, 2, 5], np.uint8), 700)
    files = [write(tmp_path / f"{k}.{end}", points(2800), classes) for k, end in enumerate(("laz", "las"))]
    assert peek.sample_classes(files, Watch()) == {1: 1400, 2: 2800, 5: 1400}


@pytest.mark.parametrize("count", [1_000_001, 1_060_000, 30_000_000])
def test_pieces_lie_all_along_and_never_overlap(count: int) -> None:
    found = peek.pieces(count)
    assert len(found) == peek.PIECES
    assert found[0][0] == 0
    assert sum(found[-1]) == count
    assert all(a + n <= b for (a, n), (b, _m) in pairwise(found))


def test_a_large_cloud_is_sampled_in_proportion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classes = np.repeat(np.array([2, 5], np.uint8), 30_000)  # ground first: reading only the beginning would mislead
    path = write(tmp_path / "c.laz", points(60_000), classes)
    monkeypatch.setattr(peek, "PIECES", 10)
    monkeypatch.setattr(peek, "PIECE_POINTS", 1_000)
    found: dict[int, int] = {}
    for message, _ in peek.stream(path, {}, None):  # type: ignore[arg-type]
        found = dict(message.get("classes", []))
    assert found == {2: 5_000, 5: 5_000}


def test_cut_short_and_cancelled(tmp_path: Path) -> None:
    path = write(tmp_path / "c.laz", points(60_000), np.full(60_000, 2, np.uint8))
    whole = path.read_bytes()
    (tmp_path / "d.laz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable):
        peek.sample_classes([tmp_path / "d.laz"], Watch())
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        peek.sample_classes([path], watch)
