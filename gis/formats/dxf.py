"""DXF in (AutoCAD DXF reference; text and binary): closed lines of each layer as outlines. Layers are layers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gis import drawings
from gis.formats.base import Content, Found, Kind, Reader, Rows
from gis.formats.encodings import label_of
from gis.formats.said_systems import system_words
from models.errors import Refused
from models.notices import N_, Notice

if TYPE_CHECKING:
    from gis.drawings.contents import Drawing, Item
    from gis.drawings.outlines import Account

_UNITS = {1: ("in", 0.0254), 2: ("ft", 0.3048), 4: ("mm", 0.001), 5: ("cm", 0.01), 7: ("km", 1000.0), 14: ("dm", 0.1)}
_GRID_M = (1e5, 1e8)
"""Coordinates of a national grid in metres lie between."""
_TOLD = 12


def plan(path: Path, encoding: str | None, folder: Path) -> Content:
    """The layers of a drawing. Raises Refused (nothing with a place) or Unreadable."""
    from gis.drawings import contents, outlines
    from gis.drawings.shapes import SAGITTA
    from gis.drawings.tags import choose_encoding, read_header

    del folder
    header = read_header(path)
    codec = choose_encoding(path, header, encoding)
    label = label_of(codec)
    found = contents.gather(path, codec)
    layers = found.layers
    if not layers:
        raise Refused(
            "dxf.nothing",
            N_("there is no line and no point in the drawing's model space"),
            where=str(path),
            advice=N_("outlines on a layout sheet or in other files (XREF) must be brought into the model space first"),
        )
    said = system_words(text for _, _, text, _ in found.texts)
    factor, told = _factor(found, header.units)
    told += _told(found)

    def opened(names: list[str]) -> Rows:
        account = outlines.Account()
        late: list[Notice] = []
        made = list(outlines.rows(found, names, factor, account))
        late += _account(account, SAGITTA * factor)
        return Rows(made, len(made), label, found.crs, "" if found.crs else said, warnings=tuple(told), late=late)

    listed = tuple(Found(n, len(items), partial(opened, [n]), _kinds(items)) for n, items in layers.items())
    return Content(listed, join=lambda chosen: opened([f.name for f in chosen]))


def _kinds(items: list[Item]) -> frozenset[Kind]:
    from gis.drawings.contents import is_closed

    kinds: set[Kind] = set()
    for item in items:
        kinds.add("point" if not item.shape.is_line else "area" if item.hatch or is_closed(item.shape.xyz) else "line")
    return frozenset(kinds)


def _factor(found: Drawing, units: int) -> tuple[float, list[Notice]]:
    """(metres per drawing unit, what is to be said of it): many drawings say millimetres and are in metres."""
    if units not in _UNITS:
        return 1.0, []
    name, factor = _UNITS[units]
    size = float(np.median([np.abs(i.shape.xyz[0, :2]).max() for i in found.items]))
    if _GRID_M[0] <= size <= _GRID_M[1] and name != "km":
        text = N_("the drawing says its unit is {unit}; its numbers are of a grid in metres and were taken as metres")
        return 1.0, [Notice("dxf.unit_ignored", text, unit=name)]
    text = N_("the drawing's unit is {unit}; its numbers were turned into metres")
    return factor, [Notice("dxf.unit", text, unit=name)]


def _told(found: Drawing) -> list[Notice]:
    notices = []
    others = found.others.copy()
    if others:
        kinds = ", ".join(f"{k} {n}" for k, n in others.most_common(_TOLD))
        notices.append(Notice("dxf.others", N_("entities that are not read: {kinds}"), kinds=kinds))
    blocks = found.blocks
    if found.hatches:
        text = N_("{count} hatches were taken as outlines")
        notices.append(Notice("dxf.hatches", text, count=found.hatches))
    if found.repeated:
        text = N_("{count} hatches that only fill an outline drawn as a line were left out")
        notices.append(Notice("dxf.hatches_same", text, count=found.repeated))
    if found.from_blocks:
        text = N_("{count} lines come from blocks, which were flattened")
        notices.append(Notice("dxf.blocks", text, count=found.from_blocks))
    if found.invisible:
        text = N_("{count} entities are set invisible in the drawing and were left out")
        notices.append(Notice("dxf.invisible", text, count=found.invisible))
    hidden = [name for name in found.layers if name in found.hidden]
    if hidden:
        text = N_("layers that are switched off or frozen in the drawing: {layers}")
        notices.append(Notice("dxf.hidden_layers", text, layers=", ".join(hidden[:_TOLD])))
    if blocks.external:
        text = N_("the drawing refers to other files ({names}); they are not followed, what is in them is missing")
        notices.append(Notice("dxf.xref", text, names=", ".join(sorted(blocks.external)[:_TOLD])))
    if blocks.missing or blocks.cut:
        text = N_("{count} references to blocks could not be followed (missing, in themselves, or too many)")
        notices.append(Notice("dxf.cut", text, count=sum(blocks.missing.values()) + blocks.cut))
    return notices


def _account(account: Account, tolerance_m: float) -> list[Notice]:
    notices = []
    if account.curves:
        text = N_("{count} curves were made straight, no point of them moved by more than {metres} m")
        notices.append(Notice("dxf.curves", text, count=account.curves, metres=round(tolerance_m, 6)))
    if account.joined:
        text = N_("{count} outlines were joined from {lines} lines that meet end to end")
        notices.append(Notice("dxf.joined", text, count=account.joined, lines=account.joined_of))
    if account.closed_by_place:
        text = N_("{count} lines that end where they begin were taken as outlines")
        notices.append(Notice("lines.closed", text, count=account.closed_by_place))
    if account.texts_several:
        text = N_("{count} outlines have several texts in them and were given no name")
        notices.append(Notice("dxf.texts", text, count=account.texts_several))
    return notices


READER = Reader("dxf", "DXF", (".dxf",), drawings.is_dxf, plan)
