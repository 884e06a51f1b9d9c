"""Every field, list and icon button of the window says a name to whoever has the screen read aloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)

from app.gui.main_window import MainWindow

_SPEAKING = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QSlider)


def silent(root: QWidget) -> list[str]:
    """The parts of a window that have no name; what Qt keeps inside its own fields is theirs."""
    buddies = [w.buddy() for w in root.findChildren(QLabel) if w.buddy() is not None]
    found = []
    for part in root.findChildren(QWidget):
        inside = part.parent()
        if not isinstance(part, _SPEAKING) or isinstance(part, QHeaderView) or part.objectName().startswith("qt_"):
            continue
        if isinstance(inside, QComboBox | QAbstractSpinBox | QLineEdit) or inside.inherits("QComboBoxPrivateContainer"):
            continue
        if isinstance(inside, QAbstractItemView):  # corner of a table
            continue
        text = part.text() if isinstance(part, QAbstractButton) else ""
        if not (text or part.accessibleName() or part in buddies):
            kept = [k for w in (inside, root) for k, v in vars(w).items() if v is part]
            found.append(f"{type(part).__name__} {kept} {part.toolTip()}")
    return found


@pytest.mark.parametrize(
    "key",
    ["new", "wastes", "terrain_list", "basemap_add", "error_figures", "project_history", "snapshots", "rim_edit",
     "earthwork", "matrix", "rules", "package", "datum_shifts", "export"],
)  # fmt: skip
def test_dialogs(window: MainWindow, project_file: Path, idle: Callable[[Any], None], key: str) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    idle(window.session)
    window.trigger(key)
    dialog = window.commands._open_dialogs[-1]
    idle(window.session)
    assert silent(dialog) == []
    dialog.reject()


def test_panels(window: MainWindow, project_file: Path, idle: Callable[[Any], None]) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    inspector = window.workspace.inspector
    for page in range(inspector.tabs.count()):
        inspector.tabs.setCurrentIndex(page)
        idle(window.session)
    assert silent(window) == []
