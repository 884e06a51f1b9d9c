"""The project's own name and settings, changed as one step that can be undone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from app.project import Project
from app.verbs import labels
from models.changes import ChangeSet, Update
from models.errors import Refused
from models.notices import N_

_KEY = re.compile(r"[a-z][a-z0-9_]{0,60}")
KEPT = frozenset({"made_up", "sample_version", "working_copy", "absent_controls", "datum_shifts"})
"""Settings that have a command of their own, or that the program keeps."""
_FIXED = frozenset({"crs", "uid", "schema_version", "program_version", "created_at", "updated_at", "settings"})


def set_project(project: Project, values: Mapping[str, str]) -> ChangeSet:
    """Set the name and settings of a project. A value is read as JSON if it is that, else as text; "" removes it.

    Raises Refused for a name or key that is not to be changed, or an empty name.
    """
    row = project.store.rows("project")[0]
    old = dict(row["settings"] or {})
    new = dict(old)
    changed: dict[str, Any] = {}
    for key, text in values.items():
        if key == "name":
            changed["name"] = _name(text)
            continue
        if key in KEPT | _FIXED or not _KEY.fullmatch(key):
            raise Refused("project.setting", N_("{name} cannot be set"), where=f"{key}={text}", name=key,
                          advice=N_("set the name, or a setting of your own, e.g. office=…"))  # fmt: skip
        new.pop(key, None)
        if text.strip():
            new[key] = _value(text.strip())
    if new != old:
        changed["settings"] = new
    label = labels.settings_changed({"name": row["name"], **old}, {"name": changed.get("name", row["name"]), **new})
    return project.store.transact(label, [Update("project", int(row["fid"]), changed)] if changed else [])


def _name(text: str) -> str:
    made = " ".join(text.split())
    if not made:
        raise Refused("project.no_name", N_("a project needs a name"))
    return made


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
