"""Reads tables: layers as GeoDataFrames, rows as dictionaries."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.store import blob
from gis.store.gpkg import quote, rtree
from gis.store.layer_table import LayerTable
from gis.store.table import Table
from gis.store.tables import GEOMETRY_COLUMN, TABLES, table_word
from models.errors import Missing, Unreadable
from models.notices import N_

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Box = tuple[float, float, float, float]


def table_named(key: str) -> Table:
    """The declared table of that name. Raises Missing."""
    if key not in TABLES:
        raise Missing("table.unknown", N_("a project has no table {table}"), advice=N_("known: {known}"), table=key,
                      known=", ".join(TABLES))  # fmt: skip
    return TABLES[key]


def layer_named(key: str) -> Table:
    """The declared feature table of that name. Raises Missing."""
    table = TABLES.get(key)
    if table is None or not table.geometry:
        raise Missing("layer.unknown", N_("a project has no layer {layer}"), advice=N_("known: {known}"), layer=key,
                      known=", ".join(t.key for t in TABLES.values() if t.geometry))  # fmt: skip
    return table


def columns_of(con: sqlite3.Connection, table: Table) -> list[str]:
    """fid, the declared columns, then those that another program added; without geometry and without blobs."""
    present = [(r[1], str(r[2]).upper()) for r in con.execute(f"PRAGMA table_info({quote(table.key)})")]
    own = {"fid", GEOMETRY_COLUMN, *table.columns}
    foreign = [name for name, kind in present if name not in own and not kind.startswith("BLOB")]
    return ["fid", *table.columns, *foreign]


def decode_row(table: Table, names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """A row as Python sees it: JSON documents decoded, booleans as bool."""
    row = dict(zip(names, values, strict=True))
    for name in table.json:
        if isinstance(row.get(name), str):
            try:
                row[name] = json.loads(row[name])
            except (ValueError, RecursionError) as cause:
                raise Unreadable("row.damaged", N_("row {fid} of {table} is damaged ({field})"),
                                 table=table_word(table.key),
                                 fid=row["fid"], field=name) from cause  # fmt: skip
    for f in table.fields:
        if f.kind == "boolean" and row.get(f.name) is not None:
            row[f.name] = bool(row[f.name])
    return row


def rows(con: sqlite3.Connection, key: str, equals: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows by equal values, in the order of fid. Raises Missing for an unknown table or column."""
    table = table_named(key)
    names = columns_of(con, table)
    for name in equals:
        if name not in names:
            raise Missing("field.unknown", N_("{table} has no field {field}"), advice=N_("known: {known}"),
                          table=table_word(key), field=name, known=", ".join(names))  # fmt: skip
    sql = f"SELECT {', '.join(map(quote, names))} FROM {quote(key)}"
    if equals:
        sql += " WHERE " + " AND ".join(f"{quote(n)} IS ?" for n in equals)
    found = con.execute(sql + " ORDER BY fid", tuple(equals.values())).fetchall()
    return [decode_row(table, names, values) for values in found]


def read_layer(
    con: sqlite3.Connection, key: str, crs: str, *, bbox: Box | None = None, codes: Sequence[str] | None = None
) -> gpd.GeoDataFrame:
    """A layer, or its part that meets `bbox` (minx, miny, maxx, maxy) or has one of `codes`. Index: fid."""
    import geopandas as gpd
    import pandas as pd

    table = layer_named(key)
    names = columns_of(con, table)
    found, shapes = fetch(con, table, names, bbox=bbox, codes=codes)
    if codes is not None:
        at = names.index("code")
        check_known(set(codes), {r[at] for r in found}, lambda: all_codes(con, key), key)
    columns = list(zip(*found, strict=True)) or [() for _ in (*names, GEOMETRY_COLUMN)]
    kinds = {f.name: f.kind for f in table.fields}
    index = pd.Index(np.array(columns[0], dtype=np.int64), name="fid")
    data = {}
    for name, values in zip(names, columns, strict=False):
        if name != "fid":
            data[name] = _column(values, kinds.get(name), index)
    frame = pd.DataFrame(data, index=index)
    result = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=crs))
    if bbox is not None and len(result):
        b = result.geometry.bounds
        result = result[(b.minx <= bbox[2]) & (b.maxx >= bbox[0]) & (b.miny <= bbox[3]) & (b.maxy >= bbox[1])]
    return result


def read_table(
    con: sqlite3.Connection, key: str, crs: str, *, codes: Sequence[str] | None = None, first: int | None = None
) -> LayerTable:
    """A layer as plain columns; the part that has one of `codes`, the `first` rows only."""
    table = layer_named(key)
    names = columns_of(con, table)
    found, shapes = fetch(con, table, names, codes=codes, first=first)
    values: list[Any] = list(zip(*found, strict=True)) or [()] * len(names)
    columns = {name: list(column) for name, column in zip(names, values, strict=False)}
    flags = [f.name for f in table.fields if f.kind == "boolean"]
    columns |= {name: [None if v is None else bool(v) for v in columns[name]] for name in flags if name in columns}
    fids = np.array(columns.pop("fid"), dtype=np.int64)
    return LayerTable(key, crs, fids, np.asarray(shapes, dtype=object), columns)


def fetch(
    con: sqlite3.Connection,
    table: Table,
    names: Sequence[str],
    *,
    bbox: Box | None = None,
    codes: Sequence[str] | None = None,
    first: int | None = None,
) -> tuple[list[tuple[Any, ...]], Any]:
    """Rows of a layer (columns `names`, then the blob) and their geometries, in the order of fid."""
    sql = f"SELECT {', '.join(map(quote, [*names, GEOMETRY_COLUMN]))} FROM {quote(table.key)}"
    where, values = [], list[Any]()
    if bbox is not None:
        tree = quote(rtree(table.key, GEOMETRY_COLUMN))
        where.append(f"fid IN (SELECT id FROM {tree} WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?)")
        values += [bbox[2], bbox[0], bbox[3], bbox[1]]
    if codes is not None:
        where.append("code IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(codes)))
    if where:
        sql += " WHERE " + " AND ".join(where)
    sql += " ORDER BY fid"
    if first is not None:
        sql += " LIMIT ?"
        values.append(first)
    found = con.execute(sql, values).fetchall()
    return found, geometries(table.key, [r[0] for r in found], [r[-1] for r in found])


def geometries(key: str, fids: Sequence[int], blobs: Sequence[bytes | None]) -> Any:
    """Array of shapely geometries. Raises Unreadable naming the first row that cannot be read."""
    try:
        return blob.decode_many(blobs)
    except (ValueError, TypeError, shapely.GEOSException):
        for fid, body in zip(fids, blobs, strict=True):
            try:
                blob.decode_many([body])
            except (ValueError, TypeError, shapely.GEOSException) as cause:
                raise Unreadable("geometry.damaged", N_("the geometry of row {fid} of {table} is damaged"),
                                 advice=N_("run check to see everything that is wrong"),
                                 table=table_word(key), fid=fid) from cause  # fmt: skip
        raise


def _column(values: Sequence[Any], kind: str | None, index: pd.Index) -> pd.Series:
    import pandas as pd

    dtype = {"real": "float64", "integer": "Int64", "boolean": "boolean"}.get(kind or "")
    if dtype:
        try:
            return pd.Series(
                np.array(values, dtype=float) if kind == "real" else list(values), index=index, dtype=dtype
            )
        except (ValueError, TypeError):
            pass  # another program wrote a text into a number's column: shown as it is
    return pd.Series(list(values), index=index, dtype=object)  # None stays None, whatever else is in the column


def all_codes(con: sqlite3.Connection, key: str) -> set[str]:
    """The codes of a table; for tables without codes, their names."""
    table = table_named(key)
    column = "code" if table.field_named("code") else "name"
    if table.field_named(column) is None:
        raise Missing("field.unknown", N_("{table} has no field {field}"), advice=N_("known: {known}"),
                      table=table_word(key), field=column, known=", ".join(table.columns))  # fmt: skip
    sql = f"SELECT {quote(column)} FROM {quote(key)} WHERE {quote(column)} IS NOT NULL"
    return {str(r[0]) for r in con.execute(sql)}


def no_row(table: str, fid: int) -> Missing:
    """The error for a row that does not exist."""
    return Missing("row.unknown", N_("{table} has no row {fid}"), table=table_word(table), fid=fid)


def check_known(wanted: set[str], found: set[str], known: Callable[[], set[str]], where: str) -> None:
    """Raise Missing for the first wanted code that was not found, with the nearest known ones as advice."""
    for code in sorted(wanted - found):
        raise unknown_code(code, known(), where)


def unknown_code(code: str, known: set[str], where: str) -> Missing:
    """The error for a code that does not exist."""
    by_fold = {k.casefold(): k for k in sorted(known, reverse=True)}
    near = [by_fold[k] for k in get_close_matches(code.casefold(), list(by_fold), n=3, cutoff=0.4)]
    if near:
        advice = N_("did you mean {near}?")
    elif known:
        near = sorted(known)[:5]
        advice = N_("known are e.g. {near}")
    else:
        advice = N_("there are none yet: import or draw them first")
    text = N_("nothing here has the code {code}")
    if where == "terrains":  # they have names, and the table's own is no word for people
        text, where = N_("the project has no terrain {code}"), ""
        advice = advice if known else N_("register one with terrain add")
    return Missing("code.unknown", text, where=where, advice=advice, code=code, near=", ".join(near))
