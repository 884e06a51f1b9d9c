"""Basemaps, slope and contours on the map; labels above the marks of the selection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine

from app.gui.canvas import labels
from app.gui.canvas.contours import ContourWish, paint_contours
from gis.basemaps.inspect import inspect_basemap
from tests.app.gui.canvas.conftest import CRS, X, Y, hills, write_dem
from tests.gis.basemaps.making import write_photo

RED, GREEN = (250, 0, 0), (0, 250, 0)


@pytest.fixture
def photo(session: Any, tmp_path: Path) -> Path:
    """Quarters over all of the map: red and green in the north."""
    path = write_photo(tmp_path / "正射.tif", transform=Affine(10, 0, X, 0, -10, Y + 500))
    session.project.store.maps = [(inspect_basemap(path), path)]
    return path


def show(hand: Any, session: Any) -> None:
    session.terrain_changed.emit()
    hand.settle()


def test_a_basemap_lies_under_the_layers_and_over_the_terrain(
    photo: Path, hand: Any, session: Any, tmp_path: Path
) -> None:
    dem = tmp_path / "dem.tif"
    session.project.store.held = [(write_dem(dem, hills(), 2.0), dem)]
    show(hand, session)
    assert np.allclose(hand.patch(X + 250, Y + 380).mean(0), RED, atol=2)
    assert np.allclose(hand.patch(X + 450, Y + 380).mean(0), GREEN, atol=2)
    pit = hand.patch(X + 70, Y + 70).mean(0)
    hand.canvas.map_layers.set_visible("basemap:正射", False)
    hand.settle()
    assert np.abs(hand.patch(X + 250, Y + 380).mean(0) - RED).max() > 60  # the terrain shows
    assert np.abs(hand.patch(X + 70, Y + 70).mean(0) - pit).max() > 10
    hand.canvas.map_layers.set_visible("basemap:正射", True)
    hand.canvas.map_layers.place_group("terrain", 0)
    hand.settle()
    assert np.abs(hand.patch(X + 250, Y + 380).mean(0) - RED).max() > 60  # now the terrain lies above


def test_opacity_and_zoom_to_a_basemap(photo: Path, hand: Any, session: Any) -> None:
    hand.canvas.cards = list  # no room is made for furniture: the middle of the window is that of what is shown
    show(hand, session)
    hand.canvas.map_layers.set_opacity("basemap:正射", 0.0)
    hand.settle()
    assert np.abs(hand.patch(X + 250, Y + 380).mean(0) - RED).max() > 60
    hand.canvas.zoom_to_layer("basemap:正射")
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 320, Y + 180))
    hand.canvas.zoom_full()  # sites, not the photograph
    assert hand.canvas.view.to_world(300, 225) == pytest.approx((X + 260, Y + 185))


def test_a_lost_basemap_is_told_once_and_the_map_goes_on(photo: Path, hand: Any, session: Any) -> None:
    told: list[tuple[str, str]] = []
    session.notice.connect(lambda level, text: told.append((level, text)))
    photo.unlink()
    show(hand, session)
    hand.canvas.zoom_in()
    hand.settle()
    assert len(told) == 1
    assert told[0][0] == "warning"
    assert "正射" in told[0][1]
    assert hand.canvas.pictures.facts("layers")["drawn"]


def test_contours_are_drawn_at_a_round_interval_and_labelled(
    hand: Any, session: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    dem = tmp_path / "dem.tif"
    session.project.store.held = [(write_dem(dem, hills(), 2.0), dem)]
    written: list[str] = []
    stamp = labels.stamp_of
    monkeypatch.setattr(labels, "stamp_of", lambda text, *more: written.append(text) or stamp(text, *more))
    show(hand, session)
    layers = hand.canvas.map_layers
    layers.change("terrain:dem", contours=True)
    hand.settle()
    interval = hand.canvas.pictures.facts("contours")["intervals"]["dem"]
    assert interval in (2.0, 5.0)
    assert written
    assert all(float(text) % (5 * interval) == 0 for text in written)
    layers.change("terrain:dem", contour_m=0.5)
    hand.settle()
    assert hand.canvas.pictures.facts("contours")["intervals"] == {"dem": 0.5}
    assert "Contours every 0.5 m" in [r.text for r in hand.canvas._legend()]
    layers.change("terrain:dem", contours=False)
    hand.settle()
    assert hand.canvas.pictures.facts("contours")["empty"]


def test_heights_of_contours_keep_clear_of_the_labels_of_features(
    hand: Any, session: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    dem = tmp_path / "dem.tif"
    session.project.store.held = [(write_dem(dem, hills(), 2.0), dem)]
    show(hand, session)
    pictures, layers = hand.canvas.pictures, hand.canvas.map_layers
    features = pictures._layer_wish()
    spot = labels.spots(features, bool)[0]
    middle = np.array([[spot.center().x(), spot.center().y(), 0.0]])
    monkeypatch.setattr("gis.contouring.label_places", lambda *_a: middle)  # every contour wants its height there
    draws = tuple((pictures._terrain_draw(e), 1.0) for e in layers.terrains())
    halo = {}
    for labelled in (None, features):
        wish = ContourWish(features.view, CRS, draws, hand.canvas.theme, "", labelled)
        image = paint_contours(wish, bool).image
        box = spot.toRect()
        places = [(x, y) for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())]
        seen = [image.pixelColor(x, y) for x, y in places]
        halo[labelled is not None] = sum(c.alpha() > 250 and c.lightness() > 250 for c in seen)
    assert halo[False] > 20
    assert halo[True] == 0


def test_nothing_is_drawn_twice_and_a_late_picture_does_not_stay(hand: Any, session: Any) -> None:
    wished: list[int] = []
    slot = hand.canvas.pictures.slots["selection"]
    wish = slot.wish
    slot.wish = lambda request, **how: wished.append(len(request.positions)) or wish(request, **how)
    for step in range(3):
        hand.canvas.zoom_in() if step else hand.canvas.zoom_out()
    session.select("sand_pits", {1})
    session.select("", set())  # before its picture was there
    hand.settle()
    hand.canvas.zoom_in()
    hand.settle()
    assert wished in ([1, 0], [0, 1, 0])
    assert hand.canvas.pictures.facts("selection")["empty"]


def test_slope_colours_by_class(hand: Any, session: Any, tmp_path: Path) -> None:
    dem = tmp_path / "dem.tif"
    plane = 1000 + 0.75 * 2 * np.tile(np.arange(300.0), (200, 1))  # 36.9 degrees everywhere
    session.project.store.held = [(write_dem(dem, plane, 2.0), dem)]
    show(hand, session)
    hand.canvas.map_layers.change("terrain:dem", slope=True, hillshade=False)
    hand.settle()
    assert hand.canvas.pictures.facts("ground")["slopes"] == ["dem"]
    assert np.allclose(hand.patch(X + 250, Y + 380).mean(0), (0xCF, 0x61, 0x40), atol=2)


def test_labels_stand_above_the_marks_of_the_selection(hand: Any, session: Any) -> None:
    hand.canvas.set_view(hand.canvas.view.fitted((X + 90, Y + 90, X + 110, Y + 110)))
    hand.canvas.map_layers.change("red_lines", labels=False)
    hand.settle()
    facts = hand.canvas.pictures.facts("layers")
    assert facts["labels"] is not None
    plain = hand.canvas.grab().toImage()
    session.select("sand_pits", {1})
    hand.canvas.pictures._last["selection"].image.fill(0xFF00FF00)  # a selection that covers everything
    hand.settle()
    held = hand.canvas.pictures._last["selection"]
    held.image.fill(0xFF00FF00)
    held.facts["empty"] = False
    hand.canvas.update()
    marked = hand.canvas.grab().toImage()
    ink = [
        (x, y) for x in range(200, 400) for y in range(150, 300) if plain.pixelColor(x, y).lightness() < 60
    ]  # fmt: skip
    assert ink
    assert all(marked.pixelColor(x, y) == plain.pixelColor(x, y) for x, y in ink)
