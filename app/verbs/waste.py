"""Waste streams of a project: add one, and the kinds there are."""

from __future__ import annotations

import math
from functools import cache

from app.project import Project
from gis.store import waste_values
from models.catalogue import WasteKind, load_catalogue, unknown_kind
from models.changes import Insert
from models.errors import Refused
from models.notices import N_, Notice
from models.waste import Waste
from resources import resource_path

_MASS_BASES = ("", "dry", "wet")


@cache
def catalogue() -> dict[str, WasteKind]:
    """The waste catalogue that the program brings, by key of the kind."""
    path = resource_path("wastes", "catalogue.toml")
    return load_catalogue(path.read_text(encoding="utf8"), path.name)


def add_waste(
    project: Project,
    code: str,
    *,
    kind: str,
    name: str = "",
    producer: str = "",
    process: str = "",
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
    if mass_basis not in _MASS_BASES:
        raise Refused("waste.basis", N_("{basis} is not dry or wet"), basis=mass_basis)
    numbers = {"annual_t": annual_t, "stock_t": stock_t, "density_t_m3": density_t_m3, "moisture": moisture}
    for field, number in numbers.items():
        if number is not None and (not math.isfinite(number) or number < 0):
            raise Refused("waste.number", N_("{field} cannot be {number}"), where=code, field=field, number=number)
    if density_t_m3 == 0:
        raise Refused("waste.number", N_("{field} cannot be {number}"), where=code, field="density_t_m3", number=0)
    waste = Waste(
        code=code,
        name=name.strip(),
        kind=kind,
        producer=producer.strip(),
        process=process.strip(),
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
