"""What a check of a project found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from models.notices import Notice, Translate, _same

Severity = Literal["error", "warning"]
DAMAGED_FILE = frozenset({"project.damaged", "project.truncated", "project.table_missing"})
"""Why a project file is not opened that may be rescued, and that a check tells of all the same."""
UNREADABLE = frozenset({"file.damaged", "table.missing", "column.missing", "row.damaged"})
"""Problems with which not all of a file can be read."""


@dataclass(frozen=True)
class Problem:
    """One finding of a check. `key` is stable; `table` and `fid` say which row ("" and None: the whole file)."""

    key: str
    severity: Severity
    message: Notice
    table: str = ""
    fid: int | None = None

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The contract's dictionary, the message as a sentence in the language of `translate`."""
        return {
            "key": self.key,
            "severity": self.severity,
            "table": self.table,
            "fid": self.fid,
            "message": self.message.render(translate),
        }
