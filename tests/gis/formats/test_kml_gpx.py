"""Files of phones and viewers: KML, KMZ, GPX."""

from __future__ import annotations

import zipfile

import pytest
import shapely
from pyproj import Transformer

from gis.formats import read_features
from models.errors import Refused, Unreadable
from tests.gis.formats.here import no_child

HOME = "EPSG:4546"
RING = "109.70,40.60,0 109.71,40.60,0 109.71,40.61,0 109.70,40.60,0"
POLYGON = (f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs>"
           "</Polygon>")  # fmt: skip


@pytest.fixture(autouse=True)
def _in_this_process():
    with no_child():
        yield


def kml(folder, body, head='<?xml version="1.0" encoding="UTF-8"?>', encoding="utf-8"):
    text = (
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">{body}</kml>'
    )
    (folder / "a.kml").write_bytes(text.encode(encoding))
    return folder / "a.kml"


def read(path, **how):
    return read_features(path, target_crs=HOME, **{"prefer": "sand_pits", **how})


def keys(came):
    return {w.key for w in came.warnings}


def test_folders_are_layers_and_every_kind_of_field_comes(folder):
    table = "<![CDATA[<table><tr><td>面积</td><td>12.5</td></tr></table>]]>"
    body = (
        "<Document><Folder><name>砂坑</name><Folder><name>一期</name><Placemark><name>甲坑</name>"
        f"<description>{table}</description>"
        '<ExtendedData><Data name="编号"><value>SK-1</value></Data><SchemaData><SimpleData name="深度">3.5</SimpleData>'
        f"</SchemaData></ExtendedData>{POLYGON}</Placemark></Folder></Folder>"
        "<Folder><name>点</name><Placemark><Point><coordinates> 109.7 , 40.6 , 1050 </coordinates></Point></Placemark>"
        "</Folder></Document>"
    )
    came = read(kml(folder, body))
    assert came.sublayers == [("砂坑/一期", 1), ("点", 1)]
    fields = came.features[0].fields
    assert (fields["name"], fields["编号"], fields["深度"], fields["面积"]) == ("甲坑", "SK-1", "3.5", "12.5")
    points = read(kml(folder, body), prefer="observations")
    assert points.features[0].geometry.geom_type == "Point"
    assert "import.heights" in keys(points)
    assert len(read(kml(folder, body), sublayer="*").features) == 2


def test_links_are_told_and_not_followed(folder):
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    came = read(kml(folder, f"<Document>{link}<Placemark>{POLYGON}</Placemark></Document>"))
    assert "kml.links" in keys(came)
    with pytest.raises(Refused, match="only links"):
        read(kml(folder, f"<Document>{link}</Document>"))


def test_entities_are_refused(folder):
    bomb = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(Refused, match="document type"):
        read(kml(folder, f"<Placemark><name>&b;&x;</name>{POLYGON}</Placemark>", head=bomb))


def test_deep_nesting_and_cut_files_are_refused(folder):
    with pytest.raises((Refused, Unreadable), match=r"deep|damaged"):
        read(kml(folder, "<Folder>" * 300 + f"<Placemark>{POLYGON}</Placemark>" + "</Folder>" * 300))
    path = kml(folder, f"<Document><Placemark>{POLYGON}</Placemark><Placemark>{POLYGON}</Placemark></Document>")
    path.write_bytes(path.read_bytes()[:-120])
    with pytest.raises(Unreadable, match="cut short"):
        read(path)


def test_text_in_gbk_that_says_utf_8_is_found_out(folder):
    came = read(kml(folder, f"<Placemark><name>废弃砂坑甲</name>{POLYGON}</Placemark>", encoding="gbk"))
    assert came.features[0].fields["name"] == "废弃砂坑甲"
    assert (came.encoding, "encoding.overruled" in keys(came)) == ("GB18030", True)


def test_lines_that_close_and_tracks_are_outlines(folder):
    body = (f"<Placemark><LineString><coordinates>{RING}</coordinates></LineString></Placemark>"
            "<Placemark><LineString><coordinates>109.7,40.6 109.8,40.6</coordinates></LineString></Placemark>"
            "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>109.7,x 1,2 3,4</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon></Placemark><Placemark><name>无</name></Placemark>")  # fmt: skip
    came = read(kml(folder, f"<Document>{body}</Document>"))
    kinds = [f.geometry.geom_type if f.geometry else f.notes[-1].key for f in came.features]
    assert kinds == ["Polygon", "LineString", "kml.coordinates", "kml.no_place"]
    assert "lines.closed" in keys(came)


def test_a_kmz_is_read_and_its_names_are_no_paths(folder):
    path = kml(folder, f"<Placemark>{POLYGON}</Placemark>")
    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.write(path, "../../evil/doc.kml")
        archive.writestr("files/x.jpg", b"\xff\xd8\xff")
    came = read(folder / "a.kmz")
    assert (came.format, len(came.features)) == ("kml", 1)
    assert sorted(p.name for p in folder.iterdir()) == ["a.kml", "a.kmz"]
    assert not (folder.parent.parent / "evil").exists()


def gpx(folder, body):
    (folder / "a.gpx").write_text(f'<?xml version="1.0"?><gpx version="1.1">{body}</gpx>', encoding="utf-8")
    return folder / "a.gpx"


def points(coordinates, tag="trkpt"):
    return "".join(
        f'<{tag} lat="{y}" lon="{x}"><time>2026-05-01T02:00:{i:02d}Z</time></{tag}>'
        for i, (x, y) in enumerate(coordinates)
    )


def test_tracks_become_outlines_over_a_told_gap(folder):
    walk = [(109.70, 40.60), (109.71, 40.60), (109.71, 40.61), (109.7001, 40.6001)]
    body = (f"<trk><name>甲坑</name><trkseg>{points(walk[:2])}</trkseg><trkseg>{points(walk[2:])}</trkseg></trk>"
            f"<trk><trkseg>{points(walk[:3])}</trkseg></trk>"
            '<wpt lat="40.6" lon="109.7"><ele>1050</ele><time>2026-05-01T02:00:00Z</time><name>井</name></wpt>'
            '<wpt lat="nan" lon="abc"/>')  # fmt: skip
    came = read(gpx(folder, body))
    assert [f.geometry.geom_type for f in came.features] == ["Polygon", "LineString"]
    assert [n.key for n in came.features[0].notes] == ["gpx.pieces", "lines.gap"]
    assert "over a gap of 13.9" in came.features[0].notes[1].render()
    wells = read(gpx(folder, body), prefer="observations")
    assert wells.sublayer == "waypoints"
    assert wells.features[0].fields["observed_at"] == "2026-05-01T02:00:00Z"
    assert wells.features[1].geometry is None
    there = Transformer.from_crs("OGC:CRS84", HOME, always_xy=True).transform(109.7, 40.6)
    assert shapely.get_coordinates(wells.features[0].geometry)[0] == pytest.approx(there, abs=1e-6)
