"""A waste stream and its laboratory samples."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Waste:
    """A waste stream (general industrial solid waste) of one producer and process.

    `kind` is a key of the waste catalogue (resources/wastes/catalogue.toml), `place` where it arises or lies. Masses in
    t/a and t; `mass_basis` "dry", "wet" or "" (not stated). `list_code` is a code of the National Hazardous Waste List
    if somebody assigned one.
    """

    code: str
    name: str
    kind: str
    producer: str = ""
    process: str = ""
    place: str = ""
    annual_t: float | None = None
    stock_t: float | None = None
    mass_basis: str = ""
    list_code: str = ""
    origin_mine: str = ""
    density_t_m3: float | None = None
    moisture: float | None = None
    remarks: str = ""


@dataclass(frozen=True)
class LabValue:
    """One value of one sample as the laboratory wrote it.

    `raw` keeps the text ("<0.05", "0.05L", "ND"); `value` is the number in `unit`, None if there is none;
    `below` is True for a non-detect, whose detection limit is then `value` (None if the text gives none).
    """

    waste: str
    sample: str
    date: str
    method: str
    parameter: str
    raw: str
    value: float | None
    below: bool
    unit: str
    row: int = 0
