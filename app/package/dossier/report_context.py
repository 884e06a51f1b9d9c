"""The values that a report's template can use: texts as printed, made from the same tables as the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app import format as fmt
from app.i18n import Translator
from app.package.conformity_files import clean
from app.package.dossier import marks
from app.package.dossier.budget_words import behind
from app.package.dossier.manifest import LeftOut
from app.package.dossier.record import PackageRecord, SiteRecord
from app.package.dossier.report_rows import few, merged, near
from app.package.dossier.table import Table, one_line
from app.package.dossier.tables import boundary_note
from app.package.figures import area_words, elevation_span
from app.words import ASSESSED
from layers.registry import LAYERS
from models.notices import N_
from models.surface_names import reference_words
from models.units import M3_PER_WAN_M3, T_PER_WAN_T

_MOST_POINTS = 300
_MOST_PAIRS = 12
# Names of the columns, in the order in which app.package.dossier.tables makes them.
_NAMES = {
    "inventory": ("code", "name", "kind", "district", "status", "mineral", "responsible", "parcel", "area_m2",
    "area_ha",
                  "area_mu", "ground_water", "land_now", "land_after", "source", "surveyed", "remarks"),
    "volumes": ("code", "name", "reference", "low", "high", "fill", "fill_half", "cut", "cut_half", "waste_m3", "cover",
                "base", "max_depth", "mean_depth", "check_method", "check", "difference", "covered", "terrain",
                "remarks"),
    "tonnage": ("code", "name", "kind", "producer", "sites", "waste_m3", "density", "dry", "wet", "annual", "stock"),
    "land": ("code", "name", "m2", "ha", "mu", "outline_m2", "now", "after"),
    "conflicts": ("site", "code", "name", "kind", "relation", "area_m2", "area_ha", "share", "distance"),
    "verdicts": ("site", "waste", "verdict", "waste_class", "not_met", "not_judged", "required", "open_rules",
    "judged"),
    "conformity": ("site", "waste", "rule", "title", "outcome", "finding", "value", "limit", "sample", "clause",
                   "confidence"),
    "duties": ("rule", "title", "what", "clause", "confidence", "sites"),
    "terrains": ("name", "kind", "cell", "crs", "datum", "surveyed", "source", "sha256"),
    "packs": ("id", "version", "title", "changes", "sha256"),
}  # fmt: skip
# What a row has where a table would be empty: a dash says that there is nothing, an empty table says nothing.
_ROWS = {
    **_NAMES,
    "conformity": (*_NAMES["conformity"], "pairs"),
    "wastes": ("code", "name", "kind", "producer", "annual", "stock"),
    "samples": ("waste", "code", "date", "place", "lab", "cma"),
    "assessments": ("site", "waste", "outcome", "by", "date", "report", "conditions"),
}
_KEYS = {"sources": "terrains"}


def context(record: PackageRecord, tables: Sequence[Table], left: Sequence[LeftOut], say: Translator) -> dict[str, Any]:
    """Every name that a template can use, but for `figures`."""
    values: dict[str, Any] = {}
    for made in tables:
        key = _KEYS.get(made.key, made.key)
        if key in _NAMES:
            rows = made.texts(say)[1]
            values[key] = [{n: clean(t) for n, t in zip(_NAMES[key], row, strict=True)} for row in rows]
    pairs = sum(len(s.judged) for s in record.pits)
    text = say(N_("Rule by rule, for {n} pairs of waste and pit; rules that do not apply are left out."))
    if pairs > _MOST_PAIRS:
        met = {say(N_("meets"))}
        values["conformity"] = [r for r in values["conformity"] if r["outcome"] not in met]
        text = say(
            N_(
                "For {n} pairs of waste and pit: what is not met, not judged or required; "
                "the workbook holds every rule."
            )
        )
    for row in values["conformity"]:
        said = row["finding"] not in {row["title"], fmt.NO_VALUE}
        row["finding"] = (
            say(N_("{outcome}: {finding}")).format(outcome=row["outcome"], finding=row["finding"])
            if said
            else row["outcome"]
        )
    values["conformity"] = merged(values["conformity"], say)
    values["conflicts"], fewer = near(values["conflicts"], say)
    every = [s.code for s in record.pits]
    for row in (*values["duties"], *values["tonnage"]):
        row["sites"] = few(row["sites"].split(", "), every, say)
    for row in values["terrains"]:
        row["sha256"] = row["sha256"][:16] + "…"
    total = sum(s.area_m2 for s in record.sites)
    unit = str((record.settings.get("sign_off") or {}).get("unit") or "")
    values |= {
        "title": say(N_("Implementation plan for the backfill of pits and ecological restoration")),
        "project": _clean(record.project_name),
        "banner": say(N_("sample data (made up)")) if record.made_up else "",
        "unit": _clean(unit) or say(N_("[to be entered]")),
        "day": record.stamp.date().isoformat(),
        "program": f"Huitian {record.program_version}",
        "revision": str(record.revision),
        "crs_words": boundary_note(record, say),
        "site_count": str(len(record.sites)),
        "total_area": area_words(total, say),
        "toc": marks.TOC,
        "figure_no": marks.FIGURE,
        "table_no": marks.TABLE,
        "missing": [_clean(n.render(say)) for n in record.missing] + _left(left, say),
        "conformity_text": text.format(n=pairs) + say(N_(" What holds for several sites or wastes stands once.")),
        "conflicts_text": _conflicts_text(record, fewer, say),
        "sites": [_site(s, say) for s in record.sites],
        "wastes": [
            {"code": _clean(w.code), "name": _clean(w.name), "kind": say(record.waste_kinds.get(w.code, "")),
             "producer": _clean(w.producer) or fmt.NO_VALUE, "annual": fmt.number(w.annual_t, 1),
             "stock": fmt.number(w.stock_t, 1)} for w in record.wastes],
        "samples": [_sample(r, say) for r in record.samples],
        "assessments": [
            {"site": _clean(a.site), "waste": _clean(a.waste) or say(N_("every waste")),
             "outcome": say(ASSESSED[a.outcome]),
             "by": _clean(a.assessed_by), "date": a.assessed_on, "report": _clean(a.report),
             "conditions": _clean(a.conditions)} for a in record.assessments],
    }  # fmt: skip
    shown = [s for s in record.sites if len(s.points) <= _MOST_POINTS] if len(record.sites) <= 2 * _MOST_PAIRS else []
    values["boundary_sites"] = [_points(s, record, say) for s in shown]
    text = boundary_note(record, say)
    if len(shown) < len(record.sites):
        text += say(N_(". The tables of {n} sites are in the workbook of boundary points.")).format(
            n=len(record.sites) - len(shown)
        )
    values["boundary_text"] = text
    values["groundwater"] = [r for r in values["inventory"] if r["ground_water"]]
    for key, names in _ROWS.items():
        values[key] = values[key] or [dict.fromkeys(names, fmt.NO_VALUE)]
    values["figures_text"] = say(
        N_("The sheets of the package at their scales are the PDF files beside this document.")
    )
    return values


def _conflicts_text(record: PackageRecord, fewer: bool, say: Translator) -> str:
    """How many sites overlap control areas, and what the table leaves out."""
    found = [s.code for s in record.sites if any(c.conflicting for c in s.conflicts)]
    text = (
        say(N_("{n} of {total} sites overlap control areas: {codes}.")).format(
            n=len(found), total=len(record.sites), codes=few(found, [], say)
        )
        if found
        else say(N_("No site overlaps a control area of the project."))
    )
    rest = (
        say(N_(" Of what lies apart only the nearest of each site is listed; the workbook has all.")) if fewer else ""
    )
    return text + rest


def _clean(text: str) -> str:
    return clean(one_line(text))


def _left(left: Sequence[LeftOut], say: Translator) -> list[str]:
    """A sentence for all that one reason left out of a site, and last what the reader does about page numbers."""
    words = say(N_("{what} {site} could not be made: {reason}"))
    found: dict[tuple[str, str], list[str]] = {}
    for f in left:
        found.setdefault((f.site, f.reason.render(say)), []).append(f.what)
    lines = [
        _clean(words.format(what=say(N_(", ")).join(what), site=site, reason=reason))
        for (site, reason), what in found.items()
    ]
    return [*lines, say(N_("page numbers of the contents: let Word update the fields when it asks, or press F9 there"))]


def _sample(row: Any, say: Translator) -> dict[str, str]:
    mark = row.get("cma")
    words = fmt.NO_VALUE if mark is None else say(N_("yes")) if mark else say(N_("no"))
    return {
        "waste": _clean(str(row["waste"])),
        "code": _clean(str(row["code"])),
        "date": fmt.day(row.get("date")),
        "place": _clean(str(row.get("place") or fmt.NO_VALUE)),
        "lab": _clean(str(row.get("lab") or fmt.NO_VALUE)),
        "cma": words,
    }


def _site(s: SiteRecord, say: Translator) -> dict[str, str]:
    """One paragraph about a site: what it is, how much it takes, how sure that is."""
    e = s.estimate
    kind = say(LAYERS[s.site.layer].label)
    parts = [say(N_("{kind}, area {area}, {n} boundary points.")).format(
        kind=kind[:1].upper() + kind[1:], area=area_words(s.area_m2, say), n=len(s.points))]  # fmt: skip
    if e is None:
        reason = s.refusal.what.render(say) if s.refusal else say(N_("not estimated"))
        parts.append(say(N_("No figures: {reason}.")).format(reason=reason))
    else:
        name = reference_words(e.reference.key, e.reference.parameters, say, fills=s.site.fills)
        volume = e.fill_m3 if s.site.fills else e.cut_m3
        half = e.interval95.fill_m3
        text = (
            N_("Up to {surface} ({level} m) it takes {volume} ten thousand m³; greatest depth {depth} m.")
            if s.site.fills
            else N_("Above {surface} ({level} m) it holds {volume} ten thousand m³; greatest height {depth} m.")
        )
        parts.append(
            say(text).format(
                surface=name,
                level=elevation_span(e) or fmt.NO_VALUE,
                volume=fmt.plus_minus(volume, half, per=M3_PER_WAN_M3),
                depth=fmt.number(e.max_depth_m, 2),
            )
        )
        if e.tonnage_t is not None:
            mass = fmt.plus_minus(e.tonnage_t, e.interval95.tonnage_t, per=T_PER_WAN_T)
            parts.append(say(N_("That is {mass} ten thousand t of waste, dry.")).format(mass=mass))
        parts += behind(s, e, say)
        parts += [w.render(say)[:1].upper() + w.render(say)[1:] + say(N_(".")) for w in e.warnings]
    found = [c for c in s.conflicts if c.conflicting]
    if found:
        named = ", ".join(one_line(f"{c.code} {c.name}") for c in found)
        parts.append(say(N_("It overlaps control areas: {names}.")).format(names=named))
    gap = "" if say.language == "zh_CN" else " "
    return {
        "code": _clean(s.code),
        "name": _clean(s.site.name),
        "kind": kind,
        "area": area_words(s.area_m2, say),
        "text": _clean(gap.join(parts)),
    }


def _points(s: SiteRecord, record: PackageRecord, say: Translator) -> dict[str, Any]:
    degrees: Sequence[tuple[float | None, float | None]] = s.lonlat or [(None, None)] * len(s.points)
    rows = [
        {"number": p.number, "x": f"{p.x_north:.3f}", "y": f"{record.crs.east(p.y_east):.3f}",
         "side": f"{p.side_m:.2f}",
         "lon": f"{lon:.8f}" if lon is not None else fmt.NO_VALUE,
         "lat": f"{lat:.8f}" if lat is not None else fmt.NO_VALUE}
        for p, (lon, lat) in zip(s.points, degrees, strict=True)
    ]  # fmt: skip
    return {"code": _clean(s.code), "name": _clean(s.site.name), "area": area_words(s.area_m2, say), "points": rows}
