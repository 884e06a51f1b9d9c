"""How a table of the project file is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from layers.base import Field, GeometryKind
from layers.common import CREATED_AT, UID, UPDATED_AT


@dataclass(frozen=True)
class Table:
    """A table of the project file. `json`: fields that hold a JSON document. No `geometry`: attributes only."""

    key: str
    label: str
    fields: tuple[Field, ...]
    geometry: GeometryKind | None = None
    code_prefix: str = ""
    site: bool = False
    json: frozenset[str] = field(default_factory=frozenset)
    indexes: tuple[str, ...] = ()
    kept: bool = False
    """True for a table that the program alone keeps: its rows are never inserted or deleted by a change."""
    since: int = 1
    """Schema version that brought the table: older files that are only read do not have it."""

    def field_named(self, name: str) -> Field | None:
        """The declared field of that name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """The fields that a new row must be given; the program fills in the others."""
        given = (f for f in self.fields if f.required and not f.system)
        return tuple(f for f in given if f.name != "code" or not self.code_prefix)

    @cached_property
    def plain(self) -> dict[str, type]:
        """The fields that take any ordinary text (str) or any finite number (float)."""
        kinds: dict[str, type] = {"text": str, "real": float}
        return {
            f.name: kinds[f.kind]
            for f in self.fields
            if f.kind in kinds and not f.choices and not f.system and f.name != "code" and f.name not in self.json
            and f.minimum is None and f.maximum is None
        }  # fmt: skip

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Declared columns after fid, without geometry."""
        return tuple(f.name for f in self.fields)


@dataclass(frozen=True)
class Link:
    """Rows of `child` belong to a row of `parent` by equal values: they go when it goes, follow when it is renamed."""

    parent: str
    parent_column: str
    child: str
    child_column: str


def text(name: str, *, required: bool = False, unique: bool = False) -> Field:
    """A column of text."""
    return Field(name, "text", name, required=required, unique=unique)


def real(name: str, *, minimum: float | None = 0.0, maximum: float | None = None) -> Field:
    """A column of numbers, by default none below zero."""
    return Field(name, "real", name, minimum=minimum, maximum=maximum)


def attributes(
    key: str,
    label: str,
    *own: Field,
    json: tuple[str, ...] = (),
    indexes: tuple[str, ...] = (),
    kept: bool = False,
    since: int = 1,
) -> Table:
    """A table without geometry; every one has uid and times."""
    fields = (UID, *own, CREATED_AT, UPDATED_AT)
    return Table(key, label, fields, json=frozenset(json), indexes=indexes, kept=kept, since=since)
