"""Writes what a merge decided, inside its step."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from gis.store.cells import CODE_LINKS, MARK, SETTING, Ref
from gis.store.gpkg import quote
from gis.store.many import taken
from gis.store.merge_plan import Plan
from gis.store.renumbering import NAMED_RECORDS, holder_of, renamed_record, unique_column
from gis.store.steps import Row, Step
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from gis.store.threeway import Decision, Key
from models.progress import Watch


class Applying:
    """One plan being carried out: deletions, rows that give up their code, then the rest as codes become free."""

    def __init__(self, step: Step, plan: Plan, watch: Watch) -> None:
        self.step = step
        self.plan = plan
        self._watch = watch
        self._left = self._all_rows = 1

    def run(self) -> None:
        """Everything. Raises Refused where the file refuses, Cancelled; the step is not committed then."""
        for (table, _uid), made in self.plan.decisions.items():
            if made.op != "delete" or made.pair.mine is None:
                continue
            fid = int(made.pair.mine["fid"])
            if self.step.find(table, fid) is not None:  # it may have gone with its owner
                self.step.remove(table, fid)
        for r in self.plan.renames:
            row = self.step.row(r.table, r.fid)
            extra = {"record": renamed_record(row.get("record"), r.value)} if r.table in NAMED_RECORDS else {}
            self.step.change_row(r.table, row, {r.column: r.value, **extra})
        order = {table: n for n, table in enumerate(TABLES)}
        todo = [(k, d) for k, d in self.plan.decisions.items() if d.op in {"insert", "update"}]
        self._left = self._all_rows = max(1, len(todo))
        self.step.expect(Counter(k[0] for k, d in todo if d.op == "insert"))
        todo.sort(key=lambda item: (item[1].op == "insert", order[item[0][0]]))
        # Parents are written before what belongs to them, so that links by code find the code that is to be.
        parents = {link.parent for link in CODE_LINKS}
        self._all([t for t in todo if t[0][0] in parents])
        self._all([t for t in todo if t[0][0] not in parents])

    def _all(self, todo: list[tuple[Key, Decision]]) -> None:
        while todo:
            waiting = [item for item in todo if not self._write(*item)]
            if len(waiting) == len(todo):
                self._break_ring(*waiting[0], {key for key, _made in waiting})
            todo = waiting

    def _write(self, key: Key, made: Decision) -> bool:
        """Write one row; False if its code is still another's."""
        self._watch.report(1 - self._left / self._all_rows)
        table, uid = key
        column = unique_column(table)
        if column and made.values.get(column) is not None:
            held = holder_of(self.step.con, table, column, str(made.values[column]))
            if held is not None and held[:2] != key:
                return False
        values = self._stored(key, made)
        shape = self.plan.shapes.get(key) if GEOMETRY_COLUMN in values else None
        if made.op == "insert":
            columns = set(self.step.columns(table))
            row = {"uid": uid, **{k: v for k, v in values.items() if k in columns}, "updated_at": self.step.now}
            self.step.check_code(table, row)
            self.step.insert(table, row, shape)
        elif made.pair.mine is not None:
            now = self.step.find(table, int(made.pair.mine["fid"]))
            if now is not None:  # it may have gone with the row to which it belonged
                self.step.change_row(table, now, {k: v for k, v in values.items() if k in now}, shape)
        self._left -= 1
        return True

    def _break_ring(self, key: Key, made: Decision, waiting: set[Key]) -> None:
        """Rows that exchange their codes: the holder of the first one's code steps aside for a moment."""
        table, column = key[0], unique_column(key[0]) or "code"
        held = holder_of(self.step.con, table, column, str(made.values[column]))
        if held is not None and held[:2] not in waiting:
            raise taken(column, str(made.values[column]), table, held[0])
        if held is not None:
            self.step.change_row(held[0], self.step.row(held[0], held[2]), {column: f"~{held[1]}"})

    def _stored(self, key: Key, made: Decision) -> Row:
        values: Row = {}
        settings: dict[str, Any] = {}
        for name, value in made.values.items():
            if name.startswith(SETTING) and key[0] == "project":
                settings[name.removeprefix(SETTING)] = value
            elif name == GEOMETRY_COLUMN:
                values[name] = self.plan.shapes[key].blob
            else:
                values[name] = self._code(key[0], name, value) if isinstance(value, Ref) else value
        if settings:
            now = json.loads((self.step.find("project", int((made.pair.mine or {})["fid"])) or {})["settings"] or "{}")
            kept = {**now, **settings}
            values["settings"] = json.dumps(
                {k: v for k, v in kept.items() if v is not None or k == MARK}, ensure_ascii=False
            )
        return values

    def _code(self, table: str, column: str, value: Ref) -> str | None:
        for link in CODE_LINKS:
            if link.child == table and link.child_column == column:
                sql = f"SELECT {quote(link.parent_column)} FROM {quote(link.parent)} WHERE uid = ?"
                row = self.step.con.execute(sql, (value.uid,)).fetchone()
                if row:
                    return str(row[0])
        return None
