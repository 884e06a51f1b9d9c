"""What goes to the office: sheets (app.verbs.sheets has them)."""

from __future__ import annotations

from app.verbs.sheets import (
    SheetReport,
    SheetRequest,
    kind_names,
    make_atlas_of,
    make_each,
    make_site_sheet,
    papers,
)

__all__ = ["SheetReport", "SheetRequest", "kind_names", "make_atlas_of", "make_each", "make_site_sheet", "papers"]
