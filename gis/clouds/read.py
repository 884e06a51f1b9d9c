"""Files of a cloud into buckets in the project's system: what they are in, then the child reads them one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyproj
from pyproj import Transformer

from gis.clouds.buckets import Buckets
from gis.clouds.header import CloudHead, read_head
from gis.crs import horizontal, vertical_name
from gis.crs_guess import Bounds, guess_crs
from gis.formats import LIMITS, crs_choice, process, reproject
from gis.unchanged import unchanged
from models.errors import Refused
from models.notices import N_, Notice
from models.progress import Watch
from models.units import FOOT_M, US_SURVEY_FOOT_M

UNITS = {"m": 1.0, "ft": FOOT_M, "us-ft": US_SURVEY_FOOT_M}
_BUCKET_POINTS = 200_000
_APART_M = 100.0
_ALIKE = 0.02
_SIDES_M = (20.0, 2000.0)
_ADVICE = N_("state the unit of the heights with --z-unit m, ft or us-ft")


@dataclass(frozen=True)
class Source:
    """A file and what its coordinates are in. `bounds`: the header's box in `crs`; `factor`: metres per unit of z."""

    head: CloudHead
    crs: pyproj.CRS
    basis: str
    bounds: Bounds
    factor: float
    vertical: str | None
    z_known: bool = True
    """False where metres were taken because nothing is said of the heights' unit."""


@dataclass
class Sorted:
    """All points in buckets; `dropped`: points left out by reason; `by_file`: points by class of each file."""

    buckets: Buckets
    dropped: dict[str, int] = field(default_factory=dict)
    by_file: list[tuple[str, dict[int, int]]] = field(default_factory=list)
    seen: int = 0


def understand(
    paths: Sequence[Path],
    *,
    target_crs: str,
    crs: str | None,
    accept_guess: bool,
    z_unit: str | None,
    neighbours: Bounds | None,
) -> tuple[list[Source], list[Notice]]:
    """What each file is in, before any point is read. Raises Missing, Refused or Unreadable, naming the file."""
    stated = crs_choice.read_crs(crs) if crs is not None else None
    if crs is not None and stated is None:
        raise Refused(
            "crs.unknown",
            N_("there is no coordinate system {crs}"),
            advice=N_("give an EPSG code, for instance EPSG:4546"),
            crs=crs,
        )
    home = pyproj.CRS.from_user_input(target_crs)
    sources: list[Source] = []
    remarks: dict[str, Notice] = {}
    for path in dict.fromkeys(p.resolve() for p in paths):
        head = read_head(path)
        where = str(path)
        bounds = head.low[0], head.low[1], head.high[0], head.high[1]
        flat = horizontal(head.crs) if head.crs is not None else None
        in_file = crs_choice.read_crs(flat.to_wkt()) if flat is not None else None
        guess = guess_crs(bounds, project_crs=target_crs, neighbours=neighbours, text=head.crs_text)
        used, basis, said = crs_choice.decide(
            in_file, stated, guess, accept_guess=accept_guess, where=where, said=head.crs_text
        )
        crs_choice.check_fit(used, bounds, guess, where)
        said += crs_choice.check_place(used, home, bounds, where)
        said += reproject.across(used, home, bounds, where)[1]
        own = head.crs if basis == "file" else None
        factor, known = _factor(head, used, basis, z_unit, where)
        sources.append(Source(head, used, basis, bounds, factor, _vertical(own), known))
        remarks |= {n.key: n for n in said}
    names = {s.vertical for s in sources}
    if len(names) > 1:
        raise Refused(
            "cloud.verticals",
            N_("the files name different height systems: {names}"),
            where=str(sources[0].head.path),
            advice=N_("bring them to one height system first"),
            names=", ".join(sorted(str(n) for n in names)),
        )
    silent = [s for s in sources if not s.z_known]
    _check_units(sources, silent)
    _check_ranges(sources, silent)
    return sources, [*remarks.values(), *_assumed(silent)]


def _assumed(silent: Sequence[Source]) -> list[Notice]:
    """What is said of files whose heights are taken as metres because nothing says what they are in."""
    if not silent:
        return []
    names = ", ".join(s.head.path.name for s in silent[:3]) + (" …" if len(silent) > 3 else "")
    low, high = min(s.head.low[2] for s in silent), max(s.head.high[2] for s in silent)
    text = N_("{file}: nothing says in what unit the heights are ({low:.1f} … {high:.1f}); they are taken as "
              "metres. If they are feet, state it (--z-unit)")  # fmt: skip
    return [Notice("cloud.z_assumed", text, file=names, low=low, high=high)]


def _check_ranges(sources: Sequence[Source], silent: Sequence[Source]) -> None:
    """Refuse a file whose heights lie far above those of another of the call, and among them if they were feet.

    By the boxes of the headers: apart by 100 m and by three times the heights that either spans.
    """
    for one in silent:
        low, high = one.head.low[2], one.head.high[2]
        for other in sources:
            below, top = (v * other.factor for v in (other.head.low[2], other.head.high[2]))
            apart = max(_APART_M, 3 * (high - low), 3 * (top - below))
            reach = 0.5 * (top - below) + _ALIKE * top  # the ground of a neighbour, and what headers round
            if low - top > apart and below - reach <= FOOT_M * low and FOOT_M * high <= top + reach:
                raise Refused(
                    "cloud.looks_feet",
                    N_("its heights ({low:.1f} … {high:.1f}) are some 3.28 times those of {other} ({below:.1f} … "
                       "{top:.1f} m): they seem to be feet"),
                    where=str(one.head.path),
                    advice=N_("bring the files to one unit first, or read each by itself with its --z-unit"),
                    low=low, high=high, other=other.head.path.name, below=below, top=top,
                )  # fmt: skip


def _check_units(sources: Sequence[Source], silent: Sequence[Source]) -> None:
    """Refuse files in feet beside files that say nothing of their heights."""
    feet = [s for s in sources if s.z_known and not math.isclose(s.factor, 1.0, rel_tol=1e-9)]
    if silent and feet:
        raise Refused(
            "cloud.mixed_units",
            N_("the heights of {feet} are in units of {factor:.6f} m, this file says nothing of its own"),
            where=str(silent[0].head.path),
            advice=_ADVICE,
            feet=feet[0].head.path.name,
            factor=feet[0].factor,
        )


def _vertical(crs: pyproj.CRS | None) -> str | None:
    return vertical_name(crs) if crs is not None else None


def _factor(head: CloudHead, used: pyproj.CRS, basis: str, stated: str | None, where: str) -> tuple[float, bool]:
    """(metres per unit of height, whether anything says so): stated, else by the file's vertical system or unit key.

    Metres are taken where nothing is said and the plan is in metres or degrees. Refused where the file's word cannot be
    trusted: positions in feet and silence on heights, a unit not known, feet of a system that was replaced by another.
    """
    if stated is not None:
        if stated not in UNITS:
            raise Refused(
                "terrain.unit",
                N_("the heights are in “{unit}”, which is not known here"),
                unit=stated,
                where=where,
                advice=_ADVICE,
            )
        return UNITS[stated], True
    own = head.z_unit_m
    metric = own is not None and math.isclose(own, 1.0, rel_tol=1e-9)
    if own is not None and not math.isfinite(own):
        raise Refused("cloud.z_unit", N_("the file names a unit of heights that is not known here"), where=where,
                      advice=_ADVICE)  # fmt: skip
    if own is not None and not metric and basis != "file":
        raise Refused(
            "cloud.z_unit_other",
            N_("the file says that its heights are in units of {factor:.6f} m, but its coordinate system is not used"),
            where=where,
            advice=_ADVICE,
            factor=own,
        )
    if own is not None:
        return own, True
    plan = used.axis_info[0].unit_conversion_factor if used.is_projected else 1.0
    name = used.axis_info[0].unit_name
    if head.crs is None and head.xy_unit_m is not None and not math.isclose(head.xy_unit_m, 1.0, rel_tol=1e-9):
        plan, name = head.xy_unit_m, N_("feet or another unit")
    if not math.isclose(plan, 1.0, rel_tol=1e-9):
        raise Refused(
            "cloud.unit",
            N_("positions are in {unit}, but nothing says in what the heights are"),
            where=where,
            advice=_ADVICE,
            unit=Notice("cloud.plan_unit", name),
        )
    return 1.0, False


def sort_points(sources: Sequence[Source], folder: Path, target_crs: str, watch: Watch) -> Sorted:
    """All points of all files into buckets below `folder`, in the target's system, heights in metres.

    Raises Refused, Unreadable (the file is named) or Cancelled.
    """
    home = pyproj.CRS.from_user_input(target_crs)
    base = math.floor(min(s.head.low[2] * s.factor for s in sources))
    found = Sorted(Buckets(folder, _side(sources, home), float(base)))
    total, done = sum(s.head.points for s in sources), 0
    for source in sources:
        part = watch.part(done / total, (done + source.head.points) / total)
        with unchanged(source.head.path):
            _read(source, found, home, part)
        done += source.head.points
    if not found.buckets.count:
        raise Refused(
            "cloud.nothing_usable",
            N_("no point can be used: all are noise, withheld or at impossible heights"),
            where=str(sources[0].head.path),
            advice=N_("check the file and the unit of its heights"),
        )
    return found


def _side(sources: Sequence[Source], home: pyproj.CRS) -> float:
    """The side of a bucket for some 200,000 points each, by what the headers say."""
    area = 0.0
    for source in sources:
        way = Transformer.from_crs(source.crs, home, always_xy=True)
        x0, y0, x1, y1 = way.transform_bounds(*source.bounds)
        area += max(x1 - x0, 1.0) * max(y1 - y0, 1.0)
    wanted = math.sqrt(area * _BUCKET_POINTS / sum(s.head.points for s in sources))
    return float(round(min(max(wanted, _SIDES_M[0]), _SIDES_M[1])) if math.isfinite(wanted) else _SIDES_M[1])


def _read(source: Source, found: Sorted, home: pyproj.CRS, watch: Watch) -> None:
    buckets = found.buckets
    options = {
        "folder": str(buckets.folder), "side": buckets.side, "base": buckets.base, "crs": source.crs.to_wkt(),
        "target": home.to_wkt(), "bounds": list(source.bounds), "factor": source.factor,
    }  # fmt: skip
    share = 0.0
    end: dict[str, object] = {}
    for message, _ in process.messages(
        source.head.path, "las", sublayer=None, prefer=None, encoding=None, limits=LIMITS, watch=_Steady(watch, share),
        options=options,
    ):  # fmt: skip
        if message["kind"] == "progress":
            watch.report(float(message["share"]))
        elif message["kind"] == "end":
            end = message
            for i, j, n in message["count"]:
                buckets.count[(i, j)] = buckets.count.get((i, j), 0) + n
            classes = {int(k): int(n) for k, n in message["classes"]}
            found.by_file.append((source.head.path.name, classes))
            for k, n in classes.items():
                buckets.classes[k] = buckets.classes.get(k, 0) + n
            if classes:
                low, high = message["low"], message["high"]
                buckets.low = min(buckets.low[0], low[0]), min(buckets.low[1], low[1])
                buckets.high = max(buckets.high[0], high[0]), max(buckets.high[1], high[1])
            for reason, n in message["dropped"].items():
                found.dropped[reason] = found.dropped.get(reason, 0) + n
            found.seen += int(message["seen"])
    assert end  # noqa: S101 - the messages end with it or with an error


class _Steady(Watch):
    """Passes on the wish to stop while the child is silent, and no progress."""

    def __init__(self, whole: Watch, share: float) -> None:
        super().__init__()
        self._whole, self._share = whole, share

    def report(self, fraction: float, note: str = "") -> None:
        del fraction, note
        if self._whole.cancelled:
            self._whole.report(self._share)
