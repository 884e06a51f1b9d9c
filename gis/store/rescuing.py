"""Takes what can be read out of a damaged project into a new one. The damaged file is only read."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.store import creating, mark
from gis.store.connection import Connection, connect
from gis.store.faults import sqlite_faults
from gis.store.gpkg import quote, register_table
from gis.store.raw import raw_file
from gis.store.salvage import Salvage, SalvagedTable, salvage
from gis.store.schema import column_names, statement_columns
from gis.store.step_log import to_text
from gis.store.steps import Step
from gis.store.tables import GEOMETRY_COLUMN, TABLES
from gis.store.wreck import Wreck, WreckTable, read_wreck
from models.errors import Missing, Unreadable
from models.notices import N_, Notice, Translate
from models.progress import Watch

_OURS = ("gpkg_", "sqlite_", "rtree_", "layer_styles", mark.TABLE)
_SIDECARS = ("-wal", "-journal")


@dataclass(frozen=True)
class Rescued:
    """What was written and from what."""

    wreck: Wreck
    salvage: Salvage
    foreign_tables: tuple[str, ...]


def rescue_file(
    source: Path, out: Path, *, program_version: str, translate: Translate, watch: Watch | None = None
) -> Rescued:
    """Read `source`, whatever its state, and make the new project `out` of what can be read.

    Raises Missing (no such file), Unreadable (nothing of a project is in it), Refused (`out` exists), Unwritable,
    Cancelled; `out` does not exist then.
    """
    watch = watch or Watch()
    if not source.is_file():
        raise Missing("project.absent", N_("there is no such file"), where=str(source))
    creating.check_place(out)
    with _settled(source, out) as readable, raw_file(readable) as raw:
        wreck = read_wreck(raw.read, raw.size, watch.part(0.0, 0.5))
        found = salvage(wreck)
        crs = _crs(wreck, found)
        if crs is None or not any(t.rows for key, t in found.tables.items() if key != "project"):
            raise Unreadable("rescue.nothing", N_("nothing of a project can be read from this file"), where=str(source),
                             advice=N_("take a backup"))  # fmt: skip
        watch.report(0.6)
        project = next(iter(found.tables["project"].rows.values()), {})
        creating.create_file(out, crs=crs, name=str(project.get("name") or source.stem), settings=_settings(project),
                            program_version=program_version, translate=translate)  # fmt: skip
        try:
            foreign = _fill(out, wreck, found, Notice("rescue.step", N_("rescued from {file}"), file=source.name),
                            watch.part(0.6, 1.0))  # fmt: skip
        except BaseException:
            out.unlink(missing_ok=True)
            raise
    return Rescued(wreck, found, foreign)


@contextmanager
def _settled(source: Path, out: Path) -> Iterator[Path]:
    """The file to read: with a journal or WAL beside it, a copy in which SQLite has finished what was begun."""
    beside = [s for s in _SIDECARS if Path(f"{source}{s}").is_file() and Path(f"{source}{s}").stat().st_size]
    if not beside:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix=".rescue-", dir=out.parent, ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy.gpkg"
        shutil.copyfile(source, copy)
        for suffix in beside:
            shutil.copyfile(f"{source}{suffix}", f"{copy}{suffix}")
        with suppress(sqlite3.Error, UnicodeDecodeError), closing(sqlite3.connect(copy)) as con:
            con.execute("SELECT count(*) FROM sqlite_master").fetchone()
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield copy


def _crs(wreck: Wreck, found: Salvage) -> str | None:
    """The project's coordinate system: as its table says, else as its outlines are marked."""
    marks: dict[int, int] = {}
    for table in found.tables.values():
        for row in table.rows.values():
            body = row.get(GEOMETRY_COLUMN)
            if isinstance(body, bytes) and len(body) > 8:
                srs = int.from_bytes(body[4:8], "little" if body[3] & 1 else "big", signed=True)
                marks[srs] = marks.get(srs, 0) + 1
    said = [str(row.get("crs")) for row in found.tables["project"].rows.values()]
    columns = wreck.tables.get("gpkg_geometry_columns")
    declared = [f"EPSG:{r.get('srs_id')}" for r in columns.rows.values()] if columns else []
    marked = [f"EPSG:{srs}" for srs in sorted(marks, key=lambda s: -marks[s])]
    # The outlines cannot all be wrong: one broken byte in the table project must not move the project elsewhere.
    for text in [*(s for s in said if not marked or s in marked), *marked, *declared, *said]:
        with suppress(ValueError):
            creating.project_crs(text)
            return text
    return None


def _settings(project: dict[str, Any]) -> dict[str, Any]:
    try:
        settings = json.loads(project.get("settings") or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _fill(out: Path, wreck: Wreck, found: Salvage, label: Notice, watch: Watch) -> tuple[str, ...]:
    with sqlite_faults(out, writing=True), closing(connect(out, "rw")) as con:
        con.execute("BEGIN IMMEDIATE")
        try:
            _foreign_columns(con, wreck)
            expected = {key: len(table.rows) for key, table in found.tables.items()}
            step = Step(con, label, kind="rescue", expected=expected)
            total, done = sum(expected.values()) or 1, 0
            for key, table in found.tables.items():
                if key == "project":
                    _project_row(con, table)
                    continue
                for fid, row in sorted(table.rows.items()):
                    step.insert(key, _writable(con, key, {**row, "fid": fid}))
                    done += 1
                    if done % 200 == 0:
                        watch.report(0.9 * done / total, key)
            foreign = _foreign_tables(con, wreck)
            _styles(con, wreck.tables.get("layer_styles"))
            _leftovers(con, wreck, found)
            if found.log is not None:
                step.log.keep(found.log)
            step.finish()
            _sequences(con, found)
            if found.changed_outside:
                mark.forget_counter(con)  # so that the next open looks for what the log does not know
            con.execute("COMMIT")
        except BaseException:
            if con.in_transaction:
                con.execute("ROLLBACK")
            raise
    return foreign


def _writable(con: Connection, key: str, row: dict[str, Any]) -> dict[str, Any]:
    names = {r[1] for r in con.execute(f"PRAGMA table_info({quote(key)})")}
    return {k: v for k, v in row.items() if k in names}


def _project_row(con: Connection, table: SalvagedTable) -> None:
    for row in list(table.rows.values())[:1]:
        values = [row.get(c) for c in ("uid", "created_at", "updated_at")]
        if all(isinstance(v, str) for v in values):
            con.execute("UPDATE project SET uid = ?, created_at = ?, updated_at = ?", values)


def _foreign_columns(con: Connection, wreck: Wreck) -> None:
    for key in TABLES:
        table = wreck.tables[key]
        extra = [c for c in table.columns if c not in column_names(key)]
        types = statement_columns(table.sql) if extra else {}
        for name in extra:
            con.execute(f"ALTER TABLE {quote(key)} ADD COLUMN {quote(name)} {types.get(name, '')}")


def _foreign_tables(con: Connection, wreck: Wreck) -> tuple[str, ...]:
    """Tables of other programs, with their rows, where their statement can still be run."""
    made = []
    contents = wreck.tables.get("gpkg_contents")
    listed = {str(r.get("table_name")): r for r in contents.rows.values()} if contents else {}
    for name, table in wreck.tables.items():
        if name in TABLES or name.startswith(_OURS) or not statement_columns(table.sql):
            continue
        try:
            con.execute("SAVEPOINT foreign_table")
            con.execute(table.sql)
            alias = _rowid_alias(con, name)
            for fid, row in sorted(table.rows.items()):
                values = {**row, **({alias: fid} if alias else {})}
                names = ", ".join(map(quote, values))
                con.execute(f"INSERT INTO {quote(name)} ({names}) VALUES ({','.join('?' * len(values))})",
                            tuple(values.values()))  # fmt: skip
            if name in listed:
                register_table(con, name, "", None)
                con.execute("UPDATE gpkg_ogr_contents SET feature_count = NULL WHERE table_name = ?", (name,))
            con.execute("RELEASE foreign_table")
            made.append(name)
        except (sqlite3.Error, sqlite3.Warning):
            con.execute("ROLLBACK TO foreign_table")
            con.execute("RELEASE foreign_table")
    return tuple(made)


def _rowid_alias(con: Connection, name: str) -> str | None:
    keys = [r for r in con.execute(f"PRAGMA table_info({quote(name)})") if r[5]]
    return str(keys[0][1]) if len(keys) == 1 and str(keys[0][2]).upper() == "INTEGER" else None


def _styles(con: Connection, table: WreckTable | None) -> None:
    """Styles that a user saved from another program; ours are made anew."""
    known = [r[1] for r in con.execute("PRAGMA table_info(layer_styles)")]
    for row in table.rows.values() if table else ():
        if row.get("styleName") == row.get("f_table_name"):
            continue
        values = {k: v for k, v in row.items() if k in known and k != "id"}
        with suppress(sqlite3.Error):
            con.execute(f"INSERT INTO layer_styles ({', '.join(map(quote, values))}) "
                        f"VALUES ({','.join('?' * len(values))})", tuple(values.values()))  # fmt: skip


def _leftovers(con: Connection, wreck: Wreck, found: Salvage) -> None:
    """What could be read and has no place: kept as plain tables, for a person to look at."""
    stray = [(c.page, "", c.rowid, to_text(dict(enumerate(c.values)))) for c in wreck.stray]
    aside = [(None, t.name, fid, to_text(row)) for t in found.tables.values() for fid, row in sorted(t.refused.items())]
    if stray or aside:
        _plain_table(con, "rescued_rows", ("page", "table_name", "row_fid", "content"), [*stray, *aside])
    if found.log is None and found.log_rows:
        columns = column_names("change_log")[1:]
        _plain_table(con, "rescued_log", columns, [tuple(r.get(c) for c in columns) for r in found.log_rows])


def _plain_table(con: Connection, name: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    con.execute(f"CREATE TABLE {quote(name)} (fid INTEGER PRIMARY KEY AUTOINCREMENT, {', '.join(map(quote, columns))})")
    register_table(con, name, "", None)
    con.executemany(
        f"INSERT INTO {quote(name)} ({', '.join(map(quote, columns))}) VALUES ({','.join('?' * len(columns))})", rows
    )


def _sequences(con: Connection, found: Salvage) -> None:
    """Numbers that rows once had are not given again: the log speaks of them."""
    highest: dict[str, int] = {}
    for row in found.log_rows:
        if isinstance(row.get("row_fid"), int) and row.get("table_name") in TABLES:
            key = str(row["table_name"])
            highest[key] = max(highest.get(key, 0), row["row_fid"])
    for key, fid in highest.items():
        con.execute("INSERT INTO sqlite_sequence (name, seq) SELECT ?, 0 WHERE NOT EXISTS "
                    "(SELECT 1 FROM sqlite_sequence WHERE name = ?)", (key, key))  # fmt: skip
        con.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (fid, key))
