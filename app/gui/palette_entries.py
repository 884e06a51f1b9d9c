"""What the command palette finds: every command of the table, and the sites of the open project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.gui.actions import COMMANDS, Command
from app.gui.command_palette import Entry, Palette, hint_of
from app.gui.icons import icon
from app.i18n import _
from layers.registry import LAYERS, SITE_LAYERS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.gui.main_window import MainWindow

_MOST_SITES = 5000


def palette_of(window: MainWindow) -> Palette:
    """The palette over a window."""
    entries = [_command(window, c) for c in COMMANDS if c.key != "palette"]
    if window.session.project is not None:
        for key in SITE_LAYERS:
            table = window.session.table(key)
            codes, names = (table.column(c)[:_MOST_SITES] for c in ("code", "name"))
            entries += [_site(window, key, str(c), str(n or "")) for c, n in zip(codes, names, strict=True)]
    return Palette(window.centralWidget().window(), entries, _keyboard_at(window))


def _keyboard_at(window: MainWindow) -> QWidget | None:
    """Where in the working page the keyboard is; the map where it is in none of its parts."""
    if window.workspace is None or window.session.project is None:
        return None
    here = window.focusWidget()
    return here if here is not None and window.workspace.isAncestorOf(here) else window.workspace.canvas


def _command(window: MainWindow, line: Command) -> Entry:
    action = window.acts[line.key]
    words = f"{line.text} {line.key} {_(line.tip) if line.tip else ''}"
    why = "" if action.isEnabled() else action.toolTip().rpartition("\n")[2]
    return Entry(action.text(), words, hint_of(action.shortcut()), action.icon(), action.trigger,
                 action.isEnabled(), line.key, why)  # fmt: skip


def _site(window: MainWindow, layer: str, code: str, name: str) -> Entry:
    def go() -> None:
        window.session.select_site(code)
        window.trigger("zoom_selection")

    return Entry(f"{code} {name}".strip(), layer, _(LAYERS[layer].label), icon("map-pin", "text_3", 16), go)
