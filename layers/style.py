"""How a layer is drawn, the same on screen and on paper. Lengths are millimetres on the page; colours are #RRGGBB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Hatch = Literal["none", "dots", "diagonal", "cross", "sparse"]


@dataclass(frozen=True)
class LineStyle:
    """A stroke. `dash_mm` alternates drawn and empty lengths; () is solid. `ticks` draws short marks downhill."""

    color: str
    width_mm: float
    dash_mm: tuple[float, ...] = ()
    ticks: bool = False


@dataclass(frozen=True)
class FillStyle:
    """A fill: a colour with an opacity 0..1 and a hatch drawn over it in the line colour."""

    color: str
    opacity: float
    hatch: Hatch = "none"


@dataclass(frozen=True)
class LayerStyle:
    """Line and fill of a layer. `marker_mm` is the diameter of points. A fill of None leaves the ground visible."""

    line: LineStyle
    fill: FillStyle | None = None
    marker_mm: float = 0.0


@dataclass(frozen=True)
class HatchStyle:
    """Lines of a hatch: their directions (degrees), distance and width in mm on the page."""

    angles: tuple[float, ...]
    distance_mm: float
    width_mm: float


HATCHES: dict[Hatch, HatchStyle] = {
    "diagonal": HatchStyle((45.0,), 2.0, 0.13),
    "cross": HatchStyle((45.0, -45.0), 3.0, 0.13),
    "sparse": HatchStyle((45.0,), 4.5, 0.18),
}
DOT_SPACING_MM, DOT_MM = 2.2, 0.28
"""Dots of a fill: the side of their staggered raster, and their diameter."""
TICK_SPACING_MM, TICK_MM = 2.5, 1.1
"""Ticks of a line: how far apart they stand, and their length."""

SELECTED = LineStyle("#0F766E", 0.7)
SELECTED_CASING = LineStyle("#FFFFFF", 1.3)

# Depth of fill and of cut: light to dark, for round class limits (layers/classes.py). Between the ends the middle of
# ColorBrewer's Blues and Reds, so that classes differ as much in the middle as at the ends, in grey too.
FILL_DEPTH_STOPS = ((0.0, "#DCEBFA"), (0.28, "#9ECAE1"), (0.55, "#4292C6"), (0.8, "#08519C"), (1.0, "#08306B"))
CUT_DEPTH_STOPS = ((0.0, "#FDE0D9"), (0.3, "#FCA58B"), (0.6, "#E5533D"), (0.8, "#B42318"), (1.0, "#7F1D1D"))

# Low-saturation elevation tints under the hillshade, low to high.
TERRAIN_RAMP = ("#E6EADF", "#ECEBDD", "#EFE8D8", "#EDE1D0", "#E8DACB", "#E3D6CC", "#EAE4E0", "#F5F3F1")
TERRAIN_STOPS = tuple((i / (len(TERRAIN_RAMP) - 1), c) for i, c in enumerate(TERRAIN_RAMP))
HILLSHADE_AZIMUTH_DEG = 315.0
HILLSHADE_ALTITUDE_DEG = 45.0
CONTOUR = LineStyle("#8C6D46", 0.13)
CONTOUR_INDEX = LineStyle("#8C6D46", 0.25)

# Slope in degrees, upper limit of each class. Up to 25 the five grades of the land-use survey (TD/T 1055-2019,
# slope grades of arable land: 2, 6, 15, 25); beyond it steps that tell a reclaimed bank from a pit wall.
SLOPE_CLASSES: tuple[tuple[float, str], ...] = (
    (2.0, "#F4F3E7"),
    (6.0, "#E3E6BD"),
    (15.0, "#EFD58B"),
    (25.0, "#E9A15C"),
    (45.0, "#CF6140"),
    (90.0, "#8F2B2B"),
)
CONTOUR_LABEL = "#6B4A2B"
