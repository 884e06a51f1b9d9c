"""Fills an R-tree in one go: boxes sorted into tiles and packed into nodes, as sort-tile-recursive packing does it.

Leutenegger, Lopez & Edgington (1997), STR: a simple and efficient algorithm for R-tree packing. The form of the nodes
is that of SQLite's rtree module (ext/rtree/rtree.c): big-endian; two bytes for the height of the tree (root only), two
for the number of cells, then cells of an 8-byte number and four 4-byte floats, which are rounded outwards.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gis.store.gpkg import quote

Box = tuple[int, float, float, float, float]
"""fid, minx, maxx, miny, maxy."""
_ROOT = 1
_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
_HEAD_BYTES = 4
_MOST_CELLS = 51
NODE_BYTES = _HEAD_BYTES + _MOST_CELLS * _CELL.itemsize
_FILL = 44  # cells that a packed node gets: room for later inserts, so that the next ones split nothing


def pack(con: sqlite3.Connection, tree: str, boxes: Sequence[Box]) -> bool:
    """Put these boxes into the R-tree beside what it holds, by building it anew; False if it must be done one by one.

    Worth it only if the new boxes are as many as the old ones. Nothing changed if False.
    """
    try:
        root = con.execute(f"SELECT length(data) FROM {quote(tree + '_node')} WHERE nodeno = ?", (_ROOT,)).fetchone()
        held = con.execute(f"SELECT count(*) FROM {quote(tree + '_rowid')}").fetchone()[0]
    except sqlite3.OperationalError:
        return False  # made in another way
    if root is None or root[0] != NODE_BYTES or held > len(boxes):
        return False
    old = con.execute(f"SELECT id, minx, maxx, miny, maxy FROM {quote(tree)}").fetchall() if held else []
    rows = np.array([*old, *boxes], dtype=np.float64)
    if not len(rows) or len(np.unique(rows[:, 0])) != len(rows):
        return False
    ids = np.array([b[0] for b in old] + [b[0] for b in boxes], dtype=np.int64)
    con.execute("SAVEPOINT packing")
    try:
        _write(con, tree, ids, _outward(rows[:, 1:]))
    except sqlite3.OperationalError:  # a library that keeps the tree's own tables to itself
        con.execute("ROLLBACK TO packing")
        con.execute("RELEASE packing")
        return False
    con.execute("RELEASE packing")
    return True


def _outward(boxes: NDArray[np.float64]) -> NDArray[np.float32]:
    """The boxes as 32-bit floats that hold the 64-bit ones."""
    made = boxes.astype(np.float32)
    low, high = made[:, [0, 2]], made[:, [1, 3]]
    made[:, [0, 2]] = np.where(low > boxes[:, [0, 2]], np.nextafter(low, np.float32(-np.inf)), low)
    made[:, [1, 3]] = np.where(high < boxes[:, [1, 3]], np.nextafter(high, np.float32(np.inf)), high)
    return made


def _write(con: sqlite3.Connection, tree: str, ids: NDArray[np.int64], boxes: NDArray[np.float32]) -> None:
    node, rowid, parent = (quote(f"{tree}_{part}") for part in ("node", "rowid", "parent"))
    for name in (node, rowid, parent):
        con.execute(f"DELETE FROM {name}")
    height, next_node = 0, _ROOT + 1
    while len(ids) > _MOST_CELLS:
        groups = _tiles(boxes)
        numbers = np.arange(next_node, next_node + len(groups), dtype=np.int64)
        next_node += len(groups)
        nodes = [(int(n), _node(0, ids[g], boxes[g])) for n, g in zip(numbers, groups, strict=True)]
        con.executemany(f"INSERT INTO {node} VALUES (?,?)", nodes)
        owners = np.empty(len(ids), dtype=np.int64)
        for n, g in zip(numbers, groups, strict=True):
            owners[g] = n
        _owned(con, parent if height else rowid, ids, owners)
        boxes = np.array([_around(boxes[g]) for g in groups], dtype=np.float32)
        ids, height = numbers, height + 1
    con.execute(f"INSERT INTO {node} VALUES (?,?)", (_ROOT, _node(height, ids, boxes)))
    _owned(con, parent if height else rowid, ids, np.full(len(ids), _ROOT, dtype=np.int64))


def _owned(con: sqlite3.Connection, table: str, ids: NDArray[np.int64], owners: NDArray[np.int64]) -> None:
    order = np.argsort(ids, kind="stable")
    con.executemany(f"INSERT INTO {table} VALUES (?,?)", zip(ids[order].tolist(), owners[order].tolist(), strict=True))


def _tiles(boxes: NDArray[np.float32]) -> list[NDArray[np.intp]]:
    """Positions of the boxes, grouped into nodes: slices by x, within them runs by y."""
    middle_x = boxes[:, 0].astype(np.float64) + boxes[:, 1]
    middle_y = boxes[:, 2].astype(np.float64) + boxes[:, 3]
    nodes = -(-len(boxes) // _FILL)
    slices = int(np.ceil(np.sqrt(nodes)))
    size = _FILL * -(-nodes // slices)
    found: list[NDArray[np.intp]] = []
    by_x = np.argsort(middle_x, kind="stable")
    for at in range(0, len(by_x), size):
        part = by_x[at : at + size]
        part = part[np.argsort(middle_y[part], kind="stable")]
        found += [part[i : i + _FILL] for i in range(0, len(part), _FILL)]
    return found


def _around(boxes: NDArray[np.float32]) -> tuple[float, float, float, float]:
    low, high = boxes.min(axis=0), boxes.max(axis=0)
    return float(low[0]), float(high[1]), float(low[2]), float(high[3])


def _node(height: int, ids: NDArray[np.int64], boxes: NDArray[np.float32]) -> bytearray:
    cells = np.empty(len(ids), dtype=_CELL)
    cells["id"], cells["box"] = ids, boxes
    head = height.to_bytes(2, "big") + len(ids).to_bytes(2, "big")
    return bytearray((head + cells.tobytes()).ljust(NODE_BYTES, b"\x00"))
