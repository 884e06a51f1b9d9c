"""Give fields of several features the same value, as one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.project import Project
from app.verbs import labels
from app.verbs.edit import parse_value
from layers.base import Field
from layers.registry import LAYERS
from models.changes import ChangeSet, Update
from models.errors import Missing, Refused
from models.notices import N_, Notice


def many_changes(
    layer: str, rows: Mapping[int, Mapping[str, Any]], values: Mapping[str, Any]
) -> tuple[Notice, list[Update]]:
    """The step that sets checked `values` in these rows (fid → fields now): its label and its changes.

    Rows that hold the values already are left alone. Raises Refused for a field that must differ from row to row.
    """
    for name in values:
        field = LAYERS[layer].field_named(name)
        if field is not None and field.unique and len(rows) > 1:
            raise Refused("field.unique", N_("{field} must be another one for each feature"), where=name,
                          advice=N_("change it one by one"), field=Notice("field", field.label))  # fmt: skip
    changes = [Update(layer, fid, dict(values)) for fid, row in rows.items()
               if any(row.get(name) != value for name, value in values.items())]  # fmt: skip
    touched = {c.fid for c in changes}
    codes = [str(row.get("code") or "") for fid, row in rows.items() if fid in touched]
    if len(changes) == 1:
        only = rows[changes[0].fid]
        return labels.fields_changed(layer, codes[0], only, values), changes
    return labels.many_changed(layer, codes, values), changes


def shared_fields(layer: str) -> list[Field]:
    """The fields that several features of a layer can be given at once."""
    return [f for f in LAYERS[layer].fields if not f.system and not f.unique]


def set_many(project: Project, layer: str, codes: Sequence[str] | None, values: Mapping[str, str]) -> ChangeSet:
    """Set fields of the features with these codes (None: all of the layer) from what a person typed; all or none.

    Raises Missing (layer, code, field), Refused (a value that does not fit, a field that must be unique).
    """
    if layer not in LAYERS:
        raise Missing("layer.unknown", N_("there is no layer {layer}"), advice=N_("known: {known}"), layer=layer,
                      known=", ".join(LAYERS))  # fmt: skip
    typed: dict[str, Any] = {}
    for name, text in values.items():
        field = LAYERS[layer].field_named(name)
        if field is None or field.system:
            raise Missing("field.unknown", N_("{code} has no field {name}"), advice=N_("known: {known}"), code=layer,
                          name=name, known=", ".join(f.name for f in shared_fields(layer)))  # fmt: skip
        typed[name] = parse_value(field, text)
    found = {str(row["code"]): row for row in project.store.rows(layer)}
    wanted = list(found) if codes is None else list(codes)
    for code in wanted:
        if code not in found:
            raise Missing("code.unknown", N_("nothing in the project has the code {code}"), where=layer, code=code,
                          advice=N_("list what there is with info"))  # fmt: skip
    label, changes = many_changes(layer, {int(found[c]["fid"]): found[c] for c in wanted}, typed)
    return project.store.transact(label, changes)
