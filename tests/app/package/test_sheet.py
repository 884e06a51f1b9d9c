"""The sheet itself: text as it comes out of the PDF, millimetres as they stand on the page, and what is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.package.boundary import boundary_points
from app.package.layout import layout_of
from app.package.mapparts import MAP_PARTS
from app.package.panels import PANELS
from app.package.sheet import compose, draw_sheet, time_stamp
from app.package.table import TABLES
from app.package.template import kind_names, sheet_kind
from layers.style import CONTOUR
from models.errors import Cancelled, Missing, Refused, Unwritable
from models.estimate import Interval95
from models.progress import Watch
from tests.app.package import synthetic
from tests.app.package.strokes import strokes

LAYOUT = layout_of()


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here")
    return found


def extract(pdf: Path, *options: str) -> str:
    done = subprocess.run([tool("pdftotext"), *options, str(pdf), "-"], check=True, capture_output=True)
    return done.stdout.decode("utf8")


def solid(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory):
    """(content, pages, PDF) of the same sheet."""
    from app.package.drawing_settings import drawing_settings
    from app.package.sheet import write_pdf

    content = synthetic.content()
    out = tmp_path_factory.mktemp("sheet") / "图.pdf"
    with drawing_settings():
        pages, _ = compose(content)
        for page in pages:
            page.check()
        write_pdf(pages, content, out, Watch())
    return content, pages, out


def test_every_character_comes_out_as_it_was_written(drawn) -> None:
    _, pages, out = drawn
    written = Counter(solid("".join(t.text for page in pages for t in page.texts)))
    assert Counter(solid(extract(out))) == written
    assert not re.search("[\u2e80-\u2fdf]", extract(out))  # Kangxi radicals


def test_what_must_be_read_is_there(drawn) -> None:
    content, _, out = drawn
    text = solid(extract(out, "-layout")) + solid(extract(out, "-raw"))  # in rows, and note by note
    for words in (
        content.project_name,
        "SK-012乌兰计4号砂坑回填设计图",
        "图号SK-012-04",
        "第1张共1张",
        "比例尺1:1000",
        "示例数据（虚构）",
        "位置示意图",
        "图例",
        "拐点共22个，坐标表见图SK-012-02（现状图）",
        "主要指标",
        "说明",
        "14.33±0.18万m³",
        "14.8±1.4万吨",
        "1051.30m",
        "1985国家高程基准",
        "带号37",
        "中央子午线111°E",
        "坐标北",
        "编制单位",
        "制图",
        "校核",
        "审核",
        "日期",
        "示例测绘有限公司",
    ):
        assert solid(words) in text, words


def test_the_sheet_of_the_present_state_has_every_point(tmp_path: Path) -> None:
    content = synthetic.content(kind="present_state")
    draw_sheet(content, tmp_path / "page.pdf")
    text = solid(extract(tmp_path / "page.pdf", "-layout"))
    assert "拐点坐标表（m）" in text
    for p in content.points:
        row = f"{p.number}{p.x_north:.3f}{p.y_east + 37e6:.3f}{p.side_m:.2f}"
        assert row in text


def test_three_sizes_of_text_and_none_too_small(drawn) -> None:
    _, pages, _ = drawn
    sizes = {t.size_pt for page in pages for t in page.texts}
    assert sizes == {16.0, 12.0, 8.5}
    assert min(sizes) * 25.4 / 72 * 0.733 >= 2.0


def test_fonts_are_embedded_truetype(drawn) -> None:
    fonts = subprocess.run([tool("pdffonts"), str(drawn[2])], check=True, capture_output=True).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert rows
    for row in rows:
        assert "NotoSansSC" in row
        assert "TrueType" in row
        assert re.search(r"yes\s+yes\s+yes", row)


@pytest.fixture(scope="module")
def picture(drawn):
    """The first page at 10 pixels a millimetre, grey, row 0 at the bottom."""
    out = drawn[2].with_suffix("")
    subprocess.run(
        [tool("pdftoppm"), "-r", "254", "-f", "1", "-l", "1", "-gray", "-singlefile", str(drawn[2]), str(out)],
        check=True,
    )
    from PIL import Image

    with Image.open(out.with_suffix(".pgm")) as image:
        return np.asarray(image)[::-1]


def middle(dark: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Middle and width in mm of the dark run between two places of a line of pixels."""
    at = np.flatnonzero(dark[int(low * 10) : int(high * 10)]) / 10 + low
    return float((at[0] + at[-1] + 0.1) / 2), float(at[-1] - at[0] + 0.1)


def test_the_page_and_its_frames_in_millimetres(picture) -> None:
    assert picture.shape == pytest.approx((2970, 4200), abs=1)
    row, column = picture[1480] < 128, picture[:, 3500] < 128
    for line, low, high, where, width in (
        (row, 20, 27, 25.0, 1.0),
        (row, 31.5, 33.4, 33.0, 0.2),
        (row, 408, 412, 410.0, 1.0),
        (row, 401, 403, 402.0, 0.2),
        (column, 8, 12, 10.0, 1.0),
        (column, 17, 19, 18.0, 0.2),
        (column, 285, 289, 287.0, 1.0),
        (column, 278, 280, 279.0, 0.2),
    ):
        found, wide = middle(line, low, high)
        assert found == pytest.approx(where, abs=0.1)
        assert wide == pytest.approx(width, abs=0.15)


def test_the_scale_bar_is_right_to_a_tenth_of_a_millimetre(drawn, picture) -> None:
    bar_top = LAYOUT.strip.y0 + 6.4 + 1.6
    row = picture[int((bar_top - 0.05) * 10)] < 160  # its upper border runs through, white parts too
    found = np.flatnonzero(row[int(LAYOUT.strip.x0 * 10) + 20 : int(LAYOUT.strip.x1 * 10) - 1900]) / 10
    assert found[-1] - found[0] + 0.1 - 0.15 == pytest.approx(100.0, abs=0.1)
    assert drawn[0].window.scale == 1000
    assert "100m" in solid(extract(drawn[2], "-layout"))


def test_grid_lines_stand_at_their_coordinates(drawn, picture) -> None:
    content, pages, _ = drawn
    window = content.window
    for ground in (402050.0, 402150.0):
        page_mm = window.rect.x0 + (ground - window.x0) * 1000 / window.scale
        tick = picture[int((window.rect.y1 + 0.3) * 10)] < 170
        found, _ = middle(tick, page_mm - 1, page_mm + 1)
        assert found == pytest.approx(page_mm, abs=0.1)
    texts = [t.text for t in pages[0].texts if t.name.startswith("grid label")]
    assert texts.count("402.05") == 2
    assert texts.count("4503.05") == 2
    assert texts.count("37") == 2


def test_grid_labels_of_the_left_live_between_the_frames(drawn) -> None:
    left = [t for t in drawn[1][0].texts if t.name == "grid label on the left"]
    assert len(left) >= 2
    for label in left:
        x0, _, x1, _ = label.shape.bounds
        assert LAYOUT.outer.x0 + 0.5 < x0
        assert x1 < LAYOUT.inner.x0


def test_the_legend_tells_what_is_drawn_and_nothing_else() -> None:
    def legend(**changes) -> set[str]:
        pages, _ = compose(synthetic.content(language="en", **changes))
        return {t.text for t in pages[0].texts if t.name == "legend"}

    full = legend()
    assert {"sand pit", "ecological red line", "permanent basic farmland", "other stockpile", "index contour"} <= full
    bare = legend(controls=(), neighbours=(), terrain=None, depth=None)
    assert not {"ecological red line", "permanent basic farmland", "other stockpile", "depth of fill, m"} & bare
    assert {"sand pit", "boundary point"} <= bare
    far = tuple(
        replace(c, geometry=shapely.transform(c.geometry, lambda xy: xy + 5000)) for c in synthetic.content().controls
    )
    assert "ecological red line" not in legend(controls=far, terrain=None)


def test_the_interval_limits_the_digits_and_none_is_said() -> None:
    def figures(interval: Interval95) -> str:
        pages, _ = compose(
            synthetic.content(language="en", terrain=None, estimate=synthetic.estimate(interval95=interval))
        )
        return " ".join(t.text for t in pages[0].texts if t.name == "key figures")

    assert "14 ± 4 10⁴ m³" in figures(Interval95(41_000.0, None, {}))
    assert "14.3 10⁴ m³ (interval not quantified)" in figures(Interval95(None, None, {}))


def test_the_same_content_gives_the_same_bytes(drawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = tmp_path / "again.pdf"
    draw_sheet(synthetic.content(), again)
    assert again.read_bytes() == drawn[2].read_bytes()
    assert b"D:20261123080000" in again.read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert time_stamp(drawn[0]) == datetime(1970, 1, 2, tzinfo=UTC)


def test_document_facts(drawn) -> None:
    info = subprocess.run([tool("pdfinfo"), str(drawn[2])], check=True, capture_output=True).stdout.decode("utf8")
    assert "SK-012 乌兰计4号砂坑 回填设计图" in info
    assert re.search(r"Author:\s+示例测绘有限公司", info)
    assert re.search(r"Pages:\s+1", info)
    assert re.search(r"Page size:\s+1190\.55 x 841\.89 pts \(A3\)", info)


def test_points_that_find_no_room_go_on_over_the_page_and_none_is_lost(tmp_path: Path) -> None:
    a = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    outline = shapely.Polygon(np.column_stack([synthetic.X0 + 80 * np.cos(a), synthetic.Y0 + 60 * np.sin(a)]))
    content = synthetic.content(
        kind="present_state", outline=outline, controls=(), neighbours=(), around=(), terrain=None
    )
    pages, notes = compose(content)
    assert len(pages) == 3
    cells = [t.text for page in pages for t in page.texts if t.name == "table of boundary points"]
    listed = [c for c in cells if re.fullmatch(r"J\d+", c)]
    assert listed == [p.number for p in content.points]
    assert any("续表见第2张" in c for c in cells)
    assert notes[0].key == "sheet.numbers_thinned"


@pytest.mark.parametrize(
    ("project", "site"),
    [
        ("$x_1^2$ \\frac{a}{b} %s {0}", "a_b^c$\\\\"),
        ("<b>&amp; \"'=cmd|' /C", "\u202eabc\u202c\n\r\t"),
        ("很长的名字" * 40, "坑" * 200),
        ("😀工程", "🏔️坑"),
        ("", ""),
    ],
)
def test_hostile_names_are_harmless(project: str, site: str) -> None:
    from app.package.drawing_settings import drawing_settings

    with drawing_settings():
        pages, _ = compose(
            synthetic.content(project_name=project, site_name=site, terrain=None, depth=None, controls=())
        )
        for page in pages:
            page.check()
    everything = solid("".join(t.text for page in pages for t in page.texts))
    if len(site) > 100:
        assert "坑" * 26 in everything
        assert everything.count("坑") >= 200  # whole in the notes
    if "😀" in project:
        assert "[U+1F600]工程" in everything


def test_a_missing_glyph_stops_the_sheet_and_leaves_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "old.pdf"
    out.write_bytes(b"old")
    with pytest.raises(Refused, match=r"𠮷 \(U\+20BB7\)"):
        draw_sheet(synthetic.content(site_name="𠮷家坑", terrain=None, depth=None), out)
    assert out.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["old.pdf"]


def test_a_cancelled_sheet_leaves_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "old.pdf"
    out.write_bytes(b"old")
    watch = Watch(lambda _fraction, _note: watch.cancel())  # at the first word that it hears
    with pytest.raises(Cancelled):
        draw_sheet(synthetic.content(terrain=None, depth=None), out, watch)
    assert out.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["old.pdf"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="cannot be written"):
        draw_sheet(synthetic.content(terrain=None, depth=None), tmp_path / "no" / "sheet.pdf")


@pytest.mark.parametrize("kind", kind_names())
@pytest.mark.parametrize(
    ("paper", "orientation", "language"),
    [("A4", "landscape", "en"), ("A4", "portrait", "zh_CN"), ("A2", "portrait", "en"), ("A1", "landscape", "zh_CN")],
)
def test_every_kind_stands_on_other_papers(kind: str, paper: str, orientation: str, language: str) -> None:
    from app.package.drawing_settings import drawing_settings

    with drawing_settings():
        content = synthetic.content(kind=kind, paper=paper, orientation=orientation, language=language, terrain=None)
        pages, _ = compose(content)
        for page in pages:
            page.check()
    texts = [t.text for t in pages[0].texts]
    assert any(sheet_kind(kind).title(language) in t for t in texts)


@pytest.mark.parametrize("kind", kind_names())
def test_templates_name_parts_that_there_are(kind: str) -> None:
    template = sheet_kind(kind)
    assert set(template.map) <= set(MAP_PARTS)
    assert set(template.column) <= {*PANELS, *TABLES}
    assert template.title("zh_CN") != template.title("en")
    assert template.title("xx") == template.title("en")


def test_unknown_kind_paper_and_orientation_are_refused() -> None:
    with pytest.raises(Missing, match="backfill_design"):
        sheet_kind("poster")
    with pytest.raises(Missing, match="A3"):
        layout_of("B5")
    with pytest.raises(Missing, match="landscape"):
        layout_of("A3", "askew")


def test_the_overlay_sheet_shows_the_shared_ground() -> None:
    red = synthetic.content().controls[0]
    onto = replace(red, geometry=shapely.box(synthetic.X0, synthetic.Y0 - 200, synthetic.X0 + 400, synthetic.Y0 + 200))
    pages, _ = compose(synthetic.content(kind="control_overlay", language="en", controls=(onto,), terrain=None))
    texts = {t.text for t in pages[0].texts}
    assert "shared with the site" in texts
    assert any("7.10 %" in t for t in texts)


def test_several_parts_are_headed_in_the_table() -> None:
    outline = shapely.MultiPolygon(
        [
            synthetic.blob(synthetic.X0 - 70, synthetic.Y0, 30, 6, True),
            synthetic.blob(synthetic.X0 + 60, synthetic.Y0, 25, 5),
        ]
    )
    pages, _ = compose(
        synthetic.content(
            kind="present_state", outline=outline, points=tuple(boundary_points(outline)), terrain=None, controls=()
        )
    )
    heads = [t.text for p in pages for t in p.texts if t.name == "table of boundary points" and "环" in t.text]
    assert heads == ["地块1 外环", "地块1 内环1", "地块2 外环"]


def test_contours_are_those_of_the_style(drawn) -> None:
    widths = [round(s.width_mm, 3) for s in strokes(drawn[1][0]) if s.color == CONTOUR.color]
    assert set(widths) == {0.13, 0.25}
