"""The main states in Chinese and English at the smallest size: no text cut off, no panel empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QPushButton,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

from app.gui.main_window import MainWindow
from app.gui.panels.inspector.panel import TABS
from app.gui.theme import apply_theme
from app.gui.widgets import Elided
from app.i18n import set_language
from app.verbs.rule_edits import edit_rule
from app.verbs.waste import add_waste
from tests.app.verbs.lab.test_lab_tables import PARAMETERS, workbook

SIZES = [(1366, 768), (1920, 1080)]
DIALOGS = (
    "new",
    "import",
    "terrain_add",
    "terrain_list",
    "progress",
    "absences",
    "wastes",
    "samples",
    "rules",
    "matrix",
    "fills",
    "assess",
    "conformity",
    "rim_edit",
    "error_figures",
    "earthwork",
    "offset",
    "simplify",
    "clear",
    "sheet",
    "export",
    "set_many",
    "settings",
    "shortcuts",
    "about",
)


def cut_texts(root: QWidget) -> list[str]:
    """Texts of labels, buttons, drop-downs and tabs that do not fit into their widgets."""
    found = []
    for w in root.findChildren(QWidget):
        if not w.isVisible() or isinstance(w, Elided):
            continue
        metrics = w.fontMetrics()
        if isinstance(w, QLabel) and w.text():
            if w.wordWrap():
                box = metrics.boundingRect(
                    0, 0, w.contentsRect().width(), 10_000, int(Qt.TextFlag.TextWordWrap), w.text()
                )
                if box.height() > w.contentsRect().height() + 2 or box.width() > w.contentsRect().width() + 2:
                    found.append(f"label {w.text()!r}: {box.size()} in {w.contentsRect().size()}")
            elif max(map(metrics.horizontalAdvance, w.text().split("\n"))) > w.contentsRect().width() + 1:
                found.append(f"label {w.text()!r} in {w.contentsRect().width()} px")
        elif isinstance(w, QAbstractButton) and w.text():
            shown = not isinstance(w, QToolButton) or w.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
            room = w.width() - (12 if isinstance(w, QPushButton) else 4)
            need = metrics.horizontalAdvance(w.text()) + (w.iconSize().width() if not w.icon().isNull() else 0)
            if shown and need > room:
                found.append(f"button {w.text()!r}: {need} in {room} px")
        elif isinstance(w, QComboBox):
            need = metrics.horizontalAdvance(w.currentText()) + 24 + 16
            if need > w.width():
                found.append(f"choice {w.currentText()!r}: {need} in {w.width()} px")
        elif isinstance(w, QTabBar):
            right = w.tabRect(w.count() - 1).right()
            if right > w.width():
                found.append(f"tabs end at {right} of {w.width()} px")
    return found


def outside(root: QWidget) -> list[str]:
    """Visible labels and buttons that stick out of their parent on the right side."""
    return [
        f"{w.metaObject().className()} {w.text()!r} sticks out"
        for kind in (QLabel, QAbstractButton)
        for w in root.findChildren(kind)
        if w.isVisible() and w.parentWidget() is not None and w.geometry().right() > w.parentWidget().width()
    ]


def tones(widget: QWidget) -> int:
    """How many colours a picture of the widget has; an empty panel has one or two."""
    image: QImage = widget.grab().toImage()
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


@pytest.fixture(params=["zh_CN", "en"])
def language(request: Any) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("en")


@pytest.fixture
def window(qtbot: Any, look: None, session: Any, language: str) -> Iterator[MainWindow]:
    made = MainWindow(session)
    made.resize(*SIZES[0])
    made.show()
    yield made
    made.close()
    made.deleteLater()


def assert_whole(window: QWidget, qtbot: Any) -> None:
    qtbot.wait(30)
    assert cut_texts(window) + outside(window) == []


def test_cut_texts_are_found(qtbot: Any, look: None) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    box.resize(400, 200)
    for at, (widget, width) in enumerate(
        (
            (QLabel("库容与填方"), 200),
            (QLabel("库容与填方"), 20),
            (QPushButton("存入台账"), 120),
            (QPushButton("存入台账"), 30),
        )
    ):
        widget.setParent(box)
        widget.setGeometry(0, at * 40, width, 32)
    outer = QLabel("sticks out", box)
    outer.setGeometry(380, 0, 100, 20)
    box.show()
    assert len(cut_texts(box)) == 2
    assert len(outside(box)) == 1


def test_start_page(window: MainWindow, qtbot: Any) -> None:
    for size in SIZES:
        window.resize(*size)
        assert_whole(window, qtbot)
    assert tones(window) > 20


def test_every_tab(window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None]) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    for tab in TABS:
        window.workspace.inspector.show_tab(tab)
        idle(window.session)
        if tab == "screening":
            window.workspace.inspector.screening.screen()
            idle(window.session)
        for size in SIZES:
            window.resize(*size)
            assert_whole(window, qtbot)
        assert tones(window.workspace.inspector) > 15, tab
    assert tones(window.workspace.inventory) > 15
    assert tones(window.workspace.layer_panel) > 15
    window.session.select("", ())
    assert_whole(window, qtbot)
    window.session.select_site("DC-001")
    assert_whole(window, qtbot)


@pytest.mark.parametrize("language", ["zh_CN"], indirect=True)  # themes have no words of their own
def test_every_theme(window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None]) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    window.workspace.inspector.show_tab("capacity")
    idle(window.session)
    pictures = []
    for key in ("light", "dark", "contrast"):
        apply_theme(key)
        assert_whole(window, qtbot)
        pictures.append(window.grab().toImage().pixelColor(5, 5).lightness())
    assert pictures[1] < 64 < 200 < pictures[0]


def assert_by_keys(dialog: Any, key: str) -> None:
    """Tab leaves every table, and comes to the buttons at the foot after all else."""
    assert not [v for v in dialog.findChildren(QTableView) if v.tabKeyNavigation()], key
    dialog._buttons_last()
    foot = [dialog._foot.itemAt(i).widget() for i in range(dialog._foot.count())]
    chain, at = [], dialog.nextInFocusChain()
    while at is not dialog:
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus and dialog.isAncestorOf(at):
            chain.append(at)
        at = at.nextInFocusChain()
    buttons = [w for w in foot if w is not None and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert chain[-len(buttons) :] == buttons, key


def test_every_dialog(window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None]) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    for key in DIALOGS:
        window.trigger(key)
        dialog = window.commands._open_dialogs[-1]
        idle(window.session)
        assert_whole(dialog, qtbot)
        assert dialog.height() <= 728, key
        assert dialog.width() <= 1326, key
        assert_by_keys(dialog, key)
        dialog.close()


def test_dialogs_with_something_in_them(
    window: MainWindow, project_file: Path, tmp_path: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    session = window.session
    session.open(project_file)
    session.run_write("w", lambda p, _w: add_waste(p, "CG-1", kind="coal_gangue", name="煤矸石"))
    session.run_write("r", lambda p, _w: edit_rule(p, "gb_8978_1996", "CL-01-F", {"limit": "5"}, "旗县通知"))
    idle(session)
    session.select_site("SK-001")
    window.commands.import_samples(workbook(tmp_path / "报告.xlsx", 浸出=PARAMETERS))
    samples = window.commands._open_dialogs[-1]
    qtbot.waitUntil(lambda: not samples._timer.isActive(), timeout=3000)
    idle(session)
    assert_whole(samples, qtbot)
    samples.pages.setCurrentIndex(1)
    assert_whole(samples, qtbot)
    window.trigger("rules")
    rules = window.commands._open_dialogs[-1]
    for rule in ("CL-01-F", "DB15-01"):
        rules.text.setText(rule)
        idle(session)
        assert_whole(rules, qtbot)
    window.trigger("fills")
    fills = window.commands._open_dialogs[-1]
    fills.parts.show_parts([("FA-1", 0.6), ("CG-1", 0.3)])
    fills.laying.choose("layers")
    fills._on_edit()
    idle(session)
    assert_whole(fills, qtbot)
    fills.parts.give_rest()
    qtbot.waitUntil(lambda: not fills._timer.isActive(), timeout=3000)
    idle(session)
    assert fills.verdict.shown is not None
    assert_whole(fills, qtbot)
    window.trigger("matrix")
    matrix = window.commands._open_dialogs[-1]
    idle(session)
    matrix.gaps._on_item(matrix.gaps.list.item(0))
    assert_whole(matrix, qtbot)
    assert tones(matrix.view) > 15


def test_closed_dialogs_leave_nothing_behind(
    window: MainWindow, project_file: Path, qtbot: Any, idle: Callable[[Any], None]
) -> None:
    window.session.open(project_file)
    window.session.select_site("SK-001")
    for key in ("samples", "rules", "matrix", "fills", "assess", "conformity"):
        window.trigger(key)
        dialog = window.commands._open_dialogs[-1]
        idle(window.session)
        window.trigger(key)  # and one that is closed while its first answer is under way
        hurried = window.commands._open_dialogs[-1]
        hurried.close()
        dialog.close()
        idle(window.session)
        assert not shiboken6.isValid(dialog), key
        assert not shiboken6.isValid(hurried), key
    assert window.commands._open_dialogs == []
    window.trigger("rules")
    window.session.close()  # what is about a project goes with it
    idle(window.session)
    assert window.commands._open_dialogs == []
