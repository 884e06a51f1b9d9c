"""The approval package of some sites as one folder; boundary points as a file; the template of the plan."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.i18n import DOCUMENT_LANGUAGE, translator
from app.in_place import put_in_place
from app.package.dossier.drawing import drawing
from app.package.dossier.frozen import Frozen
from app.package.dossier.gather import gather
from app.package.dossier.land_file import land_plots
from app.package.dossier.make import PackageReport, make_package, sheet_kinds
from app.package.dossier.options import PackageOptions
from app.package.dossier.record import PackageRecord
from app.package.dossier.report import built_in
from app.package.dossier.tables import boundary
from app.package.dossier.workbook import workbook
from app.project import Project
from gis.crs import parse_crs
from gis.formats.land_txt_write import Dialect, Header, land_bytes
from models.errors import Refused
from models.notices import N_
from models.progress import Watch

__all__ = [
    "Dialect",
    "PackageOptions",
    "PackageReport",
    "make_package",
    "sheet_kinds",
    "write_boundary",
    "write_template",
]


@dataclass(frozen=True)
class _Asked:
    record: PackageRecord
    dialect: Dialect
    where: str


def _txt(a: _Asked) -> bytes:
    unit = str((a.record.settings.get("sign_off") or {}).get("unit") or "")
    header = Header.of(parse_crs(a.record.crs_code), a.where, producer=unit, date=a.record.stamp.date().isoformat())
    return land_bytes(land_plots(a.record, translator(a.record.language)), header, a.dialect)


def _xlsx(a: _Asked) -> bytes:
    say = translator(a.record.language)
    return workbook([boundary(a.record, say)], a.record, say, title=say(N_("Boundary points")))


def _dxf(a: _Asked) -> bytes:
    return drawing(a.record, translator(a.record.language), a.record.sites)


_WRITERS: dict[str, Callable[[_Asked], bytes]] = {".txt": _txt, ".xlsx": _xlsx, ".dxf": _dxf}


def write_boundary(
    project: Project,
    codes: list[str] | None,
    out: Path,
    *,
    dialect: Dialect | None = None,
    shared_numbers: bool = False,
    language: str = DOCUMENT_LANGUAGE,
    stamp: datetime | None = None,
    watch: Watch | None = None,
) -> PackageRecord:
    """Boundary points of sites (None: all) as .txt (a land office's coordinate file), .xlsx or .dxf.

    Replaced only when the new file is whole. Raises Missing for an unknown code, Refused (another ending, a system that
    is no CGCS2000 zone for .txt), Unwritable.
    """
    out = Path(out)
    writer = _WRITERS.get(out.suffix.lower())
    if writer is None:
        raise Refused("boundary.suffix", N_("boundary points are written as .txt, .xlsx or .dxf"), where=str(out),
                      advice=N_("name it {name}"), name=f"{out.stem}.txt")  # fmt: skip
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    when = stamp or (datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC))
    still = Frozen(project.path, project.store.home, project, project.store.revision, frozenset(), {})
    record = gather(
        still, codes, when.replace(microsecond=0), language=language, shared_numbers=shared_numbers,
        watch=watch or Watch(), judge=False,
    )  # fmt: skip
    data = writer(_Asked(record, dialect or Dialect(), str(out)))
    with put_in_place(out, "boundary.unwritable", N_("the boundary points cannot be written")) as file:
        file.write(data)
    return record


def write_template(out: Path, language: str = DOCUMENT_LANGUAGE) -> Path:
    """The built-in Word template of the implementation plan as a file to change. Raises Refused, Unwritable."""
    out = Path(out)
    if out.suffix.lower() != ".docx":
        raise Refused("template.suffix", N_("the template is a .docx"), where=str(out), advice=N_("name it {name}"),
                      name=f"{out.stem}.docx")  # fmt: skip
    if out.exists():
        raise Refused("template.exists", N_("the file is there already"), where=str(out),
                      advice=N_("name a new file"))  # fmt: skip
    unwritable = N_("the template cannot be written")
    with put_in_place(out, "template.unwritable", unwritable) as file, built_in(language).open("rb") as source:
        shutil.copyfileobj(source, file)
    return out
