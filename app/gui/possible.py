"""What can be done now: which needs of the table of commands are met, and what undo and redo would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.gui.edit_commands import edit_needs
from app.i18n import _
from layers.registry import LAYERS
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session


def possible(session: Session, drawn: str = "") -> tuple[dict[str, bool], dict[str, str]]:
    """(needs of app.gui.actions that are met, words of the actions that say what they would do).

    `drawn`: what undo takes back of what is being drawn, before any step of the project.
    """
    project = session.project
    undo = redo = None
    undo_words, redo_words = drawn, ""
    writable = session.writable
    if session.unsaved:
        undo = session.unsaved.edits[-1].label
    elif project is not None and writable and not session.tasks.writing:
        undo, redo = known(project.store.undo_label, None), known(project.store.redo_label, None)
    if undo is not None and not undo_words:
        undo_words = undo.render(_)
    if redo is not None:
        redo_words = redo.render(_)
    have = {
        "project": project is not None,
        "writable": writable or project is None,
        "site": bool(session.site_code),
        "selection": bool(session.selection[1]),
        "undo": bool(undo_words),
        "redo": bool(redo_words),
        "terrain": project is not None and known(lambda: project.store.count("terrains"), 1) > 0,
        "waste": project is not None and known(lambda: project.store.count("wastes"), 1) > 0,
    }
    have |= edit_needs(session)
    have["pit"] = have["site"] and have["waste"] and LAYERS[session.selection[0]].fills
    texts = {}
    if undo_words:
        texts["undo"] = _("Undo: {what}").format(what=undo_words)
    if redo_words:
        texts["redo"] = _("Redo: {what}").format(what=redo_words)
    return have, texts


def known(ask: Callable[[], Any], otherwise: Any) -> Any:
    """What the project says, or `otherwise` while its disk is gone: the window goes on all the same."""
    try:
        return ask()
    except AppError:
        return otherwise
