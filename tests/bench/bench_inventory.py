"""Speed of the inventory with 100,000 sites: filling, filter, sort, group, selection, one edited cell, scrolling.

Run: python tests/bench/bench_inventory.py [--json]. Milliseconds; scrolling also as the longest of its steps.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import shapely
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.gui.panels.inventory.columns import column_named
from app.gui.panels.inventory.filter import Filter
from app.gui.panels.inventory.lines import Figures
from app.gui.panels.inventory.panel import InventoryPanel
from gis.store.layer_table import LayerTable
from layers.registry import LAYERS
from models.changes import ChangeSet
from models.notices import Notice

ROWS = 100_000
DISTRICTS = ("九原区", "土默特右旗", "固阳县", "石拐区", "东河区")


def table_of(count: int) -> LayerTable:
    """Sites with every field that the forms have."""
    side = 30.0 + np.arange(count) % 97
    boxes = shapely.box(np.zeros(count), np.zeros(count), side, side)
    columns: dict[str, list[Any]] = {f.name: [None] * count for f in LAYERS["sand_pits"].fields}
    columns["uid"] = [f"uid-{i}" for i in range(count)]
    columns["code"] = [f"SK-{i:06d}" for i in range(count)]
    columns["name"] = [f"{i} 号砂坑" for i in range(count)]
    columns["district"] = [DISTRICTS[i % 5] for i in range(count)]
    columns["status"] = [("planned", "abandoned", "filling")[i % 3] for i in range(count)]
    return LayerTable("sand_pits", "EPSG:4546", np.arange(1, count + 1), boxes, columns)


class Tasks:
    """Runs nothing: figures are put in by hand."""

    def submit(self, *_what: Any, **_how: Any) -> None:
        """Nothing."""


class Session(QObject):
    """The least that the inventory asks of a session."""

    opened, closed = Signal(), Signal()
    changed, selection_changed = Signal(object), Signal(str, object)
    writable, site_code = True, ""

    class project:  # noqa: N801 - stands for an instance
        store = None

    def __init__(self, count: int) -> None:
        super().__init__()
        nothing = np.empty(0, object)
        self.tables = {key: LayerTable(key, "EPSG:4546", np.empty(0, np.int64), nothing, {}) for key in LAYERS}
        self.tables["sand_pits"] = table_of(count)
        self.selection: tuple[str, frozenset[int]] = ("", frozenset())
        self.tasks = Tasks()

    def table(self, key: str) -> LayerTable:
        """The layer's table."""
        return self.tables[key]

    def select(self, layer: str, fids: Any) -> None:
        """As the real one."""
        self.selection = (layer, frozenset(fids))
        self.selection_changed.emit(*self.selection)

    def report(self, error: Exception) -> None:
        """No errors here."""
        raise error


def measure(rows: int = ROWS) -> dict[str, float]:
    """Milliseconds of each act."""
    app = QApplication.instance() or QApplication([])
    took: dict[str, float] = {}

    def timed(name: str, act: Callable[[], object]) -> None:
        start = time.perf_counter()
        act()
        app.processEvents()
        took[name] = (time.perf_counter() - start) * 1000

    session = Session(rows)
    panel = InventoryPanel(session)
    panel.resize(1600, 700)
    panel.show()
    app.processEvents()
    timed("fill", panel.content.reload)
    for i, line in enumerate(panel.model.lines):
        line.figures = Figures(fill_m3=float(i % 977) * 100, tonnage_t=1.0, land_m2=900.0)
    panel.model.set_lines(panel.model.lines)
    timed("filter text", lambda: panel.model.set_filter(Filter("九原 12"), ""))
    chosen = Filter(districts=frozenset({"固阳县"}), statuses=frozenset({"planned"}), volume_wan_m3=(1.0, 5.0))
    timed("filter conditions", lambda: panel.model.set_filter(chosen, ""))
    timed("group by district", lambda: panel.model.set_filter(Filter(), "district"))
    timed("sort by volume", lambda: panel.model.sort(column_named("volume"), Qt.SortOrder.DescendingOrder))
    panel.model.set_filter(Filter(), "")
    timed("select one from the map", lambda: session.select("sand_pits", [rows // 2]))
    timed("select all from the map", lambda: session.select("sand_pits", range(1, rows + 1)))
    timed("select one again", lambda: session.select("sand_pits", [7]))
    table = session.tables["sand_pits"]
    fresh = table.patched([], one_row(table, 500))
    session.tables["sand_pits"] = fresh
    timed("one edited row", lambda: session.changed.emit(ChangeSet(1, Notice("t", "t"), {"sand_pits": (500,)})))
    timed("patch of the layer", lambda: fresh.patched([500], one_row(fresh, 500)))
    bar, steps = panel.table.verticalScrollBar(), []
    for at in np.linspace(0, bar.maximum(), 120).astype(int):
        start = time.perf_counter()
        bar.setValue(int(at))
        panel.table.viewport().repaint()
        steps.append((time.perf_counter() - start) * 1000)
    took["scroll step median"], took["scroll step longest"] = float(np.median(steps)), max(steps)
    panel.close()
    panel.deleteLater()
    return took


def one_row(table: LayerTable, fid: int) -> LayerTable:
    """A row as the store would give it after an edit."""
    row = table.row(fid) or {}
    columns = {name: [row[name]] for name in table.columns}
    columns["name"] = ["改名"]
    shape = np.empty(1, object)
    shape[0] = row["geometry"]
    return LayerTable(table.layer, table.crs, np.array([fid]), shape, columns)


def main() -> None:
    """Print the table, or JSON."""
    took = measure()
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps(took) + "\n")
        return
    sys.stdout.write(f"{ROWS} rows, ms\n")
    for name, value in took.items():
        sys.stdout.write(f"  {name:26s}{value:9.1f}\n")


if __name__ == "__main__":
    main()
