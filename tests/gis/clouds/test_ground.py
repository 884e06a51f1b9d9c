"""Clouds to ground: closed forms, classes, tiles, gaps, systems, and how well points that were left out are met."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from gis.clouds import grid as grid_module
from gis.clouds import lowest, make, stream
from gis.clouds.buckets import Buckets
from gis.clouds.cells import Means, bridge
from gis.clouds.make import CloudGround, make_cloud_ground
from gis.clouds.read import understand
from models.errors import Cancelled, Refused
from models.progress import Watch
from tests.gis.clouds.synthetic import EAST, GROUND, HOME, NORTH, PIT_M3, RADIUS, ground, points, write


def run(files: list[Path], out: Path, **more) -> CloudGround:
    ask = {k: more.pop(k, None) for k in ("crs", "z_unit")}
    sources, _ = understand(files, target_crs=HOME, accept_guess=False, neighbours=None, **ask)
    return make_cloud_ground(sources, out, target_crs=HOME, **more)


def heights(path: Path):
    """(heights, x, y of the centres from the middle)."""
    with rasterio.open(path) as ds:
        z = ds.read(1, masked=True).filled(np.nan).astype(np.float64)
        t = ds.transform
    c, r = np.meshgrid(np.arange(z.shape[1]) + 0.5, np.arange(z.shape[0]) + 0.5)
    return z, t.c + c * t.a - EAST, t.f + r * t.e - NORTH


@pytest.fixture(scope="module")
def cloud():
    return points(120_000)


@pytest.mark.parametrize(("name", "form", "version"), [("a.las", 1, "1.2"), ("a.laz", 3, "1.3"), ("a.laz", 6, "1.4")])
def test_a_paraboloid_pit_comes_back(tmp_path, cloud, name, form, version):
    """½πr²h within 0.1 %; the RMSE of left-out points is the noise, the bias none."""
    file = write(tmp_path / "点 云" / name, cloud, np.full(len(cloud), 2), form=form, version=version)
    made = run([file], tmp_path / "地 面.tif")
    z, x, y = heights(tmp_path / "地 面.tif")
    assert made.chosen == (2,)
    assert made.cell == 1.0
    inside = np.hypot(x, y) < RADIUS + 2
    assert np.clip(GROUND - z[inside], 0, None).sum() == pytest.approx(PIT_M3, rel=1.5e-3)
    assert np.abs(np.nanmean(z - ground(x, y))) < 0.002
    assert made.validation.count > 2000
    assert made.validation.rmse_m == pytest.approx(0.033, abs=0.004)
    assert abs(made.validation.bias_m) < 0.003
    assert made.density == pytest.approx(100 * len(cloud) / made.area_m2)
    assert made.used == len(cloud)


def test_classes_noise_and_withheld(tmp_path, cloud):
    rng = np.random.default_rng(5)
    classes = np.full(len(cloud), 2)
    high = rng.random(len(cloud)) < 0.3
    classes[high] = 5
    cloud = cloud.copy()
    cloud[high, 2] += 8
    low = rng.random(len(cloud)) < 0.01
    classes[low], cloud[low, 2] = 7, 900.0
    hidden = (rng.random(len(cloud)) < 0.05) & ~high & ~low
    cloud[hidden, 2] += 50
    file = write(tmp_path / "a.laz", cloud, classes, withheld=hidden)
    made = run([file], tmp_path / "g.tif", cell=1.0)
    assert made.dropped == {"withheld": int(hidden.sum()), "noise": int(low.sum()), "impossible": 0}
    z, x, y = heights(tmp_path / "g.tif")
    assert np.nanmax(np.abs(z - ground(x, y))) < 0.5
    trees = run([file], tmp_path / "t.tif", cell=2.0, classes=[5])
    z, x, y = heights(tmp_path / "t.tif")
    assert np.nanmedian(z - ground(x, y)) == pytest.approx(8, abs=0.05)
    assert trees.chosen == (5,)
    with pytest.raises(Refused) as caught:
        run([file], tmp_path / "n.tif", classes=[9])
    assert caught.value.key == "cloud.no_class"
    assert not (tmp_path / "n.tif").exists()
    assert not list(tmp_path.glob(".huitian*"))


def test_tiles_are_one_ground_and_their_order_does_not_matter(tmp_path, cloud, monkeypatch):
    whole = write(tmp_path / "w.laz", cloud, np.full(len(cloud), 2))
    west = cloud[:, 0] < 13.3
    tiles = [
        write(tmp_path / f"{n}.laz", cloud[part], np.full(int(part.sum()), 2))
        for n, part in (("西", west), ("东", ~west))
    ]
    a = run([whole], tmp_path / "w.tif")
    run(tiles, tmp_path / "t.tif")
    run(tiles[::-1], tmp_path / "r.tif")
    monkeypatch.setattr(stream, "CHUNK", 7_001)
    monkeypatch.setattr(make, "BLOCK", 64)
    b = run([whole], tmp_path / "c.tif")
    wanted = heights(tmp_path / "w.tif")[0]
    for name in ("t", "r", "c"):
        got = heights(tmp_path / f"{name}.tif")[0]
        assert np.array_equal(np.isnan(got), np.isnan(wanted))
        assert np.nanmax(np.abs(got - wanted)) < 2e-3
    assert (a.used, a.area_m2) == (b.used, b.area_m2)


def test_some_tiles_without_ground_classes_are_refused(tmp_path, cloud):
    a = write(tmp_path / "a.laz", cloud[:50_000], np.full(50_000, 2))
    b = write(tmp_path / "b.laz", cloud[50_000:], np.full(len(cloud) - 50_000, 1))
    with pytest.raises(Refused) as caught:
        run([a, b], tmp_path / "g.tif")
    assert caught.value.key == "cloud.mixed"
    assert "b.laz" in caught.value.sentence()
    assert run([a, b], tmp_path / "g.tif", lowest=True).chosen is None


def scene(seed=3):
    """A cloud without classes: the pit, trees of 3-12 m, two halls, echoes from below the ground."""
    rng = np.random.default_rng(seed)
    xyz = points(400_000, noise=0.03, seed=seed)
    for x, y in rng.uniform(-95, 95, (60, 2)):
        crown = np.hypot(xyz[:, 0] - x, xyz[:, 1] - y) < rng.uniform(2, 4)
        hit = crown & (rng.random(len(xyz)) < 0.75)
        xyz[hit, 2] += rng.uniform(3, 12, hit.sum())
    for x, y, wide, high, tall in ((-80, 60, 24, 12, 6), (55, -80, 10, 10, 4)):
        roof = (np.abs(xyz[:, 0] - x) < wide / 2) & (np.abs(xyz[:, 1] - y) < high / 2)
        xyz[roof, 2] = GROUND + tall + rng.normal(0, 0.03, roof.sum())
    low = rng.choice(len(xyz), 15, replace=False)
    xyz[low, 2] -= rng.uniform(3, 30, 15)
    return xyz


def test_ground_of_a_cloud_without_classes(tmp_path):
    """Trees, halls and echoes from below go, the pit stays: its volume within 1 %, heights within centimetres."""
    xyz = scene()
    made = run([write(tmp_path / "a.laz", xyz, np.ones(len(xyz)))], tmp_path / "g.tif", cell=1.0)
    assert made.chosen is None
    assert "cloud.lowest" in {n.key for n in made.notices}
    z, x, y = heights(tmp_path / "g.tif")
    off = z - ground(x, y)
    assert np.isfinite(off).mean() > 0.99
    assert abs(np.nanmean(off)) < 0.03
    assert np.nanpercentile(np.abs(off), 98) < 0.3
    roofs = (np.abs(x + 80) < 12) & (np.abs(y - 60) < 6)
    assert np.nanmax(off[roofs]) < 1.0
    inside = np.hypot(x, y) < RADIUS + 2
    assert np.nansum(np.clip(GROUND - z[inside], 0, None)) == pytest.approx(PIT_M3, rel=0.01)
    raw = run([tmp_path / "a.laz"], tmp_path / "raw.tif", cell=1.0, classes=[1])
    assert np.nanpercentile(np.abs(heights(tmp_path / "raw.tif")[0] - ground(x, y)), 98) > 2
    assert raw.chosen == (1,)


def test_the_filter_keeps_slopes_and_does_not_depend_on_blocks():
    """A plane of 60 % is all ground; a wall of 10 m keeps its edge cells; a post of 4 m is none."""
    r, c = np.mgrid[0:200, 0:200].astype(float)
    plane = 0.6 * c + 0.1 * r
    assert np.isfinite(lowest.ground_of(plane, 1.0)).all()
    wall = np.where(c < 100, 10.0, 0.0)
    assert np.isfinite(lowest.ground_of(wall, 1.0)).all()
    post = np.zeros((200, 200))
    post[90:95, 90:95] = 4
    kept = lowest.ground_of(post, 1.0)
    assert np.isnan(kept[90:95, 90:95]).all()
    assert np.isfinite(kept).sum() == 200 * 200 - 25
    rng = np.random.default_rng(0)
    rough = plane + 3 * (rng.random(plane.shape) < 0.1)
    whole = lowest.ground_of(rough, 1.0)
    halo = lowest.reach(1.0)
    part = lowest.ground_of(rough[: 60 + halo, : 60 + halo], 1.0)
    assert np.array_equal(part[:60, :60], whole[:60, :60], equal_nan=True)


def test_windows_grow_to_33_metres():
    assert lowest.radii(1.0) == [1, 2, 4, 8, 16]
    assert lowest.radii(2.0) == [1, 2, 4]
    assert lowest.radii(20.0) == [1]


def test_a_mean_is_carried_to_the_centre_along_the_slope():
    """Points of a plane, wherever they lie in their cells, give the plane at the centres."""
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 20, (3000, 2))
    means = Means(0.0, 20.0, 1.0, 20, 20)
    means.add(np.column_stack((xy, 5 + 0.8 * xy[:, 0] - 0.3 * xy[:, 1])))
    c, r = np.meshgrid(np.arange(20) + 0.5, np.arange(20) + 0.5)
    z = means.heights()
    assert np.nanmax(np.abs(z - (5 + 0.8 * c - 0.3 * (20 - r)))) < 1e-9
    gaps, kind = bridge(np.where((c > 5) & (c < 9) & (r > 5) & (r < 9), np.nan, z), 1.0, 10.0)
    assert (kind > 0).sum() == 16 + np.isnan(z).sum()
    assert np.abs(gaps - (5 + 0.8 * c - 0.3 * (20 - r)))[np.isfinite(gaps)].max() < 1e-9


def test_gaps_are_spanned_only_as_far_as_said_and_told(tmp_path, cloud):
    """A pond of 30 × 20 m without echoes: nodata, with its area and place; spanned where longer edges are allowed."""
    dry = cloud[~((np.abs(cloud[:, 0] + 60) < 15) & (np.abs(cloud[:, 1] - 60) < 10))]
    file = write(tmp_path / "a.laz", dry, np.full(len(dry), 2))
    made = run([file], tmp_path / "g.tif", cell=1.0, max_edge=6.0)
    z, x, y = heights(tmp_path / "g.tif")
    assert np.isnan(z[np.hypot(x + 60, y - 60) < 5]).all()
    assert made.holes[0].area_m2 == pytest.approx(600, rel=0.1)
    assert (made.holes[0].x - EAST, made.holes[0].y - NORTH) == pytest.approx((-60, 60), abs=1)
    assert made.closed_m2 == pytest.approx(made.holes[0].area_m2, abs=10)
    assert "cloud.holes" in {n.key for n in made.notices}
    whole = run([file], tmp_path / "w.tif", cell=1.0, max_edge=40.0)
    assert not whole.holes
    assert whole.wide == pytest.approx(made.wide + 600 / 40_000, abs=0.002)


def test_compound_systems_feet_and_another_zone(tmp_path, cloud):
    """Survey feet of a compound system become metres; another zone is transformed."""
    us = pytest.importorskip("pyproj").Transformer.from_crs(HOME, "EPSG:4547", always_xy=True)
    e, n = us.transform(cloud[:, 0] + EAST, cloud[:, 1] + NORTH)
    corner = float(np.floor(e.min())), float(np.floor(n.min()))
    moved = np.column_stack((e - corner[0], n - corner[1], cloud[:, 2]))
    file = write(tmp_path / "z.laz", moved, np.full(len(moved), 2), crs="EPSG:4547", at=corner)
    run([file], tmp_path / "z.tif", cell=2.0)
    z, x, y = heights(tmp_path / "z.tif")
    assert np.nanmax(np.abs(z - ground(x, y))) < 0.5
    feet = write(tmp_path / "f.laz", cloud, np.full(len(cloud), 2), crs="EPSG:4546+6360", factor=1 / 0.3048006096012192)
    sources, _ = understand([feet], target_crs=HOME, crs=None, accept_guess=False, z_unit=None, neighbours=None)
    assert sources[0].factor == pytest.approx(0.3048006096012192)
    assert "NAVD88" in str(sources[0].vertical)
    run([feet], tmp_path / "f.tif", cell=2.0)
    z, x, y = heights(tmp_path / "f.tif")
    assert abs(np.nanmean(z - ground(x, y))) < 0.02
    with pytest.raises(Refused) as caught:
        run([feet, write(tmp_path / "m.laz", cloud, np.full(len(cloud), 2))], tmp_path / "n.tif")
    assert caught.value.key == "cloud.verticals"


def test_no_system_is_refused_with_the_guess(tmp_path, cloud):
    file = write(tmp_path / "a.laz", cloud[:1000], crs=None)
    with pytest.raises(Refused) as caught:
        run([file], tmp_path / "g.tif")
    assert caught.value.key == "import.no_crs"
    assert "EPSG:" in caught.value.sentence()
    sources, remarks = understand(
        [file], target_crs=HOME, crs=None, accept_guess=True, z_unit=None, neighbours=None
    )  # fmt: skip
    assert sources[0].basis == "guessed"
    assert "crs.guessed" in {n.key for n in remarks}


def test_cancelling_leaves_nothing(tmp_path, cloud):
    file = write(tmp_path / "a.laz", cloud, np.full(len(cloud), 2))
    watch = Watch(lambda share, _: watch.cancel() if share > 0.3 else None)
    with pytest.raises(Cancelled):
        run([file], tmp_path / "g.tif", watch=watch)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a.laz"]


def test_memory_follows_blocks_and_not_points(tmp_path, monkeypatch):
    """What is held at once: a chunk while reading, a block with its halo while gridding; never all points."""
    most = []
    real = grid_module.CloudGrid._means

    def watched(self, *more, **named):
        made = real(self, *more, **named)
        most.append(made.count.size)
        return made

    monkeypatch.setattr(grid_module.CloudGrid, "_means", watched)
    monkeypatch.setattr(make, "BLOCK", 64)
    xyz = points(300_000, half=200.0)
    run([write(tmp_path / "a.laz", xyz, np.full(len(xyz), 2))], tmp_path / "g.tif", cell=1.0, max_edge=5.0)
    assert len(most) > 30
    assert max(most[8:]) == (64 + 2 * 12) ** 2


@pytest.mark.parametrize("density", [0.3, 2.0, 9.0])
def test_density_and_cells_whatever_the_buckets(tmp_path, density):
    """Slivers of buckets at the edge of the cloud, and clouds that fill a bucket partly, do not mislead."""
    rng = np.random.default_rng(2)
    for shift in (0.0, 0.3, 77.7):
        half = 100.0
        n = int(density * 4 * half**2)
        xyz = np.column_stack((rng.uniform(-half, half, (n, 2)) + shift, rng.normal(100, 1, n)))
        folder = tmp_path / f"{shift}"
        folder.mkdir()
        buckets = Buckets(folder, 40.0, 90.0)
        buckets.add(xyz, np.full(n, 2, np.uint8))
        buckets.add(np.array([[139.99, half + 40, 100.0]]), np.full(1, 2, np.uint8))
        assert make._density(buckets, (2,)) == pytest.approx(density, rel=0.25)
        assert make._density(buckets, None) == pytest.approx(density / 2, rel=0.25)
    assert make._cell_for(density) == {0.3: 5.0, 2.0: 1.0, 9.0: 0.5}[density]
