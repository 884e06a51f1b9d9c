"""Error figures: of each kind of survey by default, as the project's user edited them, and of one terrain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.project import Project
from gis.store import terrain_values
from models.changes import Update
from models.error_figures import LIMITS_M, check_source, completed, error_figures
from models.errors import Refused
from models.notices import N_, Notice
from models.terrain import SOURCES, USUAL_ERRORS, ErrorDefault, ErrorFigures, Terrain

SETTING = "error_defaults"
"""Key of the project's settings: {source: {figure: metres, "said_by": text}}; only what the user edited is there."""


def error_defaults(project: Project) -> dict[str, ErrorDefault]:
    """The defaults by kind of survey, the user's own in the place of those that he edited."""
    own = project.store.project()["settings"].get(SETTING)
    own = own if isinstance(own, Mapping) else {}
    return {key: _edited(usual, own.get(key)) for key, usual in USUAL_ERRORS.items()}


def _edited(usual: ErrorDefault, own: Any) -> ErrorDefault:
    """The default with the figures that were edited; what another program left there and is no figure is passed by."""
    if not isinstance(own, Mapping):
        return usual
    figures = {k: float(v) for k, v in own.items() if k in LIMITS_M and isinstance(v, int | float) and v > 0}
    if not figures:
        return usual
    edited = replace(usual.figures, **figures, basis=f"edited:{usual.source}")
    return ErrorDefault(usual.source, edited, str(own.get("said_by") or ""), "", edited=True)


def figures_of(project: Project, source: str | None, **stated: float | None) -> ErrorFigures:
    """What is stated of a survey, completed by the project's defaults of its source. Raises Refused."""
    return error_figures(source, {key: d.figures for key, d in error_defaults(project).items()}, **stated)


def set_error_default(
    project: Project, source: str, stated: Mapping[str, float | None], *, said_by: str = ""
) -> ErrorDefault:
    """Edit the default figures of a kind of survey, as one step that can be undone.

    `stated` by the names of ErrorFigures (m), None = as before; `said_by`: who or what the new figures come from.
    Terrains that are registered keep theirs. Raises Refused (no such kind, no length, nothing said).
    """
    check_source(source)
    completed(stated)
    given = {k: v for k, v in stated.items() if v is not None}
    if not given:
        raise _nothing("")
    facts = project.store.project()
    settings = dict(facts["settings"])
    own = dict(settings.get(SETTING) or {})
    own[source] = {**(own.get(source) or {}), **given, **({"said_by": said_by} if said_by else {})}
    label = Notice("terrain.default", N_("default error figures of {source}"), source=_kind(source))
    project.store.transact(label, [Update("project", facts["fid"], {"settings": {**settings, SETTING: own}})])
    return error_defaults(project)[source]


def reset_error_defaults(project: Project, source: str | None = None) -> dict[str, ErrorDefault]:
    """Take the program's own figures again, for one kind of survey or for all; one step."""
    if source is not None:
        check_source(source)
    facts = project.store.project()
    settings = dict(facts["settings"])
    own = {k: v for k, v in (settings.pop(SETTING, None) or {}).items() if source is not None and k != source}
    label = Notice("terrain.default_reset", N_("default error figures as the program has them"))
    settings |= {SETTING: own} if own else {}
    project.store.transact(label, [Update("project", facts["fid"], {"settings": settings})])
    return error_defaults(project)


def unlike_default(project: Project, source: str) -> list[Terrain]:
    """Registered terrains whose figures are an earlier default of this kind of survey, none of them stated."""
    default = error_defaults(project)[source].figures
    words = {f"default:{source}", f"edited:{source}"}
    return [t for t in project.store.terrains() if t.errors.basis in words and _differ(t.errors, default)]


def _differ(one: ErrorFigures, other: ErrorFigures) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in LIMITS_M)


def apply_error_default(project: Project, source: str) -> list[Terrain]:
    """The present default for all terrains that stand on an earlier one, as one step; those terrains as they are now.

    Stored estimates keep the interval that they were given. Raises Refused (no such kind, no such terrain).
    """
    check_source(source)
    found = unlike_default(project, source)
    if not found:
        raise Refused(
            "terrain.none_behind",
            N_("no registered terrain stands on an earlier default of this kind of survey"),
            where=source,
            advice=N_("figures that were stated for a terrain are changed with terrain set"),
        )
    default = error_defaults(project)[source].figures
    changed = [replace(t, source=source, errors=default) for t in found]
    updates = [
        Update(
            "terrains", project.store.rows("terrains", name=t.name)[0]["fid"], {"record": terrain_values(t)["record"]}
        )
        for t in changed
    ]
    label = Notice("terrain.default_applied", N_("default error figures of {source} for {n} terrains"),
                   source=_kind(source), n=len(changed))  # fmt: skip
    project.store.transact(label, updates)
    return changed


def set_terrain_errors(
    project: Project,
    name: str,
    stated: Mapping[str, float | None],
    *,
    source: str | None = None,
    forget: bool = False,
) -> Terrain:
    """Change the error figures of a registered terrain, as one step that can be undone.

    Begins with the present figures, with the project's defaults of `source` if one is named, or with none (`forget`).
    Estimates that were stored keep the interval that they were given. Raises Missing (no such terrain), Refused.
    """
    terrain = project.store.terrain(name)
    base = ErrorFigures() if forget else terrain.errors
    if source is not None:
        check_source(source)
        base = error_defaults(project)[source].figures
    elif not forget and all(v is None for v in stated.values()):
        raise _nothing(name)
    changed = replace(terrain, source=source or terrain.source, errors=completed(stated, base))
    fid = project.store.rows("terrains", name=name)[0]["fid"]
    label = Notice("terrain.errors", N_("error figures of terrain {name}"), name=name)
    project.store.transact(label, [Update("terrains", fid, {"record": terrain_values(changed)["record"]})])
    return changed


def _kind(source: str) -> Notice:
    return Notice(f"source.{source}", SOURCES[source])


def _nothing(where: str) -> Refused:
    return Refused(
        "terrain.no_figure",
        N_("no error figure was given"),
        where=where,
        advice=N_("change at least one of the four (--sigma-z, --range, --sigma-xy, --bias)"),
    )
