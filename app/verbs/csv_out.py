"""Tables for Excel: CSV with BOM, cells that cannot become formulas, written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.in_place import put_in_place
from gis.names import check_new_name
from models.errors import Missing, Refused
from models.notices import N_


def safe_cell(value: Any) -> str:
    """The text of a cell; what a spreadsheet would run as a formula gets an apostrophe before it, numbers do not."""
    from gis.formats.values import guarded  # brings the formats in; the window starts without them

    return "" if value is None else guarded(str(value))


def write_csv(out: Path, head: Sequence[str], rows: Iterable[Sequence[Any]], *, overwrite: bool = False) -> int:
    """Write a table beside `out`, then put it in its place; returns the number of rows.

    Raises Refused (no .csv name, exists), Missing (no such folder), Unwritable; nothing is left behind then.
    """
    if out.suffix.lower() != ".csv":
        raise Refused("csv.suffix", N_("a table is a CSV file: its name must end in .csv"), where=str(out),
                      advice=N_("name it {name}"), name=f"{out.stem}.csv")  # fmt: skip
    check_place(out, overwrite=overwrite)
    advice = N_("check the folder and the room on the disk")
    count = 0
    with put_in_place(out, "csv.unwritable", N_("the table could not be written"), advice) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(head)
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            count += 1
        text.flush()
        text.detach()
    return count


def check_place(out: Path, *, overwrite: bool) -> None:
    """Raises Refused for a name that cannot be kept or is taken, Missing for a folder that is not there."""
    check_new_name(out)
    if not out.parent.is_dir():
        raise Missing("folder.absent", N_("the folder does not exist"), where=str(out.parent),
                      advice=N_("make it first"))  # fmt: skip
    if out.is_dir() or (out.exists() and not overwrite):
        raise Refused("csv.exists", N_("there is a file of that name already"), where=str(out),
                      advice=N_("choose another name, or say --overwrite"))  # fmt: skip
