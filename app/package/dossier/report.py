"""The implementation plan as a Word document: a template, the built-in or the user's, filled from the record."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from app import format as fmt
from app.i18n import Translator
from app.package.conformity_files import clean
from app.package.dossier import marks
from app.package.dossier.manifest import LeftOut
from app.package.dossier.record import PackageRecord
from app.package.dossier.report_context import context
from app.package.dossier.sheets import SheetMade
from app.package.dossier.table import Table
from app.package.dossier.zipped import without_clock
from app.package.mapframe import scale_words
from app.package.template import sheet_kind
from gis import office_file
from models.errors import Missing, Refused, Unreadable
from models.notices import N_
from models.progress import Watch
from resources import resource_path

_PICTURE_MM = 235.0
_MOST_LISTED = 150
_MOST_BYTES, _MOST_UNPACKED = 64 * 1024**2, 512 * 1024**2
_MOST_MEMBERS, _MOST_RATIO = 5_000, 200


def built_in(language: str) -> Path:
    """The template that the program ships for a language."""
    return resource_path("reports", f"plan_{language}.docx")


def check_template(path: Path | None) -> None:
    """Raise Missing or Unreadable if `path` is no Word document of a reasonable size; None is the built-in one."""
    if path is None:
        return
    where = str(path)
    if not path.is_file():
        raise Missing(
            "template.no_file",
            N_("there is no such template"),
            where=where,
            advice=N_("name a Word document (.docx); the built-in one can be written out and changed"),
        )
    broken = Unreadable("template.no_docx", N_("the template is no Word document that can be read"), where=where,
                        advice=N_("save it again as .docx"))  # fmt: skip
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise broken
        with zipfile.ZipFile(path) as members:
            large = office_file.swells(members, members=_MOST_MEMBERS, unpacked=_MOST_UNPACKED, ratio=_MOST_RATIO)
            if large or "word/document.xml" not in members.namelist() or office_file.has_doctype(members):
                raise broken
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as cause:
        if cause is broken:
            raise
        raise broken from cause


def report(
    record: PackageRecord,
    tables: Sequence[Table],
    figures: Sequence[SheetMade],
    left: Sequence[LeftOut],
    say: Translator,
    *,
    sheets: Sequence[SheetMade] = (),
    template: Path | None = None,
    watch: Watch | None = None,
) -> bytes:
    """The document as bytes. Raises Unreadable for a template that is none, Refused for one that cannot be filled.

    Tags of a template are filled in a sandbox: they see the values of the package and can do nothing else.
    """
    watch = watch or Watch()
    import docxtpl
    import jinja2
    from docx.shared import Mm
    from jinja2 import sandbox

    where = str(template or built_in(record.language))
    try:
        document = docxtpl.DocxTemplate(where)
        document.init_docx()
    except Exception as cause:  # python-docx and lxml have many ways to say so
        raise Unreadable("template.no_docx", N_("the template is no Word document that can be read"), where=where,
                         advice=N_("save it again as .docx")) from cause  # fmt: skip
    values = context(record, tables, left, say)
    values["figures"] = [
        {
            "image": docxtpl.InlineImage(document, str(m.job.picture), width=Mm(_PICTURE_MM)),
            "caption": f"{m.job.site} {_title(m, record)}".strip(),
            "site": m.job.site,
        }
        for m in figures
    ]
    values["sheet_list"] = _sheet_list(sheets or figures, record, say)
    watch.report(0.2)
    environment = sandbox.SandboxedEnvironment(
        autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.DictLoader({})
    )
    try:
        document.render(values, environment, autoescape=True)
    except Exception as cause:  # tags can ask for anything that Python refuses: no such name, a range too long
        raise Refused(
            "template.tags",
            N_("the template cannot be filled: {reason}"),
            where=where,
            advice=N_("correct the tag in Word; the built-in template shows the names that can be used"),
            reason=str(cause)[:200],
        ) from cause
    watch.report(0.7)
    word: Any = document.docx
    marks.finish(word, say)
    properties = word.core_properties
    properties.author, properties.last_modified_by = f"Huitian {record.program_version}", ""
    properties.title, properties.comments = str(values["title"])[:250], ""
    properties.revision = 1
    properties.created = properties.modified = record.stamp.replace(tzinfo=None)
    out = BytesIO()
    document.save(out)
    watch.report(1.0)
    return without_clock(out.getvalue(), record.stamp)


def _sheet_list(sheets: Sequence[SheetMade], record: PackageRecord, say: Translator) -> list[dict[str, str]]:
    """Number, site, title, scale and pages of each sheet; of very many a row for each kind."""
    made = [m for m in sheets if m.error is None]
    names = ("number", "site", "title", "scale", "pages")
    if not made:
        return [dict.fromkeys(names, fmt.NO_VALUE)]
    rows = []
    if len(made) > _MOST_LISTED:
        for kind in dict.fromkeys(m.job.kind for m in made):
            of = [m for m in made if m.job.kind == kind]
            sites = say(N_("{n} sites")).format(n=len(of)) if of[0].job.site else fmt.NO_VALUE
            pages = str(sum(m.pages for m in of))
            rows.append((sheet_kind(kind).number, sites, _title(of[0], record), fmt.NO_VALUE, pages))
    else:
        for m in made:
            number = "-".join(t for t in (m.job.site, sheet_kind(m.job.kind).number) if t)
            scale = scale_words(m.scale) if m.scale else fmt.NO_VALUE
            rows.append((number, m.job.site or fmt.NO_VALUE, _title(m, record), scale, str(m.pages)))
    return [{n: clean(t) for n, t in zip(names, row, strict=True)} for row in rows]


def _title(m: SheetMade, record: PackageRecord) -> str:
    heaps = {s.code for s in record.sites if not s.site.fills}
    return sheet_kind(m.job.kind).title(record.language, fills=m.job.site not in heaps)
