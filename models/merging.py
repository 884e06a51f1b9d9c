"""What bringing a working copy back found and did: changes by table, conflicts for a person to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.notices import Notice, Translate, _same
from models.outline import OutlineFacts

Take = Literal["mine", "theirs"]
ConflictKind = Literal["field", "outline", "record", "deleted_here", "deleted_there", "code"]


@dataclass(frozen=True)
class MergeConflict:
    """Something that both sides changed since the copy was made. `key` names it in a file of decisions.

    kind "field", "outline", "record": both changed it; "deleted_here", "deleted_there": one side deleted what the
    other changed, or to which it added (`below` counts those rows); "code": both used the code for different rows
    (`other` is the table of the project's own row). `base` is the value when the copy was made.
    """

    key: str
    kind: ConflictKind
    table: str
    uid: str
    code: str
    field: str = ""
    base: Any = None
    mine: Any = None
    theirs: Any = None
    below: int = 0
    other: str = ""
    take: Take | None = None

    def to_json(self) -> dict[str, Any]:
        """The document that ``merge --json`` prints for each conflict."""
        sides = {
            name: value.to_json() if isinstance(value, OutlineFacts) else value
            for name, value in (("base", self.base), ("mine", self.mine), ("theirs", self.theirs))
        }
        return {
            "conflict": self.key,
            "kind": self.kind,
            "table": self.table,
            "uid": self.uid,
            "code": self.code,
            "field": self.field,
            **sides,
            "below": self.below,
            "take": self.take,
        }


@dataclass(frozen=True)
class CopyStep:
    """A step of the copy's own log that came with the merge: who, when, what."""

    step: int
    kind: str
    at: str
    user: str
    label: Notice

    def to_json(self) -> dict[str, Any]:
        """As it is kept in the project."""
        return {"step": self.step, "kind": self.kind, "at": self.at, "user": self.user, "label": self.label.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CopyStep:
        """What `to_json` wrote."""
        return cls(data["step"], data["kind"], data["at"], data["user"], Notice.from_json(data["label"]))


@dataclass(frozen=True)
class MergeReport:
    """What a merge brings (or brought). The lists name rows by code, or by uid where they have none, by table.

    `base_step` is the last step that both logs share; `log` the steps made in the copy; `unfit` the rows of the copy
    that could not be kept, with the reason; `revision` the step that was made, None for a trial or nothing new.
    """

    base_step: int
    copy_name: str
    added: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    deleted: dict[str, list[str]] = field(default_factory=dict)
    conflicts: tuple[MergeConflict, ...] = ()
    unfit: tuple[tuple[str, str, Notice], ...] = ()
    remarks: tuple[Notice, ...] = ()
    log: tuple[CopyStep, ...] = ()
    revision: int | None = None

    @property
    def undecided(self) -> tuple[MergeConflict, ...]:
        """The conflicts that nobody decided yet."""
        return tuple(c for c in self.conflicts if c.take is None)

    def count(self, what: Literal["added", "changed", "deleted"]) -> int:
        """Number of rows in all tables."""
        return sum(map(len, getattr(self, what).values()))

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document that ``merge --json`` prints; sentences in the language of `translate`."""
        return {
            "base_step": self.base_step,
            "copy": self.copy_name,
            "added": self.added,
            "changed": self.changed,
            "deleted": self.deleted,
            "conflicts": [c.to_json() for c in self.conflicts],
            "undecided": len(self.undecided),
            "unfit": [{"table": t, "row": r, "reason": why.render(translate)} for t, r, why in self.unfit],
            "warnings": [r.render(translate) for r in self.remarks],
            "log": [{**s.to_json(), "label": s.label.render(translate)} for s in self.log],
            "revision": self.revision,
        }
