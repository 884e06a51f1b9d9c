"""Styles for QGIS. Filled in below; the table is what QGIS looks for."""

from __future__ import annotations

import sqlite3

from models.notices import Translate


def write_styles(con: sqlite3.Connection, translate: Translate) -> None:
    """Placeholder until the styles are drawn up."""
