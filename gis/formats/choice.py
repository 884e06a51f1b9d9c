"""Which layer of a foreign file is meant: the one that was asked for, the only one, or the one that fits our layer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gis.formats.base import Kind
from layers.registry import LAYERS
from models.errors import Missing, Refused
from models.notices import N_, Notice

ALL = "*"
_SPLIT = ","
_TOLD = 60
_KINDS: dict[str, Kind] = {"MULTIPOLYGON": "area", "MULTILINESTRING": "line", "POINT": "point"}


def pick(
    counts: list[tuple[str, int]],
    wanted: str | None,
    prefer: str | None,
    path: Path,
    *,
    kinds: Mapping[str, frozenset[Kind]] | None = None,
    several: bool = False,
) -> list[str]:
    """Names of the layers that are meant. `prefer` is a layer of ours; `kinds` what each of the file's layers holds.

    Raises Missing for a name that is not there, Refused where several may be meant.
    """
    names = [n for n, _ in counts]
    if wanted is not None and wanted not in names:
        wanted = _in_sheet(names, wanted, prefer, kinds) or wanted
    if wanted is not None:
        return _asked(names, wanted, path, several=several)
    if len(names) == 1:
        return names
    if prefer in names:
        return [str(prefer)]
    filled = [name for name, count in counts if count != 0]
    if len(filled) == 1:
        return filled
    if kinds is not None and prefer in LAYERS:
        kind = _KINDS[LAYERS[prefer].geometry]
        fitting = [n for n in filled if kind in kinds[n]]
        if len(fitting) == 1:
            return fitting
    raise Refused(
        "import.which_sublayer",
        N_("the file has {count} layers"),
        where=str(path),
        advice=N_("say which with --sublayer, several with commas between, * for all: {layers}")
        if several
        else N_("say which with --sublayer: {layers}"),
        count=len(names),
        layers=_listed(names),
        sublayers=[[n, c] for n, c in counts],
    )


def _in_sheet(
    names: list[str], wanted: str, prefer: str | None, kinds: Mapping[str, frozenset[Kind]] | None
) -> str | None:
    """The layer "sheet: outlines" or "sheet: points" that fits our layer, where a sheet alone was named."""
    found = [n for n in names if n.startswith(f"{wanted}: ")]
    if len(found) > 1 and kinds is not None and prefer in LAYERS:
        found = [n for n in found if _KINDS[LAYERS[prefer].geometry] in kinds[n]]
    return found[0] if len(found) == 1 else None


def _asked(names: list[str], wanted: str, path: Path, *, several: bool) -> list[str]:
    if wanted in names:
        return [wanted]
    if several and wanted == ALL:
        return names
    parts = [p.strip() for p in wanted.split(_SPLIT) if p.strip()] if several else [wanted]
    for name in parts or [wanted]:
        if name not in names:
            raise Missing(
                "import.no_sublayer",
                N_("there is no layer {name} in it"),
                where=str(path),
                advice=N_("it has: {layers}"),
                name=name,
                layers=_listed(names) if names else Notice("gpkg.nothing", N_("nothing")),
            )
    return [n for n in names if n in parts]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_TOLD]) + (" …" if len(names) > _TOLD else "")
