"""The box of typed changes and a section without a site in both languages and all themes: nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from app.gui.main_window import MainWindow
from app.gui.theme import apply_theme
from tests.app.gui.conftest import X, Y
from tests.app.gui.test_screens import assert_whole, language, tones, window

__all__ = ["language", "window"]


@pytest.mark.parametrize("theme", ["light", "contrast"])
def test_typed_changes(
    window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None], theme: str
) -> None:
    apply_theme(theme)
    window.session.open(project_file)
    window.session.select_site("SK-001")
    canvas, box = window.workspace.canvas, window.workspace.coordinates
    canvas.set_tool("transform")
    canvas.typed.emit("")
    for field, text in zip(box.change.fields(), ("-1234.567", "9876.543", "123.4567", "1.234567"), strict=True):
        field.setText(text)
    box.change.show_change()
    idle(window.session)
    assert box.isVisible()
    assert_whole(box, qtbot)
    assert box.geometry().right() <= canvas.width()
    for field in box.change.fields():
        assert field.fontMetrics().horizontalAdvance(field.text()) + 16 <= field.width()
    apply_theme("light")


def test_a_section_without_a_site(
    window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    window.session.open(project_file)
    window.ensure_workspace()
    line = shapely.LineString([(X + 4, Y - 40), (X + 100, Y - 42), (X + 150, Y - 60)])
    window.workspace.canvas.section_drawn.emit(line)
    idle(window.session)
    dialog = window.commands._open_dialogs[-1]
    assert dialog.view.answer.passes
    assert_whole(dialog, qtbot)
    assert tones(dialog) > 15
    dialog.close()
