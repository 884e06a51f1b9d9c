"""Two surveys on one grid, the later one taken aside: whichever of them is the finer, read and sampled alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gis.comparison.pair import open_pair
from tests.gis.comparison.making import hills, plane, survey

CELLS = {"after finer": (2.0, 1.0), "after coarser": (1.0, 2.0), "one grid": (1.0, 1.0)}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS.keys())
def test_only_the_later_survey_moves(tmp_path: Path, cells: tuple[float, float]) -> None:
    a, b = survey(tmp_path, "a", plane, cell=cells[0]), survey(tmp_path, "b", hills, cell=cells[1])
    with open_pair(a, b) as lying:
        pair = lying.displaced(1.25, -0.75)
        col, row = np.meshgrid(np.arange(40, 60) + 0.5, np.arange(70, 80) + 0.5)
        before, after = pair.read(70, 80, 40, 60)
        assert before == pytest.approx(lying.read(70, 80, 40, 60)[0], abs=1e-9)
        assert after.ravel() == pytest.approx(lying.sample(col.ravel() + 1.25, row.ravel() - 0.75)[1], abs=1e-9)
        assert after.ravel() == pytest.approx(pair.sample(col.ravel(), row.ravel())[1], abs=1e-9)
        assert after.ravel() == pytest.approx(pair.sample_after(col.ravel(), row.ravel()), abs=1e-12)
        assert before.ravel() == pytest.approx(pair.sample_before(col.ravel(), row.ravel()), abs=1e-9)
        assert np.abs(after - lying.read(70, 80, 40, 60)[1]).max() > 0.05
        assert (pair.is_moved, lying.is_moved) == (True, False)


def test_whole_cells_aside_are_the_cells_there(tmp_path: Path) -> None:
    a, b = survey(tmp_path, "a", plane), survey(tmp_path, "b", hills)
    with open_pair(a, b) as lying:
        moved, there = lying.displaced(3.0, 2.0).read(10, 20, 10, 20)[1], lying.read(12, 22, 13, 23)[1]
    assert moved == pytest.approx(there, abs=1e-12)
