"""What the parts of a map share while one is drawn: page, content, room, legend; and how features are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from app.i18n import Translator
from app.package.content import MapFeature, SheetContent
from app.package.hatch import LINES, hatch_dots, hatch_lines, ticks
from app.package.labels import Room
from app.package.layout import Layout
from app.package.page import Page
from app.package.scale import MapWindow
from app.package.shapes import Rect
from layers.base import LayerType
from layers.registry import LAYERS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import Notice

Sign = Literal["area", "line", "point", "class", "mark"]


@dataclass(frozen=True)
class LegendEntry:
    """A line of the legend: words in the sheet's language, and how its sign is drawn."""

    key: str
    words: str
    sign: Sign
    style: LayerStyle
    limits: tuple[str, str] = ("", "")
    """Of a class of depth: its limits; of a mark: its shape and colour."""


@dataclass
class MapDraw:
    """A map while it is drawn. Parts add to the legend what they drew, and notes that the sheet must carry."""

    page: Page
    content: SheetContent
    layout: Layout
    say: Translator
    room: Room
    legend: dict[str, LegendEntry] = field(default_factory=dict)
    notes: list[Notice] = field(default_factory=list)
    remarks: list[Notice] = field(default_factory=list)
    """What explains the map beside these notes, and is nothing that the sheet's maker must look at."""
    facts: dict[str, float] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    """The parts that this map is made of."""
    coded: bool = False
    """True once the site's code stands on the map."""
    later: list[Callable[[], object]] = field(default_factory=list)
    """Labels that take what room is left when all else stands."""

    @property
    def window(self) -> MapWindow:
        """The ground that is shown."""
        return self.content.window

    @property
    def rect(self) -> Rect:
        """The map's box on the page."""
        return self.window.rect

    def visible(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry of the ground on the page, cut to the map's box and 3 mm over, so that no cut shows."""
        r = self.rect
        moved = self.window.page(geometry)
        cut: BaseGeometry = shapely.intersection(moved, shapely.box(r.x0 - 3, r.y0 - 3, r.x1 + 3, r.y1 + 3))
        return cut

    def explain(self, key: str, words: str, sign: Sign, style: LayerStyle, limits: tuple[str, str] = ("", "")) -> None:
        """Put a sign into the legend, once."""
        self.legend.setdefault(key, LegendEntry(key, words, sign, style, limits))

    def shows(self, shape: BaseGeometry) -> bool:
        """True if anything of a shape on the page lies inside the map."""
        return not shape.is_empty and bool(self.rect.polygon().intersects(shape))


Part = Callable[[MapDraw], None]


def layer_of(feature: MapFeature) -> LayerType:
    """The declaration of a feature's layer."""
    return LAYERS[feature.layer]


def kind_words(layer: LayerType, kind: str) -> str:
    """English msgid of what a feature is: its kind's label where a layer has several styles, else the layer's."""
    declared = layer.field_named(layer.style_by) if layer.style_by else None
    choices = {c.value: c.label for c in declared.choices} if declared else {}
    return choices.get(kind, layer.label)


def fill_area(
    page: Page,
    shape: BaseGeometry,
    fill: FillStyle | None,
    line: LineStyle,
    *,
    z: float,
    clip: Rect,
    strength: float = 1.0,
) -> None:
    """The fill of an area: its colour, and its hatch in the colour of its line."""
    if fill is None or shape.is_empty:
        return
    if fill.opacity > 0:
        page.shape(shape, face=fill.color, alpha=fill.opacity * strength, z=z, clip=clip)
    if fill.hatch == "dots":
        page.dots(hatch_dots(shape), 0.28, face=line.color, z=z + 0.1, clip=clip)
    elif fill.hatch in LINES:
        angles, distance, width = LINES[fill.hatch]
        for angle in angles:
            page.lines(hatch_lines(shape, angle, distance), width, color=line.color, z=z + 0.1, clip=clip, alpha=0.8)


def stroke_area(
    page: Page, shape: BaseGeometry, line: LineStyle, *, z: float, clip: Rect, width: float | None = None
) -> None:
    """The outline of an area, with ticks downhill where its style has them."""
    wide = line.width_mm if width is None else width
    page.shape(shape, edge=line.color, width=wide, dash=line.dash_mm, z=z, clip=clip)
    if line.ticks:
        page.lines(ticks(shape), 0.18, color=line.color, z=z, clip=clip)
