"""Sand pits (砂坑): pits left by sand or gravel digging."""

from layers.base import LayerType
from layers.common import with_common
from layers.pits import PIT_FIELDS
from layers.style import FillStyle, LayerStyle, LineStyle
from models.notices import N_

LAYER = LayerType(
    key="sand_pits",
    label=N_("sand pit"),
    plural=N_("sand pits"),
    geometry="MULTIPOLYGON",
    role="site",
    code_prefix="SK",
    fields=with_common(*PIT_FIELDS),
    style=LayerStyle(LineStyle("#A65E00", 0.35), FillStyle("#E9A23B", 0.25, "dots")),
)
