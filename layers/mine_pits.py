"""Mine pits (矿坑): open pits left by mining."""

from layers.base import LayerType
from layers.common import with_common
from layers.pits import PIT_FIELDS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

LAYER = LayerType(
    key="mine_pits",
    label=N_("mine pit"),
    plural=N_("mine pits"),
    geometry="MULTIPOLYGON",
    role="site",
    code_prefix="KK",
    fields=with_common(*PIT_FIELDS),
    style=LayerStyle(LineStyle("#6B3FA0", 0.35, ticks=True), FillStyle("#8E6BBF", 0.22)),
)
