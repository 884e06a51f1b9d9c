"""Further pages of a sheet: signed like the first, with the systems of their coordinates, and no empty paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.lines import Line2D

from app.package.compose import compose
from app.package.drawing_settings import drawing_settings
from app.package.page import Page
from app.package.panels import whole_notes
from tests.app.package import synthetic

OUTLINE = synthetic.blob(synthetic.X0, synthetic.Y0, 62, n=60)


def pages(paper: str = "A3", orientation: str = "landscape") -> list[Page]:
    content = synthetic.content(
        kind="present_state", outline=OUTLINE, language="en", paper=paper, orientation=orientation
    )
    with drawing_settings():
        made, _ = compose(content)
        for page in made:
            page.check()
    return made


def named(page: Page, name: str) -> list[str]:
    return [t.text for t in page.texts if t.name == name]


def test_every_page_is_signed_and_says_its_systems() -> None:
    first, *others = pages()
    assert others
    for page in others:
        assert named(page, "sign-off block") == named(first, "sign-off block")
        said = " ".join(named(page, "notes"))
        assert "central meridian 111°E" in said
        assert "height datum" in said


@pytest.mark.parametrize(("paper", "orientation"), [("A3", "landscape"), ("A4", "portrait")])
def test_room_beside_the_table_takes_a_map_of_the_points_to_scale(paper: str, orientation: str) -> None:
    *_, last = pages(paper, orientation)
    (head,) = named(last, "map of the boundary points")
    scale = int(head.rsplit("1:", 1)[1].replace(" ", ""))
    placed = {t.text: t.shape.centroid for t in last.texts if t.name == "number of a boundary point"}
    assert len(placed) > 20
    x0, y0, x1, y1 = OUTLINE.bounds
    dots = np.concatenate(
        [a.get_xydata() for a in last.figure.get_children() if isinstance(a, Line2D) and len(a.get_xydata()) == 60]
    )
    assert np.ptp(dots[:, 0]) == pytest.approx((x1 - x0) * 1000 / scale, abs=0.05)
    assert np.ptp(dots[:, 1]) == pytest.approx((y1 - y0) * 1000 / scale, abs=0.05)


def test_the_table_goes_on_without_a_gap() -> None:
    numbers = [t for p in pages() for t in named(p, "table of boundary points") if t[:1] == "J"]
    assert numbers == [f"J{i}" for i in range(1, 61)]


def test_a_page_without_room_for_the_table_says_where_it_stands() -> None:
    content = synthetic.content(
        kind="present_state", outline=OUTLINE, language="en", paper="A4", orientation="portrait"
    )
    content = replace(content, sources=content.sources * 3)  # the notes take the room
    with drawing_settings():
        (first, *others), _ = compose(content)
        first.check()
    assert named(first, "table of boundary points") == ["Boundary points, m: sheet 2"]
    assert len([t for p in others for t in named(p, "table of boundary points") if t[:1] == "J"]) == 60


@pytest.mark.parametrize(("paper", "orientation"), [("A3", "landscape"), ("A4", "portrait")])
@pytest.mark.parametrize("kind", ["control_overlay", "backfill_design", "final_landform"])
def test_a_long_table_of_points_stands_on_one_sheet_of_a_site(kind: str, paper: str, orientation: str) -> None:
    content = synthetic.content(kind=kind, outline=OUTLINE, language="en", paper=paper, orientation=orientation)
    content = replace(content, points_sheet=("02", "Present state"))
    assert len(content.points) == 60
    with drawing_settings():
        made, _ = compose(content)
        for page in made:
            page.check()
    said = [t for p in made for t in named(p, "table of boundary points")]
    assert " ".join(said) == "60 boundary points: see sheet No. SK-012-02 (Present state)"


def test_a_short_table_of_points_stands_on_every_sheet() -> None:
    outline = synthetic.blob(synthetic.X0, synthetic.Y0, 62, n=5)
    content = synthetic.content(kind="control_overlay", outline=outline, language="en")
    with drawing_settings():
        made, _ = compose(content)
    said = [t for p in made for t in named(p, "table of boundary points")]
    assert [t for t in said if t[:1] == "J"] == [f"J{i}" for i in range(1, 6)]


def test_the_rest_of_the_notes_stands_below_the_rest_of_the_table() -> None:
    content = synthetic.content(kind="monitoring", language="en", paper="A4", orientation="portrait")
    content = replace(content, sources=content.sources * 4)
    with drawing_settings():
        (_, *others), _ = compose(content)
    assert len(others) == 1
    rows, notes = named(others[0], "table of monitoring points"), named(others[0], "notes")
    assert "JC-01" in rows
    assert "(continued)" in notes


def test_a_note_is_not_torn_after_its_first_line() -> None:
    lines = [("1.", "a"), ("", "b"), ("2.", "c"), ("3.", "d"), *[("", "e")] * 9]
    assert [whole_notes(lines, n) for n in (0, 1, 2, 3, 4, 5, 6, 12, 13, 99)] == [0, 0, 2, 3, 3, 3, 6, 12, 13, 13]
