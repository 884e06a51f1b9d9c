"""A sheet as pictures for the window: the pages as they will be written, with what is wrong beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.package.compose import compose
from app.package.drawing_settings import drawing_settings
from app.package.render import picture_of
from app.package.shapes import Rect
from app.package.sheet import SheetRequest, drawn_scale, own_notes
from app.package.template import sheet_kind
from models.errors import AppError, Cancelled
from models.notices import Notice
from models.progress import Watch

if TYPE_CHECKING:
    from app.package.surroundings import Kept
    from app.project import Project


@dataclass(frozen=True)
class SheetPreview:
    """The pages as RGB rows from the top, and what the window needs to move the map.

    `problem` is the error that would stop the writing; the pages are there all the same.
    """

    pages: list[NDArray[np.uint8]]
    size_mm: tuple[float, float]
    scale: int
    map_mm: Rect | None
    """The map's box from the page's lower left corner; None for a sheet without a map."""
    centre: tuple[float, float]
    """Of the map, m in the project CRS."""
    problem: AppError | None = None
    warnings: list[Notice] = field(default_factory=list)


def preview_sheet(
    project: Project,
    request: SheetRequest,
    *,
    dpi: float = 110,
    kept: Kept | None = None,
    watch: Watch | None = None,
) -> SheetPreview:
    """Draw the pages of a sheet. `kept` carries figures from one preview to the next, as long as nothing changed.

    Raises as `app.package.sheet.make_sheet` does where there is no page to show.
    """
    from app.package.build import build_content

    watch = watch or Watch()
    content = build_content(project, request, watch.part(0.0, 0.6), kept=kept)
    with drawing_settings():
        pages, notes = compose(content, watch)
        problem: AppError | None = None
        for page in pages:
            try:
                page.check()
            except Cancelled:
                raise
            except AppError as error:
                problem = problem or error
        watch.report(0.7)
        pictures = []
        for i, page in enumerate(pages):
            watch.report(0.7 + 0.3 * i / len(pages))
            pictures.append(picture_of(page, dpi))
    x0, y0, x1, y1 = content.window.bounds
    is_map = sheet_kind(content.kind).body == "map"
    return SheetPreview(
        pictures,
        (pages[0].width, pages[0].height),
        drawn_scale(content),
        content.window.rect if is_map and content.earthwork is None else None,
        ((x0 + x1) / 2, (y0 + y1) / 2),
        problem,
        [*own_notes(content), *notes],
    )
