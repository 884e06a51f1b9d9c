"""Lines of the action table that reach features and panels: rows, photos, the next site, the parts of the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from models.notices import N_

T = TypeVar("T")


def row_commands(line: Callable[..., T]) -> tuple[T, ...]:
    """What is done with selected features as rows; `line` is app.gui.actions.Command."""
    return (
        line("set_many", N_("Change a field of all selected…"), "edit", "set_many", "pencil", "Ctrl+Shift+E",
             N_("Give all selected features the same value, as one step"), "selection"),
        line("photo_add", N_("Add photos…"), "edit", "add_photos", "camera", "",
             N_("Pictures of the selected feature; they are copied beside the project"), "selection"),
    )  # fmt: skip


def go_commands(line: Callable[..., T]) -> tuple[T, ...]:
    """Where the keyboard goes."""
    return (
        line("next_site", N_("Next site"), "-view", "next_site", "chevron-down", "Ctrl+PgDown",
             N_("Select the next row of the inventory, and show it on the map"), "project"),
        line("previous_site", N_("Previous site"), "view", "previous_site", "chevron-up", "Ctrl+PgUp",
             N_("Select the row before, and show it on the map"), "project"),
        line("go_map", N_("To the map"), "view", "go_map", "map", "Ctrl+1",
             N_("Keys move the map: arrows, +, −, Home"), "project"),
        line("go_inventory", N_("To the inventory"), "view", "go_inventory", "table-2", "Ctrl+2",
             N_("Keys move through the rows: F2 writes, Enter shows on the map"), "project"),
        line("go_inspector", N_("To the inspector"), "view", "go_inspector", "panel-right", "Ctrl+3",
             N_("The form and the figures of the selected feature"), "project"),
        line("go_layers", N_("To the layers"), "view", "go_layers", "layers", "Ctrl+4",
             N_("What the map shows"), "project"),
    )  # fmt: skip
