"""A change of the log in words: what the History tab and the project's history show of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app import format as fmt
from app.gui import words
from app.gui.setting_words import setting_lines
from app.i18n import _
from models.notices import Notice

if TYPE_CHECKING:
    from app.verbs.history import RowChange
    from models.outline import OutlineFacts


@dataclass(frozen=True)
class ChangeLine:
    """One thing that changed: a field by its name, or the outline ("")."""

    text: str
    field: str = ""
    before: str = ""
    """What it was, as a button that brings it back names it; "" where there was nothing to bring back."""


def headline(label: Notice, op: str = "") -> str:
    """What a step is called."""
    from app.verbs.history import OPS

    return words.cap(label.render(_) or _(OPS.get(op, "changed")))


def who_when(user: str, at: str) -> str:
    """When and by whom, on one line: 2026-11-26 19:30 · Wang."""
    return " · ".join(t for t in (words.when(at), user) if t)


def outline_words(facts: OutlineFacts | None) -> str:
    """An outline by area and points."""
    if facts is None:
        return "—"
    return _("{area} m², {n} points").format(area=fmt.number(facts.area_m2, 1), n=facts.vertices)


def change_lines(change: RowChange) -> list[ChangeLine]:
    """Old and new of each field that a person changed, and of the outline. A new row says only how large it is."""
    found: list[ChangeLine] = []
    if change.entry.op == "update":
        for f in change.fields:
            if f.table == "project" and f.name == "settings":  # a record: what differs in it, not the whole of it twice
                found += [ChangeLine(line, f.name) for line in setting_lines(f.old, f.new)]
            else:
                found.append(_field_line(f.to_json(_)))
    if change.before is not None or change.after is not None:
        sides = [outline_words(o) for o in (change.before, change.after) if o is not None]
        text = _("Outline: {text}").format(text=" → ".join(sides))
        back = change.before is not None and change.entry.op == "update"
        found.append(ChangeLine(text, "", sides[0] if back else ""))
    return found


def _field_line(f: dict[str, Any]) -> ChangeLine:
    unit = f" {f['unit']}" if f["unit"] else ""
    old, new = (f[k] if f[k] == "—" else f"{f[k]}{unit}" for k in ("old_words", "new_words"))
    text = _("{field}: {old} → {new}").format(field=words.cap(f["label"]), old=old, new=new)
    return ChangeLine(text, f["field"], old)
