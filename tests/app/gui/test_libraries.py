"""What figures need comes in before anybody clicks; an earlier click waits for it without holding the window."""

from __future__ import annotations

import sys
import threading
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
    monkeypatch.setattr(libraries, "loaded", lambda _names: bool(there))
    monkeypatch.setattr(libraries, "load", lambda _names: there.append(True))
    opened.select_site("SK-001")
    assert panel.capacity.answer is None
    idle(opened)
    assert there == [True]
    assert panel.capacity.answer is not None
    assert panel.capacity.answer.site == "SK-001"


@pytest.mark.parametrize("key", ["sheet", "package"])
def test_dialogs_that_draw_wait_for_what_draws_and_open_once(
    window: Any, opened: Session, idle: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    idle(opened)
    there: list[tuple[str, ...]] = []
    monkeypatch.setattr(libraries, "loaded", lambda _names: bool(there))
    go_on = threading.Event()
    monkeypatch.setattr(libraries, "load", lambda names: (go_on.wait(10), there.append(names)))
    for _again in range(2):
        window.trigger(key)
        assert window.commands._open_dialogs == []
    go_on.set()
    idle(opened)
    assert there == [libraries.SHEETS]
    assert len(window.commands._open_dialogs) == 1
    window.commands._open_dialogs[0].reject()
