"""Waste streams of a project: add one, and the kinds there are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from app.project import Project
from gis.store import waste_values
from models.catalogue import WasteKind, load_catalogue, unknown_kind
from models.changes import Insert
from models.errors import Refused
from models.notices import N_, Notice
from models.waste import Waste
from resources import resource_path

MASS_BASES = ("dry", "wet")
# What a mass (t, t/a), a dry density (t/m³) and a moisture (water over dry mass) can be; a moisture of 25 is a slip
# for 25 %, which would make 26 times the wet mass.
_BOUNDS = {"annual_t": (0.0, 1e12), "stock_t": (0.0, 1e12), "density_t_m3": (0.1, 10.0), "moisture": (0.0, 5.0)}


@cache
def catalogue() -> dict[str, WasteKind]:
    """The waste catalogue that the program brings, by key of the kind."""
    path = resource_path("wastes", "catalogue.toml")
    return load_catalogue(path.read_text(encoding="utf8"), path.name)


def check_numbers(code: str, numbers: Mapping[str, float | None]) -> None:
    """Raise Refused for a figure of a waste that cannot be; fields that are no figures are passed over."""
    for field, (low, high) in _BOUNDS.items():
        number = numbers.get(field)
        if number is None or (math.isfinite(number) and low <= number <= high):
            continue
        raise Refused(
            "waste.number",
            N_("{field} cannot be {number}"),
            where=code,
            advice=N_("a share from 0 to 5: write 0.25 for 25 %") if field == "moisture" else N_("{low} to {high}"),
            field=field,
            number=f"{number:g}",
            low=f"{low:g}",
            high=f"{high:g}",
        )


def add_waste(
    project: Project,
    code: str,
    *,
    kind: str,
    name: str = "",
    producer: str = "",
    process: str = "",
    place: str = "",
    annual_t: float | None = None,
    stock_t: float | None = None,
    mass_basis: str = "",
    list_code: str = "",
    origin_mine: str = "",
    density_t_m3: float | None = None,
    moisture: float | None = None,
    remarks: str = "",
) -> Waste:
    """Add a waste stream as one undo step. Masses t/a and t, density t/m³ dry, moisture water over dry mass.

    Raises Missing for an unknown kind (naming those there are), Refused for a code that is empty or taken and for
    numbers that cannot be.
    """
    code = code.strip()
    if not code:
        raise Refused("waste.no_code", N_("a waste needs a code"), advice=N_("for example FA-1"))
    if kind not in catalogue():
        raise unknown_kind(kind, catalogue())
    if code in project.store.codes("wastes"):
        raise Refused("waste.taken", N_("there is already a waste {code}"), advice=N_("choose another code"), code=code)
    if mass_basis and mass_basis not in MASS_BASES:
        raise Refused("waste.basis", N_("{basis} is not dry or wet"), basis=mass_basis)
    numbers = {"annual_t": annual_t, "stock_t": stock_t, "density_t_m3": density_t_m3, "moisture": moisture}
    check_numbers(code, numbers)
    waste = Waste(
        code=code,
        name=name.strip(),
        kind=kind,
        producer=producer.strip(),
        process=process.strip(),
        place=place.strip(),
        annual_t=annual_t,
        stock_t=stock_t,
        mass_basis=mass_basis,
        list_code=list_code.strip(),
        origin_mine=origin_mine.strip(),
        density_t_m3=density_t_m3,
        moisture=moisture,
        remarks=remarks.strip(),
    )
    project.store.transact(
        Notice("waste.add", N_("add waste {code}"), code=code), [Insert("wastes", waste_values(waste))]
    )
    return waste
