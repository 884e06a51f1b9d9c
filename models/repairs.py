"""What a repair of a project did, and what it left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.notices import Notice, Translate, _same
from models.problems import Problem


@dataclass(frozen=True)
class Repair:
    """One kind of repair and how many things it mended.

    `step`: the step of the change log that can be undone; None for repairs of the structure, which change no row.
    """

    key: str
    message: Notice
    count: int
    step: int | None = None

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The dictionary of ``check --repair --json``."""
        return {
            "key": self.key,
            "message": self.message.render(translate),
            "count": self.count,
            "undoable": self.step is not None,
        }


@dataclass(frozen=True)
class RepairReport:
    """Where the file as it was is kept, what was done, and what a person must decide."""

    backup: str
    repairs: tuple[Repair, ...]
    left: tuple[Problem, ...]

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document of a repair."""
        return {
            "backup": self.backup,
            "repairs": [r.to_json(translate) for r in self.repairs],
            "left": [p.to_json(translate) for p in self.left],
        }
