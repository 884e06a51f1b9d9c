from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.package.dossier.names import safe_name
from app.package.dossier.workbook import sheet_name


@given(st.text(max_size=300))
def test_a_name_of_any_text_is_one_plain_part_of_a_path(text: str) -> None:
    name = safe_name(text)
    assert name
    assert name not in {".", ".."}
    assert not set('<>:"/\\|?*\0\n\r\t') & set(name)
    assert len(name.encode("utf8")) <= 82
    assert name == name.strip(" .")
    assert name[0] not in "=+-@"


@pytest.mark.parametrize("device", ["CON", "nul", "Com1", "lpt9.txt", "aux"])
def test_names_of_devices_get_a_mark(device: str) -> None:
    assert safe_name(device).startswith("_")


def test_no_name_is_given_twice() -> None:
    taken: set[str] = set()
    made = [safe_name(t, taken) for t in ("SK/1", "sk?1", "SK_1", "SK_1_2", "长" * 100, "长" * 120)]
    assert len({m.casefold() for m in made}) == len(made)
    assert made[0] == "SK_1"


@given(st.lists(st.text(max_size=60), max_size=8))
def test_sheet_names_are_allowed_and_different(titles: list[str]) -> None:
    taken: set[str] = set()
    names = [sheet_name(t, taken) for t in titles]
    assert all(1 <= len(n) <= 31 and not set("[]:*?/\\") & set(n) for n in names)
    assert len({n.casefold() for n in names}) == len(names)
