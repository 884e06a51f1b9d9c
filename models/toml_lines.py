"""Where in a TOML text each table and key stands, so that an error can name its line (tomllib gives values only)."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from models.errors import Refused
from models.notices import N_

_TABLE = re.compile(r"^\s*\[(\[?)\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w-]+)\s*=")


class Lines:
    """Line numbers, from 1. `array` is the name of a ``[[name]]`` list, or "" for the keys before the first table."""

    def __init__(self, text: str) -> None:
        self._tables: dict[tuple[str, int], int] = {}
        self._keys: dict[tuple[str, int, str], int] = {}
        counts: dict[str, int] = {}
        where, inside = ("", 0), ""
        for number, line in enumerate(text.splitlines(), 1):
            if inside:
                inside = "" if line.count(inside) % 2 else inside
                continue
            table, key = _TABLE.match(line), _KEY.match(line)
            if table:
                name = table[2]
                where = (name, counts.get(name, 0))
                counts[name] = where[1] + 1
                self._tables[where] = number
            elif key:
                self._keys.setdefault((*where, key[1]), number)
            inside = next((q for q in ('"""', "'''") if line.count(q) % 2), "")

    def of(self, array: str, index: int = 0, key: str = "") -> int:
        """The line of a key, of its table's head if the key is absent, 1 if neither is known."""
        return self._keys.get((array, index, key)) or self._tables.get((array, index), 1)


def read_toml(text: str, filename: str) -> tuple[dict[str, Any], Lines]:
    """The document and where its parts stand. Raises Refused with the line of a syntax error."""
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as cause:
        found = re.search(r"at line (\d+)", str(cause))
        line = found[1] if found else str(len(text.splitlines()) or 1)
        advice = N_("check quotes, brackets and repeated keys in that line")
        raise Refused("toml.syntax", N_("this is not valid TOML"), where=f"{filename}:{line}", advice=advice) from cause
