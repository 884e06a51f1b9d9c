"""Formula cells of a workbook: whether a value was saved with each. Programs that write workbooks often save none.

Source: ECMA-376 part 1, 18.3.1.4 (c), 18.3.1.40 (f) and 18.3.1.96 (v): a formula's last value stands beside it.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from models.errors import Refused
from models.notices import N_, Notice

_WITHIN = 32 << 20
"""So much of a sheet is looked at."""
_TOLD = 8
_CELL = re.compile(rb"<c\s([^<>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_FORMULA = re.compile(rb"<f[\s/>]")
_VALUE = re.compile(rb"<v>[^<]|<v\s[^>]*>[^<]|<is>")
_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_REF = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["']""")


@dataclass(frozen=True)
class Formulas:
    """Of one sheet: how many cells have formulas, and which of them no value."""

    count: int
    unsaved: tuple[str, ...]

    @property
    def places(self) -> str:
        """The first of the cells without a value, as people write them."""
        more = " …" if len(self.unsaved) > _TOLD else ""
        return ", ".join(self.unsaved[:_TOLD]) + more

    def remarks(self, sheet: str) -> list[Notice]:
        """What to say of them where the sheet was read."""
        if self.unsaved:
            text = N_(
                "nothing is computed: {count} formula cells of the sheet “{sheet}” have no saved value and count as "
                "empty ({cells}); open the workbook in a spreadsheet program, save it and import it again"
            )
            return [Notice("xlsx.unsaved", text, count=len(self.unsaved), sheet=sheet, cells=self.places)]
        if self.count:
            text = N_("the workbook has formulas; the values that were saved with them were taken, nothing is computed")
            return [Notice("xlsx.formulas", text)]
        return []

    def refusal(self, sheet: str, where: str) -> Refused:
        """The error for a sheet in which nothing can be read because its values are missing."""
        return Refused(
            "xlsx.unsaved",
            N_("{count} formula cells of the sheet “{sheet}” have no saved value ({cells}), and without them there is "
               "no place in it"),
            where=where,
            advice=N_("open the workbook in a spreadsheet program, save it and import it again"),
            count=len(self.unsaved),
            sheet=sheet,
            cells=self.places,
        )  # fmt: skip


def formulas(path: Path, member: str) -> Formulas:
    """The formulas of the sheet that is stored under this name in the workbook (a zip archive)."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member.lstrip("/")) as stream:
            data = stream.read(_WITHIN)
    except (KeyError, zipfile.BadZipFile, OSError, ValueError):
        return Formulas(0, ())
    count, unsaved = 0, []
    if not _FORMULA.search(data):
        return Formulas(0, ())
    for cell in _CELL.finditer(data):
        inside = cell[2] or b""
        if not _FORMULA.search(inside):
            continue
        count += 1
        empty_text = b"<v></v>" in inside and _TEXT.search(cell[1])  # a formula whose value is the text ""
        if not _VALUE.search(inside) and not empty_text:
            ref = _REF.search(cell[1])
            unsaved.append(ref[1].decode() if ref else "?")
    return Formulas(count, tuple(unsaved))
