"""What stands on every page: frames, title, sheet number, scale bar, sign-off block."""

from __future__ import annotations

from app.format import number
from app.i18n import Translator
from app.package.content import SheetContent
from app.package.fonts import plain, shorten, width_mm
from app.package.layout import Layout
from app.package.mapframe import scale_words
from app.package.page import INK, Page
from app.package.scale import bar_length, decimals_of
from app.package.shapes import Rect
from app.package.template import sheet_kind
from models.notices import N_

BANNER_RED = "#B42318"
_BAR_MM = 1.6


def frames(page: Page, layout: Layout) -> None:
    """Outer frame 1.0 mm, inner frame 0.2 mm."""
    page.frame(layout.outer, layout.outer_line)
    page.frame(layout.inner, layout.inner_line)


def title(page: Page, layout: Layout, content: SheetContent, room: Rect, part: str) -> bool:
    """Project's name and kind of sheet, centred in `room`. True if a name was shortened (the notes have it whole)."""
    project = plain(content.project_name)
    words = shorten(project, room.width - 6, layout.title_pt, bold=True)
    middle = (room.x0 + room.x1) / 2
    page.text(
        middle, room.y1 - 5.0, words, N_("title of the sheet"), size=layout.title_pt, room=room, bold=True, ha="center"
    )
    kind = f"{sheet_kind(content.kind).title(content.language, fills=content.fills)}{part}"
    names = plain(f"{content.site_code} {content.site_name}")
    fitted = shorten(names, room.width - 10 - width_mm(f"  {kind}", layout.kind_pt), layout.kind_pt)
    page.text(
        middle,
        room.y1 - 11.2,
        f"{fitted}  {kind}" if fitted else kind,
        N_("kind of sheet"),
        size=layout.kind_pt,
        room=room,
        ha="center",
        clean=False,
    )
    return words != project or fitted != names


def sheet_number(
    page: Page, layout: Layout, content: SheetContent, say: Translator, room: Rect, index: int, count: int
) -> None:
    """Sheet number and count of sheets, top right; the mark of a made-up sample and confidentiality at their left.

    In a room of one row (upright paper) all stand in it.
    """
    rows = (room.y1 - 5.0, room.y1 - 11.2) if room.height > 12 else ((room.y0 + room.y1) / 2,) * 2
    number_words = "-".join(w for w in (content.site_code, sheet_kind(content.kind).number) if w)
    words = say(N_("Sheet No. {number}")).format(number=shorten(plain(number_words), 40.0, layout.kind_pt, bold=True))
    pages = say(N_("sheet {index} of {count}")).format(index=index, count=count)
    right = room.x1 - layout.pad
    edges = [right, right]
    """Where the texts at the right begin, row by row."""
    page.text(right, rows[0], words, N_("sheet number"), size=layout.kind_pt, room=room, bold=True, ha="right")
    edges[0] -= width_mm(words, layout.kind_pt, True) + 4
    if rows[0] == rows[1]:
        page.text(edges[0], rows[1], pages, N_("sheet number"), size=layout.body_pt, room=room, ha="right")
        edges = [edges[0] - width_mm(pages, layout.body_pt) - 4] * 2
    else:
        page.text(right, rows[1], pages, N_("sheet number"), size=layout.body_pt, room=room, ha="right")
        edges[1] -= width_mm(pages, layout.body_pt) + 4
    x, size = room.x0 + layout.pad, layout.body_pt
    if content.confidentiality:
        most = edges[0] - x if rows[0] != rows[1] else (edges[0] - x) / 2 - 2
        secret = shorten(plain(content.confidentiality), most, size, bold=True)
        page.text(x, rows[0], secret, N_("confidentiality"), size=size, room=room, bold=True)
        if rows[0] == rows[1]:
            x += width_mm(secret, size, True) + 4
    if content.banner:
        banner = shorten(plain(content.banner), edges[1] - x, size, bold=True)
        page.text(x, rows[1], banner, N_("mark of the sample"), size=size, room=room, bold=True, color=BANNER_RED)


def scale_bar(
    page: Page, layout: Layout, scale: int, say: Translator, room: Rect, heading: str = N_("Scale {scale}")
) -> Rect:
    """The bar in `room`, with the numeric scale above it. Returns the bar's box on the page."""
    length = bar_length(scale, min(100.0, room.width - 24.0))
    wide = length * 1000.0 / scale
    parts = {"1": 4, "2": 4, "5": 5}[f"{length:.0e}"[0]]
    unit, per = ("km", 1000.0) if length >= 2000 else ("m", 1.0)
    x0 = (room.x0 + room.x1) / 2 - wide / 2
    y0 = room.y0 + 6.4
    for i in range(parts):
        piece = Rect(x0 + wide * i / parts, y0, x0 + wide * (i + 1) / parts, y0 + _BAR_MM)
        page.shape(piece.polygon(), face=INK if i % 2 == 0 else "white", z=30)
    bar = Rect(x0, y0, x0 + wide, y0 + _BAR_MM)
    page.shape(bar.polygon(), edge=INK, width=0.15, z=31)
    step = length / per / parts
    size = layout.body_pt
    for i in range(parts + 1):
        words = number(step * i, decimals_of(step) if i and step % 1 else 0)
        x = x0 + wide * i / parts
        page.line([x, x], [y0 + _BAR_MM, y0 + _BAR_MM + 0.7], 0.15, z=31)
        page.text(x, y0 - 2.2, words, N_("scale bar"), size=size, room=room, ha="center")
        if i == parts:
            after = x + width_mm(plain(words), size) / 2 + 0.8
            page.text(after, y0 - 2.2, unit, N_("scale bar"), size=size, room=room)
    words = say(heading).format(scale=scale_words(scale))
    page.text(
        (room.x0 + room.x1) / 2,
        y0 + _BAR_MM + 4.4,
        words,
        N_("numeric scale"),
        size=layout.kind_pt,
        room=room,
        bold=True,
        ha="center",
    )
    return bar


SIGN_OFF = (
    ("unit", N_("prepared by (organisation)"), 66.0),
    ("drawn", N_("drawn"), 30.0),
    ("checked", N_("checked"), 30.0),
    ("approved", N_("approved"), 30.0),
    ("date", N_("date"), 32.0),
)


def sign_off(page: Page, layout: Layout, content: SheetContent, say: Translator) -> Rect:
    """The sign-off block at the right end of the strip; the room below each heading is for names and stamps."""
    block, size = layout.sign_off, layout.body_pt
    whole, total = sum(w for _, _, w in SIGN_OFF), block.width
    head = block.y1 - layout.pitch - 1.2
    page.rule([block.x0, block.x1], [head, head], 0.1)
    if block.x0 > layout.inner.x0 + 1:
        page.rule([block.x0, block.x0], [block.y0, block.y1], 0.2)
    else:
        page.rule([block.x0, block.x1], [block.y1, block.y1], 0.2)
    x = block.x0
    for key, words, share in SIGN_OFF:
        wide = share * total / whole
        cell = Rect(x, block.y0, x + wide, block.y1)
        if x > block.x0:
            page.rule([x, x], [block.y0, block.y1], 0.1)
        page.text(
            x + wide / 2, (head + block.y1) / 2, say(words), N_("sign-off block"), size=size, room=cell, ha="center"
        )
        value = shorten(plain(getattr(content.sign_off, key)), wide - 3, size)
        page.text(x + wide / 2, (head + block.y0) / 2, value, N_("sign-off block"), size=size, room=cell, ha="center")
        x += wide
    return block
