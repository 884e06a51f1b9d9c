"""Whatever a hand does with the tools: no error that nobody expected, outlines stay sound, undo leads back."""

from __future__ import annotations

import random
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QEvent, QPointF, Qt

LAYERS = ("sand_pits", "stockpiles", "red_lines")
TOOLS = ("draw", "trace", "rectangle", "circle", "reshape", "add_hole", "delete_hole", "fill_hole", "add_part",
         "delete_part", "select", "split", "split", "transform", "transform", *["vertex"] * 6)  # fmt: skip
KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_A)
NONE = Qt.KeyboardModifier.NoModifier
MODIFIERS = (NONE, NONE, NONE, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)


class AnyHand:
    """Acts at random, mostly at vertices, where things go wrong."""

    def __init__(self, desk: Any, real: Any, seed: int) -> None:
        self.desk, self.real, self.rng = desk, real, random.Random(seed)

    def place(self) -> QPointF:
        table = self.real.table(self.rng.choice(LAYERS))
        if not len(table) or self.rng.random() < 0.3:
            return QPointF(self.rng.uniform(0, 600), self.rng.uniform(0, 450))
        x, y = self.rng.choice(shapely.get_coordinates(self.rng.choice(list(table.geometry))).tolist())
        return self.desk.pixel(x + self.rng.choice([0, 0, 3, -20]), y + self.rng.choice([0, 0, 4, 25]))

    def act(self) -> None:
        what, held = self.rng.random(), self.rng.choice(MODIFIERS)
        if what < 0.12:
            self.desk.canvas.set_tool(self.rng.choice(TOOLS))
        elif what < 0.2:
            layer = self.rng.choice(LAYERS)
            fids = self.real.table(layer).fids.tolist()
            self.real.select(layer, self.rng.sample(fids, min(len(fids), self.rng.choice([1, 1, 1, 1, 2]))))
        elif what < 0.5:
            at = self.place()
            self.desk.send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, held)
            self.desk.send(QEvent.Type.MouseButtonPress, at, modifiers=held)
            self.desk.send(QEvent.Type.MouseButtonRelease, at, modifiers=held)
        elif what < 0.8:
            self.desk.drag(self.place(), self.place(), modifiers=held)
        elif what < 0.92:
            self.desk.key(self.rng.choice(KEYS))
        elif self.rng.random() < 0.5:
            self.real.redo()
        else:
            self.undo()

    def undo(self) -> bool:
        """One step back, but not the one that made the project; False if there is none."""
        label = self.real.project.store.undo_label()
        if label is None or label.render() == "add":
            return False
        self.real.undo()
        return True


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_any_hand(desk: Any, real: Any, seed: int) -> None:
    before = {k: sorted(shapely.normalize(real.table(k).geometry), key=str) for k in LAYERS}
    unexpected: list[Any] = []
    changes: list[Any] = []
    real.failed.connect(unexpected.append)
    real.changed.connect(changes.append)
    hand = AnyHand(desk, real, seed)
    for _step in range(400):
        hand.act()
        desk.canvas.grab()
    assert [e for e in unexpected if not getattr(e, "key", "")] == []
    assert all(shapely.is_valid(real.table(k).geometry).all() for k in LAYERS)
    assert len(changes) > 10, "something was edited"
    while hand.undo():
        pass
    after = {k: sorted(shapely.normalize(real.table(k).geometry), key=str) for k in LAYERS}
    for key in LAYERS:
        assert len(after[key]) == len(before[key])
        assert all(a.equals_exact(b, 0.0) for a, b in zip(after[key], before[key], strict=True))
