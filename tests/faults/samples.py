"""One sound file of every format that comes in, made on the spot, with what each says."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
from shapely.geometry import MultiPolygon, box

from gis.formats import WRITERS

HOME = "EPSG:4546"
X, Y = 389800.0, 4497400.0
_SIDES = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def frame() -> gpd.GeoDataFrame:
    """Six outlines with Chinese names, one with a hole."""
    shapes = [box(X + 200 * i, Y, X + 200 * i + 100, Y + 80) for i in range(5)]
    holed = box(X, Y + 300, X + 200, Y + 500).difference(box(X + 50, Y + 350, X + 90, Y + 390))
    return gpd.GeoDataFrame(
        {"code": [f"SK-{i:03d}" for i in range(6)], "name": [f"废弃砂坑{c}" for c in "甲乙丙丁戊己"],
         "depth": [1.5 * i for i in range(6)]},
        geometry=[MultiPolygon([s]) for s in (*shapes, holed)], crs=HOME,
    )  # fmt: skip


def _written(key: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / f"s{WRITERS[key].suffix}"
        WRITERS[key].write(frame(), path, "sand_pits", "GB18030" if key in {"shp", "csv"} else "UTF-8")
        return path

    return make


def _zip(folder: Path) -> Path:
    inner = folder / "inner"
    inner.mkdir()
    main = _written("shp")(inner)
    with zipfile.ZipFile(folder / "s.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in _SIDES:
            archive.write(main.with_suffix(suffix), f"砂坑/坑{suffix}")
    return folder / "s.zip"


def _kmz(folder: Path) -> Path:
    inner = folder / "inner"
    inner.mkdir()
    with zipfile.ZipFile(folder / "s.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(_written("kml")(inner), "doc.kml")
    return folder / "s.kmz"


def _gpx(folder: Path) -> Path:
    degrees = frame().to_crs("OGC:CRS84").geometry
    tracks = "".join(
        "<trk><name>坑</name><trkseg>"
        + "".join(
            f'<trkpt lat="{y:.8f}" lon="{x:.8f}"><ele>1050</ele><time>2026-05-01T02:00:{i:02d}Z</time></trkpt>'
            for i, (x, y) in enumerate(shape.geoms[0].exterior.coords)
        )
        + "</trkseg></trk>"
        for shape in degrees
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="t">{tracks}</gpx>'
    (folder / "s.gpx").write_text(text, encoding="utf-8")
    return folder / "s.gpx"


def _cass(folder: Path) -> Path:
    lines = []
    for code, shape in zip(frame()["code"], frame().geometry, strict=True):
        for x, y in list(shape.geoms[0].exterior.coords)[:-1]:
            lines.append(f"{len(lines) + 1},{code},{x:.3f},{y:.3f},1050.250")
    (folder / "s.dat").write_text("\r\n".join(lines) + "\r\n")
    return folder / "s.dat"


def _ods(folder: Path) -> Path:
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{code}</text:p></table:table-cell>'
        f'<table:table-cell office:value-type="float" office:value="{y}"/>'
        f'<table:table-cell office:value-type="float" office:value="{x}"/></table:table-row>'
        for code, shape in zip(frame()["code"], frame().geometry, strict=True)
        for x, y in list(shape.geoms[0].exterior.coords)[:-1]
    )
    head = "".join(f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in ("编号", "X", "Y"))
    name = "urn:oasis:names:tc:opendocument:xmlns:"
    text = (
        f'<office:document-content xmlns:office="{name}office:1.0" xmlns:table="{name}table:1.0" '
        f'xmlns:text="{name}text:1.0"><office:body><office:spreadsheet><table:table table:name="一">'
        f"<table:table-row>{head}</table:table-row>{rows}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(folder / "s.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", text, zipfile.ZIP_STORED)
    return folder / "s.ods"


def _generate(folder: Path) -> Path:
    text = ""
    for number, shape in enumerate(frame().geometry, 1):
        for name, ring in ((number, shape.geoms[0].exterior), *((-99999, r) for r in shape.geoms[0].interiors)):
            text += f"{name}\n" + "".join(f"{x:.3f} {y:.3f}\n" for x, y in ring.coords) + "END\n"
    (folder / "s.gen").write_text(text + "END\n")
    return folder / "s.gen"


def _shot(path: Path, east: float = 40.2, *, placed: bool = True, bearing: float = 135.0) -> Path:
    from PIL import Image

    image = Image.new("RGB", (64, 48), (200, 180, 120))
    exif = Image.Exif()
    exif.update({271: "华为 HUAWEI", 272: "P60", 274: 6})
    gps = {1: "N", 2: (40.0, 36.0, 9.72), 3: "E", 4: (109.0, 41.0, east), 5: b"\0", 6: 1050.5, 18: "WGS-84"}
    exif.get_ifd(0x8825).update(gps if placed else {18: "WGS-84"})
    exif.get_ifd(0x8825).update({7: (2.0, 0.0, 5.0), 17: bearing, 29: "2026:05:01"})
    exif.get_ifd(0x8769).update({36867: "2026:05:01 10:00:05", 36881: "+08:00"})
    image.save(path, exif=exif, **({"quality": 60} if path.suffix == ".jpg" else {}))
    return path


def _photo(folder: Path) -> Path:
    return _shot(folder / "s.jpg")


def _photos(folder: Path) -> Path:
    """Four photos with a place and one without, and the track on which that one was taken."""
    inner = folder / "inner"
    inner.mkdir()
    shots = [_shot(inner / f"照片{i}.jpg", 40.2 + i, placed=i < 4) for i in range(5)]
    points = "".join(
        f'<trkpt lat="40.6027" lon="{109.6945 + i / 1e4:.6f}"><time>2026-05-01T02:00:{2 * i:02d}Z</time></trkpt>'
        for i in range(12)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="t">'
    (inner / "航迹.gpx").write_text(f"{head}<trk><trkseg>{points}</trkseg></trk></gpx>", encoding="utf-8")
    with zipfile.ZipFile(folder / "s.zip", "w") as archive:
        for path in (*shots, inner / "航迹.gpx"):
            archive.write(path, path.name)
    return folder / "s.zip"


def heic(path: Path) -> Path:
    """A container as phones write it (ISO/IEC 23008-12): its brand, a table of items, the EXIF record of a photo."""
    import io
    import struct

    from PIL import Image

    def box_of(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + kind + content

    with Image.open(_shot(path.with_suffix(".jpg"))) as image:
        record = image.info["exif"]
    path.with_suffix(".jpg").unlink()
    brand = box_of(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    items = box_of(
        b"iinf", bytes(4) + struct.pack(">H", 1) + box_of(b"infe", bytes([2, 0, 0, 0, 0, 1, 0, 0]) + b"Exif\0")
    )
    meta = box_of(b"meta", bytes(4) + box_of(b"hdlr", bytes(8) + b"pict" + bytes(13)) + items)
    made = io.BytesIO()
    made.write(brand + meta + box_of(b"mdat", struct.pack(">I", 0) + record + bytes(256)))
    path.write_bytes(made.getvalue())
    return path


def _heic(folder: Path) -> Path:
    return heic(folder / "s.heic")


def _geojson(folder: Path) -> Path:
    path = _written("geojson")(folder)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False), encoding="utf-8")
    return path


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "gpkg": _written("gpkg"), "shp": _written("shp"), "geojson": _geojson, "kml": _written("kml"), "kmz": _kmz,
    "gpx": _gpx, "dxf": _written("dxf"), "csv": _written("csv"), "csv_points": _written("csv_points"),
    "xlsx": _written("xlsx_points"), "ods": _ods, "cass": _cass, "zip": _zip, "photo": _photo,
    "photos": _photos, "heic": _heic, "generate": _generate,
    "land_txt": _written("land_txt"),
}  # fmt: skip
