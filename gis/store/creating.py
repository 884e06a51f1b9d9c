"""Making a new project file, which has its name only when it is whole."""

from __future__ import annotations

import json
import logging
import os
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.store import files, gpkg
from gis.store.connection import Connection, connect
from gis.store.faults import sqlite_faults
from gis.store.schema import SCHEMA_VERSION, create_schema
from gis.store.values import now_text
from models.errors import AppError, Missing, Refused, Unwritable
from models.notices import N_, Translate

if TYPE_CHECKING:
    import pyproj

_log = logging.getLogger(__name__)


def project_crs(text: str) -> tuple[int, pyproj.CRS]:
    """EPSG code and CRS of a project. Raises Refused: unknown, degrees, Web Mercator, not metres."""
    import pyproj

    from gis.crs import is_web_mercator

    try:
        crs = pyproj.CRS.from_user_input(text)
    except (pyproj.exceptions.CRSError, TypeError, ValueError) as cause:
        raise Refused("crs.unknown", N_("{crs} is no coordinate system that we know"), crs=text,
                      advice=N_("give an EPSG code such as EPSG:4546")) from cause  # fmt: skip
    code = crs.to_epsg()
    advice = N_("choose a projected one in metres, e.g. EPSG:4546 (CGCS2000, 3-degree zone, 111E)")
    facts = {"crs": text, "name": crs.name}
    if not crs.is_projected or crs.is_compound:
        raise Refused("crs.not_projected", N_("{crs} ({name}) is not a plane system: areas and volumes need metres"),
                      advice=advice, **facts)  # fmt: skip
    if is_web_mercator(crs):
        raise Refused("crs.web_mercator", N_("{crs} ({name}) stretches areas: not for measuring"),
                      advice=advice, **facts)  # fmt: skip
    if any(axis.unit_name not in {"metre", "meter"} for axis in crs.axis_info):
        raise Refused("crs.not_metres", N_("{crs} ({name}) does not count in metres"), advice=advice, **facts)
    if code is None:
        raise Refused("crs.no_code", N_("{crs} ({name}) has no EPSG code"), advice=advice, **facts)
    return code, crs


def create_file(
    path: Path, *, crs: str, name: str, settings: dict[str, Any], program_version: str, translate: Translate
) -> None:
    """Make an empty project at `path`: written beside, then put in its place; nothing is left where that fails."""
    srs_id, system = project_crs(crs)
    check_place(path)
    with files.draft_of(path) as draft:
        with sqlite_faults(path, writing=True), closing(connect(draft, "rwc")) as con:
            _fill(con, srs_id, system, name, settings, program_version, translate)
        put_in_place(draft, path)


def _fill(
    con: Connection,
    srs_id: int,
    system: pyproj.CRS,
    name: str,
    settings: dict[str, Any],
    version: str,
    translate: Translate,
) -> None:
    con.execute("PRAGMA page_size=4096")
    con.execute(f"PRAGMA application_id={gpkg.APPLICATION_ID}")
    con.execute(f"PRAGMA user_version={gpkg.USER_VERSION}")
    con.execute("PRAGMA journal_mode=DELETE")
    con.execute("BEGIN IMMEDIATE")
    create_schema(con, srs_id=srs_id, srs_name=system.name, wkt=system.to_wkt("WKT1_GDAL"), translate=translate)
    now = now_text()
    con.execute(
        "INSERT INTO project (uid, name, crs, program_version, schema_version, settings, created_at, updated_at) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (str(uuid.uuid4()), name, f"EPSG:{srs_id}", version, SCHEMA_VERSION,
         json.dumps(settings, ensure_ascii=False), now, now),
    )  # fmt: skip
    con.execute("COMMIT")


def check_place(path: Path) -> None:
    """Raise what speaks against a new project file at `path`: its name, a file there, no folder, no permission."""
    if path.suffix.lower() != ".gpkg":
        raise Refused("project.suffix", N_("a project file ends in .gpkg"), where=str(path),
                      advice=N_("name it {name}"), name=path.name + ".gpkg")  # fmt: skip
    if os.path.lexists(path):
        raise Refused("project.exists", N_("there is a file of that name already"), where=str(path),
                      advice=N_("choose another name, or open it"))  # fmt: skip
    if not path.parent.is_dir():
        raise Missing("folder.absent", N_("the folder does not exist"), where=str(path.parent),
                      advice=N_("make it first"))  # fmt: skip
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise unwritable_folder(path)


def unwritable_folder(path: Path) -> Unwritable:
    """The error of a folder that takes no file."""
    return Unwritable("project.folder_not_writable", N_("the folder cannot be written"), where=str(path.parent),
                      advice=N_("choose a folder of your own, with room on its disk"))  # fmt: skip


def put_in_place(draft: Path, path: Path) -> None:
    """Give a finished draft its name, which must be free. Raises Refused (it is not), Unwritable."""
    try:
        files.flush(draft)
        # A hard link refuses an existing name in one breath; where the disk knows none (FAT), look again and rename.
        try:
            os.link(draft, path)
        except FileExistsError as cause:
            raise Refused("project.exists", N_("there is a file of that name already"), where=str(path),
                          advice=N_("choose another name, or open it")) from cause  # fmt: skip
        except OSError:
            check_place(path)
            draft.rename(path)
        files.flush_folder(path.parent)
    except OSError as cause:
        if isinstance(cause, AppError):
            raise
        _log.warning("cannot create %s: %s", path, cause)
        raise unwritable_folder(path) from cause
