"""The style sheet: one quiet look for every control, filled from a theme's table (resources/look/window.qss)."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from string import Template

from app.gui.theme import BODY_PX, FIGURE_PX, SMALL_PX, TITLE_PX, Theme
from resources import resource_path


@cache
def _template() -> Template:
    return Template(resource_path("look", "window.qss").read_text(encoding="utf8"))


def stylesheet(t: Theme) -> str:
    """The style sheet of a theme. Lengths are pixels in steps of four; `inner` is a control without its frame."""
    inner = t.control - 2 * t.line
    sizes = {"body": BODY_PX, "small": SMALL_PX, "title": TITLE_PX, "figure": FIGURE_PX}
    sizes |= {"inner": inner, "bar": t.control + 8, "half": t.control // 2, "menuitem": max(20, t.control - 12)}
    sizes["toolinner"] = inner - 3  # Qt adds three of its own to tool buttons
    return _template().substitute(asdict(t) | sizes)
