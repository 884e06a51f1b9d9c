"""Rows as the records of models/, and records as the values of a row."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import shapely

from gis.store import reading
from gis.store.gpkg import quote
from gis.store.tables import SITE_TABLES, TABLES, table_word
from layers.registry import LAYERS
from models.basemap import Basemap
from models.errors import Refused, Unreadable
from models.estimate import Estimate
from models.notices import N_
from models.rim_edit import RimEdit
from models.screening import Screening
from models.site import Site
from models.terrain import Terrain
from models.waste import LabValue, Waste

RECORDS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "terrains": Terrain.from_json,
    "basemaps": Basemap.from_json,
    "estimates": Estimate.from_record,
    "screenings": Screening.from_record,
}
NO_RECORD = (KeyError, TypeError, ValueError, AttributeError, RecursionError, zlib.error)
"""What reading a record that another program changed may end in."""
_DIGITS = re.compile(r"(\d+)")
# What Site says by itself, and the row's number
_FEW = 20
"""Up to so many sites their rows are read by themselves."""
_APART = frozenset({"fid", "uid", "code", "name"})


def natural(code: str) -> list[tuple[int, int, str]]:
    """Sort key that puts SK-9 before SK-10."""
    return [(1, int(p), "") if p.isdigit() and p.isascii() else (0, 0, p) for p in _DIGITS.split(code)]


def sites(con: sqlite3.Connection, crs: str, codes: Sequence[str] | None = None) -> list[Site]:
    """All sites or those with these codes, by layer and code. Raises Missing (unknown code), Refused (shared)."""
    found: list[Site] = []
    for key in SITE_TABLES:
        found += _sites_of(con, crs, key, codes)
    if codes is not None:
        given = [s.code for s in found]
        reading.check_known(set(codes), set(given), lambda: site_codes(con), "")
        for code in given:
            if given.count(code) > 1:
                raise Refused("code.twice", N_("more than one site has the code {code}"), code=code,
                              advice=N_("give each site a code of its own"))  # fmt: skip
    return found


def _sites_of(con: sqlite3.Connection, crs: str, key: str, codes: Sequence[str] | None) -> list[Site]:
    table, layer = TABLES[key], LAYERS[key]
    names = reading.columns_of(con, table)
    rows, shapes = reading.fetch(con, table, names, codes=codes)
    made = []
    for values, shape in zip(rows, shapes, strict=True):
        row = reading.decode_row(table, names, values[:-1])
        rest = {k: v for k, v in row.items() if k not in _APART}
        outline = shapely.MultiPolygon() if shape is None else shape
        made.append(Site(row["uid"] or "", row["code"] or "", row["name"] or "", key, outline, crs, layer.fills, rest))
    return sorted(made, key=lambda s: natural(s.code))


def site_codes(con: sqlite3.Connection) -> set[str]:
    """The codes of all sites, whatever their layer."""
    return {code for key in SITE_TABLES for code in reading.all_codes(con, key)}


def wastes(con: sqlite3.Connection) -> list[Waste]:
    """All waste streams, by code."""
    made = [Waste(**_filled(Waste, row)) for row in reading.rows(con, "wastes", {})]
    return sorted(made, key=lambda w: natural(w.code))


def waste(con: sqlite3.Connection, code: str) -> Waste:
    """The waste stream with this code. Raises Missing."""
    found = reading.rows(con, "wastes", {"code": code})
    if not found:
        raise reading.unknown_code(code, reading.all_codes(con, "wastes"), "wastes")
    return Waste(**_filled(Waste, found[0]))


def lab_values(con: sqlite3.Connection, waste_code: str | None = None) -> list[LabValue]:
    """Laboratory values in the order in which they came; of one waste if `waste_code` is given."""
    equals = {} if waste_code is None else {"waste": waste_code}
    return [LabValue(**_filled(LabValue, row)) for row in reading.rows(con, "lab_values", equals)]


def _filled(record: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    # No value is NULL in the file; the records say "" for a text, False and 0 for what has such a default.
    plain = {"str": "", "bool": False, "int": 0}
    return {f.name: plain.get(str(f.type)) if row[f.name] is None else row[f.name] for f in fields(record)}


def _record(table: str, row: dict[str, Any]) -> Any:
    """The record that a row carries. Raises Unreadable naming the row if it is none."""
    try:
        return RECORDS[table](row["record"])
    except NO_RECORD as cause:
        raise Unreadable("row.damaged", N_("row {fid} of {table} is damaged ({field})"),
                         advice=N_("run check to see everything that is wrong"),
                         table=table_word(table), fid=row["fid"], field="record") from cause  # fmt: skip


def broken_records(con: sqlite3.Connection, table: str) -> list[int]:
    """The rows (fid) whose document can be decoded and is no record all the same."""
    names = f"SELECT fid, record FROM {quote(table)} WHERE json_valid(record) ORDER BY fid"
    found = []
    for fid, text in con.execute(names):
        try:
            RECORDS[table](json.loads(text))
        except NO_RECORD:
            found.append(fid)
    return found


def terrains(con: sqlite3.Connection) -> list[Terrain]:
    """All registered terrains, in the order of their registration."""
    return [_record("terrains", row) for row in reading.rows(con, "terrains", {})]


def terrain(con: sqlite3.Connection, name: str) -> Terrain:
    """The terrain of that name. Raises Missing."""
    found = reading.rows(con, "terrains", {"name": name})
    if not found:
        raise reading.unknown_code(name, reading.all_codes(con, "terrains"), "terrains")
    found_one: Terrain = _record("terrains", found[0])
    return found_one


def basemaps(con: sqlite3.Connection) -> list[Basemap]:
    """All registered basemaps in the order of their registration; none in an older file that is only read."""
    if not con.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'basemaps'").fetchone():
        return []
    return [_record("basemaps", row) for row in reading.rows(con, "basemaps", {})]


def estimates(con: sqlite3.Connection, site_codes: Sequence[str] | None, *, latest: bool) -> list[Estimate]:
    """Stored estimates in the order in which they were made; `latest` keeps the last one of each site.

    A site that was renamed since appears under its present code.
    """
    names = _codes_by_uid(con)
    kept: dict[Any, Estimate] = {}
    for row in _estimate_rows(con, names, site_codes):
        made: Estimate = _record("estimates", row)
        made = replace(made, site=names.get(row["site_uid"], made.site))
        if site_codes is None or made.site in site_codes:
            key = row["site_uid"] if latest else row["fid"]
            kept.pop(key, None)  # the order is that of the estimates that are kept
            kept[key] = made
    return list(kept.values())


def _estimate_rows(
    con: sqlite3.Connection, names: dict[str, str], site_codes: Sequence[str] | None
) -> list[dict[str, Any]]:
    """The rows that can be of these sites: one of many is asked for often, and a document takes time to decode."""
    if site_codes is None or len(site_codes) > _FEW:
        return reading.rows(con, "estimates", {})
    every = [uid for (uid,) in con.execute("SELECT DISTINCT site_uid FROM estimates")]
    wanted = [uid for uid in every if uid not in names or names[uid] in site_codes]
    found = [row for uid in wanted for row in reading.rows(con, "estimates", {"site_uid": uid})]
    return sorted(found, key=lambda row: int(row["fid"]))


def screenings(con: sqlite3.Connection, waste_code: str | None, site: str | None, *, latest: bool) -> list[Screening]:
    """Stored screenings in the order in which they were made; `latest` keeps the last one of each waste and site."""
    names = _codes_by_uid(con)
    kept: dict[Any, Screening] = {}
    for row in reading.rows(con, "screenings", {} if waste_code is None else {"waste": waste_code}):
        made: Screening = _record("screenings", row)
        made = replace(made, waste=row["waste"], site=names.get(row["site_uid"], made.site))
        if site is None or made.site == site:
            key = (row["waste"], row["site_uid"] or made.site) if latest else row["fid"]
            kept.pop(key, None)
            kept[key] = made
    return list(kept.values())


def _codes_by_uid(con: sqlite3.Connection) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in SITE_TABLES:
        sql = f"SELECT uid, code FROM {quote(key)} WHERE uid IS NOT NULL AND code IS NOT NULL"
        found.update(con.execute(sql).fetchall())
    return found


def rim_edits(con: sqlite3.Connection, site_uid: str | None = None) -> list[tuple[int, str, RimEdit]]:
    """(fid, site's uid, edit) of the rim edits of a site, or of all, in the order in which they were made.

    None in a file of an older version that is only read.
    """
    if not con.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'rim_edits'").fetchone():
        return []
    found = []
    for row in reading.rows(con, "rim_edits", {} if site_uid is None else {"site_uid": site_uid}):
        try:
            edit = RimEdit.from_json(_filled(RimEdit, row))
        except NO_RECORD as cause:
            raise Unreadable("row.damaged", N_("row {fid} of {table} is damaged ({field})"),
                             advice=N_("run check to see everything that is wrong"),
                             table=table_word("rim_edits"), fid=row["fid"], field="action") from cause  # fmt: skip
        found.append((int(row["fid"]), str(row["site_uid"]), edit))
    return found


# The other way: values for Insert and Update


def waste_values(record: Waste) -> dict[str, Any]:
    """The row of a waste stream."""
    return asdict(record)


def lab_row(record: LabValue) -> dict[str, Any]:
    """The row of a laboratory value."""
    return asdict(record)


def rim_edit_values(record: RimEdit, site: Site) -> dict[str, Any]:
    """The row of a rim edit of a site. It gets a uid of its own."""
    values = {k: v for k, v in asdict(record).items() if k != "uid"}
    return {**values, "site_uid": site.uid, "site": site.code}


def terrain_values(record: Terrain) -> dict[str, Any]:
    """The row of a terrain."""
    return {
        "uid": record.uid,
        "name": record.name,
        "path": record.path,
        "sha256": record.sha256,
        "record": record.to_json(),
    }


def basemap_values(record: Basemap) -> dict[str, Any]:
    """The row of a basemap."""
    return {"uid": record.uid, "name": record.name, "path": record.path, "record": record.to_json()}


def estimate_values(record: Estimate) -> dict[str, Any]:
    """The row of an estimate."""
    return {
        "site_uid": record.site_uid,
        "site": record.site,
        "layer": record.layer,
        "terrain": record.terrain.name,
        "reference": record.reference.key,
        "fill_m3": record.fill_m3,
        "tonnage_t": record.tonnage_t,
        "land_released_m2": record.land_released_m2,
        "record": record.to_record(),
    }


def screening_values(record: Screening, site_uid: str | None = None) -> dict[str, Any]:
    """The row of a screening."""
    return {
        "waste": record.waste,
        "site": record.site,
        "site_uid": site_uid,
        "verdict": record.verdict,
        "waste_class": record.waste_class,
        "record": record.to_record(),
    }


def portable_path(project: Path, file: Path) -> str:
    """How a file's place is kept: relative to the project's folder (forward slashes) if it can be, else absolute."""
    folder, target = project.resolve().parent, file.resolve()
    for up, base in enumerate(
        [folder, *folder.parents][:4]
    ):  # beside, or a few folders up: still moves with the project
        if target.is_relative_to(base) and (up == 0 or base != Path(base.anchor)):
            return "/".join([*[".."] * up, *target.relative_to(base).parts])
    return target.as_posix()


def resolved_path(project: Path, kept: str) -> Path:
    """The file of a path that `portable_path` made."""
    path = Path(kept)
    return path if path.is_absolute() else (project.resolve().parent / path).resolve()
