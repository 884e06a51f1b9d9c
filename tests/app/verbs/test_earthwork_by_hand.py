"""The grid method and the sections counted by hand, against every figure that a reader meets: JSON, CSV, workbook, PDF.

Squares of 20 m; ground heights at the corners, the level is 49.70 m, so working heights h = 49.70 − ground are

    y = 40   −0.60   +0.10   +0.80   −0.50
    y = 20   −0.40   +0.50   +1.30   +0.20   −0.20
    y =  0   −0.80   −0.50   +0.60   −1.30
       x =      0      20      40      60      80

and to the right of x = 60 hangs a triangle (60, 0) (80, 20) (60, 20). Ground between the corners is bilinear; the
terrain's cell centres are whole metres, so that it is met exactly. On the central meridian k = 1.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from app.project import Project
from app.verbs.earthwork import Delivery, earthwork
from app.verbs.terrain import add_terrain
from models.changes import Insert
from models.estimate import EstimateRequest
from models.notices import Notice

X, Y, LEVEL = 500_000.0, 4_400_000.0, 49.70
GROUND = np.array(
    [[50.30, 49.60, 48.90, 50.20, 50.60], [50.10, 49.20, 48.40, 49.50, 49.90], [50.50, 50.20, 49.10, 51.00, 51.40]]
)
OUTLINE = [(0, 0), (60, 0), (80, 20), (60, 20), (60, 40), (0, 40)]
SQUARES = {  # working heights NW NE SE SW, fill m³, cut m³, area of fill m²; a² = 400 m²
    # two and two: 100·(0.1²/0.7 + 0.5²/0.9), 100·(0.6²/0.7 + 0.4²/0.9); zero points 20·0.1/0.7 and 20·0.5/0.9 from E
    1: ((-0.6, 0.1, 0.5, -0.4), 29.206, 69.206, 10 * (20 / 7 + 100 / 9)),
    2: ((0.1, 0.8, 1.3, 0.5), 100 * 2.7, 0.0, 400.0),
    # one in the cut: 400/6·0.5³/(1.3·0.7), 400/6·(2·0.8 + 1.3 + 2·0.2 − 0.5) + the same
    3: ((0.8, -0.5, 0.2, 1.3), 195.824, 9.158, 400 - 0.5 * (20 * 5 / 13) * (20 * 5 / 7)),
    # one in the fill: 400/6·0.5³/(0.9·1.0), 400/6·(2·0.4 + 0.8 + 2·0.5 − 0.5) + the same
    4: ((-0.4, 0.5, -0.5, -0.8), 9.259, 149.259, 0.5 * (20 * 5 / 9) * 10),
    # 400/6·(2·0.5 + 1.3 + 2·0.6 − 0.5) + 400/6·0.5³/(1.0·1.1)
    5: ((0.5, 1.3, 0.6, -0.5), 207.576, 7.576, 400 - 0.5 * 10 * (20 * 5 / 11)),
    # 400/6·(2·0.2 + 1.3 + 2·0.6 − 1.3) + 400/6·1.3³/(1.5·1.9)
    6: ((1.3, 0.2, -1.3, 0.6), 158.058, 51.392, 400 - 0.5 * (20 * 13 / 15) * (20 * 13 / 19)),
    # the triangle, 200 m²: fill 0.2/3·(200·0.5·0.2/1.5), net 200·(0.2 − 0.2 − 1.3)/3
    7: ((0.2, -0.2, None, -1.3), 0.889, 87.556, 200 * 0.5 * 0.2 / 1.5),
}
ZEROS = [
    (20 - 20 / 7, 40), (20 - 100 / 9, 20), (20, 10), (20 + 20 * 5 / 11, 0), (60 - 20 * 5 / 13, 40),
    (60, 20 + 20 * 2 / 7), (60, 20 - 20 * 2 / 15), (40 + 20 * 6 / 19, 0), (70, 20),
]  # fmt: skip
SECTIONS = [  # station, fill m², cut m²: trapezoids over 20 m, split at h = 0
    (0.0, 0.0, 22.0),
    (20.0, 6.0 + 2.5, 2.5),
    (40.0, 21.0 + 19.0, 0.0),
    (60.0, 0.2**2 * 10 / 0.7 + 0.2**2 * 10 / 1.5, 0.5**2 * 10 / 0.7 + 1.3**2 * 10 / 1.5),
    (80.0, 0.0, 0.0),
]


def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = np.clip(x, 0, 80), 40 - np.clip(y, 0, 40)
    c, r = np.minimum(x // 20, 3).astype(int), np.minimum(y // 20, 1).astype(int)
    u, v = x / 20 - c, y / 20 - r
    north = GROUND[r, c] * (1 - u) + GROUND[r, c + 1] * u
    return north * (1 - v) + (GROUND[r + 1, c] * (1 - u) + GROUND[r + 1, c + 1] * u) * v


@pytest.fixture
def project(project_file: Path, tmp_path: Path):
    path = tmp_path / "t.tif"
    z = ground(*np.meshgrid(np.arange(-5.0, 86.0), np.arange(45.0, -6.0, -1.0)))
    where = {"crs": "EPSG:4546", "transform": from_origin(X - 5.5, Y + 45.5, 1, 1), "dtype": "float64"}
    with rasterio.open(path, "w", driver="GTiff", width=z.shape[1], height=z.shape[0], count=1, **where) as target:
        target.write(z, 1)
    outline = shapely.MultiPolygon([shapely.Polygon([(X + x, Y + y) for x, y in OUTLINE])])
    with Project.open(project_file) as opened:
        opened.store.transact(Notice("t", "t"), [Insert("sand_pits", {"code": "H1", "geometry": outline})])
        add_terrain(opened, path, name="t", sigma_z_m=0.1)
        yield opened


def made(project: Project, out: Path | None = None, **how):
    request = EstimateRequest("level", {"level_m": LEVEL})
    return earthwork(
        project, "H1", out=out, side_m=20.0, spacing_m=20.0, request=request, delivery=Delivery(language="en", **how)
    )


def test_squares_and_zero_line(project: Project) -> None:
    found = json.loads(json.dumps(made(project).to_json()))
    assert [q["number"] for q in found["grid"]["squares"]] == list(SQUARES)
    for q in found["grid"]["squares"]:
        heights, fill, cut, fill_area = SQUARES[q["number"]]
        if q["number"] < 7:  # whole ones stand as their corners say; the triangle has no south-eastern corner
            assert q["ground_m"] == pytest.approx([LEVEL - h for h in heights], abs=1e-6)
        assert [None if h is None else round(h, 6) for h in q["working_m"]] == pytest.approx(heights)
        assert (q["fill_m3"], q["cut_m3"]) == pytest.approx((fill, cut), abs=6e-4)
        assert q["fill_area_m2"] == pytest.approx(fill_area, abs=1e-3)
        assert q["fill_area_m2"] + q["cut_area_m2"] == pytest.approx(400 if q["number"] < 7 else 200, abs=1e-3)
    assert found["grid"]["fill_m3"] == pytest.approx(sum(s[1] for s in SQUARES.values()), abs=3e-3)
    assert found["grid"]["cut_m3"] == pytest.approx(sum(s[2] for s in SQUARES.values()), abs=3e-3)
    line = made(project).earthwork.grid.zero_line
    corners = shapely.get_coordinates(line) - (X, Y)
    # The zero line is broken at its zero points and at the corner of a diagonal alone.
    for zero in ZEROS:
        assert np.hypot(*(corners - zero).T).min() < 1e-6, zero
    for place in corners:
        assert min(np.hypot(*(place - z)) for z in np.array(ZEROS)) < 1e-6, place


def test_sections(project: Project) -> None:
    found = made(project).to_json()["sections"]
    assert np.array(found["axis"]) == pytest.approx(np.array([(X, Y + 20), (X + 80, Y + 20)]))
    rows = [(r["station_m"], r["fill_m2"], r["cut_m2"]) for r in found["rows"]]
    assert np.array(rows) == pytest.approx(np.array(SECTIONS), abs=3e-3)  # samples at half a cell round off its kinks
    for k, name in ((1, "fill_m3"), (2, "cut_m3")):
        by_hand = sum(10 * (a[k] + b[k]) for a, b in pairwise(SECTIONS))
        assert found[name] == pytest.approx(by_hand, abs=0.1)


def test_more_than_two_per_cent_is_flagged(project: Project) -> None:
    report = made(project)
    found = report.earthwork
    words = [w.render() for w in report.warnings]
    for name, m in (("grid", found.grid), ("section", found.sections)):
        assert any(f"{name} method differs by {100 * (m.fill_m3 / found.fill_m3 - 1):+.1f} %" in w for w in words)


def printed_rows() -> list[list[float | None]]:
    """The table as a person would write it: heights to 0.01 m, areas and volumes to 0.1."""
    rows = []
    for number, (heights, fill, cut, area) in SQUARES.items():
        corners = [v for h in heights for v in ((None,) * 3 if h is None else (round(LEVEL - h, 2), LEVEL, h))]
        rest = (400 if number < 7 else 200) - area
        rows.append([number, *corners, *(round(v, 1) for v in (area, rest, fill, cut))])
    return rows


def test_tables_hold_the_same_figures(project: Project, tmp_path: Path) -> None:
    made(project, tmp_path / "t.csv")
    made(project, tmp_path / "t.xlsx")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [[float(v) if v else None for v in row[:17]] for row in list(csv.reader(file))[1:-1]]
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    cells = [list(row[:17]) for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert lines == printed_rows()
    assert cells[:-1] == printed_rows()
    sums = [round(sum(row[k] for row in printed_rows()), 1) for k in (13, 14, 15, 16)]
    assert cells[-1][13:17] == sums


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler")
def test_the_drawing_holds_the_same_figures(project: Project, tmp_path: Path) -> None:
    made(project, tmp_path / "t.pdf")
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "t.pdf", "-"], capture_output=True, check=True).stdout
    words = re.findall(r"[+−]?\d+\.\d+", text.decode())
    left = list(words)
    wanted = [f"{h:+.2f}".replace("-", "−") for h in (0.1, 0.8, 1.3, 0.2, -0.6, -0.4, -0.8, -1.3, -0.2)]
    wanted += ["+0.50", "+0.60", "−0.50", "−0.50"]
    wanted += [f"{z:.2f}" for z in (50.3, 49.6, 48.9, 50.1, 49.2, 48.4, 49.5, 49.9, 50.5, 49.1, 51.0)] + ["50.20"] * 2
    for row in printed_rows():
        wanted += [f"+{row[15]:.1f}" if row[15] else "", f"−{row[16]:.1f}" if row[16] else ""]
    for columns in ((1, 4), (2, 5), (3, 6), (7,)):  # sums below each column of squares
        rows = [printed_rows()[n - 1] for n in columns]
        wanted += [f"{s}{sum(r[k] for r in rows):.1f}" for s, k in (("+", 15), ("−", 16)) if sum(r[k] for r in rows)]
    total = [f"{sum(r[k] for r in printed_rows()):.1f}" for k in (15, 16)]
    wanted += [f"+{total[0]}", f"−{total[1]}", *total]
    for word in filter(None, wanted):
        assert word in left, f"{word} is missing or stands there too seldom"
        left.remove(word)
