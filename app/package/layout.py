"""Where things stand on a sheet: the furniture from resources/sheets/layout.toml, the kinds of sheet beside it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.package.shapes import Rect
from models.errors import Missing, Refused
from models.notices import N_
from resources import resource_path


@dataclass(frozen=True)
class SheetKind:
    """A template: what is drawn on the map, in drawing order, and what stands in the column. A kind is one file."""

    key: str
    number: str
    titles: dict[str, str]
    heap_titles: dict[str, str]
    """Titles for stockpiles, where they differ."""
    map: tuple[str, ...]
    column: tuple[str, ...]
    scales: tuple[int, ...] = ()
    """Scales of this kind, where they are not those of all sheets."""

    def title(self, language: str, *, fills: bool = True) -> str:
        """The sheet's kind in a language; `fills` False for a heap."""
        titles = self.titles if fills else self.heap_titles or self.titles
        return titles.get(language) or titles["en"]


@dataclass(frozen=True)
class Layout:
    """The places of one paper, mm, and the sizes of its three texts, points."""

    width: float
    height: float
    outer: Rect
    inner: Rect
    title: Rect
    map: Rect
    column: Rect
    strip: Rect
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
    margin: float
    grid_spacing: float
    contour_spacing: float
    picture_dpi: float
    scales: tuple[int, ...]


@cache
def _furniture() -> dict[str, Any]:
    return tomllib.loads(resource_path("sheets", "layout.toml").read_text(encoding="utf8"))


def papers() -> tuple[str, ...]:
    """The names of the papers that sheets can be made on."""
    return tuple(_furniture()["paper"])


@cache
def layout_of(paper: str = "A3", orientation: str = "landscape") -> Layout:
    """The places on a paper. Raises Missing for an unknown paper, Refused for upright paper (not laid out yet)."""
    data = _furniture()
    if paper not in data["paper"]:
        raise Missing(
            "sheet.paper",
            N_("there is no paper {paper}"),
            paper=paper,
            advice=N_("known: {known}"),
            known=", ".join(papers()),
        )
    if orientation != "landscape":
        raise Refused("sheet.orientation", N_("sheets are made in landscape only"), advice=N_("choose landscape"))
    width, height = (float(v) for v in data["paper"][paper])
    frame, text, place, chart = data["frame"], data["text"], data["place"], data["map"]
    edge, band = float(frame["edge"]), float(frame["band"])
    outer = Rect(float(frame["binding"]), edge, width - edge, height - edge)
    inner = outer.inset(band)
    title_y, strip_y = inner.y1 - place["title_height"], inner.y0 + place["strip_height"]
    column_x, label = inner.x1 - place["column_width"], float(place["label_band"])
    return Layout(
        width=width,
        height=height,
        outer=outer,
        inner=inner,
        title=Rect(inner.x0, title_y, column_x, inner.y1),
        # The map reaches the inner frame on the left, so that its labels there live between the frames; on the other
        # sides a band of its own keeps them between the map and what is beside it.
        map=Rect(inner.x0, strip_y + label, column_x - label, title_y - label),
        column=Rect(column_x, strip_y, inner.x1, inner.y1),
        strip=Rect(inner.x0, inner.y0, inner.x1, strip_y),
        outer_line=float(frame["outer_line"]),
        inner_line=float(frame["inner_line"]),
        title_pt=float(text["title"]),
        kind_pt=float(text["kind"]),
        body_pt=float(text["body"]),
        pitch=float(text["pitch"]),
        pad=float(place["column_pad"]),
        gap=float(place["panel_gap"]),
        band=band,
        label_band=label,
        margin=float(chart["margin"]),
        grid_spacing=float(chart["grid_spacing"]),
        contour_spacing=float(chart["contour_spacing"]),
        picture_dpi=float(chart["picture_dpi"]),
        scales=tuple(int(s) for s in chart["scales"]),
    )


def kind_names() -> tuple[str, ...]:
    """The keys of the sheet kinds that there are templates for."""
    return tuple(sorted(p.stem for p in resource_path("sheets").glob("*.toml") if p.stem != "layout"))


def sheet_kind(key: str) -> SheetKind:
    """The template of that key. Raises Missing with the known ones."""
    if key not in kind_names():
        raise Missing(
            "sheet.kind",
            N_("there is no sheet kind {kind}"),
            kind=key,
            advice=N_("known: {known}"),
            known=", ".join(kind_names()),
        )
    return _kind(resource_path("sheets", f"{key}.toml"))


@cache
def _kind(path: Path) -> SheetKind:
    data = tomllib.loads(path.read_text(encoding="utf8"))
    heap = data.get("title_of_heaps", {})
    scales = tuple(data.get("scales", ()))
    return SheetKind(path.stem, data["number"], data["title"], heap, tuple(data["map"]), tuple(data["column"]), scales)
