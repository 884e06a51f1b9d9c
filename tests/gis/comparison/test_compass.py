"""East and north on a grid: those of the project, whatever way the grid lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from gis.comparison.compass import compass
from gis.comparison.pair import open_pair
from gis.placing import place
from tests.gis.comparison.making import plane, survey
from tests.gis.ground import box, site

SITE = site(box(100, 95, 205, 200))


@pytest.mark.parametrize("angle", [0.0, 25.0, -110.0])
def test_on_a_turned_grid_it_is_a_rotation(tmp_path: Path, angle: float) -> None:
    a, b = survey(tmp_path, "a", plane, angle=angle), survey(tmp_path, "b", plane, cell=2.0)
    with open_pair(a, b) as pair:
        found = compass(SITE, place(SITE, pair.grid))
    t = np.radians(angle)
    east, north = (np.cos(t), -np.sin(t)), (np.sin(t), np.cos(t))  # along columns, and up the rows
    assert found == pytest.approx(np.array([[east[0], north[0]], [-east[1], -north[1]]]), abs=1e-9)


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4545"])
def test_in_other_systems_north_is_the_projects(tmp_path: Path, crs: str) -> None:
    """A place 30 m to the north-east, by transforming it, lies where the compass says."""
    a, b = survey(tmp_path, "a", plane, crs=crs), survey(tmp_path, "b", plane, cell=2.0)
    with open_pair(a, b) as pair:
        placed = place(SITE, pair.grid)
        middle = shapely.get_coordinates(SITE.outline.centroid)[0]
        move = Transformer.from_crs("EPSG:4546", pair.grid.crs, always_xy=True)
        col, row = pair.grid.to_pixel(*move.transform(middle[0] + np.array([0, 18]), middle[1] + np.array([0, 24])))
        step = placed.parts[0].step_x, placed.parts[0].step_y
        there = compass(SITE, placed) @ (18, 24)
    assert (np.diff(col)[0] * step[0], np.diff(row)[0] * step[1]) == pytest.approx(tuple(there), abs=0.02)
