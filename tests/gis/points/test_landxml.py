"""TIN surfaces of LandXML: order of coordinates, holes, several surfaces, units, systems; and hostile files."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from gis.points import make_ground, read_points
from gis.points.base import PointLimits
from models.errors import Missing, Refused, Unreadable
from tests.gis.points.conftest import EAST, HOME, NORTH
from tests.gis.points.test_faces import HIGH, SIDES, VOLUME, frustum, volume_of

SPACE = "http://www.landxml.org/schema/LandXML-1.2"
HEAD = f'<?xml version="1.0" encoding="{{encoding}}"?>\n<LandXML xmlns="{SPACE}" version="1.2">'
METRIC = '<Units><Metric linearUnit="meter" areaUnit="squareMeter" volumeUnit="cubicMeter"/></Units>'


def surface(faces, name="原地面", kind="TIN", hidden=(), extra=""):
    """A surface with its points numbered as they come, the northing first."""
    numbers: dict = {}
    rings = [[numbers.setdefault(tuple(c), len(numbers) + 1) for c in face] for face in faces]
    points = "".join(f'<P id="{n}">{c[1]:.4f} {c[0]:.4f} {c[2]:.4f}</P>\n' for c, n in numbers.items())
    shown = [' i="1"' if k in hidden else "" for k in range(len(rings))]
    corners = [" ".join(map(str, dict.fromkeys(r))) for r in rings]
    rows = "".join(f"<F{mark}>{text}</F>\n" for mark, text in zip(shown, corners, strict=True))
    return (
        f'<Surface name="{name}">{extra}<Definition surfType="{kind}"><Pnts>{points}</Pnts><Faces>{rows}</Faces>'
        "</Definition></Surface>"
    )


def landxml(*surfaces, units=METRIC, system="", encoding="UTF-8", head=HEAD):
    return f"{head.format(encoding=encoding)}{units}{system}<Surfaces>{''.join(surfaces)}</Surfaces></LandXML>"


def read(path, crs=HOME, **more):
    return read_points(path, target_crs=HOME, crs=crs, **more)


def test_a_frustum_comes_back(write, tmp_path):
    source = (
        "<SourceData><Breaklines><Breakline><PntList3D>1 2 3 4 5 6</PntList3D></Breakline></Breaklines></SourceData>"
    )
    points = read(write("地面.xml", landxml(surface(frustum(), extra=source))))
    assert (points.kind, points.order, points.sublayer) == ("landxml", "en", "原地面")
    assert len(points.corners) == 5 * SIDES
    make_ground(points, tmp_path / "g.tif", crs=HOME, cell=0.25)
    assert volume_of(tmp_path / "g.tif", 0.25)[0] == pytest.approx(VOLUME, rel=2e-4)


def test_invisible_faces_are_holes(write, tmp_path):
    hidden = set(range(2 * SIDES, 3 * SIDES))  # the floor
    points = read(write("a.xml", landxml(surface(frustum(), hidden=hidden))))
    assert [w.facts["count"] for w in points.warnings if w.key == "landxml.invisible"] == [SIDES]
    make_ground(points, tmp_path / "g.tif", crs=HOME, cell=0.5)
    with rasterio.open(tmp_path / "g.tif") as dem:
        (middle,) = next(dem.sample([(EAST, NORTH)]))
    assert middle == -9999


def test_of_several_surfaces_one_must_be_named(write):
    design = [[(x, y, z + 5) for x, y, z in face] for face in frustum()]
    path = write("two.xml", landxml(surface(frustum()), surface(design, name="设计面")))
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.key == "landxml.which_surface"
    assert "设计面 (192)" in refused.value.advice.render()
    assert read(path, sublayer="设计面").z.max() == HIGH + 5
    with pytest.raises(Missing):
        read(path, sublayer="none")


def test_feet_are_converted_and_told(write):
    feet = [[tuple(v / 0.3048 for v in c) for c in face] for face in frustum()]
    units = '<Units><Imperial linearUnit="foot" areaUnit="squareFoot"/></Units>'
    points = read(write("ft.xml", landxml(surface(feet), units=units)))
    assert points.z.max() == pytest.approx(HIGH, abs=1e-3)
    assert "landxml.converted" in [w.key for w in points.warnings]
    with pytest.raises(Refused) as refused:
        read(write("x.xml", landxml(surface(feet), units='<Units><Metric linearUnit="li"/></Units>')))
    assert refused.value.key == "landxml.unit"


def test_the_system_that_it_names_counts(write):
    system = '<CoordinateSystem epsgCode="4546" name="CGCS2000 / 3-degree Gauss-Kruger CM 111E"/>'
    points = read(write("s.xml", landxml(surface(frustum()), system=system)), crs=None)
    assert points.crs_basis == "file"
    assert np.abs(points.xy - (EAST, NORTH)).max() < 61


def test_gb18030_and_utf16_and_a_prefix(write):
    text = landxml(surface(frustum()), encoding="GB18030")
    assert read(write("g.xml", text.encode("gb18030"))).sublayer == "原地面"
    text = landxml(surface(frustum()), encoding="UTF-16")
    assert read(write("u.xml", text.encode("utf-16"))).sublayer == "原地面"
    named = (
        landxml(surface(frustum()))
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x=")
    )
    assert len(read(write("x.xml", named)).corners) == 5 * SIDES


@pytest.mark.parametrize("kind", ["grid", ""])
def test_what_is_no_tin_is_refused(write, kind):
    with pytest.raises(Refused) as refused:
        read(write("g.xml", landxml(surface(frustum(), kind=kind))))
    assert refused.value.key == "landxml.no_surface"


def test_faces_that_name_no_point_are_counted(write):
    text = landxml(surface(frustum())).replace("<F>1 2 ", "<F>1 99999 ")
    points = read(write("f.xml", text))
    assert [w.facts["count"] for w in points.warnings if w.key == "faces.lost"] == [1]
    assert len(points.corners) == 5 * SIDES - 2


def test_points_that_are_no_numbers_leave_their_faces_out(write):
    text = landxml(surface(frustum()))
    first = text[text.index('<P id="5">') : text.index("</P>", text.index('<P id="5">'))]
    points = read(write("n.xml", text.replace(first, '<P id="5">nonsense nan 1')))
    assert {t.reason.key for t in points.skips} == {"faces.no_number"}
    assert np.isfinite(points.z).all()


def test_a_document_type_is_not_read(write):
    bomb = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    text = landxml(surface(frustum()))
    with pytest.raises(Refused) as refused:
        read(write("bomb.xml", bomb + text[text.index("<LandXML") :]))
    assert refused.value.key == "xml.doctype"


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.95])
def test_a_file_that_ends_in_the_middle_is_refused(write, cut):
    text = landxml(surface(frustum()))
    with pytest.raises(Unreadable):
        read(write("cut.xml", text[: int(len(text) * cut)]))


def test_too_many_are_refused(write):
    with pytest.raises(Refused) as refused:
        read(write("many.xml", landxml(surface(frustum()))), limits=PointLimits(points=100))
    assert refused.value.key == "import.too_many_vertices"
