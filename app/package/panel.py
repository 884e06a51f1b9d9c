"""What the panels of a sheet's column are made of: the column, headings, rows of label and value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.i18n import Translator
from app.package.canvas import MapDraw
from app.package.content import SheetContent
from app.package.fonts import width_mm, wrap
from app.package.layout import Layout
from app.package.page import INK, Page
from app.package.shapes import Rect

RULE_MM = 0.13
GREY = "#667085"


@dataclass
class Column:
    """What panels share: the page and content, words, and the map that was drawn."""

    page: Page
    content: SheetContent
    layout: Layout
    say: Translator
    map: MapDraw
    notes: list[str]


@dataclass(frozen=True)
class Panel:
    """`height(column, width)` in mm, and `draw(column, box)`.

    `least` is what it can shrink to (None: it cannot); a panel that can shrink is left out where even that is too much.
    """

    height: Callable[[Column, float], float]
    draw: Callable[[Column, Rect], None]
    least: float | None = None


def head_height(layout: Layout) -> float:
    """Height of a panel's heading."""
    return layout.pitch + 1.4


def heading(page: Page, layout: Layout, box: Rect, words: str, name: str, right: str = "") -> float:
    """A bold heading with a rule below it; returns the y where the panel's contents begin."""
    y = box.y1 - layout.pitch / 2
    page.text(box.x0, y, words, name, size=layout.body_pt, room=box, bold=True)
    if right:
        page.text(box.x1, y, right, name, size=layout.body_pt, room=box, ha="right", color=GREY)
    base = box.y1 - layout.pitch - 0.5
    page.rule([box.x0, box.x1], [base, base], 0.25)
    return base - 0.9


def rows_height(rows: Callable[[Column], list[tuple[str, str, bool]]]) -> Callable[[Column, float], float]:
    """Height of a panel of such rows (words, value, strong?), mm."""

    def height(column: Column, width: float) -> float:
        return (
            head_height(column.layout)
            + sum(len(_value_lines(column, words, value, width)) for words, value, _ in rows(column))
            * column.layout.pitch
            + 0.4
        )

    return height


def _value_lines(column: Column, words: str, value: str, width: float) -> list[str]:
    """The value in lines beside its words; a long one goes below them over the full width."""
    size = column.layout.body_pt
    room = width - width_mm(words, size) - 3
    if width_mm(value, size, True) <= room:
        return [value]
    return ["", *wrap(value, width - 4, size, True)]


def rows_draw(
    head: str, name: str, rows: Callable[[Column], list[tuple[str, str, bool]]]
) -> Callable[[Column, Rect], None]:
    """Draws a panel of such rows under the heading `head`; `name` is what an error calls its texts."""

    def draw(column: Column, box: Rect) -> None:
        page, layout = column.page, column.layout
        y = heading(page, layout, box, column.say(head), name) + 0.3
        for words, value, strong in rows(column):
            for i, line in enumerate(_value_lines(column, words, value, box.width)):
                middle = y - layout.pitch / 2
                if i == 0:
                    page.text(box.x0, middle, words, name, size=layout.body_pt, room=box, bold=strong)
                page.text(box.x1, middle, line, name, size=layout.body_pt, room=box, bold=strong, ha="right", color=INK)
                y -= layout.pitch

    return draw
