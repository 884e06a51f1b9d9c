"""What is said of data where they were placed: too far away, another system that fits, a consumer map, heights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyproj
import shapely

from gis import china_offset, crs_zones
from gis.crs import vertical_name
from gis.crs_guess import Bounds, Guess
from gis.crs_rivals import Rival
from gis.formats import crs_choice
from gis.formats.table_cells import GUESSED
from models.errors import Refused
from models.notices import N_, Notice

_GUESS_M = 300_000.0
"""A guess that puts data further from everything in the project is none."""


def check_near(used: pyproj.CRS, home: pyproj.CRS, bounds: Bounds, neighbours: Bounds | None, where: str) -> None:
    """Raises Refused where a guessed system puts data outside its area, or far from all that the project holds."""
    crs_choice.check_guess(used, home, bounds, where)
    gap = None if neighbours is None else crs_zones.gap_m(used.to_wkt(), bounds, home, neighbours)
    if gap is None or gap[0] <= _GUESS_M:
        return
    raise Refused(
        "import.guess_outside",
        N_("read as {guess}, as it looks, the data would lie {km:.0f} km {wind} of everything in the project"),
        where=where,
        advice=N_("ask whoever made the file for its coordinate system and state it with --crs"),
        guess=crs_choice.name_of(used),
        km=gap[0] / 1000,
        wind=gap[1],
    )


def unrivalled(rival: Rival, guess: Guess, where: str) -> Notice:
    """The remark on the other system that the numbers fit. Raises Refused where nothing decides between the two."""
    if rival.open:
        raise Refused(
            "import.two_guesses",
            N_("the numbers fit {guess} and {other} alike, which lie {km:.2f} km apart ({other} further {wind}); "
               "neither puts them among what the project holds"),
            where=where,
            advice=N_("ask whoever made the file which it is, then give --crs {guess} or --crs {other}"),
            guess=guess.crs,
            other=rival.guess.crs,
            km=rival.km,
            wind=rival.wind,
        )  # fmt: skip
    return rival.remark


def refuse_offset(texts: Sequence[str], where: str) -> None:
    """Degrees without a system that the file's own words give to a consumer map are not guessed to be CGCS2000."""
    for words in texts:
        if (offset := china_offset.named(words)) is not None:
            raise Refused(
                "import.said_offset",
                N_("“{words}” speaks of a consumer map: its degrees are likely {offset}, half a kilometre off"),
                where=where,
                advice=N_("--crs {offset} converts them, to a few metres; --crs EPSG:4490 takes them as they are"),
                words=words[:40],
                offset=offset,
            )


def refuse_guessed_columns(notices: Sequence[Notice], where: str) -> None:
    """Raises Refused where the columns of a table were told by their values alone: a person must say that they are."""
    guess = next((n for n in notices if n.key == GUESSED), None)
    if guess is not None:
        raise Refused(
            "import.no_head",
            N_("{guess}"),
            where=where,
            advice=N_(
                "if that is right, say so with --accept-guess; else put names above the columns: 编号, 点号, 东, 北"
            ),
            guess=guess,
        )


def heights(shapes: Any, crs: pyproj.CRS | None) -> tuple[str, list[Notice]]:
    """Whether vertices carry heights, above what, and the remark that outlines are kept without them."""
    if not (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        return "", []
    kind, name = "unknown", Notice("heights.unknown", N_("above an unknown level"))
    vertical = vertical_name(crs) if crs is not None else None
    if vertical is not None:
        normal = "1985" in vertical
        kind = "normal_1985" if normal else "other"
        name = Notice("heights.named", N_("above “{name}”"), name=vertical)
        if normal:
            name = Notice("heights.1985", N_("above the 1985 National Height Datum"))
    elif crs is not None and crs.is_geographic and len(crs.axis_info) == 3:
        kind, name = "ellipsoidal", Notice("heights.ellipsoidal", N_("above the ellipsoid"))
    text = N_("heights or measures of the vertices ({datum}) were left out")
    return kind, [Notice("import.heights", text, datum=name)]
