"""What changes in a project, as values: the store applies them, the change log keeps them, undo turns them round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.notices import Notice


@dataclass(frozen=True)
class Insert:
    """A new row. `values` may hold "geometry" (shapely, project CRS) for feature tables.

    A missing uid or code and the times are made.
    """

    table: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Update:
    """New values of some columns of the row with this fid."""

    table: str
    fid: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Delete:
    """Remove the row with this fid."""

    table: str
    fid: int


Change = Insert | Update | Delete


@dataclass(frozen=True)
class ChangeSet:
    """What a committed step changed; views look at it and redraw or not.

    `revision` is the number of the step in the change log; `fids` maps each touched table to its row numbers,
    in the order of the changes (new ones included).
    """

    revision: int
    label: Notice
    fids: dict[str, tuple[int, ...]]

    @property
    def tables(self) -> frozenset[str]:
        """The tables that changed."""
        return frozenset(self.fids)
