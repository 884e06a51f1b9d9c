"""Ground from what surveyors have: tables of points and contour lines, triangulated and laid onto a grid."""

from gis.axis_order import Order
from gis.points.base import POINT_LIMITS, PointLimits
from gis.points.file_kinds import table_head
from gis.points.ground import make_ground
from gis.points.joined import Breaklines, read_joined
from gis.points.read import GroundPoints, read_points
from gis.points.summary import Ground

__all__ = [
    "POINT_LIMITS",
    "Breaklines",
    "Ground",
    "GroundPoints",
    "Order",
    "PointLimits",
    "make_ground",
    "read_joined",
    "read_points",
    "table_head",
]
