"""Pictures: what a camera writes is read, what is hostile is refused without harm."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import Image

from gis import photos
from models.errors import Missing, Refused, Unreadable
from tests.app.pictures import bomb, camera_picture


def test_time_and_place(tmp_path: Path) -> None:
    facts = photos.read_facts(camera_picture(tmp_path / "图 1.jpg", lon=109.98, lat=40.6))
    assert (facts.width, facts.height, facts.format) == (320, 240, "JPEG")
    assert facts.taken_at == "2026-09-10T10:20:30+08:00"
    assert facts.lon == pytest.approx(109.98, abs=1e-7)
    assert facts.lat == pytest.approx(40.6, abs=1e-7)
    assert (facts.altitude_m, facts.direction_deg, facts.camera) == (1052.5, 90.0, "Maker Camera 1")


@pytest.mark.parametrize(
    ("lon", "lat"), [(-71.5, -33.25), (0.0, 0.0), (None, None)], ids=["south-west", "no fix", "no record"]
)
def test_hemispheres_and_missing_places(tmp_path: Path, lon: float | None, lat: float | None) -> None:
    facts = photos.read_facts(camera_picture(tmp_path / "a.jpg", lon=lon, lat=lat, zone=None))
    if lon:
        assert (facts.lon, facts.lat) == (pytest.approx(lon), pytest.approx(lat))
    else:
        assert not facts.placed
    assert facts.taken_at == "2026-09-10T10:20:30"  # no zone: as the camera's clock said


@pytest.mark.parametrize("at", ["0000:00:00 00:00:00", "2026:13:45 99:00:00", "yesterday", None])
def test_times_that_are_none(tmp_path: Path, at: str | None) -> None:
    assert photos.read_facts(camera_picture(tmp_path / "a.jpg", at=at)).taken_at is None


def test_pictures_stand_upright(tmp_path: Path) -> None:
    path = camera_picture(tmp_path / "a.jpg", orientation=6)
    assert (photos.read_facts(path).width, photos.read_facts(path).height) == (240, 320)
    width, height, body = photos.scaled(path, 80)
    assert (width, height) == (60, 80)
    assert len(body) == 60 * 80 * 3


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_every_colour_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.new("RGB", (40, 30), "red").convert(mode).save(path)
    assert len(photos.scaled(path, 20)[2]) == 20 * 15 * 3


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    for read in (photos.read_facts, lambda p: photos.scaled(p, 64)):
        with pytest.raises(Refused) as error:
            read(bomb(tmp_path / "bomb.png"))
        assert error.value.key == "photo.too_many_pixels"
        assert "130" in error.value.sentence()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("script.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nquit\n"),
        ("page.png", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://example.org/'/></svg>"),
        ("text.jpg", b"no picture at all"),
        ("empty.jpg", b""),
        ("tiff.jpg", b"II*\0" + b"\0" * 64),
    ],
)
def test_what_is_no_photo_is_refused(tmp_path: Path, name: str, body: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(Refused) as error:
        photos.read_facts(path)
    assert error.value.key == "photo.kind"
    assert name in error.value.where


def test_a_file_cut_off_is_damaged(tmp_path: Path) -> None:
    path = camera_picture(tmp_path / "a.jpg", size=(800, 600))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(Unreadable):
        photos.read_facts(path)
    assert "a.jpg" in str(path)


@pytest.mark.filterwarnings("ignore")  # the library warns of it; that goes to the log
def test_an_exif_record_of_nonsense_says_nothing(tmp_path: Path) -> None:
    path = camera_picture(tmp_path / "a.jpg", size=(64, 64))
    body = bytearray(path.read_bytes())
    start = body.index(b"Exif\0\0") + 6
    (length,) = struct.unpack(">H", body[start - 8 : start - 6])
    for at in range(start + 8, start + length - 8):
        body[at] = (at * 37) % 256
    path.write_bytes(bytes(body))
    facts = photos.read_facts(path)
    assert (facts.width, facts.height) == (64, 64)


def test_missing_folder_and_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing):
        photos.read_facts(tmp_path / "none.jpg")
    with pytest.raises(Refused):
        photos.read_facts(tmp_path)
    monkeypatch.setattr(photos, "MAX_BYTES", 10)
    with pytest.raises(Refused) as error:
        photos.read_facts(camera_picture(tmp_path / "a.jpg"))
    assert error.value.key == "photo.too_large"
