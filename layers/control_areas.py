"""Other control lines by kind: permanent basic farmland, drinking-water zones, reserves, river range, towns."""

from layers.base import Choice, Field, LayerType
from layers.common import LEGAL_STATUS, with_common
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

KINDS = (
    Choice("permanent_basic_farmland", N_("permanent basic farmland")),
    Choice("water_source_1", N_("drinking-water source protection zone, level 1")),
    Choice("water_source_2", N_("drinking-water source protection zone, level 2")),
    Choice("water_source_quasi", N_("drinking-water source protection zone, quasi")),
    Choice("nature_reserve", N_("nature reserve")),
    Choice("river_range", N_("river management range")),
    Choice("urban_boundary", N_("urban development boundary")),
    Choice("wetland", N_("wetland")),
    Choice("other", N_("other control area")),
)

_FARMLAND = LayerStyle(LineStyle("#8A6D00", 0.3), FillStyle("#F2D24B", 0.20, "cross"))
_WATER = LayerStyle(LineStyle("#175CD3", 0.4, (2.0, 1.0)), FillStyle("#84ADFF", 0.18))
_RESERVE = LayerStyle(LineStyle("#087443", 0.4, (3.0, 0.8, 0.6, 0.8)), FillStyle("#73E2A3", 0.15))
_OTHER = LayerStyle(LineStyle("#667085", 0.3, (1.5, 1.0)), None)

LAYER = LayerType(
    key="control_areas",
    label=N_("control area"),
    plural=N_("control areas"),
    geometry="MULTIPOLYGON",
    role="control",
    code_prefix="KZ",
    fields=with_common(
        Field("kind", "text", N_("kind"), required=True, choices=KINDS, aliases=("类型", "种类")),
        Field("document", "text", N_("document"), aliases=("批准文号", "文号")),
        Field("effective_on", "date", N_("in force since"), aliases=("生效日期",)),
        status=LEGAL_STATUS,
    ),
    style=_OTHER,
    style_by="kind",
    styles={
        "permanent_basic_farmland": _FARMLAND,
        "water_source_1": _WATER,
        "water_source_2": _WATER,
        "water_source_quasi": _WATER,
        "river_range": LayerStyle(LineStyle("#175CD3", 0.3), FillStyle("#B2DDFF", 0.18)),
        "nature_reserve": _RESERVE,
        "wetland": _RESERVE,
        "urban_boundary": LayerStyle(LineStyle("#C11574", 0.4, (4.0, 1.2)), None),
    },
)
