"""Looks for everything that can be wrong with a project file."""

from __future__ import annotations

import sqlite3

from models.problems import Problem


def check(con: sqlite3.Connection, where: str) -> list[Problem]:
    """All problems of the file."""
    return []
