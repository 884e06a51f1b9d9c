"""The pages of an SQLite file, read without SQLite (its "Database File Format", 1.3 to 1.6 and 2.1).

SQLite refuses a table as a whole when one of its pages is broken; here each page is read for itself, and whatever does
not hold together is left out and counted. Nothing is written.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

INDEX_INNER, TABLE_INNER, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13
KINDS = frozenset({INDEX_INNER, TABLE_INNER, INDEX_LEAF, TABLE_LEAF})
_INNER = frozenset({INDEX_INNER, TABLE_INNER})
_PAGE_SIZES = tuple(2**n for n in range(9, 17))
_HEADER_BYTES = 100
_USUAL = 4096
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FOUR = np.arange(4)
_MOST_COLUMNS = 2000  # SQLite's own limit


class Broken(Exception):
    """A page or a cell that does not hold together."""


@dataclass(frozen=True)
class Cell:
    """A row of a table: `rowid` and its columns as they are stored (the column that is the rowid itself reads None)."""

    rowid: int
    values: list[Any]
    page: int


class Pages:
    """The pages of a file whose bytes `read(at, count)` gives. Pages count from 1, as SQLite counts them."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read = read
        self.size = size
        head = read(0, _HEADER_BYTES)
        said = struct.unpack_from(">H", head, 16)[0] if len(head) == _HEADER_BYTES else 0
        said = 65536 if said == 1 else said
        self.sound_header = head.startswith(b"SQLite format 3\x00") and said in _PAGE_SIZES
        self.page_size = said if self.sound_header else _USUAL
        self.usable = self.page_size - (head[20] if self.sound_header and head[20] <= 255 else 0)
        if self.usable < 480:
            self.usable = self.page_size
        self.count = -(-size // self.page_size)

    def page(self, number: int) -> bytes:
        """The bytes of a page. Raises Broken if there is no such page, or only a part of it."""
        if not 1 <= number <= self.count:
            raise Broken
        found = self._read((number - 1) * self.page_size, self.page_size)
        if len(found) < self.page_size:
            raise Broken
        return found

    def kind(self, number: int) -> int | None:
        """The kind of tree page that its first byte and its header make it; None for any other page."""
        try:
            return _head(self.page(number), number)[0]
        except Broken:
            return None

    def children(self, number: int) -> tuple[int, list[int]]:
        """The kind of a page and the pages below it. Raises Broken."""
        page = self.page(number)
        kind, cells, right = _head(page, number)
        if kind not in _INNER:
            return kind, []
        bytes_ = np.frombuffer(page, np.uint8)
        if cells.size and int(cells.max()) + 4 > len(page):
            raise Broken
        below = [*bytes_[cells[:, None] + _FOUR].view(">u4")[:, 0].tolist(), right]
        if min(below) <= 1 or max(below) > self.count:
            raise Broken
        return kind, below

    def tree(self, root: int) -> Tree:
        """All pages of the tree under `root`, as far as they can be reached."""
        found = Tree([], [], 0)
        todo, seen = [root], {root}
        while todo:
            number = todo.pop()
            try:
                kind, below = self.children(number)
            except Broken:
                found.broken += 1
                continue
            (found.inner if kind in _INNER else found.leaves).append(number)
            for child in below:
                if child in seen:
                    found.broken += 1
                else:
                    seen.add(child)
                    todo.append(child)
        found.leaves.reverse()
        return found

    def outline(self, root: int, most: int) -> tuple[list[int], list[int], int]:
        """Inner pages (read, at most `most`), leaves (not read) and broken places of a tree: its shape, cheaply.

        All leaves of a tree lie at one depth, so the first page of a level tells what the level is.
        """
        inner: list[int] = []
        level, broken = [root], 0
        while level and len(inner) < most:
            below: list[int] = []
            for index, number in enumerate(level):
                try:
                    kind, children = self.children(number)
                except Broken:
                    broken += 1
                    continue
                if kind not in _INNER:
                    if index == 0:
                        return inner, level, broken
                    broken += 1
                inner.append(number)
                below += children
            level = below
        return inner, level, broken

    def free(self) -> set[int]:
        """The pages on the free list, as far as it can be followed: what they hold was deleted."""
        found: set[int] = set()
        if not self.sound_header:
            return found
        trunk = struct.unpack(">I", self._read(32, 4))[0]
        while trunk and trunk not in found:
            try:
                page = self.page(trunk)
            except Broken:
                break
            found.add(trunk)
            trunk, count = struct.unpack_from(">II", page)
            if 8 + 4 * count > len(page):
                break
            found.update(struct.unpack_from(f">{count}I", page, 8))
        return found

    def rows(self, number: int) -> tuple[list[Cell], int]:
        """The rows of a leaf page of a table and how many cells do not hold together. Raises Broken."""
        page = self.page(number)
        kind, cells, _ = _head(page, number)
        if kind != TABLE_LEAF:
            raise Broken
        rows, bad = [], 0
        for at in cells.tolist():
            try:
                length, at_id = _varint(page, at)
                rowid, start = _varint(page, at_id)
                payload = self._payload(page, start, length, self.usable - 35)
                rows.append(Cell(_signed(rowid), list(record(payload)), number))
            except (Broken, IndexError, struct.error, UnicodeDecodeError):
                bad += 1
        return rows, bad

    def keys(self, number: int) -> Iterator[list[Any]]:
        """The entries of an index page: the indexed columns, then the rowid. Broken entries are left out."""
        try:
            page = self.page(number)
            kind, cells, _ = _head(page, number)
        except Broken:
            return
        if kind not in {INDEX_INNER, INDEX_LEAF}:
            return
        skip = 4 if kind == INDEX_INNER else 0
        for at in cells.tolist():
            try:
                length, start = _varint(page, at + skip)
                yield list(record(self._payload(page, start, length, (self.usable - 12) * 64 // 255 - 23)))
            except (Broken, IndexError, struct.error, UnicodeDecodeError):
                continue

    def _payload(self, page: bytes, start: int, length: int, most: int) -> bytes:
        if length > self.size:
            raise Broken
        local = length
        if length > most:
            least = (self.usable - 12) * 32 // 255 - 23
            local = least + (length - least) % (self.usable - 4)
            local = local if local <= most else least
        if start + local + (4 if local < length else 0) > self.usable:
            raise Broken
        parts = [page[start : start + local]]
        missing = length - local
        if missing:
            following = struct.unpack_from(">I", page, start + local)[0]
            seen: set[int] = set()
            while missing > 0:
                if following in seen:
                    raise Broken
                seen.add(following)
                more = self.page(following)
                following = struct.unpack_from(">I", more)[0]
                parts.append(more[4 : 4 + min(missing, self.usable - 4)])
                missing -= len(parts[-1])
        return b"".join(parts)


@dataclass
class Tree:
    """Pages of one tree: `inner` and `leaves`; `broken` counts the places where it could not be followed."""

    inner: list[int]
    leaves: list[int]
    broken: int


def _head(page: bytes, number: int) -> tuple[int, npt.NDArray[np.int64], int]:
    """Kind, places of the cells, right child. Raises Broken for what is no page of a tree."""
    start = _HEADER_BYTES if number == 1 else 0
    kind = page[start]
    if kind not in KINDS:
        raise Broken
    free, count, content = struct.unpack_from(">HHH", page, start + 1)
    after = start + (12 if kind in _INNER else 8)
    content = content or 65536
    if after + 2 * count > min(content, len(page)) or content > len(page) or free >= len(page):
        raise Broken
    cells = np.frombuffer(page, ">u2", count, after).astype(np.int64)
    if count and (cells.min() < after + 2 * count or cells.max() >= len(page)):
        raise Broken
    right = struct.unpack_from(">I", page, start + 8)[0] if kind in _INNER else 0
    return kind, cells, right


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer (1 to 9 bytes) and the place after it."""
    value = 0
    for n in range(8):
        byte = page[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | page[at + 8], at + 9


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def record(payload: bytes) -> Iterator[Any]:
    """The values of a record. Raises Broken, IndexError or UnicodeDecodeError where it does not hold together."""
    size, at = _varint(payload, 0)
    if not 1 <= size <= len(payload):
        raise Broken
    kinds = []
    while at < size:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != size or len(kinds) > _MOST_COLUMNS:
        raise Broken
    for kind in kinds:
        value, at = _value(payload, at, kind)
        yield value
    if at != len(payload):
        raise Broken


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind == 0:
        return None, at
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        value: Any = int.from_bytes(payload[at:end], "big", signed=True)
    elif kind == 7:
        end = at + 8
        value = struct.unpack_from(">d", payload, at)[0]
    elif kind in {8, 9}:
        return kind - 8, at
    elif kind >= 12:
        end = at + (kind - 12) // 2
        value = payload[at:end] if kind % 2 == 0 else payload[at:end].decode()
    else:
        raise Broken
    if end > len(payload):
        raise Broken
    return value, end
