"""An outline of another time on the map: where it is drawn, and that it stays light when it is large."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from app.gui.canvas.ghost import Ghost
from app.gui.canvas.view import View

VIEW = View(500.0, 1000.0, 2.0, 400, 300)  # sees 800 m × 600 m


def test_rings_are_where_the_view_puts_them() -> None:
    ghost = Ghost()
    ghost.show(shapely.box(450, 950, 550, 1050).difference(shapely.box(490, 990, 510, 1010)), "before")
    corners = {(round(q.x()), round(q.y())) for path in ghost.paths(VIEW) for q in path}
    outer = {tuple(round(float(v)) for v in VIEW.to_screen(x, y)) for x in (450, 550) for y in (950, 1050)}
    inner = {tuple(round(float(v)) for v in VIEW.to_screen(x, y)) for x in (490, 510) for y in (990, 1010)}
    assert outer | inner == corners
    assert ghost.bounds == (450, 950, 550, 1050)


def test_what_lies_outside_the_window_is_not_drawn() -> None:
    ghost = Ghost()
    ghost.show(shapely.Point(500, 1000).buffer(50_000, 4000))
    assert ghost.paths(VIEW) == []
    ghost.show(shapely.box(450, 950, 1e6, 1e6))
    xs = [q.x() for path in ghost.paths(VIEW) for q in path]
    assert max(xs) < VIEW.width + 100


def test_a_fine_outline_is_drawn_no_finer_than_the_screen() -> None:
    angle = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    ghost = Ghost()
    ghost.show(shapely.Polygon(np.column_stack([500 + 200 * np.cos(angle), 1000 + 200 * np.sin(angle)])))
    points = [q for path in ghost.paths(VIEW) for q in path]
    assert 10 < len(points) < 500
    off = [abs(np.hypot(q.x() - 200, q.y() - 150) - 100) for q in points]
    assert max(off) < 1


@pytest.mark.parametrize("shape", [None, shapely.MultiPolygon()])
def test_nothing_takes_it_away(shape: object) -> None:
    ghost = Ghost()
    ghost.show(shapely.box(0, 0, 1, 1))
    ghost.show(shape)
    assert ghost.bounds is None
    assert ghost.paths(VIEW) == []
