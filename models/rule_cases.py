"""A table of cases for rule packs: one row, one lab value (or fact) on a clean background, and what must come out.

Columns, all but one of the last three may be empty: ``base`` clean (default: every parameter of the minimum set,
organics, salts and nuclides far below their limits) | none; ``kind`` of waste (fly_ash); ``name``, ``list_code``,
``origin_mine`` of the waste; ``method``, ``parameter``, ``value``, ``unit`` of the value, which replaces that of the
background by the same test; ``ph`` of the same soil sample; ``site`` origin (sand_pit); ``site_name``;
``ground_water_m``, ``pit_floor_m``;
``conflict`` kind of a control area that the site overlaps; ``land_use_after``; ``assessment`` on record; ``rule`` with
``outcome`` ("none": no such finding); ``class`` I, II or "-"; ``verdict``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from models.catalogue import WasteKind
from models.checks.context import sample_values
from models.conflict import Conflict
from models.errors import AppError, Refused
from models.evaluate import screen
from models.lab import check_possible, parse_value
from models.methods import read_method
from models.notices import N_
from models.parameters import find_parameter
from models.rules import Pack
from models.screening import Screening
from models.site_facts import SiteFacts
from models.waste import LabValue, Waste

COLUMNS = (
    "case",
    "base",
    "kind",
    "name",
    "list_code",
    "origin_mine",
    "method",
    "parameter",
    "value",
    "unit",
    "ph",
    "site",
    "site_name",
    "ground_water_m",
    "pit_floor_m",
    "conflict",
    "land_use_after",
    "assessment",
    "rule",
    "outcome",
    "class",
    "verdict",
)
CASE_DAY = date(2026, 11, 1)
_DATE = "2026-10-01"

# Far below every limit of the shipped packs; made up, and used for cases only.
CLEAN: tuple[tuple[str, str, str, str], ...] = (
    *(
        ("HJ 557", key, value, "mg/L")
        for key, value in {
            "Hg": "<0.00004",
            "Cd": "0.001",
            "Cr": "0.01",
            "Cr6": "0.004",
            "As": "0.002",
            "Pb": "0.005",
            "Ni": "0.005",
            "Be": "<0.0002",
            "Ag": "0.001",
            "Cu": "0.01",
            "Zn": "0.02",
            "Mn": "0.01",
            "Se": "0.002",
            "F": "1.2",
        }.items()
    ),
    ("HJ 557", "pH", "8.2", "-"),
    ("HJ 557", "alpha", "0.05", "Bq/L"),
    ("HJ 557", "beta", "0.3", "Bq/L"),
    ("HJ 761", "organic", "0.8", "%"),
    ("NY/T 1121.16", "salts", "0.4", "%"),
    ("GB/T 11743", "U238", "60", "Bq/kg"),
    ("GB/T 11743", "Th232", "70", "Bq/kg"),
    ("GB/T 11743", "Ra226", "65", "Bq/kg"),
    ("GB/T 11743", "K40", "300", "Bq/kg"),
)


@dataclass(frozen=True)
class CaseResult:
    """One case: its row in the file, what was expected and what came out."""

    row: int
    expected: str
    got: str
    passed: bool


def clean_values(waste: str = "W", sample: str = "S0") -> list[LabValue]:
    """The clean background as lab values."""
    return [lab_value(waste, sample, m, p, v, u) for m, p, v, u in CLEAN]


def lab_value(waste: str, sample: str, method: str, parameter: str, raw: str, unit: str) -> LabValue:
    """A lab value from texts, as an import would make it. Raises Refused."""
    known = find_parameter(parameter)
    if known is None:
        raise Refused("samples.parameter", N_("the parameter {parameter} is not known"), parameter=parameter)
    reading = parse_value(raw, unit)
    check_possible(known, reading)
    return LabValue(waste, sample, _DATE, method, known.key, raw, reading.value, reading.below, reading.unit)


def run_case(
    row: Mapping[str, str | None],
    number: int,
    packs: Iterable[Pack],
    catalogue: Mapping[str, WasteKind],
    filename: str = "",
) -> CaseResult:
    """Judge one row of a case table. Raises Refused for a column or word that no case can have."""
    cells = {str(k): (v or "").strip() for k, v in row.items() if k is not None}
    unknown = [k for k in cells if k not in COLUMNS]
    if unknown:
        raise Refused(
            "cases.column",
            N_("{column} is no column of a case table"),
            where=filename,
            column=unknown[0],
            advice=N_("known: {known}"),
            known=", ".join(COLUMNS),
        )
    case: dict[str, str] = {k: cells.get(k, "") for k in COLUMNS}
    wanted = {k: case[k] for k in ("outcome", "class", "verdict") if case[k]}
    if not wanted or ("outcome" in wanted and not case["rule"]):
        raise Refused(
            "cases.nothing",
            N_("the case expects nothing"),
            where=f"{filename}:{number}",
            advice=N_("fill rule and outcome, class or verdict"),
        )
    try:
        made = _screen(case, list(packs), catalogue)
    except AppError as error:
        return CaseResult(number, _told(wanted), error.key, passed=False)
    got = {k: _got(k, case["rule"], made) for k in wanted}
    return CaseResult(number, _told(wanted), _told(got), passed=got == wanted)


def _told(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{k} {v}" for k, v in facts.items())


def _got(what: str, rule: str, made: Screening) -> str:
    if what == "verdict":
        return made.verdict
    if what == "class":
        return made.waste_class or "-"
    return next((f.outcome for f in made.findings if f.rule == rule), "none")


def _screen(case: Mapping[str, str], packs: list[Pack], catalogue: Mapping[str, WasteKind]) -> Screening:
    kind = case["kind"] or "fly_ash"
    waste = Waste("W", case["name"], kind, list_code=case["list_code"], origin_mine=case["origin_mine"])
    values = [] if case["base"] == "none" else clean_values()
    if case["parameter"]:
        added = (
            lab_value("W", "S1", case["method"], case["parameter"], case["value"], case["unit"])
            if case["value"]
            else None
        )
        medium = sample_values([added])[0].medium if added else read_method(case["method"]).medium
        key = added.parameter if added else getattr(find_parameter(case["parameter"]), "key", "")
        values = [v for v in values if v.parameter != key or sample_values([v])[0].medium != medium]
        values += [added] if added else []
        values += [lab_value("W", "S1", case["method"], "pH", case["ph"], "-")] if case["ph"] else []
    return screen(waste, values, _site(case), packs, catalogue, today=CASE_DAY)


def _site(case: Mapping[str, str]) -> SiteFacts:
    # A red line far away, so that its absence is not what the case is about.
    around = [Conflict("P", "red_lines", "HX-1", "", "red_line", "clear", 0.0, 0.0, 5000.0)]
    if case["conflict"]:
        around = [c for c in around if c.kind != case["conflict"]]
        around.append(Conflict("P", "control_areas", "KZ-1", "", case["conflict"], "overlaps", 120.0, 0.1, 0.0))
    facts: dict[str, Any] = {k: float(case[k]) for k in ("ground_water_m", "pit_floor_m") if case[k]}
    site = SiteFacts(
        "P", case["site_name"], "mine_pits", case["site"] or "sand_pit", 1000.0, 1010.0, conflicts=tuple(around)
    )
    return replace(site, **facts, land_use_after=case["land_use_after"], assessment=case["assessment"])
