"""A place in the forms that people and programs expect."""

from __future__ import annotations

from gis.coords.zones import zone_of
from gis.crs import transformer
from models.notices import N_

_DEGREES = "EPSG:4490"


def written(x: float, y: float, crs: str) -> list[tuple[str, str]]:
    """(name as an English template, text) of a place of the project; `read` understands each of them.

    Grid coordinates to the millimetre, north (X) first as on Chinese sheets; degrees to the same.
    """
    made = [(N_("X, Y of the project"), f"{y:.3f}, {x:.3f}")]
    zone = zone_of(crs)
    if zone is not None:
        name = N_("X, Y without zone number") if zone.prefix else N_("X, Y with zone number")
        other = x - zone.number * 1e6 if zone.prefix else x + zone.number * 1e6
        made.append((name, f"{y:.3f}, {other:.3f}"))
    lon, lat = transformer(crs, _DEGREES).transform(x, y)
    return [
        *made,
        (N_("Longitude, latitude"), f"{lon:.8f}, {lat:.8f}"),
        (N_("Degrees and minutes"), f"{minutes(lat, 'N', 'S')} {minutes(lon, 'E', 'W')}"),
        (N_("Degrees, minutes, seconds"), f"{seconds(lat, 'N', 'S')} {seconds(lon, 'E', 'W')}"),
    ]


def minutes(degrees: float, positive: str, negative: str) -> str:
    """40°39.36833′N; minutes to 1e-6 (2 mm)."""
    whole, rest = divmod(round(abs(degrees) * 60e6), 60_000_000)
    return f"{whole}°{rest / 1e6:09.6f}′{positive if degrees >= 0 else negative}"


def seconds(degrees: float, positive: str, negative: str) -> str:
    """40°39′22.1000″N; seconds to 1e-4 (3 mm)."""
    whole, rest = divmod(round(abs(degrees) * 36e6), 36_000_000)
    m, s = divmod(rest, 600_000)
    return f"{whole}°{m:02d}′{s / 1e4:07.4f}″{positive if degrees >= 0 else negative}"
