"""What the map shows, looked at pixel by pixel."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from app.gui import theme as themes
from app.gui.canvas import Overlay, depth_overlay, labels
from app.gui.canvas.decorations import north_box
from app.gui.canvas.heights import read_ground
from app.gui.canvas.view import View
from models.changes import ChangeSet
from models.notices import Notice
from tests.app.gui.canvas.conftest import CRS, X, Y, hills, write_dem

GROUND = (247, 248, 250)  # themes.LIGHT.sunken


def rgb(text: str) -> np.ndarray:
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], float)


@pytest.fixture
def bare(hand: Any) -> Any:
    for entry in hand.canvas.map_layers.layers():
        hand.canvas.map_layers.change(entry.key, labels=False)
    hand.canvas.legend.visible = False
    hand.settle()
    return hand


def test_fill_inside_ground_in_the_hole_and_outside(bare: Any) -> None:
    expected = 0.75 * np.array(GROUND) + 0.25 * rgb("#E9A23B")
    assert np.median(bare.patch(X + 225, Y + 75), axis=0) == pytest.approx(expected, abs=3)
    assert (bare.patch(X + 275, Y + 125) == GROUND).all()
    assert (bare.patch(X + 560, Y + 300) == GROUND).all()


def test_the_line_has_its_colour(bare: Any) -> None:
    near = bare.patch(X + 200, Y + 75, 6)
    assert np.abs(near - rgb("#A65E00")).sum(axis=1).min() < 180  # smoothed over two pixels


def test_hatches_differ_from_plain_fills(bare: Any) -> None:
    dots, farm, plain = (bare.patch(X + dx, Y + dy, 30) for dx, dy in ((225, 75), (450, 100), (100, 300)))
    assert len(np.unique(dots, axis=0)) >= 3
    assert len(np.unique(farm, axis=0)) >= 3
    assert len(np.unique(plain, axis=0)) == 1


def test_control_areas_are_drawn_by_kind(bare: Any) -> None:
    expected = 0.8 * np.array(GROUND) + 0.2 * rgb("#F2D24B")
    assert np.percentile(bare.patch(X + 450, Y + 100, 30), 75, axis=0) == pytest.approx(expected, abs=6)


def test_selection_is_an_accent_line_and_goes_with_it(bare: Any, session: Any) -> None:
    session.select("mine_pits", {1})
    bare.settle()
    assert np.abs(bare.patch(X + 50, Y + 300, 6) - rgb("#0F766E")).sum(axis=1).min() < 30
    session.select("", frozenset())
    bare.settle()
    assert np.abs(bare.patch(X + 50, Y + 300, 6) - rgb("#0F766E")).sum(axis=1).min() > 60


def test_hidden_and_faint_layers(bare: Any) -> None:
    full = np.median(bare.patch(X + 225, Y + 75), axis=0)
    bare.canvas.map_layers.set_opacity("sand_pits", 0.5)
    bare.settle()
    half = np.median(bare.patch(X + 225, Y + 75), axis=0)
    assert half == pytest.approx((full + GROUND) / 2, abs=2)
    bare.canvas.map_layers.set_visible("sand_pits", False)
    bare.settle()
    assert (bare.patch(X + 225, Y + 75) == GROUND).all()


def test_the_last_picture_moves_at_once_while_the_new_one_is_not_there(bare: Any) -> None:
    before = np.median(bare.patch(X + 225, Y + 75), axis=0)
    for slot in bare.canvas.pictures.slots.values():
        slot.wish = lambda *a, **k: None  # no new pictures from now on
    bare.canvas.begin_pan(QPointF(300, 200), None)
    bare.canvas.pan_to(QPointF(340, 230))
    assert np.median(bare.patch(X + 225, Y + 75), axis=0) == pytest.approx(before, abs=1)
    bare.wheel(bare.pixel(X + 225, Y + 75), 2)
    assert np.median(bare.patch(X + 225, Y + 75), axis=0) == pytest.approx(before, abs=4)


def test_a_changed_layer_is_read_and_drawn_again(bare: Any, session: Any) -> None:
    new = shapely.MultiPolygon([shapely.box(X + 420, Y + 200, X + 480, Y + 260)])
    session.put("sand_pits", {"SK-009": new})
    session.changed.emit(ChangeSet(1, Notice("t", "t"), {"sand_pits": (1,)}))
    bare.settle()
    bare.settle()
    assert (bare.patch(X + 225, Y + 75) == GROUND).all()
    assert not (bare.patch(X + 450, Y + 230) == GROUND).all()


def test_closing_the_project_empties_the_map(bare: Any, session: Any) -> None:
    session.project = None
    session.closed.emit()
    bare.settle()
    assert (bare.patch(X + 225, Y + 75) == GROUND).all()
    assert bare.canvas.pictures.features == {}


def test_a_window_that_goes_leaves_no_thread(session: Any, make_hand: Any) -> None:
    go = threading.Event()
    session.delay = lambda: go.wait(0.2) and None
    canvas = make_hand(session).canvas
    canvas.pictures.reload()
    go.set()
    canvas.shutdown()
    assert not canvas.pictures.busy
    canvas.pictures.request()
    assert not canvas.pictures.busy


def test_a_polygon_far_larger_than_the_window_fills_it(hand: Any, session: Any) -> None:
    session.put("stockpiles", {"DC-001": shapely.MultiPolygon([shapely.box(X - 9e5, Y - 9e5, X + 9e5, Y + 9e5)])})
    hand.canvas.pictures.reload({"stockpiles"})
    hand.settle()
    hand.canvas.set_view(View(X + 560.0, Y + 380.0, 0.001, 600, 450))
    hand.settle()
    hand.settle()
    grey = hand.patch(X + 560, Y + 380, 30)
    assert np.abs(np.median(grey, axis=0) - GROUND).max() > 10


# Labels ------------------------------------------------------------------------------------------------------------


def test_labels_are_written_and_can_be_left_out(hand: Any) -> None:
    box = (X + 100, Y + 300)
    with_label = hand.patch(*box, 20)
    assert with_label.sum(axis=1).min() < 250  # dark ink
    hand.canvas.map_layers.change("mine_pits", labels=False)
    hand.settle()
    assert hand.patch(*box, 20).sum(axis=1).min() > 300


# Terrain -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def terrain(bare: Any, session: Any, tmp_path: Path) -> Any:
    z = hills()
    z[:60, :60] = np.nan
    path = tmp_path / "地形 数据" / "高程.tif"
    session.project.store.held = [(write_dem(path, z, 2.0), path)]
    session.terrain_changed.emit()
    bare.settle()
    return bare


def test_hillshade_shows_relief_and_leaves_missing_cells_clear(terrain: Any) -> None:
    relief = terrain.patch(X + 400, Y + 350, 60)
    assert relief.std(axis=0).min() > 5
    assert (terrain.patch(X + 30, Y + 370, 10) == GROUND).all()


def test_tints_and_shade_can_be_left_out(terrain: Any) -> None:
    layers = terrain.canvas.map_layers
    (entry,) = layers.terrains()
    layers.change(entry.key, hillshade=False)
    terrain.settle()
    tints = terrain.patch(X + 400, Y + 350, 60)
    layers.change(entry.key, hillshade=True, tint=False)
    terrain.settle()
    shade = terrain.patch(X + 400, Y + 350, 60)
    assert tints.std(axis=0).max() < shade.std(axis=0).min()
    assert np.abs(shade[:, 0] - shade[:, 2]).max() < 2  # grey
    layers.set_visible(entry.key, False)
    terrain.settle()
    assert (terrain.patch(X + 400, Y + 350) == GROUND).all()


def test_elevation_under_the_pointer(terrain: Any) -> None:
    i, j = 20, 200
    x, y = X + (j + 0.5) * 2, Y + 400 - (i + 0.5) * 2
    assert terrain.canvas.elevation_at(x, y) == pytest.approx(hills()[i, j], abs=1e-3)
    assert terrain.canvas.ground_at(x, y)[1] == "高程"
    assert terrain.canvas.elevation_at(X + 30, Y + 370) is None
    assert terrain.canvas.elevation_at(X - 500, Y) is None


def test_a_terrain_that_vanished_is_a_notice_and_not_the_end(bare: Any, session: Any, tmp_path: Path) -> None:
    path = tmp_path / "高程.tif"
    session.project.store.held = [(write_dem(path, hills(), 2.0), path)]
    path.unlink()
    told: list[tuple[str, str]] = []
    session.notice.connect(lambda *a: told.append(a))
    session.terrain_changed.emit()
    bare.settle()
    bare.canvas.zoom_in()
    bare.settle()
    assert len(told) == 1, "said once, not with every picture"
    assert told[0][0] == "warning"
    assert "高程" in told[0][1]
    assert not (bare.patch(X + 225, Y + 75) == GROUND).all()
    assert bare.canvas.elevation_at(X + 100, Y + 100) is None


def test_a_terrain_in_another_crs_is_warped_to_its_place(tmp_path: Path) -> None:
    # 120°E zone next to the project's 111°E: far off its own zone on purpose.
    from pyproj import Transformer

    to_other = Transformer.from_crs(CRS, "EPSG:4547", always_xy=True)
    x, y = to_other.transform(X + 300, Y + 200)
    z = np.full((200, 200), 1000.0)
    z[:, 100:] = 1100.0
    path = tmp_path / "other.tif"
    terrain = write_dem(path, z, 2.0, "EPSG:4547", left=x - 200, top=y + 200)
    got, extent = read_ground(terrain, path, CRS, View(X + 300, Y + 200, 1.0, 300, 200))
    assert got.shape == (200, 300)
    assert extent == (X + 150, Y + 100, X + 450, Y + 300)
    assert got[100, 140] == pytest.approx(1000, abs=1)  # 10 m west of the step
    assert got[100, 160] == pytest.approx(1100, abs=1)


def test_decimated_reads_take_whole_steps(tmp_path: Path) -> None:
    path = tmp_path / "plane.tif"
    j, _ = np.meshgrid(np.arange(1000), np.arange(600))
    terrain = write_dem(path, j.astype(float), 1.0, top=Y + 600)
    z, extent = read_ground(terrain, path, CRS, View(X + 500, Y + 300, 3.4, 300, 200))
    assert np.unique(np.diff(z[0])).tolist() == [3.0]
    assert z.shape == (200, 333)
    assert (extent[2] - extent[0]) / z.shape[1] == pytest.approx(3.0)


# Overlays and furniture --------------------------------------------------------------------------------------------


def test_overlay_lies_over_the_ground_and_under_the_outlines(bare: Any) -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.setPixelColor(0, 0, "#0000FF")
    image.setPixelColor(1, 0, "#FF0000")
    bare.canvas.set_overlay("depth", Overlay(image, (X + 420, Y + 200, X + 500, Y + 280), opacity=1.0, smooth=False))
    assert np.median(bare.patch(X + 440, Y + 240), axis=0) == pytest.approx((0, 0, 255), abs=2)
    assert np.median(bare.patch(X + 480, Y + 240), axis=0) == pytest.approx((255, 0, 0), abs=2)
    bare.canvas.set_overlay("depth", None)
    assert (bare.patch(X + 440, Y + 240) == GROUND).all()


def test_a_site_under_an_overlay_gives_up_its_fill_and_keeps_its_line(bare: Any) -> None:
    clear = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    clear.fill(0)
    bare.canvas.set_overlay("depth", Overlay(clear, (X + 195, Y + 45, X + 355, Y + 205)))
    bare.settle()
    assert (bare.patch(X + 225, Y + 75) == GROUND).all()
    assert not (bare.patch(X + 200, Y + 75, 6) == GROUND).all()
    assert not (bare.patch(X + 70, Y + 70) == GROUND).all()
    bare.canvas.set_overlay("depth", None)
    bare.settle()
    assert not (bare.patch(X + 225, Y + 75) == GROUND).all()


def test_depth_overlay_has_round_classes_blue_and_red() -> None:
    depth = np.array([[np.nan, 0.0, 3.0, 11.9, -1.5]])
    overlay = depth_overlay(depth, (0, 0, 5, 1), "depth of fill")
    alpha = [overlay.image.pixelColor(i, 0).alpha() for i in range(5)]
    assert alpha == [0, 0, 255, 255, 255]
    assert [c.label for c in overlay.classes[:6]] == ["0–2", "2–4", "4–6", "6–8", "8–10", "10–12"]
    assert overlay.image.pixelColor(2, 0).name().upper() == overlay.classes[1].colour
    assert overlay.image.pixelColor(3, 0).name().upper() == "#08306B"
    assert [c.label for c in overlay.classes[6:]][:2] == ["cut 0–0.25", "cut 0.25–0.5"]
    cut = overlay.image.pixelColor(4, 0)
    assert cut.red() > cut.blue()


def test_a_little_fill_beside_much_cut_is_one_class() -> None:
    overlay = depth_overlay(np.array([[0.06, -13.9, -1.0]]), (0, 0, 3, 1), "depth of fill")
    labels = [c.label for c in overlay.classes]
    assert labels[0] == "0–0.06"
    assert all(text.startswith("cut") for text in labels[1:])
    assert overlay.image.pixelColor(0, 0).lightness() > overlay.image.pixelColor(1, 0).lightness()


def test_legend_lists_only_what_is_drawn(bare: Any) -> None:
    assert [r.text for r in bare.canvas._legend()] == [
        "Observation", "Ecological red line", "Permanent basic farmland", "Sand pit", "Mine pit",
    ]  # fmt: skip
    bare.canvas.zoom_to((X + 60, Y + 260, X + 140, Y + 340), 0.0)
    bare.settle()
    assert [r.text for r in bare.canvas._legend()] == ["Mine pit"]
    # Beside the pit; its picture reaches over the window's edge.
    bare.canvas.zoom_to((X + 165, Y + 265, X + 195, Y + 295), 0.0)
    bare.settle()
    assert bare.canvas._legend() == []


def test_dark_theme_changes_the_map(bare: Any, qapp: Any) -> None:
    style, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    try:
        themes.apply_theme("dark")
        bare.settle()
        assert (bare.patch(X + 560, Y + 300) == rgb(themes.DARK.sunken)).all()
    finally:
        themes.apply_theme("light")
        qapp.setStyleSheet(style)
        qapp.setPalette(palette)
        qapp.setFont(font)


def test_labels_keep_clear_of_the_north_arrow(hand: Any, session: Any) -> None:
    session.put("districts", {"旗县区": shapely.MultiPolygon([shapely.box(X - 900, Y - 900, X + 900, Y + 900)])})
    session.changed.emit(ChangeSet(2, Notice("t", "t"), {"districts": (1,)}))
    hand.settle()
    canvas = hand.canvas
    card = north_box(QRectF(canvas.rect()))
    for dx, dy in ((0.0, 0.0), (10.0, -4.0)):  # the middle of the district comes to stand under the arrow
        x, y = canvas.view.to_world(card.center().x() + dx, card.center().y() + dy)
        canvas.set_view(replace(canvas.view, x=canvas.view.x - x + X, y=canvas.view.y - y + Y))
        hand.settle()
        wish = canvas.pictures._layer_wish()
        spots = [s.translated(-wish.margin_px, -wish.margin_px) for s in labels.spots(wish, bool)]
        assert not any(s.intersects(card) for s in spots)
        assert any(abs(s.center().y() - card.center().y() - dy) < 20 and s.right() > card.left() - 20 for s in spots)


@pytest.mark.parametrize("which", [0, 2], ids=["scale bar", "legend"])
def test_labels_keep_clear_of_scale_bar_and_legend(hand: Any, session: Any, which: int) -> None:
    session.put("districts", {"旗县区": shapely.MultiPolygon([shapely.box(X - 900, Y - 900, X + 900, Y + 900)])})
    session.changed.emit(ChangeSet(2, Notice("t", "t"), {"districts": (1,)}))
    hand.settle()
    canvas = hand.canvas
    canvas.repaint()
    card = QRectF(canvas._pieces[which].box)
    assert not card.isEmpty()
    assert canvas.pictures._layer_wish().cards == tuple(canvas._pieces[k].box.getRect() for k in (0, 2))
    x, y = canvas.view.to_world(card.center().x(), card.center().y())  # the middle of the district comes under it
    canvas.set_view(replace(canvas.view, x=canvas.view.x - x + X, y=canvas.view.y - y + Y))
    hand.settle()
    canvas.repaint()
    card = QRectF(canvas._pieces[which].box)  # the legend tells of fewer layers there
    wish = canvas.pictures._layer_wish()

    def stands(wish: Any) -> list[QRectF]:
        placed = labels._placed(wish, bool)
        return [s.translated(-wish.margin_px, -wish.margin_px) for c, s, _ in placed if c.draw.layer.key == "districts"]

    (under,) = stands(replace(wish, cards=()))
    assert under.intersects(card)
    (beside,) = stands(wish)  # it is not lost
    assert not any(s.translated(-wish.margin_px, -wish.margin_px).intersects(card) for s in labels.spots(wish, bool))
    assert abs(beside.center().y() - card.center().y()) < card.height()


def whole(canvas: Any, part: str = "") -> list[tuple[str, QRectF]]:
    """(code, place in the window) of the labels, all of which must stand wholly in the window or wholly outside."""
    wish = canvas.pictures._layer_wish()
    shift = wish.margin_px + wish.around_px
    found = []
    for c, spot, _lines in labels._placed(wish, bool):
        at = spot.translated(-shift, -shift)
        code = c.draw.features.codes[c.feature]
        assert QRectF(canvas.rect()).contains(at) or not QRectF(canvas.rect()).intersects(at), code
        found.append((code, at))
    return [f for f in found if QRectF(canvas.rect()).contains(f[1]) and part in f[0]]


def test_the_edge_of_the_map_cuts_no_label(hand: Any, session: Any) -> None:
    boxes = {"一号砂坑": shapely.MultiPolygon([shapely.box(X + 200, Y + 200, X + 260, Y + 260)])}
    session.put("sand_pits", boxes)
    session.put("districts", {"达尔罕茂明安联合旗": shapely.MultiPolygon([shapely.box(X, Y - 900, X + 900, Y + 900)])})
    session.changed.emit(ChangeSet(2, Notice("t", "t"), {"sand_pits": (1,), "districts": (1,)}))
    hand.settle()
    canvas = hand.canvas
    canvas.set_view(replace(canvas.view, scale=0.9))
    seen = 0
    for edge in ((0, 0.5), (0.4, 0), (1, 0.5), (0.6, 1)):
        for step in range(-36, 37, 4):  # the pit moves across the middle of that edge of the map
            px = edge[0] * canvas.width() + (step if edge[0] in (0, 1) else 0)
            py = edge[1] * canvas.height() + (step if edge[1] in (0, 1) else 0)
            x, y = canvas.view.to_world(px, py)
            canvas.set_view(replace(canvas.view, x=canvas.view.x - x + X + 230, y=canvas.view.y - y + Y + 230))
            hand.settle()
            seen += len(whole(canvas, "砂坑"))
            if canvas.view.to_world(canvas.width() - 90.0, 0.0)[0] > X + 60:
                assert whole(canvas, "旗"), "a district that fills a part of the map has its name there"
    assert seen > 20


def test_points_at_the_edge_have_their_label_on_the_side_of_the_map(hand: Any, session: Any) -> None:
    session.put("observations", {"巡查点一": shapely.Point(X + 230, Y + 230)})
    session.changed.emit(ChangeSet(2, Notice("t", "t"), {"observations": (1,)}))
    hand.settle()
    canvas = hand.canvas
    for px, side in ((6.0, 1), (canvas.width() - 6.0, -1)):
        x, y = canvas.view.to_world(px, canvas.height() / 2)
        canvas.set_view(replace(canvas.view, x=canvas.view.x - x + X + 230, y=canvas.view.y - y + Y + 230))
        hand.settle()
        ((_code, at),) = whole(canvas, "巡查")
        assert (at.center().x() - px) * side > 0


def test_a_card_that_moves_makes_the_labels_move(hand: Any) -> None:
    canvas = hand.canvas
    canvas.repaint()
    hand.settle()
    pictures, wished = canvas.pictures, []
    pictures._moved.stop()
    real = pictures.slots["layers"].wish
    pictures.slots["layers"].wish = lambda wish, **how: wished.append(wish.cards) or real(wish, **how)
    canvas.legend.folded = True
    canvas.repaint()
    hand.qtbot.waitUntil(lambda: bool(wished), timeout=5_000)
    assert wished[-1] == tuple(canvas._pieces[k].box.getRect() for k in (0, 2))
    wished.clear()
    canvas.repaint()
    assert not pictures._moved.isActive()
