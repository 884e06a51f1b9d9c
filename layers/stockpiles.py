"""Stockpiles (堆场): heaps of solid waste on the ground."""

from layers.base import Choice, Field, LayerType
from layers.common import with_common
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

_STATUS = (
    Choice("active", N_("in use")),
    Choice("closed", N_("closed")),
    Choice("ownerless", N_("no responsible party")),
    Choice("cleared", N_("cleared")),
)
_PROTECTION = (
    Choice("yes", N_("in place")),
    Choice("partial", N_("in part")),
    Choice("no", N_("none")),
)

LAYER = LayerType(
    key="stockpiles",
    label=N_("stockpile"),
    plural=N_("stockpiles"),
    geometry="MULTIPOLYGON",
    role="site",
    code_prefix="DC",
    fields=with_common(
        Field("waste", "text", N_("waste"), aliases=("固废种类", "废物种类")),
        Field(
            "waste_class", "text", N_("waste class"), choices=(Choice("I", N_("Class I")), Choice("II", N_("Class II")))
        ),
        Field("producer", "text", N_("producer"), aliases=("产废单位",)),
        Field("stored_t", "real", N_("stored"), unit="t", minimum=0, maximum=1e10, aliases=("堆存量",)),
        Field("height_m", "real", N_("height"), unit="m", minimum=0, maximum=1000, aliases=("堆高",)),
        Field("dust_protection", "text", N_("dust protection"), choices=_PROTECTION, aliases=("防扬尘",)),
        Field("loss_protection", "text", N_("loss protection"), choices=_PROTECTION, aliases=("防流失",)),
        Field("seepage_protection", "text", N_("seepage protection"), choices=_PROTECTION, aliases=("防渗漏",)),
        Field(
            "risk_level",
            "text",
            N_("risk level"),
            choices=(Choice("low", N_("low")), Choice("medium", N_("medium")), Choice("high", N_("high"))),
        ),
        status=_STATUS,
    ),
    style=LayerStyle(LineStyle("#475467", 0.3), FillStyle("#98A2B3", 0.35, "diagonal")),
    fills=False,
)
