"""Tools of the map by name. To add one: a file here and a line in the table."""

from __future__ import annotations

from app.gui.canvas.tools.base import Tool
from app.gui.canvas.tools.draw import DrawTool
from app.gui.canvas.tools.line import SectionTool
from app.gui.canvas.tools.measure import MeasureTool
from app.gui.canvas.tools.pan import PanTool
from app.gui.canvas.tools.select import SelectTool
from app.gui.canvas.tools.zoom import ZoomTool

TOOLS: dict[str, type[Tool]] = {
    tool.name: tool for tool in (SelectTool, PanTool, ZoomTool, DrawTool, MeasureTool, SectionTool)
}

__all__ = ["TOOLS", "Tool"]
