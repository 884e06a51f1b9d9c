"""Tools of the map by name. To add one: a file here and a line in the table."""

from __future__ import annotations

from app.gui.canvas.tools.base import Tool
from app.gui.canvas.tools.cut import ReshapeTool, SplitTool
from app.gui.canvas.tools.draw import DrawTool
from app.gui.canvas.tools.line import SectionTool
from app.gui.canvas.tools.measure import MeasureTool
from app.gui.canvas.tools.pan import PanTool
from app.gui.canvas.tools.rings import AddHoleTool, AddPartTool, DeleteHoleTool, DeletePartTool, FillHoleTool
from app.gui.canvas.tools.select import SelectTool
from app.gui.canvas.tools.shapes import CircleTool, RectangleTool, TraceTool
from app.gui.canvas.tools.transform import TransformTool
from app.gui.canvas.tools.vertex import VertexTool
from app.gui.canvas.tools.zoom import ZoomTool

_LOOKING: tuple[type[Tool], ...] = (SelectTool, PanTool, ZoomTool, MeasureTool, SectionTool)
_DRAWING: tuple[type[Tool], ...] = (DrawTool, TraceTool, RectangleTool, CircleTool)
_EDITING: tuple[type[Tool], ...] = (VertexTool, TransformTool, SplitTool, ReshapeTool)
_RINGS: tuple[type[Tool], ...] = (AddHoleTool, DeleteHoleTool, FillHoleTool, AddPartTool, DeletePartTool)
TOOLS: dict[str, type[Tool]] = {tool.name: tool for tool in (*_LOOKING, *_DRAWING, *_EDITING, *_RINGS)}

LASTING = ("draw", "trace")
"""Tools whose unfinished outlines outlive the window: an hour of clicking is not lost with a closed lid."""

__all__ = ["LASTING", "TOOLS", "Tool"]
