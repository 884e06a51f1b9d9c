"""Districts (旗县区): administrative areas, for grouping and for the overview sheet."""

from layers.base import Field, LayerType
from layers.common import with_common
from layers.style import LayerStyle, LineStyle
from models.notices import N_

LAYER = LayerType(
    key="districts",
    label=N_("district"),
    plural=N_("districts"),
    geometry="MULTIPOLYGON",
    role="reference",
    code_prefix="QX",
    fields=with_common(Field("adcode", "text", N_("administrative code"), aliases=("行政区代码",)), status=()),
    style=LayerStyle(LineStyle("#667085", 0.3, (4.0, 1.0, 0.8, 1.0)), None),
)
