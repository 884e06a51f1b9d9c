"""Names of parameters."""

from __future__ import annotations

import pytest

from models.parameters import PARAMETERS, find_parameter, plain_name

DESIGN_KEYS = (
    "pH Hg Cd Cr Cr6 As Pb Ni Be Ag Cu Zn Mn Se F CN S NH3N COD P phenol oil alpha beta organic salts "
    "U238 Th232 Ra226 K40"
)


@pytest.mark.parametrize("key", DESIGN_KEYS.split())
def test_keys_of_the_contract(key: str) -> None:
    assert find_parameter(key) is PARAMETERS[key]


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda p: p.key)
def test_every_name_leads_home(parameter: object) -> None:
    for name in (parameter.key, *parameter.names):  # type: ignore[attr-defined]
        assert find_parameter(name) is parameter
        assert find_parameter(f" {name} ") is parameter


def test_no_name_means_two_things() -> None:
    owners: dict[str, str] = {}
    for parameter in PARAMETERS.values():
        for name in {plain_name(n) for n in (parameter.key, *parameter.names, parameter.symbol) if n}:
            assert owners.setdefault(name, parameter.key) == parameter.key, name


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("铬（六价）", "Cr6"), ("CR(VI)", "Cr6"), ("Hg (mg/L)", "Hg"), ("汞（浸出液）", "Hg"), ("氟化物", "F"),
        ("总 汞", "Hg"), ("ＰＨ", "pH"), ("苯并[a]芘", "BaP"), ("钍－232", "Th232"), ("总α放射性", "alpha"),
    ],
)  # fmt: skip
def test_reads_names(text: str, key: str) -> None:
    found = find_parameter(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("text", ["", "总", "Xx", "重金属"])
def test_unknown_names_are_not_guessed(text: str) -> None:
    assert find_parameter(text) is None


def test_nuclides_are_written_with_characters_of_the_fonts_that_come_along() -> None:
    """Superscript figures above 4 are in none of them: on screen and paper ²³⁸U was patched from two fonts."""
    from matplotlib.ft2font import FT2Font

    from resources import resource_path

    there = FT2Font(str(resource_path("fonts", "NotoSansSC-Regular.ttf"))).get_charmap()
    for key in ("U238", "Th232", "Ra226", "Ra228", "Th228", "K40", "tox_very"):
        assert all(ord(c) in there for c in PARAMETERS[key].symbol), key
