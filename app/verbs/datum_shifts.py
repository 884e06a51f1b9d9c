"""Parameters from older datums to CGCS2000, kept in the project: each change is one step that can be undone."""

from __future__ import annotations

from app.project import Project
from gis.crs import parse_crs
from gis.datum_shift import DatumShift
from models.changes import ChangeSet, Update
from models.errors import Missing, Refused
from models.notices import N_, Notice

SETTING = "datum_shifts"


def shifts_of(project: Project) -> list[DatumShift]:
    """What the project keeps. Raises Refused if another program made nonsense of it."""
    kept = project.store.project()["settings"].get(SETTING) or []
    return [DatumShift.from_json(one) for one in kept]


def add_shift(
    project: Project,
    shift: DatumShift,
    *,
    control: tuple[float, float, float, float] | None = None,
    limit_m: float = 1.0,
    replace: bool = False,
) -> tuple[ChangeSet, float | None]:
    """Keep a set of parameters; returns the step and the miss at the control point in m.

    `control`: a known point, north and east in the old system and in the new one (of four parameters the two zones, of
    others geographic degrees, latitude first). Raises Refused for parameters that are no such set, miss the control
    point by more than `limit_m`, or have a name that is taken.
    """
    if not shift.name.strip():
        raise Refused("shift.no_name", N_("the parameters need a name"))
    shift.check()
    kept = shifts_of(project)
    if any(s.name == shift.name for s in kept) and not replace:
        raise Refused(
            "shift.name_taken",
            N_("the project has parameters “{name}” already"),
            advice=N_("choose another name, or remove those first"),
            name=shift.name,
        )
    miss = None if control is None else _miss(shift, control)
    if miss is not None and not miss <= limit_m:
        raise Refused(
            "shift.misses",
            N_("the parameters “{name}” miss the control point by {miss:.3f} m (at most {limit:g} m)"),
            advice=N_("check signs, units (metres, seconds, parts per million) and the sense of the rotations"),
            name=shift.name,
            miss=miss,
            limit=limit_m,
        )
    others = [s for s in kept if s.name != shift.name]
    label = Notice("shift.added", N_("keep the datum parameters “{name}”"), name=shift.name)
    return _store(project, label, [*others, shift]), miss


def remove_shift(project: Project, name: str) -> ChangeSet:
    """Take a set of parameters away; features that came through it stay as they are. Raises Missing."""
    kept = shifts_of(project)
    if all(s.name != name for s in kept):
        raise Missing(
            "shift.unknown_name",
            N_("the project has no parameters “{name}”"),
            advice=N_("there is: {known}"),
            name=name,
            known=", ".join(s.name for s in kept) or "—",
        )
    label = Notice("shift.removed", N_("remove the datum parameters “{name}”"), name=name)
    return _store(project, label, [s for s in kept if s.name != name])


def _store(project: Project, label: Notice, shifts: list[DatumShift]) -> ChangeSet:
    row = project.store.rows("project")[0]
    settings = {k: v for k, v in dict(row["settings"] or {}).items() if k != SETTING}
    if shifts:
        settings[SETTING] = [s.to_json() for s in shifts]
    return project.store.transact(label, [Update("project", int(row["fid"]), {"settings": settings})])


def _miss(shift: DatumShift, control: tuple[float, float, float, float]) -> float:
    import numpy as np
    from pyproj import Geod

    source, target = parse_crs(shift.source), parse_crs(shift.target)
    north, east, north2, east2 = control
    x, y = shift.way(source, target).transform(np.array([east]), np.array([north]))
    if target.is_projected:
        return float(np.hypot(x[0] - east2, y[0] - north2))
    _, _, metres = Geod(ellps="GRS80").inv(float(x[0]), float(y[0]), east2, north2)
    return float(metres)
