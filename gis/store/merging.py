"""Brings a working copy back into the project: row by row, by uid, against the state from which both went apart."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely

from gis.store import blob
from gis.store.ancestors import UNSURE, common_step, differing, fill_cells
from gis.store.cells import CODE_LINKS, MARK, Ref
from gis.store.geometries import Shape, shapes_of
from gis.store.gpkg import quote
from gis.store.log import entries, facts_of, steps
from gis.store.merge_apply import Applying
from gis.store.merge_plan import Plan, Takes
from gis.store.records import natural
from gis.store.renumbering import code_clashes, renamings
from gis.store.steps import Row
from gis.store.tables import GEOMETRY_COLUMN, TABLES, field_word, table_word
from gis.store.threeway import Clash, Decision, Key, decide, gather, parents, take
from gis.store.values import stored_value
from models.changes import Insert
from models.errors import AppError, Refused
from models.merging import CopyStep, MergeConflict, MergeReport, Take
from models.notices import N_, Notice
from models.progress import Watch

if TYPE_CHECKING:
    from gis.store.store import Store

_UNRELATED_ADVICE = N_("merge takes copies that copy-out made of this project; import the layers of other files")


def make_plan(mine: sqlite3.Connection, project: Store, copy: Store, takes: Takes, watch: Watch | None = None) -> Plan:
    """Compare both files. Raises Refused if they are no copies of one project or of different versions, Cancelled."""
    watch = watch or Watch()
    with copy.reader() as theirs:
        base = _check_related(mine, theirs, project, copy)
        mark = copy.project()["settings"].get(MARK) or {}
        copy_uid = str(mark.get("uid", ""))
        pairs = differing(mine, theirs, watch.part(0.0, 0.5))
        fill_cells(pairs, mine, theirs, base)
        watch.report(0.6)
        seen = _seen(mine, copy_uid)
        decisions = {key: decide(pair, seen) for key, pair in pairs.rows.items()}
        gather(decisions)
        shapes, unfit = _vetted(mine, project.srs_id, decisions, watch.part(0.6, 1.0))
        conflicts = list(_decided(decisions, takes))
        text = N_("column {column} of {table} exists in the copy only and stays there")
        remarks = [
            Notice("merge.column", text, column=name, table=table_word(table))
            for table, names in pairs.only_theirs.items()
            for name in names
        ]
        clashes = code_clashes(mine, decisions, remarks)
        conflicts += [replace(c.conflict, take=takes.of(c.conflict.key)) for c in clashes]
        renames = renamings(mine, theirs, decisions, clashes, takes.of)
        steps_of: dict[str, list[int]] = {}
        for entry in entries(theirs, after=base):
            if (entry.table, entry.uid) in decisions:
                steps_of.setdefault(f"{entry.table}/{entry.uid}", []).append(entry.step)
        made_there = tuple(CopyStep(s.step, s.kind, s.at, s.user, s.label) for s in reversed(steps(theirs))
                           if s.step > base and s.label.key != "copy.mark")  # fmt: skip
    added, changed, deleted = (_listed(decisions, op) for op in ("insert", "update", "delete"))
    conflicts.sort(key=lambda c: natural(c.key))
    report = MergeReport(base, copy.path.name, added, changed, deleted, tuple(conflicts), tuple(unfit), tuple(remarks),
                         made_there)  # fmt: skip
    return Plan(report, decisions, renames, shapes, copy_uid, steps_of)


def _check_related(mine: sqlite3.Connection, theirs: sqlite3.Connection, project: Store, copy: Store) -> int:
    """The step from which both went apart."""
    facts, others = project.project(), copy.project()
    where = str(copy.path)
    if facts["uid"] != others["uid"] or facts["crs"] != others["crs"]:
        raise Refused("merge.unrelated", N_("this is no copy of the project"), where=where, advice=_UNRELATED_ADVICE)
    if facts["schema_version"] != others["schema_version"]:
        raise Refused("merge.other_version", N_("the copy was last opened with another version of the program"),
                      where=where, advice=N_("open and close it once with this one"))  # fmt: skip
    base = common_step(mine, theirs)
    mark = others["settings"].get(MARK) or facts["settings"].get(MARK) or {}
    if base < int(mark.get("revision", 0)):
        raise Refused("merge.lost_ancestor",
                      N_("the copy was made from a state (step {step}) that this project no longer has"), where=where,
                      advice=N_("merge it into the file from which it was made"), step=mark["revision"])  # fmt: skip
    return base


def _seen(con: sqlite3.Connection, copy_uid: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if con.execute("SELECT 1 FROM sqlite_master WHERE name = 'merges'").fetchone() is None:
        return found  # an older project, opened to look at only
    for (text,) in con.execute("SELECT record FROM merges WHERE copy_uid = ? ORDER BY fid", (copy_uid,)):
        for key, news in json.loads(text)["seen"].items():
            old = found.get(key)
            found[key] = {**old, **news} if isinstance(old, dict) and isinstance(news, dict) else news
    return found


# What the copy's values must be to be kept


def _vetted(
    con: sqlite3.Connection, srs_id: int, decisions: dict[Key, Decision], watch: Watch
) -> tuple[dict[Key, Shape], list[tuple[str, str, Notice]]]:
    """The outlines to write; rows whose values or outlines cannot be kept are left out, with the reason."""
    shapes: dict[Key, Shape] = {}
    unfit: list[tuple[str, str, Notice]] = []
    for n, (key, made) in enumerate(decisions.items()):
        if n % 200 == 0:
            watch.report(n / len(decisions))
        if made.op not in {"insert", "update"}:
            continue
        try:
            if GEOMETRY_COLUMN in made.values:
                shapes[key] = _shape(key[0], made, srs_id)
            _check_values(key[0], made)
            if made.op == "insert":
                _check_parents(con, key[0], made, decisions)
        except AppError as error:
            unfit.append((key[0], name_of(made), error.what))
            made.op, made.values, made.conflicts, made.news = "keep", {}, [], None
    return shapes, unfit


def _shape(table: str, made: Decision, srs_id: int) -> Shape:
    row = made.pair.theirs or {}
    try:
        shape = None if row[GEOMETRY_COLUMN] is None else blob.decode(row[GEOMETRY_COLUMN])
    except (ValueError, TypeError, shapely.GEOSException) as cause:
        raise Refused("geometry.damaged", N_("the outline cannot be read")) from cause
    return shapes_of([Insert(table, {"geometry": shape, "code": row.get("code")})], srs_id)[0]


def _check_values(table: str, made: Decision) -> None:
    for name, value in made.values.items():
        f = TABLES[table].field_named(name)
        if f is None or isinstance(value, Ref) or f.system or name in TABLES[table].json:
            continue
        if value is None and f.required:
            raise Refused("field.required", N_("{field} must have a value"), field=field_word(table, name))
        stored_value(f, value)


def _check_parents(con: sqlite3.Connection, table: str, made: Decision, decisions: dict[Key, Decision]) -> None:
    state = made.pair.theirs_cells or {}
    lost = any(isinstance(state.get(link.child_column), str) for link in CODE_LINKS if link.child == table)
    has: dict[str, bool] = {}
    for parent, uid in parents(table, state):  # parents were vetted before: one that is unfit comes no more
        decision = decisions.get((parent, uid))
        op = decision.op if decision is not None else "keep"
        there = con.execute(f"SELECT 1 FROM {quote(parent)} WHERE uid = ?", (uid,)).fetchone() is not None
        has[uid] = has.get(uid, False) or op == "insert" or (there and op != "delete")
    if lost or not all(has.values()):
        raise Refused("merge.orphan", N_("it belongs to a row that neither file has"))


# Conflicts


def name_of(made: Decision) -> str:
    """The code of a row, or its name, or its uid."""
    for row in (made.pair.mine, made.pair.theirs):
        for column in ("code", "name"):
            if row and row.get(column) and made.pair.table not in {"samples", "project"}:
                return str(row[column])
    return made.pair.uid


def _decided(decisions: dict[Key, Decision], takes: Takes) -> Iterator[MergeConflict]:
    used: dict[str, int] = {}
    for made in decisions.values():
        for clash in made.conflicts:
            field_name = clash.cells[0] if clash.kind in {"field", "outline"} else ""
            field_name = "outline" if field_name == GEOMETRY_COLUMN else field_name
            key = "/".join(p for p in (made.pair.table, name_of(made), field_name) if p)
            used[key] = used.get(key, 0) + 1
            key += f"~{used[key]}" if used[key] > 1 else ""
            side = takes.of(key)
            if side:
                take(decisions, made, clash, side)
            yield _conflict(key, made, clash, field_name, side)


def _conflict(key: str, made: Decision, clash: Clash, field_name: str, side: Take | None) -> MergeConflict:
    pair = made.pair
    names = clash.cells
    if clash.kind in {"deleted_here", "deleted_there"}:
        state = pair.theirs_cells if clash.kind == "deleted_here" else pair.mine_cells
        names = tuple(n for n, v in (state or {}).items() if pair.base is None or pair.base.get(n) != v)
    base, mine, theirs = (_shown(state, names) for state in (pair.base, pair.mine_cells, pair.theirs_cells))
    if clash.kind in {"field", "outline"}:
        base, mine, theirs = (None if s is None else s[names[0]] for s in (base, mine, theirs))
    code = name_of(made) if name_of(made) != pair.uid else ""
    return MergeConflict(key, clash.kind, pair.table, pair.uid, code, field_name, base, mine, theirs,
                         below=len(clash.below), take=side)  # fmt: skip


def _shown(state: Mapping[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    if state is None:
        return None
    made: dict[str, Any] = {}
    for name in names:
        value = state.get(name)
        if isinstance(value, bytes):
            try:
                value = facts_of(shapely.from_wkb(value)) if name == GEOMETRY_COLUMN else value.hex()
            except (TypeError, shapely.GEOSException):
                value = None
        made[name] = None if value is UNSURE else value.uid if isinstance(value, Ref) else value
    return made


def _listed(decisions: dict[Key, Decision], op: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for (table, _uid), made in decisions.items():
        if made.op == op:
            found.setdefault(table, []).append(name_of(made))
    return {table: sorted(names, key=natural) for table, names in found.items()}


# Carrying it out


def merge(
    project: Store, copy: Store, takes: Takes, *, dry_run: bool = False, watch: Watch | None = None
) -> MergeReport:
    """Bring the copy's changes in as one step; a trial only looks.

    Raises Refused: no copy of this project, or conflicts that nobody decided; Cancelled. Nothing changed then.
    """
    watch = watch or Watch()
    if dry_run:
        with project.reader() as con:
            return make_plan(con, project, copy, takes, watch).report
    with project.open_step(Notice("copy.merge", "")) as step:
        plan = make_plan(step.con, project, copy, takes, watch.part(0.0, 0.6))
        report = plan.report
        if report.undecided:
            raise Refused("merge.undecided", N_("{n} conflicts are not decided: {first}"), where=str(copy.path),
                          advice=N_("look at them with --dry-run, then decide with --take or --resolve"),
                          n=len(report.undecided), first=", ".join(c.key for c in report.undecided[:5]))  # fmt: skip
        text = N_("merge the working copy {file}: {added} added, {changed} changed, {deleted} deleted")
        step.relabel(Notice("copy.merge", text, file=copy.path.name, added=report.count("added"),
                            changed=report.count("changed"), deleted=report.count("deleted")))  # fmt: skip
        Applying(step, plan, watch.part(0.6, 0.95)).run()
        if plan.news:
            step.insert("merges", _record(plan, step.now))
        watch.pause()  # the last chance: what is committed is not taken back
    return replace(report, revision=step.number if step.fids else None)


def _record(plan: Plan, now: str) -> Row:
    rows = {f"{t}/{uid}" for (t, uid), d in plan.decisions.items() if d.op != "keep"}
    record = {
        "seen": plan.news,
        "steps": {k: v for k, v in plan.steps_of.items() if k in rows},
        "log": [s.to_json() for s in plan.report.log],
        "decided": {c.key: c.take for c in plan.report.conflicts},
    }
    return {"uid": str(uuid.uuid4()), "copy_uid": plan.copy_uid, "copy_name": plan.report.copy_name,
            "base_step": plan.report.base_step, "record": json.dumps(record, ensure_ascii=False, default=str),
            "created_at": now, "updated_at": now}  # fmt: skip
