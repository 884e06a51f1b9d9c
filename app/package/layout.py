"""Where things stand on a sheet: the furniture from resources/sheets/layout.toml, landscape and portrait."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.package.shapes import Rect
from models.errors import Missing
from models.notices import N_
from resources import resource_path

ORIENTATIONS = ("landscape", "portrait")


@dataclass(frozen=True)
class Layout:
    """The places of one paper, mm, and the sizes of its three texts, points.

    `columns` are the places of the panels: one at the right of the map, or on upright paper several below it.
    """

    width: float
    height: float
    outer: Rect
    inner: Rect
    title: Rect
    number: Rect
    map: Rect
    columns: tuple[Rect, ...]
    strip: Rect
    bar: Rect
    sign_off: Rect
    right_labels: tuple[float, float]
    """From x to x: where grid labels stand at the right of the map."""
    outer_line: float
    inner_line: float
    title_pt: float
    kind_pt: float
    body_pt: float
    pitch: float
    pad: float
    gap: float
    band: float
    label_band: float
    edge_band: float
    margin: float
    grid_spacing: float
    contour_spacing: float
    picture_dpi: float
    scales: tuple[int, ...]

    @property
    def upright(self) -> bool:
        """True for portrait paper."""
        return self.height > self.width

    @property
    def body(self) -> Rect:
        """The map's place with the bands of its labels: for what is no map."""
        right = min(self.right_labels[1], self.inner.x1)
        return Rect(self.map.x0, self.map.y0 - self.edge_band, right, self.map.y1 + self.edge_band)


@cache
def _furniture() -> dict[str, Any]:
    return tomllib.loads(resource_path("sheets", "layout.toml").read_text(encoding="utf8"))


def papers() -> tuple[str, ...]:
    """The names of the papers that sheets can be made on."""
    return tuple(_furniture()["paper"])


@cache
def layout_of(paper: str = "A3", orientation: str = "landscape") -> Layout:
    """The places on a paper. Raises Missing for an unknown paper or orientation."""
    data = _furniture()
    for given, known, key, text in (
        (paper, papers(), "sheet.paper", N_("there is no paper {given}")),
        (orientation, ORIENTATIONS, "sheet.orientation", N_("there is no orientation {given}")),
    ):
        if given not in known:
            raise Missing(key, text, given=given, advice=N_("known: {known}"), known=", ".join(known))
    long, short = (float(v) for v in data["paper"][paper])
    width, height = (long, short) if orientation == "landscape" else (short, long)
    frame, text, place, chart = data["frame"], data["text"], data["place"], data["map"]
    edge, band = float(frame["edge"]), float(frame["band"])
    outer = Rect(float(frame["binding"]), edge, width - edge, height - edge)
    inner = outer.inset(band)
    places = _landscape(inner, place) if orientation == "landscape" else _portrait(inner, outer, place, paper)
    return Layout(
        width=width,
        height=height,
        outer=outer,
        inner=inner,
        **places,
        outer_line=float(frame["outer_line"]),
        inner_line=float(frame["inner_line"]),
        title_pt=float(text["title"]),
        kind_pt=float(text["kind"]),
        body_pt=float(text["body"]),
        pitch=float(text["pitch"]),
        pad=float(place["column_pad"]),
        gap=float(place["panel_gap"]),
        band=band,
        label_band=float(place["label_band"]),
        edge_band=float(place["edge_band"]),
        margin=float(chart["margin"]),
        grid_spacing=float(chart["grid_spacing"]),
        contour_spacing=float(chart["contour_spacing"]),
        picture_dpi=float(chart["picture_dpi"]),
        scales=tuple(int(s) for s in chart["scales"]),
    )


def _landscape(inner: Rect, place: dict[str, Any]) -> dict[str, Any]:
    title_y, strip_y = inner.y1 - place["title_height"], inner.y0 + place["strip_height"]
    column_x, label, edge = inner.x1 - place["column_width"], float(place["label_band"]), float(place["edge_band"])
    sign_x = inner.x1 - min(place["sign_off_width"], 0.55 * inner.width)
    return {
        "title": Rect(inner.x0, title_y, column_x, inner.y1),
        "number": Rect(column_x, title_y, inner.x1, inner.y1),
        # The map reaches the inner frame on the left, so that its labels there live between the frames; on the other
        # sides a band of its own keeps them between the map and what is beside it.
        "map": Rect(inner.x0, strip_y + edge, column_x - label, title_y - edge),
        "columns": (Rect(column_x, strip_y, inner.x1, title_y),),
        "strip": Rect(inner.x0, inner.y0, inner.x1, strip_y),
        "bar": Rect(inner.x0, inner.y0, sign_x, strip_y),
        "sign_off": Rect(sign_x, inner.y0, inner.x1, strip_y),
        "right_labels": (column_x - label, column_x),
    }


def _portrait(inner: Rect, outer: Rect, place: dict[str, Any], paper: str) -> dict[str, Any]:
    """Map over the whole width, panels in columns below it; on narrow paper the scale bar stands on the sign-offs."""
    head, height, edge = float(place["number_height"]), float(place["strip_height"]), float(place["edge_band"])
    title_y = inner.y1 - head - place["title_height"]
    narrow = inner.width < place["sign_off_width"] + 60
    strip_y = inner.y0 + height + (place["bar_height"] if narrow else 0.0)
    panels_y = strip_y + place["portrait_panels"][paper]
    count = max(1, int(inner.width / place["least_column"]))
    wide = inner.width / count
    sign_x = inner.x0 if narrow else inner.x1 - min(place["sign_off_width"], 0.55 * inner.width)
    return {
        "title": Rect(inner.x0, title_y, inner.x1, inner.y1 - head),
        "number": Rect(inner.x0, inner.y1 - head, inner.x1, inner.y1),
        "map": Rect(inner.x0, panels_y + edge, inner.x1, title_y - edge),
        "columns": tuple(Rect(inner.x0 + i * wide, strip_y, inner.x0 + (i + 1) * wide, panels_y) for i in range(count)),
        "strip": Rect(inner.x0, inner.y0, inner.x1, strip_y),
        "bar": Rect(inner.x0, inner.y0 + height, inner.x1, strip_y)
        if narrow
        else Rect(inner.x0, inner.y0, sign_x, strip_y),
        "sign_off": Rect(sign_x, inner.y0, inner.x1, inner.y0 + height),
        "right_labels": (inner.x1, outer.x1),
    }
