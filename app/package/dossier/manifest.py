"""The list of what is in the package: for programs (JSON) and for people (a page)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from app import format as fmt
from app.i18n import Translator
from app.package.dossier.place import FORMAT
from app.package.dossier.record import PackageRecord
from app.package.dossier.table import Table, one_line
from app.package.figures import crs_words
from gis.files import sha256_of
from models.notices import N_, Notice

_VERSION = 1
ROLES = {
    "report": N_("implementation plan"),
    "tables": N_("tables"),
    "boundary_table": N_("Boundary points"),
    "boundary_txt": N_("coordinate exchange file"),
    "drawing": N_("drawing (DXF)"),
    "geopackage": N_("map data (GeoPackage)"),
    "sheet": N_("sheet"),
    "earthwork_drawing": N_("grid method for CAD (DXF)"),
    "page": N_("list of the package"),
}


@dataclass(frozen=True)
class PackedFile:
    """A file of the package. `site` and `kind` where it is of one."""

    path: Path
    role: str
    site: str = ""
    kind: str = ""
    title: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Something that could not be made, and why."""

    what: str
    site: str
    reason: Notice
    advice: Notice


def manifest(
    record: PackageRecord, folder: Path, files: Sequence[PackedFile], left: Sequence[LeftOut], say: Translator
) -> dict[str, Any]:
    """The document: files with size and sha256, and all that says where the figures come from."""
    return {
        "format": FORMAT,
        "version": _VERSION,
        "program": f"Huitian {record.program_version}",
        "stamp": record.stamp.isoformat(timespec="seconds"),
        "language": record.language,
        "project": {
            "name": record.project_name,
            "file": record.project_file,
            "uid": record.project_uid,
            "revision": record.revision,
            "crs": record.crs_code,
            "made_up": record.made_up,
        },
        "terrains": [{"name": t.name, "sha256": t.sha256, "cell_m": t.cell_m} for t in record.terrains],
        "rule_packs": [
            {"id": p.id, "version": p.version, "sha256": p.sha256, "mended": p.mended} for p in record.packs
        ],
        "sites": [_site(s) for s in record.sites],
        "missing": [n.render(say) for n in record.missing],
        "left_out": [
            {"what": f.what, "site": f.site, "reason": f.reason.render(say), "advice": f.advice.render(say)}
            for f in left
        ],
        "files": [
            {
                "path": f.path.relative_to(folder).as_posix(),
                "role": f.role,
                "site": f.site or None,
                "kind": f.kind or None,
                "bytes": f.path.stat().st_size,
                "sha256": sha256_of(f.path),
            }
            for f in files
        ],
    }


def _site(s: Any) -> dict[str, Any]:
    e = s.estimate
    halves = (e.interval95.fill_m3, e.interval95.other_m3) if e else (None, None)
    filled, removed = halves if s.site.fills else halves[::-1]
    return {
        "code": s.code,
        "name": s.site.name,
        "layer": s.site.layer,
        "area_m2": s.area_m2,
        "points": len(s.points),
        "fill_m3": round(e.fill_m3, 1) if e else None,
        "fill_half95_m3": round(filled, 1) if filled is not None else None,
        "cut_m3": round(e.cut_m3, 1) if e else None,
        "cut_half95_m3": round(removed, 1) if removed is not None else None,
        "tonnage_t": round(e.tonnage_t, 1) if e and e.tonnage_t is not None else None,
        "land_released_m2": round(e.land_released_m2, 2) if e else None,
        "terrain": e.terrain.name if e else None,
        "computed_for_package": s.computed_here,
    }


def manifest_bytes(document: dict[str, Any]) -> bytes:
    """The JSON text in UTF-8."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return text.encode("utf8", "replace") + b"\n"


_STYLE = """
:root{color-scheme:light}body{font:15px/1.6 'Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif;color:#101828;
max-width:1080px;margin:32px auto;padding:0 24px}h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:32px 0 8px}
p{margin:4px 0;color:#475467}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #E4E7EC;text-align:left;padding:6px 10px;vertical-align:top}
th{color:#475467;font-weight:600}td.n{text-align:right;white-space:nowrap}
code{font:12px/1.4 monospace;color:#475467;word-break:break-all}a{color:#0F766E}li{margin:2px 0}
details{border-bottom:1px solid #E4E7EC}summary{padding:6px 10px;font-weight:600;cursor:pointer}
summary span{color:#475467;font-weight:400}
.warn{border-left:4px solid #F79009;padding:2px 12px;background:#FFFAEB}
"""


_UNFOLDED = 12
"""Up to so many sites their files are in sight at once."""


def page(
    record: PackageRecord, folder: Path, files: Sequence[PackedFile], left: Sequence[LeftOut], tables: Sequence[Table],
    say: Translator,
) -> bytes:  # fmt: skip
    """One page that opens in any browser, with links to the files; it loads nothing."""
    head = f"{one_line(record.project_name)} — {say(N_('approval package'))}"
    facts = [
        (say(N_("project")), f"{record.project_file}, {say(N_('revision {n}')).format(n=record.revision)}"),
        (say(N_("made on")), f"{record.stamp:%Y-%m-%d %H:%M:%S} UTC"),
        (say(N_("program")), f"Huitian {record.program_version}"),
        (say(N_("coordinate system")), crs_words(record.crs, say)),
        (say(N_("sites")), str(len(record.sites))),
    ]
    parts = [f"<h1>{escape(head)}</h1>"]
    if record.made_up:
        parts.append(f"<p class=warn>{escape(say(N_('sample data (made up)')))}</p>")
    parts += [
        "<table>",
        *(f"<tr><th>{escape(a)}</th><td>{escape(one_line(b))}</td></tr>" for a, b in facts),
        "</table>",
    ]
    parts.append(f"<h2>{escape(say(N_('Files')))}</h2>")
    parts += _file_table([f for f in files if not f.site], folder, say)
    parts += _site_files(record, folder, files, say)
    for title, lines in (
        (say(N_("What is missing")), [n.render(say) for n in record.missing]),
        (say(N_("What could not be made")), [_left_words(f, say) for f in left]),
    ):
        if lines:
            items = "".join(f"<li>{escape(one_line(t))}</li>" for t in lines)
            parts.append(f"<h2>{escape(title)}</h2><ul>{items}</ul>")
    for made in tables:
        heads, rows = made.texts(say)
        parts.append(
            f"<h2>{escape(made.title)}</h2><table>{_row(heads, 'th')}{''.join(_row(r, 'td') for r in rows)}</table>"
        )
    body = "\n".join(parts)
    language = "zh-CN" if record.language == "zh_CN" else "en"
    text = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(head)}</title>'
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )
    return text.encode("utf8", "replace")


def _site_files(record: PackageRecord, folder: Path, files: Sequence[PackedFile], say: Translator) -> list[str]:
    """The files of each site under its code and name; of many sites folded, so that the page stays one to read."""
    of: dict[str, list[PackedFile]] = {}
    for f in files:
        of.setdefault(f.site, []).append(f)
    parts = []
    for s in record.sites:
        own = of.get(s.code, [])
        if own:
            head = escape(one_line(f"{s.code} {s.site.name or ''}".strip()))
            count = escape(say(N_("{n} files")).format(n=len(own)))
            unfolded = " open" if len(record.sites) <= _UNFOLDED else ""
            parts.append(f"<details{unfolded}><summary>{head} <span>{count}</span></summary>")
            parts += [*_file_table(own, folder, say), "</details>"]
    return parts


def _file_table(files: Sequence[PackedFile], folder: Path, say: Translator) -> list[str]:
    parts = ["<table>", _row((say(N_("file")), say(N_("what it is")), say(N_("size, kB")), "SHA-256"), "th")]
    for f in files:
        name = f.path.relative_to(folder).as_posix()
        words = " ".join(t for t in (say(ROLES[f.role]), one_line(f.site), f.title) if t)
        size = fmt.number(f.path.stat().st_size / 1000, 1)
        parts.append(
            f'<tr><td><a href="{escape(_link(name))}">{escape(name)}</a></td><td>{escape(words)}</td>'
            f"<td class=n>{size}</td><td><code>{sha256_of(f.path)}</code></td></tr>"
        )
    return [*parts, "</table>"]


def _left_words(f: LeftOut, say: Translator) -> str:
    reason = "; ".join(t for t in (f.reason.render(say), f.advice.render(say)) if t)
    return f"{f.site} {f.what}: {reason}"


def _row(cells: Sequence[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(one_line(c))}</{tag}>" for c in cells) + "</tr>"


def _link(name: str) -> str:
    from urllib.parse import quote

    return quote(name)
