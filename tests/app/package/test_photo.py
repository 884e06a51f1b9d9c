"""An orthophoto of the project under a sheet: at its place, named among the sources; nothing is fetched or guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from app.package.build import build_content
from app.package.compose import compose
from app.package.drawing_settings import drawing_settings
from app.package.render import picture_of
from app.package.sheet import SheetRequest
from app.project import Project
from app.verbs.basemap import add_basemap
from models.errors import Missing, Refused
from tests.app.conftest import X0, Y0
from tests.app.package.dossier.world import make_world

RED, GREEN = (200, 30, 30), (30, 160, 40)


@pytest.fixture
def project(tmp_path: Path):
    """SK-001 with a photo whose west half is red and whose east half is green, the boundary in the site's middle."""
    with Project.open(make_world(tmp_path)) as opened:
        left, _, right, _ = opened.store.site("SK-001").outline.bounds
        _photo(tmp_path / "航片.tif", (left + right) / 2 - 200, Y0 + 100)
        _photo(tmp_path / "远.tif", X0 + 50_000, Y0)
        add_basemap(opened, tmp_path / "航片.tif", name="航片")
        add_basemap(opened, tmp_path / "远.tif", name="远")
        yield opened


def _photo(path: Path, x0: float, y1: float, n: int = 400) -> None:
    rgb = np.empty((3, n, n), np.uint8)
    rgb[:, :, : n // 2], rgb[:, :, n // 2 :] = np.array(RED)[:, None, None], np.array(GREEN)[:, None, None]
    facts = {"driver": "GTiff", "width": n, "height": n, "count": 3, "dtype": "uint8", "crs": "EPSG:4546"}
    with rasterio.open(path, "w", transform=from_origin(x0, y1, 1, 1), **facts) as out:
        out.write(rgb)


def test_the_photo_lies_where_it_belongs(project: Project) -> None:
    content = build_content(project, SheetRequest("SK-001", kind="present_state", basemap="航片"))
    with drawing_settings():
        (page, *_), _ = compose(content)
        rows = picture_of(page, 100, content.window.rect).astype(int)
    greener = rows[..., 1] > rows[..., 0] + 40
    redder = rows[..., 0] > rows[..., 1] + 100
    left, _, right, _ = project.store.site("SK-001").outline.bounds
    x0, _, x1, _ = content.window.bounds
    edge = ((left + right) / 2 - x0) / (x1 - x0) * rows.shape[1]
    columns = np.arange(rows.shape[1])
    assert greener[:, columns > edge + 3].mean() > 0.6
    assert greener[:, columns < edge - 3].mean() < 0.01
    assert redder[:, columns < edge - 3].mean() > 0.6
    assert [s.text for s in content.sources if s.what == "basemap"] == ["航片"]


def test_the_dots_of_the_layer_do_not_hide_it(project: Project) -> None:
    content = build_content(project, SheetRequest("SK-001", kind="present_state", basemap="航片"))
    assert content.photo is not None
    assert content.photo.pixels.shape[2] in {3, 4}
    colours = np.unique(content.photo.pixels[..., :3].reshape(-1, 3), axis=0)
    assert {tuple(c) for c in colours.tolist()} <= {RED, GREEN, (255, 255, 255)}


def test_what_cannot_be_shown_is_refused(project: Project) -> None:
    with pytest.raises(Missing, match="nowhere"):
        build_content(project, SheetRequest("SK-001", kind="present_state", basemap="nowhere"))
    with pytest.raises(Refused, match="does not reach"):
        build_content(project, SheetRequest("SK-001", kind="present_state", basemap="远"))
    with pytest.raises(Refused, match="no place for a basemap"):
        build_content(project, SheetRequest("SK-001", kind="sections", basemap="航片"))
