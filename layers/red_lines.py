"""Ecological red lines (生态保护红线): polygons in which most building and dumping is forbidden."""

from layers.base import Field, LayerType
from layers.common import LEGAL_STATUS, with_common
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

LAYER = LayerType(
    key="red_lines",
    label=N_("ecological red line"),
    plural=N_("ecological red lines"),
    geometry="MULTIPOLYGON",
    role="control",
    code_prefix="HX",
    fields=with_common(
        Field("red_line_type", "text", N_("type of red line"), aliases=("红线类型",)),
        Field("document", "text", N_("document"), aliases=("批准文号", "文号")),
        Field("effective_on", "date", N_("in force since"), aliases=("生效日期",)),
        status=LEGAL_STATUS,
    ),
    style=LayerStyle(LineStyle("#B42318", 0.6), None),
)
# On overlay sheets the red line area is hatched so that a conflict shows in black and white (ui.md).
OVERLAY_SHEET_FILL = FillStyle("#B42318", 0.0, "sparse")
