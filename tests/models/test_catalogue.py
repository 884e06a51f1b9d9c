"""The waste catalogue: the shipped one, and what is refused."""

from __future__ import annotations

import pytest

from models.catalogue import CONFIDENCES, WasteKind, kind_of, load_catalogue
from models.errors import Missing, Refused
from models.parameters import PARAMETERS
from models.waste import Waste
from resources import resource_path

GOOD = """
[[kind]]
key = "ash"
label = "ash"
label_zh = "灰"
density = { value = 1.1, low = 1.0, high = 1.2, confidence = "R", source = "x" }
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, WasteKind]:
    return load_catalogue(resource_path("wastes", "catalogue.toml").read_text(encoding="utf8"))


def test_has_the_kinds_of_the_contract(shipped: dict[str, WasteKind]) -> None:
    wanted = "fly_ash bottom_ash fgd_gypsum granulated_slag steel_slag coal_gangue tailings waste_rock ferrochrome_slag"
    assert {*wanted.split(), "aluminium_dross", "other"} <= set(shipped)


@pytest.mark.parametrize(
    ("kind", "low", "value", "high"),
    [
        ("fly_ash", 0.95, 1.15, 1.35), ("bottom_ash", 1.1, 1.3, 1.6), ("fgd_gypsum", 1.2, 1.3, 1.5),
        ("granulated_slag", 1.2, 1.3, 1.45), ("steel_slag", 2.0, 2.1, 2.4), ("tailings", 1.6, 1.7, 1.9),
        ("waste_rock", 1.9, 2.0, 2.2),
    ],
)  # fmt: skip
def test_densities_of_the_dossier(
    shipped: dict[str, WasteKind], kind: str, low: float, value: float, high: float
) -> None:
    density = shipped[kind].density
    assert density is not None
    assert (density.low, density.value, density.high) == (low, value, high)
    assert density.confidence == "R"  # recalled figures never show as verified


def test_every_figure_says_how_sure_it_is(shipped: dict[str, WasteKind]) -> None:
    for kind in shipped.values():
        for figure in (kind.density, kind.loose_density, kind.moisture):
            assert figure is None or (figure.confidence in CONFIDENCES and figure.source)
        assert all(p in PARAMETERS for p in (*kind.identify, *kind.suggested)), kind.key


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('key = "ash"\n', "", 2),
        ('label_zh = "灰"', 'label_zh = ""', 5),
        ("low = 1.0", "low = 1.15", 6),
        ('confidence = "R"', 'confidence = "sure"', 6),
        ('source = "x"', 'source = ""', 6),
        ("high = 1.2", 'high = "1.2"', 6),
        ('label = "ash"', 'label = "ash"\ncolour = "red"', 5),
        ('label = "ash"', 'label = "a{b}"', 4),
    ],
)
def test_refuses_with_the_line(old: str, new: str, line: int) -> None:
    with pytest.raises(Refused) as caught:
        load_catalogue(GOOD.replace(old, new), "mine.toml")
    assert caught.value.where == f"mine.toml:{line}"


def test_refuses_a_kind_twice_and_an_empty_catalogue() -> None:
    with pytest.raises(Refused, match="twice"):
        load_catalogue(GOOD + GOOD)
    with pytest.raises(Refused, match="no kinds"):
        load_catalogue("")


def test_unknown_kind_names_the_known() -> None:
    with pytest.raises(Missing, match="known kinds: ash"):
        kind_of(Waste("W", "", "asche"), load_catalogue(GOOD))
