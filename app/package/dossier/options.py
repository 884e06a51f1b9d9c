"""What is asked of a package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.i18n import DOCUMENT_LANGUAGE
from gis.formats.land_txt_write import Dialect


@dataclass(frozen=True)
class PackageOptions:
    """`codes` None: every site. `kinds` None: every kind that there is a template for; (): no sheets.

    `stamp` is the time that all files bear (None: SOURCE_DATE_EPOCH where it is set, else now). `template` a Word file
    in place of the built-in report. `shared_numbers`: neighbours share the numbers of the points they share.
    `workers` None: as many processes as pay.
    """

    codes: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    language: str = DOCUMENT_LANGUAGE
    dialect: Dialect = field(default_factory=Dialect)
    shared_numbers: bool = False
    paper: str = "A3"
    template: Path | None = None
    workers: int | None = 1
    stamp: datetime | None = None
