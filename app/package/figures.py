"""The figures and notes of a sheet as words of its language: (label, value, strong?) rows, and notes."""

from __future__ import annotations

from app.format import day, elevation, hectares, mu, number, percent, plus_minus, significant
from app.i18n import Translator
from app.package.canvas import kind_words
from app.package.content import SheetContent, SheetCrs
from app.package.scale import decimals_of
from app.words import cause_words
from layers.registry import LAYERS
from models.earthwork import METHOD_WORDS
from models.estimate import Estimate
from models.notices import N_, Notice
from models.units import M3_PER_WAN_M3, T_PER_WAN_T, m2_to_mu

Row = tuple[str, str, bool]


def figure_rows(content: SheetContent, say: Translator) -> list[Row]:
    """Key figures with their 95 % interval, the reference surface named first."""
    e = content.estimate
    if e is None:
        return [(say(N_("not estimated")), "—", False), *area_rows(content, say)]
    main = say(N_("fill volume") if content.fills else N_("volume of the heap"))
    fill = e.fill_m3 if content.fills else e.cut_m3
    unknown = f"({say(N_('interval not quantified'))})"
    per, cubic = volume_unit(fill)
    rows = [
        (say(N_("reference surface")), _reference(content, e, say), True),
        (main, _wan(fill, e.interval95.fill_m3, per, say(cubic), unknown), True),
    ]
    if e.standing == "too_uncertain":
        rows.insert(0, (say(N_("too uncertain")), say(N_("no estimate to plan with, see the notes")), True))
    rows += _layers(e, per, say(cubic), say)
    rows += _other_side(e, say, fills=content.fills)
    if e.tonnage_t is not None:
        heavy = abs(e.tonnage_t) >= _SMALL
        mass, unit = (T_PER_WAN_T, say(N_("10⁴ t"))) if heavy else (1.0, "t")
        rows.append(
            (
                say(N_("tonnage absorbed, dry")),
                _wan(e.tonnage_t, e.interval95.tonnage_t, mass, unit, unknown),
                True,
            )
        )
        if e.density_t_m3 is not None:
            what = f"{content.waste_label} " if content.waste_label else ""
            rows.append((say(N_("dry density in place")), f"{what}{significant(e.density_t_m3)} t/m³", False))
        if e.tonnage_wet_t is not None:
            value = _as_fine(e.tonnage_wet_t, e.interval95.tonnage_t, mass)
            rows.append((say(N_("tonnage absorbed, wet")), f"{value} {unit}", False))
    causes = cause_words(e.interval95.shares, say, most=3)
    if causes:
        rows.append((say(N_("the interval comes from")), causes, False))
    rows.append((say(N_("land released")), area_words(e.land_released_m2, say), True))
    rows.append((say(N_("area of the outline")), area_words(content.area_m2, say), False))
    depth = f"{number(e.max_depth_m, 2)} / {number(e.mean_depth_m, 2)} m"
    rows.append((say(N_("greatest / mean depth") if content.fills else N_("greatest / mean height")), depth, False))
    if e.covered_share < 0.99995:
        rows.append((say(N_("terrain covers")), percent(e.covered_share, 2), False))
    if e.check.fill_m3 is not None and e.check.difference_percent is not None:
        value = f"{_as_fine(e.check.fill_m3, e.interval95.fill_m3, per)} {say(cubic)}"
        rows.append((say(N_("check by the TIN method")), f"{value} ({_signed(e.check.difference_percent)} %)", False))
    rest = [(say(METHOD_WORDS.get(c.method, c.method)), c.difference_percent) for c in e.checks if c != e.check]
    known = [f"{words} {_signed(percent)} %" for words, percent in rest if percent is not None]
    if known:
        rows.append((say(N_("other checks")), say(N_("; ")).join(known), False))
    others = [
        f"{say(label)}\u00a0{_as_fine(value, e.interval95.fill_m3, per)}"
        for label, value in content.alternatives
        if value is not None
    ]
    if others:
        words = say(N_("by other surfaces, 10⁴ m³") if per > 1 else N_("by other surfaces, m³"))
        rows.append((words, say(N_("; ")).join(others), False))
    return rows


_TRIFLE = 0.002
"""Share of the volume below which the other side of the surface is not told on a sheet."""
_SMALL = 1000.0
"""Below so many m³ or t the unit of a figure is not ten thousand of them."""


def volume_unit(volume_m3: float | None) -> tuple[float, str]:
    """(m³ in the unit, its msgid): 10⁴ m³, of small volumes m³."""
    return (1.0, "m³") if volume_m3 is not None and abs(volume_m3) < _SMALL else (M3_PER_WAN_M3, N_("10⁴ m³"))


def _layers(e: Estimate, per: float, unit: str, say: Translator) -> list[Row]:
    """How the fill is divided into waste, cover soil and base layer, where it is divided."""
    parts = [
        (say(words), value)
        for words, value in (
            (N_("waste"), e.waste_m3),
            (N_("cover soil"), e.cover_m3),
            (N_("base layer"), e.base_m3),
        )
        if value
    ]
    if len(parts) < 2:
        return []
    names = " / ".join(words for words, _ in parts)
    values = " / ".join(_as_fine(value, e.interval95.fill_m3, per) for _, value in parts)
    return [(say(N_("of this {names}")).format(names=names), f"{values} {unit}", False)]


def _other_side(e: Estimate, say: Translator, *, fills: bool) -> list[Row]:
    """What lies on the other side of the surface: kept apart, never netted, and told where it is no trifle."""
    value, body = (e.cut_m3, e.fill_m3) if fills else (e.fill_m3, e.cut_m3)
    if value <= _TRIFLE * body or value < 1:
        return []
    per, cubic = volume_unit(value)
    what = say(N_("ground above it (cut)") if fills else N_("hollows below the base (fill)"))
    return [
        (what, _wan(value, e.interval95.other_m3, per, say(cubic), f"({say(N_('interval not quantified'))})"), False)
    ]


def _signed(value: float) -> str:
    words = number(value, 2)
    return words if value < 0 else f"+{words}"


def _reference(content: SheetContent, e: Estimate, say: Translator) -> str:
    name = say(content.reference_label or e.reference.key)
    span = elevation_span(e)
    return name if span is None else f"{name} {span} m"


def elevation_span(e: Estimate) -> str | None:
    """The elevation of a level reference surface, or its lowest and highest: 390.31～390.62. None where not known."""
    low, high = e.reference.min_elevation_m, e.reference.max_elevation_m
    if low is None or high is None:
        return None
    return elevation(low) if abs(high - low) < 0.005 else f"{elevation(low)}～{elevation(high)}"


def _wan(value: float | None, half: float | None, per: float, unit: str, unknown: str) -> str:
    """84.3 ± 3.1 with its unit; where the interval is not known that is said, and three digits are given."""
    if half is None:
        return f"{plus_minus(value, None, per=per)} {unit} {unknown}"
    return f"{plus_minus(value, half, per=per)} {unit}"


def _as_fine(value: float | None, half: float | None, per: float) -> str:
    """A figure without an interval of its own, to the place to which the main one is known."""
    if value is None or not half:
        return significant(None if value is None else value / per)
    return plus_minus(value, half, per=per).split(" ±")[0]


def area_words(area_m2: float | None, say: Translator) -> str:
    """1 234 m², 0.1234 公顷, 1.9 亩: hectares with the four decimals of a land office."""
    if area_m2 is None:
        return "—"
    size = m2_to_mu(area_m2)
    places = (
        1 if size >= 10 or size == 0 else 2 if size >= 0.1 else 4
    )  # small ground keeps two digits that say something
    return f"{number(area_m2, 0)} m² = {hectares(area_m2)} {say(N_('ha'))} ({mu(area_m2, places)} {say(N_('mu'))})"


def area_rows(content: SheetContent, say: Translator) -> list[Row]:
    """The area in its three units, the length of the boundary and the number of its points."""
    length = sum(p.side_m for p in content.points)
    return [
        (say(N_("area of the outline")), area_words(content.area_m2, say), True),
        (say(N_("length of the boundary")), f"{number(length, 2)} m", False),
        (say(N_("boundary points")), number(len(content.points), 0), False),
    ]


def conflict_rows(content: SheetContent, say: Translator) -> list[Row]:
    """One row a control area: shared ground and its share of the site, or the distance."""
    rows: list[Row] = []
    for c in content.conflicts or ():
        layer = LAYERS.get(c.layer)
        kind = say(kind_words(layer, c.kind)) if layer else c.kind
        words = f"{c.code} {c.name or kind}"
        if c.conflicting:
            rows.append((words, f"{area_words(c.area_m2, say)}, {percent(c.share, 2)}", True))
        elif c.relation == "touches":
            rows.append((words, say(N_("touches the outline")), True))
        else:
            rows.append((words, say(N_("{distance} m away")).format(distance=number(c.distance_m, 1)), False))
    if not rows:
        rows.append((say(N_("no control areas in the project")), "—", False))
    return [*rows, *area_rows(content, say)[:1]]


def note_words(content: SheetContent, say: Translator, extra: list[Notice], facts: dict[str, float]) -> list[str]:
    """The notes, in the order of a sheet's margin: systems first, then contours, sources, method, remarks."""
    heights = height_words(content.terrain_facts.vertical_datum if content.terrain_facts else None, say)
    if "contour_interval" in facts:
        interval = number(facts["contour_interval"], decimals_of(facts["contour_interval"]))
        heights += say(N_("; contour interval {interval} m")).format(interval=interval)
    notes = [crs_words(content.crs, say), heights]
    if content.sources:
        notes.append(say(N_("; ")).join(_source(s.what, s.text, s.date, say) for s in content.sources))
    e = content.estimate
    if e is not None:
        if e.interval95.fill_m3 is not None:
            notes.append(say(N_("± is the half width of the 95 % interval (k = 2)")))
        if abs(e.scale_factor - 1) > 1e-6:
            text = N_(
                "areas and volumes of the estimate are ground values, divided by the square of the scale factor k = {k}"
            )
            notes.append(say(text).format(k=f"{e.scale_factor:.6f}"))
        notes += [w.render(say) for w in e.warnings]
    notes += [n.render(say) for n in (*content.duties, *content.notes, *extra)]
    return notes


def crs_words(c: SheetCrs, say: Translator) -> str:
    """The coordinate system as sheets, tables and the plan name it."""
    if c.cgcs2000 and c.central_meridian is not None and c.degrees_wide:
        text = N_("CGCS2000, Gauss–Krüger projection, {width}° zones, central meridian {cm}°E")
        words = say(text).format(width=c.degrees_wide, cm=number(c.central_meridian, 0))
    else:
        words = say(N_("coordinate system {name}")).format(name=c.name)
        if c.central_meridian is not None:
            side = "W" if c.central_meridian < 0 else "E"
            words += say(N_(", central meridian {cm}°{side}")).format(cm=f"{abs(c.central_meridian):g}", side=side)
    if c.epsg is not None:
        words += f" (EPSG:{c.epsg})"
    if c.zone is not None and c.cgcs2000:
        words += say(N_("; zone {zone}, whose number stands before the eastings (Y)")).format(zone=c.zone)
    elif c.zone is not None:
        words += say(N_(", zone {zone}")).format(zone=c.zone)
    return words


_DATUMS = {"1985": N_("1985 National Height Datum"), "1956": N_("1956 Yellow Sea height system")}


def height_words(datum: str | None, say: Translator) -> str:
    """The height datum as sheets and drawings name it."""
    stated = datum or ""
    if not stated.strip():
        return say(N_("height datum not stated"))
    known = next((say(words) for year, words in _DATUMS.items() if year in stated), stated)
    return say(N_("height datum: {datum}")).format(datum=known)


def _source(what: str, text: str, date: str, say: Translator) -> str:
    words = say(N_("{what}: {text}")).format(what=say(what), text=text)
    return words + (say(N_(", {date}")).format(date=day(date)) if date else "")
