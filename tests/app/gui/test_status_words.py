from __future__ import annotations

from typing import Any

from app.gui.status_bar import crs_words, meridian_words
from app.i18n import set_language
from gis.crs import describe, parse_crs


def test_national_zones_are_said_in_the_words_of_the_trade() -> None:
    said = crs_words(describe(parse_crs("EPSG:4546")))
    assert said.startswith("CGCS2000, Gauss–Krüger projection, 3° zones, central meridian 111°E\n")
    assert "6° zones" in crs_words(describe(parse_crs("EPSG:4508")))
    assert crs_words(describe(parse_crs("EPSG:32649"))) == "WGS 84 / UTM zone 49N"


def test_a_meridian_in_the_west_is_said_to_lie_there() -> None:
    assert [meridian_words(v) for v in (111.0, -93.0, 112.5)] == ["111°E", "93°W", "112.5°E"]


def test_the_help_of_a_tool_has_room_on_a_small_screen(window: Any, project_file: Any, idle: Any) -> None:
    """At 1366 px the place in degrees makes room; it comes back with the select tool."""
    set_language("zh_CN")
    window.session.open(project_file)
    idle(window.session)
    status, canvas = window.status, window.workspace.canvas
    x, y = canvas.view.to_world(300, 200)
    for name in ("vertex", "transform", "draw"):
        canvas.set_tool(name)
        canvas.pointer_moved.emit(x, y)
        window.repaint()
        text = status.help.text()
        assert status.help.fontMetrics().horizontalAdvance(text) <= status.help.contentsRect().width(), text
        assert status.help.toolTip() == ""
    canvas.set_tool("select")
    canvas.pointer_moved.emit(x, y)
    assert not status.degrees.isHidden()


def test_the_tip_of_a_shortened_text_follows_the_text(qtbot: Any) -> None:
    from app.gui.basics import Elided

    made = Elided("the first text, much too long for its room")
    qtbot.addWidget(made)
    made.resize(60, 20)
    made.show()
    made.grab()
    assert made.toolTip() == made.text()
    made.setText("the second text, too long as well")
    made.grab()
    assert made.toolTip() == made.text()
