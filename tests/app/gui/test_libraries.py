"""What figures need comes in before anybody clicks; an earlier click waits for it without holding the window."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from app.gui import libraries
from app.gui.panels.inspector.panel import InspectorPanel
from app.gui.session import Session


def test_a_module_that_is_coming_in_is_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ModuleType("half_made")
    made.__spec__ = __import__("importlib.machinery").machinery.ModuleSpec("half_made", None)
    assert not libraries.loaded(("half_made",))
    monkeypatch.setitem(sys.modules, "half_made", made)
    assert libraries.loaded(("half_made",))
    made.__spec__._initializing = True  # type: ignore[union-attr] - what the import system sets meanwhile
    assert not libraries.loaded(("half_made",))


def test_loading_brings_them_in() -> None:
    libraries.load()
    assert libraries.loaded()


def test_figures_wait_for_their_libraries(
    qtbot: Any, opened: Session, idle: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = InspectorPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(400, 900)
    panel.show()
    panel.show_tab("capacity")
    there: list[bool] = []
    monkeypatch.setattr(libraries, "loaded", lambda: bool(there))
    monkeypatch.setattr(libraries, "load", lambda: there.append(True))
    opened.select_site("SK-001")
    assert panel.capacity.answer is None
    idle(opened)
    assert there == [True]
    assert panel.capacity.answer is not None
    assert panel.capacity.answer.site == "SK-001"
