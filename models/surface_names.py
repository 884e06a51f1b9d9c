"""What the reference surfaces (gis/surfaces) are called.

Apart from what computes them, so that a table of figures can name them without the numeric libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.notices import N_, Translate

SURFACE_NAMES: dict[str, tuple[str, str]] = {
    "spill": (N_("spill level (lowest point of the rim)"), ""),
    "level": (N_("given level"), ""),
    "rim_mean": (N_("mean of the rim"), N_("mean of the toe")),
    "rim_plane": (N_("sloping plane through the rim"), N_("sloping plane through the toe")),
    "rim_surface": (N_("membrane over the rim"), N_("membrane over the toe")),
    "lowest": (N_("lowest point of the toe"), ""),
    "dem": (N_("another terrain"), ""),
    "graded": (N_("graded plane or crown"), ""),
    "contours": (N_("designed landform (TIN)"), ""),
    "edited_rim": (N_("surface over the edited rim"), ""),
}
"""Key → (name for pits, name for heaps, whose rim is their toe; "" where it is the same)."""


def surface_label(key: str, *, fills: bool = True) -> str:
    """English msgid of a surface's name, for pits (`fills`) or heaps; a key that is not known stands for itself."""
    pits, heaps = SURFACE_NAMES.get(key, (key, ""))
    return pits if fills or not heaps else heaps


def reference_words(key: str, parameters: Mapping[str, Any], say: Translate, *, fills: bool = True) -> str:
    """A surface as it was used: with what was taken of an edited rim, which its own name leaves open."""
    name, over = say(surface_label(key, fills=fills)), over_of(parameters)
    return (
        say(N_("{surface} ({over})")).format(surface=name, over=say(surface_label(over, fills=fills))) if over else name
    )


def alternative_words(key: str, asked: Mapping[str, Any], say: Translate, *, fills: bool = True) -> str:
    """A surface beside the chosen one; `asked`: the request's parameters, which may say what is taken of the rim."""
    return reference_words(key, {"over": over_asked(key, asked, fills=fills)}, say, fills=fills)


def default_over(*, fills: bool) -> str:
    """What is taken of an edited rim where nobody says it: key of a surface."""
    return "spill" if fills else "rim_surface"


def over_asked(key: str, asked: Mapping[str, Any], *, fills: bool) -> str:
    """Key of the surface that a request lays over an edited rim, said or not; "" for every other surface."""
    return str(asked.get("over") or default_over(fills=fills)) if key == "edited_rim" else ""


def over_of(parameters: Mapping[str, Any]) -> str:
    """Key of the surface that is laid over an edited rim, "" for others; parts of a site share it."""
    parts = parameters.get("parts") or [parameters]
    return str(parts[0].get("over") or "")
