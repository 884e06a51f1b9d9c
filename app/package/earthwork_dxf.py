"""The grid method as a DXF drawing in true coordinates, for those who go on in AutoCAD or CASS.

Squares, corners, zero line, volumes and their sums have layers of their own. What stands where is as on the sheet
(`mapearthwork`), figures are those of the table (`earthwork_table`), with plain signs so that other programs can read
them. Sizes follow the squares: 24 units of the drawing are one side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from app.i18n import Translator
from app.in_place import put_in_place
from app.package.content import SheetCrs
from app.package.dossier.table import one_line
from app.package.dxf_file import (
    BLACK,
    BLUE,
    GREY,
    RED,
    add_layers,
    add_text,
    drawing_bytes,
    new_drawing,
)
from app.package.earthwork_build import rules_of
from app.package.earthwork_layout import SQUARE_MM
from app.package.earthwork_panels import earthwork_rows
from app.package.earthwork_table import working
from app.package.figures import crs_words, height_words
from app.package.fonts import wrap
from app.package.template import sheet_kind
from gis.drawings.writing import add_style
from gis.gridpieces import TURN
from models.earthwork import Earthwork, GridSquare, printed, total
from models.notices import N_

_SLIM, _SLIM_WIDTH = "HUITIAN_SLIM", 0.8
"""Figures are set a little narrower, as surveyors do: two elevations stand side by side between corners."""
_TEXT, _TITLE, _PITCH, _ROW = 2.0, 3.5, 3.6, 5.0
_HEAD, _TAIL, _BELOW, _BESIDE = 19.0, 24.0, 6.0, 34.0
"""Of the sums: the head on the left, the total on the right, how far below the squares; the notes' distance."""
_NOTE_MM, _WRAP_PT = 84.0, 8.0
"""Width of the notes, and the size on the sheet that is as wide as their texts."""
_ZERO = "HUITIAN_ZERO"
_ORANGE, _GREEN = 30, 92
"""Colours that are seen on the black ground of CAD and on paper."""
_FILL_RGB, _CUT_RGB = (198, 219, 239), (224, 160, 142)
_LAYERS = {
    "fill_area": (N_("area of fill"), BLUE),
    "cut_area": (N_("area of cut"), RED),
    "squares": (N_("lines of the squares"), GREY),
    "outline": (N_("outline"), _ORANGE),
    "zero": (N_("zero line"), RED),
    "working": (N_("working height"), RED),
    "design": (N_("design elevation"), _GREEN),
    "ground": (N_("ground elevation"), BLACK),
    "numbers": (N_("number of a square"), GREY),
    "fill": (N_("volume of fill"), BLUE),
    "cut": (N_("volume of cut"), RED),
    "sums": (N_("sums of volumes"), BLACK),
    "words": (N_("title and notes"), BLACK),
}


@dataclass(frozen=True)
class DrawnGrid:
    """What the drawing shows and says; `banner` marks what the data are ("" for none), `stamp` is the file's time."""

    found: Earthwork
    outline: BaseGeometry
    crs: SheetCrs
    project_name: str
    site_code: str
    site_name: str
    banner: str
    vertical_datum: str | None
    language: str
    stamp: datetime


def earthwork_dxf(drawn: DrawnGrid) -> bytes:
    """A DXF (AutoCAD 2004), X east (with the zone number where eastings are printed with it) and Y north."""
    with new_drawing() as document:
        add_style(document, _SLIM, _SLIM_WIDTH)
        _Drawing(document, drawn).draw()
        return drawing_bytes(document, drawn.stamp)


def write_drawing(out: Path, drawn: DrawnGrid) -> None:
    """The drawing at `out`, put in place when it is whole. Raises Unwritable."""
    data = earthwork_dxf(drawn)
    with put_in_place(out, "earthwork.unwritable", N_("the drawing cannot be written")) as file:
        file.write(data)


class _Drawing:
    """The model space while it is filled; `mm` metres are one 24th of a square's side."""

    def __init__(self, document: Any, drawn: DrawnGrid) -> None:
        self.space, self.drawn, self.grid, self.crs = document.modelspace(), drawn, drawn.found.grid, drawn.crs
        self.say = Translator(drawn.language)
        self.mm = self.grid.side_m / SQUARE_MM
        self.layers = add_layers(document, {k: (self.say(words), colour) for k, (words, colour) in _LAYERS.items()})
        dash = [4.0 * self.mm, 0.9 * self.mm, 0.5 * self.mm, 0.9 * self.mm]
        pattern = [sum(dash), dash[0], -dash[1], dash[2], -dash[3]]
        document.linetypes.add(_ZERO, pattern, description="____ . ____ . ____")

    def draw(self) -> None:
        """All of it, the tints first."""
        self._tint(self.grid.fill_shape, "fill_area", _FILL_RGB, "SOLID")
        self._tint(self.grid.cut_shape, "cut_area", _CUT_RGB, "ANSI31")
        self._squares()
        for ring in _rings(self.drawn.outline):
            self._line(ring, "outline", close=True, lineweight=30)
        for part in shapely.get_parts(self.grid.zero_line):
            if part.geom_type == "LineString" and not part.is_empty:
                self._line(list(part.coords), "zero", linetype=_ZERO, lineweight=40)
        self._corners()
        for square in self.grid.squares:
            self._volumes(square)
        self._sums()
        self._words()

    def _tint(self, shape: BaseGeometry, layer: str, rgb: tuple[int, int, int], pattern: str) -> None:
        for part in shapely.get_parts(shape):
            if part.geom_type != "Polygon" or part.is_empty:
                continue
            hatch = self.space.add_hatch(dxfattribs={"layer": self.layers[layer]})
            if pattern != "SOLID":
                hatch.set_pattern_fill(pattern, scale=0.6 * self.mm, style=0)  # holes stay empty
            hatch.rgb = rgb
            for n, ring in enumerate((part.exterior, *part.interiors)):
                hatch.paths.add_polyline_path(self._places(ring.coords)[:-1], is_closed=True, flags=16 if n else 1)

    def _places(self, coords: Any) -> list[tuple[float, float]]:
        return [(self.crs.east(x), y) for x, y, *_ in coords]

    def _line(self, coords: Sequence[tuple[float, ...]], layer: str, *, close: bool = False, **look: Any) -> None:
        places = self._places(coords)
        self.space.add_lwpolyline(places, close=close, dxfattribs={"layer": self.layers[layer], **look})

    def _text(self, words: str, x: float, y: float, layer: str, align: str, high: float = _TEXT) -> None:
        place = (self.crs.east(x), y)
        add_text(self.space, words, place, high * self.mm, self.layers[layer], align=align, style=_SLIM)

    def _squares(self) -> None:
        """Each edge once."""
        edges, side = set(), self.grid.side_m
        for s in self.grid.squares:
            corner = [(round(s.x_m + a * side, 4), round(s.y_m + b * side, 4)) for a, b in TURN]
            for a, b in zip(corner, corner[1:] + corner[:1], strict=True):
                edges.add((min(a, b), max(a, b)))
        for edge in sorted(edges):
            self._line(edge, "squares")

    def _corners(self) -> None:
        """Each corner once: working height upper left, design upper right, ground lower right."""
        side, done = self.grid.side_m, set()
        for s in self.grid.squares:
            for (a, b), ground, design in zip(TURN, s.ground_m, s.design_m, strict=True):
                key, height = (s.column + a, s.row - b), working(ground, design)
                if key in done or height is None:
                    continue
                done.add(key)
                x, y, off = s.x_m + a * side, s.y_m + b * side, 0.7 * self.mm
                self._text(_signed(height, 2), x - off, y + off, "working", "BOTTOM_RIGHT")
                self._text(f"{design:.2f}", x + off, y + off, "design", "BOTTOM_LEFT")
                self._text(f"{ground:.2f}", x + off, y - off, "ground", "TOP_LEFT")

    def _volumes(self, square: GridSquare) -> None:
        """Its number and its volumes in the middle."""
        places, side = self.grid.decimals, self.grid.side_m
        fill, cut = printed((square.fill_m3, square.cut_m3), places)
        lines = [(_signed(v, places), key) for v, key in ((fill, "fill"), (-cut, "cut")) if v]
        lines = [(str(square.number), "numbers"), *(lines or [(f"{0:.{places}f}", "fill")])]
        top = square.y_m + side / 2 + _PITCH * self.mm * (len(lines) - 1) / 2
        for n, (words, layer) in enumerate(lines):
            self._text(words, square.x_m + side / 2, top - n * _PITCH * self.mm, layer, "MIDDLE_CENTER")

    def _sums(self) -> None:
        """Below each column of squares its fill and its cut, at the right the sums of all."""
        grid, mm, say = self.grid, self.mm, self.say
        west = min(s.x_m - s.column * grid.side_m for s in grid.squares)
        top = min(s.y_m for s in grid.squares) - _BELOW * mm
        edges = [west - _HEAD * mm, *(west + k * grid.side_m for k in range(grid.columns + 1))]
        edges.append(edges[-1] + _TAIL * mm)
        rows = ((say(N_("fill m³")), "fill_m3", 1, 0), (say(N_("cut m³")), "cut_m3", -1, 1))
        for r, (head, key, sign, n) in enumerate(rows):
            sums = [total((getattr(s, key) for s in grid.squares if s.column == c), grid.decimals)
                    for c in range(grid.columns)]  # fmt: skip
            cells = [head, *(_signed(sign * v, grid.decimals) for v in (*sums, grid.printed_m3[n]))]
            y = top - (r + 0.5) * _ROW * mm
            for k, words in enumerate(cells):
                self._text(words, (edges[k] + edges[k + 1]) / 2, y, "sums", "MIDDLE_CENTER")
        low = top - len(rows) * _ROW * mm
        for r in range(len(rows) + 1):
            self._line([(edges[0], top - r * _ROW * mm), (edges[-1], top - r * _ROW * mm)], "sums")
        for x in edges:
            self._line([(x, low), (x, top)], "sums")
        self._text(say(N_("sums")), edges[0], top + 0.8 * mm, "sums", "BOTTOM_LEFT")

    def _words(self) -> None:
        """The title above, beside the squares the key to the corners, figures and notes."""
        grid, mm, drawn = self.grid, self.mm, self.drawn
        west = min(s.x_m - s.column * grid.side_m for s in grid.squares)
        east, north = west + grid.columns * grid.side_m, max(s.y_m for s in grid.squares) + grid.side_m
        kind = sheet_kind("earthwork_grid").title(drawn.language, fills=drawn.found.fills)
        title = " ".join(t for t in (drawn.site_code, drawn.site_name, kind) if t)
        lines = [line for line in (drawn.banner, title, drawn.project_name) if line]
        size = max(1.0, grid.columns / 10)  # a title that is read with the whole drawing in view
        for n, line in enumerate(lines):
            high = size * (_TITLE if n == len(lines) - 1 else _TITLE * 0.75)
            y = north + (7 + 5 * n * size) * mm
            self._text(one_line(line), (west + east) / 2, y, "words", "BOTTOM_CENTER", high)
        x = east + _BESIDE * mm
        y = self._key(x, north)
        for words, value, _ in earthwork_rows(drawn.found, self.say):
            self._text(words, x, y, "words", "TOP_LEFT")
            self._text(value, x + _NOTE_MM * mm, y, "words", "TOP_RIGHT")
            y -= _PITCH * mm
        systems = (crs_words(self.crs, self.say), height_words(drawn.vertical_datum, self.say))
        for number, note in enumerate((*systems, *(n.render(self.say) for n in rules_of(drawn.found))), 1):
            y -= 0.3 * _PITCH * mm
            self._text(f"{number}.", x, y, "words", "TOP_LEFT")
            for line in wrap(one_line(note), _NOTE_MM - 5.0, _WRAP_PT):
                self._text(line, x + 5 * mm, y, "words", "TOP_LEFT")
                y -= _PITCH * mm

    def _key(self, x: float, y: float) -> float:
        """A corner as it is written on the drawing; where what follows begins."""
        mm, off, half = self.mm, 0.7 * self.mm, 25 * self.mm
        self._text(self.say(N_("At each corner")), x, y, "words", "TOP_LEFT", _TEXT * 1.2)
        y -= 9 * mm
        self._line([(x, y), (x + 2 * half, y)], "words")
        self._line([(x + half, y - 4 * mm), (x + half, y + 4 * mm)], "words")
        self._text(self.say(N_("working height")), x + half - off, y + off, "words", "BOTTOM_RIGHT")
        self._text(self.say(N_("design elevation")), x + half + off, y + off, "words", "BOTTOM_LEFT")
        self._text(self.say(N_("ground elevation")), x + half + off, y - off, "words", "TOP_LEFT")
        return y - 8 * mm


def _signed(value: float, decimals: int) -> str:
    """+ and − of plain ASCII; zero has no sign."""
    words = f"{value:+.{decimals}f}"
    return words if any(c in "123456789" for c in words) else words[1:]


def _rings(shape: BaseGeometry) -> Iterator[list[tuple[float, ...]]]:
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            yield list(ring.coords)[:-1]
