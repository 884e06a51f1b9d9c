"""Control areas that are not here: an office's word, on record, that the region has none of a kind.

Without it a kind of which the project holds no area cannot be told from one that nobody looked for (D7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.project import Project
from app.verbs.days import past_day
from app.verbs.overlay import RED_LINE, control_index
from layers import control_areas, red_lines
from models.absence import Absence
from models.changes import ChangeSet, Update
from models.errors import Missing, Refused
from models.notices import N_, Notice

SETTING = "absent_controls"
WORDS: Mapping[str, str] = {
    RED_LINE: red_lines.LAYER.label,
    **{c.value: c.label for c in control_areas.KINDS if c.value != "other"},
}
"""Kinds of control area of which a region may have none, and what they are called."""


@dataclass(frozen=True)
class ControlState:
    """What the project knows of a kind: its areas in force or in draft, and what was stated of it."""

    kind: str
    areas: int
    absence: Absence | None


def absences(project: Project) -> dict[str, Absence]:
    """What was stated, by kind. An entry that another program spoilt is left out: it says nothing then."""
    kept = project.store.project()["settings"].get(SETTING)
    found = {}
    for kind, facts in (kept if isinstance(kept, dict) else {}).items():
        if kind in WORDS and isinstance(facts, dict):
            texts = [facts.get(k) for k in ("source", "stated_by", "stated_on")]
            if all(isinstance(t, str) and t for t in texts):
                found[kind] = Absence(kind, *map(str, texts))
    return found


def control_states(project: Project) -> list[ControlState]:
    """Every kind with its number of areas and its statement, red lines first."""
    counts = Counter(c.kind for c in control_index(project.store).controls)
    stated = absences(project)
    return [ControlState(kind, counts[kind], stated.get(kind)) for kind in WORDS]


def state_absence(project: Project, kind: str, *, source: str, stated_by: str, stated_on: str) -> ChangeSet:
    """Put on record that the region has no area of a kind, as one undo step.

    Raises Missing for an unknown kind, Refused where the project holds such areas, without document or name, or for a
    date that is none or lies in the future.
    """
    _check_kind(kind)
    areas = next(s.areas for s in control_states(project) if s.kind == kind)
    if areas:
        raise Refused(
            "absence.there",
            N_("the project holds {n} such areas"),
            where=kind,
            advice=N_("delete them, or set their status to replaced, if they do not bind"),
            n=areas,
        )
    for text, key, what in (
        (source, "source", N_("say which document states it")),
        (stated_by, "by", N_("say who stated it")),
    ):
        if not text.strip():
            raise Refused(f"absence.{key}", what, where=kind)
    made = Absence(kind, source.strip(), stated_by.strip(), past_day(stated_on, kind, "absence"))
    facts = {k: v for k, v in asdict(made).items() if k != "kind"}
    label = Notice("absence.state", N_("on record: no {kind} here ({source})"), kind=_word(kind), source=made.source)
    return _keep(project, label, lambda kept: {**kept, kind: facts})


def withdraw_absence(project: Project, kind: str) -> ChangeSet:
    """Take a statement back, as one undo step. Raises Missing for an unknown kind and one that was not stated."""
    _check_kind(kind)
    if kind not in absences(project):
        raise Missing("absence.none", N_("nothing was stated of this kind"), where=kind)
    label = Notice("absence.withdraw", N_("take back that there is no {kind} here"), kind=_word(kind))
    return _keep(project, label, lambda kept: {k: v for k, v in kept.items() if k != kind})


def _check_kind(kind: str) -> None:
    if kind not in WORDS:
        raise Missing("absence.kind", N_("there is no such kind of control area"), where=kind,
                      advice=N_("one of: {known}"), known=", ".join(WORDS))  # fmt: skip


def _word(kind: str) -> Notice:
    return Notice("layer", WORDS[kind])


def _keep(project: Project, label: Notice, change: Any) -> ChangeSet:
    row = project.store.rows("project")[0]
    settings = dict(row["settings"] or {})
    kept = settings.pop(SETTING, None)
    new = change(kept if isinstance(kept, dict) else {})
    if new:
        settings[SETTING] = new
    return project.store.transact(label, [Update("project", int(row["fid"]), {"settings": settings})])
