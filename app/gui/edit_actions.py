"""The lines of the action table that draw and edit outlines, and how the toolbar gathers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from models.notices import N_

T = TypeVar("T")

FLYOUTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("draw", ("tool_draw", "tool_trace", "tool_rectangle", "tool_circle")),
    ("vertex", ("tool_vertex", "tool_transform")),
    ("cut", ("tool_split", "tool_reshape", "merge", "clear")),
    ("rings", ("tool_add_hole", "tool_delete_hole", "tool_fill_hole", "tool_add_part", "tool_delete_part")),
    ("whole", ("offset", "simplify")),
)
"""Buttons of the editing group: each shows the action used last and opens the others of its family."""

EDIT_WRITES = frozenset({key for _name, keys in FLYOUTS for key in keys})
"""All of them change the project."""


def edit_commands(line: Callable[..., T]) -> tuple[T, ...]:
    """The lines, made by `line` (app.gui.actions.Command)."""
    return (
        line("tool_draw", N_("Draw outline"), "draw", "tool", "pentagon", "D",
             N_("Draw the outline of a new feature point by point"), "project", mode="draw"),
        line("tool_trace", N_("Draw along an edge"), "draw", "tool", "route", "T",
             N_("Follow an existing edge from one click to the next; drag to draw freehand"), "project", mode="trace"),
        line("tool_rectangle", N_("Draw a rectangle"), "draw", "tool", "rectangle-horizontal", "Shift+R",
             N_("One side by two clicks, then the width"), "project", mode="rectangle"),
        line("tool_circle", N_("Draw a circle"), "draw", "tool", "circle", "Shift+C",
             N_("A circle through three places"), "project", mode="circle"),
        line("coordinates", N_("Enter coordinates…"), "-draw", "enter_coordinates", "crosshair", "Ctrl+G",
             N_("Type or paste coordinates: go there, or put a point of what is being drawn"), "project"),
        line("tool_vertex", N_("Edit points"), "-draw", "tool", "vector-square", "E",
             N_("Move, insert and delete points of an outline"), "project", mode="vertex"),
        line("tool_transform", N_("Move, turn, scale"), "draw", "tool", "move", "G",
             N_("The selected outline or one of its parts"), "project", mode="transform"),
        line("tool_split", N_("Split by a line"), "-draw", "tool", "slice", "X",
             N_("Cut outlines in two along a drawn line"), "project", mode="split"),
        line("tool_reshape", N_("Reshape the boundary"), "draw", "tool", "spline-pointer", "R",
             N_("Draw a new course for a stretch of the boundary"), "project", mode="reshape"),
        line("merge", N_("Merge selected…"), "draw", "merge_selected", "squares-unite", "Ctrl+M",
             N_("Several selected features become one"), "several"),
        line("clear", N_("Cut by neighbours…"), "draw", "clear_selected", "squares-subtract", "",
             N_("Take away what overlaps neighbours or red lines, or keep a distance from them"), "outline"),
        line("tool_add_hole", N_("Cut a hole"), "-draw", "tool", "square-dashed", "",
             N_("Draw a hole into the selected outline"), "project", mode="add_hole"),
        line("tool_delete_hole", N_("Close a hole"), "draw", "tool", "square-minus", "",
             N_("Click a hole to close it"), "project", mode="delete_hole"),
        line("tool_fill_hole", N_("Fill a hole with a new feature"), "draw", "tool", "paint-bucket", "",
             N_("Click a hole to make a feature of it"), "project", mode="fill_hole"),
        line("tool_add_part", N_("Add a part to the outline"), "draw", "tool", "square-plus", "",
             N_("Draw another part of the selected feature"), "project", mode="add_part"),
        line("tool_delete_part", N_("Delete a part"), "draw", "tool", "trash-2", "",
             N_("Click a part to delete it"), "project", mode="delete_part"),
        line("offset", N_("Offset…"), "-draw", "offset_selected", "expand", "",
             N_("Widen or narrow the selected outlines by metres"), "outline"),
        line("simplify", N_("Simplify…"), "draw", "simplify_selected", "shrink", "",
             N_("Fewer points within a tolerance"), "outline"),
        line("snapping", N_("Snapping"), "-draw", "toggle_snapping", "magnet", "S",
             N_("The pointer jumps to points and edges nearby; Ctrl frees it while held"), "project", check=True),
        line("shared_edges", N_("Move shared boundaries together"), "draw", "toggle_shared", "", "Shift+S",
             N_("What neighbours have in common stays common when it is edited"), "project", check=True),
        line("stay_clear", N_("Cut what is drawn by its neighbours"), "draw", "toggle_clear", "", "",
             N_("A new outline never overlaps sites and red lines that are there"), "project", check=True),
    )  # fmt: skip
