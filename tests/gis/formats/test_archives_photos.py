"""Archives and photos, honest and hostile ones."""

from __future__ import annotations

import zipfile

import pytest
from PIL import Image
from pyproj import Transformer

from gis.formats import archive, read_features
from gis.formats.base import Limits
from models.errors import Refused, Unreadable
from tests.gis.formats.here import no_child
from tests.gis.formats.making import write_geojson, write_shapefile

HOME = "EPSG:4546"
SIDES = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


def read(path, **how):
    return read_features(path, target_crs=HOME, **{"prefer": "sand_pits", **how})


def keys(came):
    return {w.key: w.render() for w in came.warnings}


def packed(folder, pits, names, *, encoding="GB18030", sides=SIDES):
    made = write_shapefile(pits, folder / "x.shp", encoding)
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for name in names:
            for suffix in sides:
                out.write(made.with_suffix(suffix), name + suffix)
    return folder / "a.zip"


def test_a_zipped_shapefile_with_chinese_names(folder, pits):
    came = read(packed(folder, pits, ["成果 2026/废弃砂坑"]))
    assert (came.format, came.sublayer, came.encoding, came.crs) == ("shp", "废弃砂坑", "GB18030", HOME)
    assert [f.fields["名称"] for f in came.features] == list(pits["名称"])


def test_names_in_gbk_without_a_word_of_it(folder, pits):
    path = packed(folder, pits, ["QQQQ"])
    data = path.read_bytes().replace(b"QQQQ", "砂坑".encode("gbk"))
    path.write_bytes(data)
    assert read(path).sublayer == "砂坑"


def test_several_shapefiles_are_several_layers(folder, pits):
    path = packed(folder, pits, ["甲", "乙"])
    with pytest.raises(Refused, match=r"2 layers.*甲.shp: 甲, 乙.shp: 乙"):
        read(path)
    assert len(read(path, sublayer="乙.shp: 乙").features) == 2


def test_no_name_in_an_archive_is_a_path(folder, pits):
    for name in ("../../../x/CON", "/x/passwd", "C:\\Windows\\CON"):
        assert len(read(packed(folder, pits, [name])).features) == 2
    assert not (folder.parent.parent / "x").exists()
    assert sorted(p.name for p in folder.iterdir()) == ["a.zip", *sorted(f"x{s}" for s in SIDES)]


def test_bombs_links_passwords_and_inner_archives(folder, pits, monkeypatch):
    path = packed(folder, pits, ["a"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as out:
        link = zipfile.ZipInfo("b.shp")
        link.external_attr = 0o120777 << 16
        out.writestr(link, "/etc/passwd")
        out.writestr("inner.zip", b"PK")
    assert {"zip.links", "zip.inner"} <= keys(read(path)).keys()
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.geojson", b" " * 40_000_000)
    with pytest.raises(Refused, match="unpacks to more"):
        read(folder / "bomb.zip")
    with zipfile.ZipFile(folder / "many.zip", "w") as out:
        for n in range(5001):
            out.writestr(f"{n}.txt", b"")
    with pytest.raises(Refused, match="5001 files"):
        read(folder / "many.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    (folder / "secret.zip").write_bytes(data)
    with pytest.raises(Refused, match="password"):
        read(folder / "secret.zip")
    monkeypatch.setattr(archive, "LIMITS", Limits(unpacked_bytes=10))
    with zipfile.ZipFile(path) as opened, pytest.raises(Refused, match="unpacks to more"):
        archive._members(opened, path, None, archive.LIMITS)


def test_an_archive_of_nothing_or_cut_short(folder, pits):
    with zipfile.ZipFile(folder / "e.zip", "w") as out:
        out.writestr("readme.md", b"x")
    with pytest.raises(Refused, match="nothing in the archive"):
        read(folder / "e.zip")
    path = packed(folder, pits, ["a"])
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(Unreadable, match="cut short"):
        read(path)
    came = read(packed(folder, pits, ["a"], sides=(".shp", ".dbf", ".prj")))
    assert any("index (.shx) is missing" in w.render() for w in came.warnings)


def test_other_formats_in_an_archive(folder):
    ring = [[[109.70, 40.60], [109.71, 40.60], [109.71, 40.61], [109.70, 40.60]]]
    path = write_geojson(folder / "a.geojson", [ring])
    with zipfile.ZipFile(folder / "a.zip", "w") as out:
        out.write(path, "数据.geojson")
        out.writestr("说明.txt", "坐标系 CGCS2000")
    came = read(folder / "a.zip")
    assert (came.format, len(came.features)) == ("geojson", 1)


def photo(path, *, place=True, taken="2026:05:01 10:00:30", zone=None, gps_time=None):
    exif = Image.Exif()
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 36.0, 36.0), 3: "E", 4: (109.0, 42.0, 0.0), 17: 135.0})
    if gps_time:
        exif.get_ifd(0x8825).update({7: gps_time, 29: "2026:05:01"})
    exif.get_ifd(0x8769).update({36867: taken, **({36881: zone} if zone else {})})
    Image.new("RGB", (8, 8)).save(path, exif=exif)


TRACK = ('<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>'
         '<trkpt lat="40.60" lon="109.70"><time>2026-05-01T02:00:00Z</time></trkpt>'
         '<trkpt lat="40.60" lon="109.71"><time>2026-05-01T02:01:00Z</time></trkpt></trkseg></trk></gpx>')  # fmt: skip


def test_a_photo_is_a_point_with_time_and_bearing(folder):
    photo(folder / "IMG 1.jpg")
    came = read(folder / "IMG 1.jpg", prefer="observations")
    fields = came.features[0].fields
    assert fields["observed_at"] == "2026-05-01 10:00:30"
    assert (fields["name"], fields["source"], fields["bearing"], fields["remarks"]) == (
        "IMG 1",
        "IMG 1.jpg",
        135.0,
        "↗ 135°",
    )
    there = Transformer.from_crs("OGC:CRS84", HOME, always_xy=True).transform(109.7, 40.61)
    assert (came.features[0].geometry.x, came.features[0].geometry.y) == pytest.approx(there, abs=1e-6)


@pytest.mark.parametrize("how", [{}, {"zone": "+08:00"}, {"taken": "2026:05:01 02:00:30", "zone": "+00:00"}])
def test_photos_without_a_place_are_placed_by_the_track(folder, how):
    photo(folder / "b.jpg", place=False, **how)
    photo(folder / "c.jpg", place=False, taken="2026:05:01 19:00:00")
    (folder / "d.jpg").write_bytes(b"\xff\xd8\xff nonsense")
    (folder / "t.gpx").write_text(TRACK)
    came = read(folder, prefer="observations")
    there = Transformer.from_crs("OGC:CRS84", HOME, always_xy=True).transform(109.705, 40.60)
    assert [(f.geometry.x, f.geometry.y) for f in came.features] == [pytest.approx(there, abs=0.01)]
    assert [(s.code, s.reason.key) for s in came.skipped] == [
        ("c.jpg", "photos.off_track"),
        ("d.jpg", "photos.damaged"),
    ]
    assert "placed by the track" in keys(came)["photos.by_track"]
    assert ("photos.zone" in keys(came)) == (how == {})


def test_the_camera_s_clock_is_found_from_the_satellites(folder):
    photo(folder / "a.jpg", taken="2026:05:01 03:00:00", gps_time=(2.0, 0.0, 0.0))  # an hour before UTC
    photo(folder / "b.jpg", place=False, taken="2026:05:01 03:00:30")
    (folder / "t.gpx").write_text(TRACK)
    came = read(folder, prefer="observations")
    assert "+1.00 h" in keys(came)["photos.clock"]
    there = Transformer.from_crs("OGC:CRS84", HOME, always_xy=True).transform(109.705, 40.60)
    assert came.features[1].geometry.x == pytest.approx(there[0], abs=0.01)


def test_a_zip_of_photos_and_a_folder_named_like_a_file(folder):
    photo(folder / "b.jpg")
    with zipfile.ZipFile(folder / "p.zip", "w") as out:
        out.write(folder / "b.jpg", "照片/b.jpg")
    assert read(folder / "p.zip", prefer="observations").features[0].fields["source"] == "照片/b.jpg"
    (folder / "x.shp").mkdir()
    with pytest.raises(Refused, match="folder"):
        read(folder / "x.shp")


def test_a_shapefile_longer_than_it_says_is_read_as_it_says(folder, pits):
    path = write_shapefile(pits, folder / "a.shp", "UTF-8")
    with path.open("ab") as file:
        file.write(b"\0" * 64)
    assert len(read(path).features) == 2


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({9: "V"}, "photos.no_fix"),
        ({18: "GCJ-02"}, "photos.datum"),
        ({18: "TOKYO"}, "photos.datum"),
        ({9: "A", 18: "WGS-84"}, None),
        ({18: ""}, None),
    ],
)
def test_what_a_photo_says_against_its_position_is_told(folder, more, key):
    image, exif = Image.new("RGB", (8, 8)), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 36.0, 36.0), 3: "E", 4: (109.0, 42.0, 0.0), **more})
    image.save(folder / "a.jpg", exif=exif)
    came = read(folder / "a.jpg", prefer="observations")
    assert [n.key for n in came.features[0].notes] == ([key] if key else [])


@pytest.mark.parametrize("how", ["offset", "name"])
def test_a_damaged_directory_of_an_archive_is_called_that(folder, pits, how):
    main = write_shapefile(pits, folder / "a.shp", "UTF-8")
    with zipfile.ZipFile(folder / "a.zip", "w") as made:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            made.write(main.with_suffix(suffix), f"a{suffix}")
        made.writestr("x", b"")
    data = bytearray((folder / "a.zip").read_bytes())
    at = data.index(b"PK\x01\x02")
    if how == "offset":
        end = data.index(b"PK\x05\x06")
        data[end + 16 : end + 20] = (2**31).to_bytes(4, "little")  # the directory would begin far behind the file
        data[at + 42 : at + 46] = (7).to_bytes(4, "little")
    else:
        last = data.rindex(b"PK\x01\x02")
        data[last + 46] = 0  # a name that ends before it begins
    (folder / "a.zip").write_bytes(bytes(data))
    if how == "name":
        assert len(read(folder / "a.zip").features) == 2
        return
    with pytest.raises(Unreadable, match="damaged or cut short"):
        read(folder / "a.zip")


def test_a_record_that_is_damaged_in_part_is_told(folder):
    """An entry that leads outside the record: the place that is read all the same is not taken without a word."""
    from tests.faults.samples import _shot

    path = _shot(folder / "a.jpg")
    data = bytearray(path.read_bytes())
    at = data.index(b"2026:05:01\0")  # the satellites' day, after which its entry points
    entry = (
        data.index((29).to_bytes(2, "little") + b"\x02\x00") if b"II*\0" in data else data.index(b"\x00\x1d\x00\x02")
    )
    data[entry + 8 : entry + 12] = b"\xff\xff\xff\x7f"
    assert at
    path.write_bytes(bytes(data))
    came = read_features(path, target_crs="EPSG:4546")
    assert "photos.record" in {n.key for n in came.features[0].notes}
