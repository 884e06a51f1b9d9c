"""Mass from volume (volumes.md section 3). Volumes m³, densities t/m³ dry and compacted, masses t."""

from __future__ import annotations

from collections.abc import Mapping


def dry_tonnage(volume_m3: float, density_t_m3: float) -> float:
    """Dry mass that fills `volume_m3` at the compacted dry density, t."""
    return volume_m3 * density_t_m3


def wet_tonnage(dry_t: float, moisture: float) -> float:
    """Mass as delivered, t; `moisture` is the mass of water over the dry mass."""
    return dry_t * (1 + moisture)


def mixture_density(shares: Mapping[str, float], densities: Mapping[str, float]) -> float:
    """Compacted dry density of a mixture from dry-mass shares that add up to 1: 1/ρ = Σ sₖ/ρₖ, t/m³.

    Raises ValueError if the shares do not add up or a density is not positive.
    """
    if abs(sum(shares.values()) - 1) > 1e-6 or any(s < 0 for s in shares.values()):
        raise ValueError("shares of a mixture add up to 1")
    if any(densities[k] <= 0 for k in shares):
        raise ValueError("a density is positive")
    return 1 / sum(s / densities[k] for k, s in shares.items())


def relative_density_sigma(low: float, value: float, high: float) -> float:
    """Relative standard deviation of a density whose range low..high is taken to hold 95 % of cases (k = 2)."""
    return (high - low) / 4 / value


def tonnage_sigma(
    volume_m3: float, volume_sigma_m3: float, density_t_m3: float, density_relative_sigma: float
) -> float:
    """Standard deviation of the dry mass, t: volume and density in quadrature (first order, GUM)."""
    return density_t_m3 * float((volume_sigma_m3**2 + (volume_m3 * density_relative_sigma) ** 2) ** 0.5)
