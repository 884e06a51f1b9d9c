"""Names of reference surfaces: those of pits and of heaps."""

from __future__ import annotations

import pytest

from gis.surfaces import SURFACES, surface_label


@pytest.mark.parametrize("key", [k for k, s in SURFACES.items() if s.offered(fills=False)])
def test_a_heap_has_a_toe_and_no_rim(key: str) -> None:
    assert "rim" not in surface_label(key, fills=False)


@pytest.mark.parametrize("key", [k for k, s in SURFACES.items() if s.offered(fills=True)])
def test_a_pit_has_no_toe(key: str) -> None:
    assert "toe" not in surface_label(key)


def test_a_surface_of_a_newer_program_stands_for_itself() -> None:
    assert surface_label("kriged") == "kriged"
