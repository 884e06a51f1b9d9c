"""Tools of the map by name. To add one: a file here and a line in the table."""

from __future__ import annotations

from app.gui.canvas.tools.base import Tool
from app.gui.canvas.tools.cut import ReshapeTool, SplitTool
from app.gui.canvas.tools.draw import DrawTool
from app.gui.canvas.tools.line import MeasureTool, SectionTool
from app.gui.canvas.tools.pan import PanTool
from app.gui.canvas.tools.select import SelectTool
from app.gui.canvas.tools.vertex import VertexTool
from app.gui.canvas.tools.zoom import ZoomTool

TOOLS: dict[str, type[Tool]] = {
    tool.name: tool
    for tool in (SelectTool, PanTool, ZoomTool, DrawTool, MeasureTool, SectionTool)
    + (VertexTool, SplitTool, ReshapeTool)
}

__all__ = ["TOOLS", "Tool"]
