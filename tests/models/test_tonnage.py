"""Mass from volume, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tonnage import (
    dry_tonnage,
    mixture_density,
    relative_density_sigma,
    tonnage_sigma,
    wet_tonnage,
)


def test_by_hand() -> None:
    assert dry_tonnage(1000.0, 1.15) == pytest.approx(1150)
    assert wet_tonnage(1150.0, 0.3) == pytest.approx(1495)
    assert relative_density_sigma(1.0, 1.2, 1.4) == pytest.approx(0.4 / 4 / 1.2)
    assert tonnage_sigma(1000, 30, 1.2, 0.04) == pytest.approx(1.2 * 50)


def test_mixture_of_equal_masses_is_the_harmonic_mean() -> None:
    assert mixture_density({"a": 0.5, "b": 0.5}, {"a": 1.0, "b": 2.0}) == pytest.approx(4 / 3)


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.3, 4)), min_size=1, max_size=5))
def test_volumes_of_a_mixture_add_up(parts: list[tuple[float, float]]) -> None:
    total = sum(s for s, _ in parts)
    shares = {str(k): s / total for k, (s, _) in enumerate(parts)}
    densities = {str(k): d for k, (_, d) in enumerate(parts)}
    volume = sum(shares[k] / densities[k] for k in shares)
    assert dry_tonnage(volume, mixture_density(shares, densities)) == pytest.approx(1)
    assert min(densities.values()) - 1e-9 <= mixture_density(shares, densities) <= max(densities.values()) + 1e-9


@pytest.mark.parametrize(
    ("shares", "densities"),
    [({"a": 0.5}, {"a": 1.0}), ({"a": 1.5, "b": -0.5}, {"a": 1.0, "b": 1.0}), ({"a": 1.0}, {"a": 0.0})],
)
def test_shares_and_densities_that_cannot_be(shares: dict[str, float], densities: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"mixture|density"):
        mixture_density(shares, densities)
