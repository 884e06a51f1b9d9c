"""The pages of a sheet as files: PDF, pictures (PNG), curves (SVG), and the map as a georeferenced raster (GeoTIFF)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.in_place import put_in_place
from app.package.content import SheetContent
from app.package.page import Page
from app.package.shapes import Rect
from gis.leftovers import draft_folder
from models.errors import Refused
from models.notices import N_
from models.progress import Watch

SUFFIXES = (".pdf", ".png", ".svg", ".tif", ".tiff", ".dxf")
DPI = 300
_UNWRITABLE = N_("the sheet cannot be written")
_MOST_PIXELS = 200_000_000


def page_files(out: Path, count: int) -> list[Path]:
    """The file of each page: `out` itself for one, else with -1, -2 … before its suffix."""
    if count == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{i}{out.suffix}") for i in range(1, count + 1)]


def picture_of(page: Page, dpi: float, part: Rect | None = None) -> NDArray[np.uint8]:
    """A page, or a part of it, as RGB rows from the top. Raises Refused for more than 200 million pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    wide, high = page.width / 25.4 * dpi, page.height / 25.4 * dpi
    if wide * high > _MOST_PIXELS:
        raise Refused(
            "sheet.too_many_pixels",
            N_("a picture of {wide:.0f} by {high:.0f} pixels is more than can be made"),
            advice=N_("choose fewer dots per inch, a smaller paper, or PDF"),
            wide=wide,
            high=high,
        )
    page.figure.set_dpi(dpi)
    canvas: Any = FigureCanvasAgg(page.figure)  # of no types
    canvas.draw()
    rgb = np.asarray(canvas.buffer_rgba())[..., :3]
    if part is not None:
        per_mm = dpi / 25.4
        top, bottom = (round((page.height - y) * per_mm) for y in (part.y1, part.y0))
        rgb = rgb[top:bottom, round(part.x0 * per_mm) : round(part.x1 * per_mm)]
    return np.ascontiguousarray(rgb)


def write_png(pages: Sequence[Page], out: Path, dpi: int, facts: dict[str, str], watch: Watch) -> list[Path]:
    """Each page as a PNG of so many dots per inch. Raises Unwritable, Refused."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    files = page_files(out, len(pages))
    about = PngInfo()
    for key, value in facts.items():
        about.add_itxt(key, value)
    for i, (page, file) in enumerate(zip(pages, files, strict=True)):
        watch.report(i / len(pages))
        rgb = picture_of(page, dpi)
        with put_in_place(file, "sheet.unwritable", _UNWRITABLE) as target:
            Image.fromarray(rgb).save(target, "PNG", dpi=(dpi, dpi), pnginfo=about)
    watch.report(1.0)
    return files


def write_svg(pages: Sequence[Page], out: Path, facts: dict[str, Any], watch: Watch) -> list[Path]:
    """Each page as SVG in millimetres; texts as curves: the same without the font. Raises Unwritable."""
    files = page_files(out, len(pages))
    for i, (page, file) in enumerate(zip(pages, files, strict=True)):
        watch.report(i / len(pages))
        text = io.BytesIO()
        page.figure.savefig(text, format="svg", metadata={**facts, "Date": None})
        with put_in_place(file, "sheet.unwritable", _UNWRITABLE) as target:
            target.write(text.getvalue())
    watch.report(1.0)
    return files


def write_geotiff(page: Page, content: SheetContent, crs: str, out: Path, dpi: int, watch: Watch) -> list[Path]:
    """The map of a page as GeoTIFF in the project CRS, its edges on the map's neat line. Raises Unwritable, Refused."""
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.transform import Affine

    rgb = picture_of(page, dpi, content.window.rect)
    watch.report(0.5)
    rows, columns, _ = rgb.shape
    per_mm = dpi / 25.4
    rect = content.window.rect
    # The cut stands on whole pixels: the ground of its true edges, not of the neat line that they are next to.
    left, top = round(rect.x0 * per_mm) / per_mm, page.height - round((page.height - rect.y1) * per_mm) / per_mm
    metres = content.window.scale / 1000.0
    x0, y1 = content.window.x0 + (left - rect.x0) * metres, content.window.y0 + (top - rect.y0) * metres
    step = metres / per_mm
    facts: dict[str, Any] = {"driver": "GTiff", "width": columns, "height": rows, "count": 3, "dtype": "uint8"}
    facts |= {"crs": crs, "transform": Affine(step, 0.0, x0, 0.0, -step, y1)}
    facts |= {"photometric": "RGB", "compress": "deflate", "tiled": True, "blockxsize": 256, "blockysize": 256}
    with put_in_place(out, "sheet.unwritable", _UNWRITABLE) as target, draft_folder(out.name, out.parent) as d:
        made = d / "map.tif"
        try:
            with rasterio.open(made, "w", **facts) as ds:
                ds.write(np.moveaxis(rgb, 2, 0))
        except RasterioError as error:
            raise OSError(str(error)) from error
        target.write(made.read_bytes())
    watch.report(1.0)
    return [out]
