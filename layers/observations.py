"""Observations (POINT): what somebody saw in the field, with photos."""

from layers.base import Choice, Field, LayerType
from layers.common import with_common
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

LAYER = LayerType(
    key="observations",
    label=N_("observation"),
    plural=N_("observations"),
    geometry="POINT",
    role="reference",
    code_prefix="GC",
    fields=with_common(
        Field("kind", "text", N_("kind"), choices=(
            Choice("check", N_("field check")), Choice("water", N_("standing water")), Choice("dumping", N_("dumping")),
            Choice("well", N_("monitoring well")), Choice("other", N_("other observation")))),
        Field("observer", "text", N_("observer"), aliases=("调查人",)),
        Field("observed_at", "datetime", N_("observed at"), aliases=("时间", "调查时间")),
        status=(Choice("open", N_("open")), Choice("done", N_("done"))),
    ),
    style=LayerStyle(LineStyle("#344054", 0.25), FillStyle("#FDB022", 1.0), marker_mm=2.0),
)  # fmt: skip
