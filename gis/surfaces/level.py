"""A horizontal plane at a given elevation: the design level of a drawing."""

from gis.surfaces.base import Context, ParameterSpec, Plane, Surface, SurfaceType
from models.notices import N_

LEVEL = ParameterSpec(
    "level_m", N_("design level"), "m", required=True, minimum=-1000.0, maximum=10_000.0, option="--level 1052.3"
)


def build(context: Context) -> Surface:
    """The plane. Raises Refused where no level is given."""
    level = context.number(LEVEL)
    assert level is not None  # noqa: S101 - required, so checked above
    return Plane(level, parameters={"level_m": level})


TYPE = SurfaceType("level", build, (LEVEL,), natural="neither")
