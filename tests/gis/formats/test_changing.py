"""Files that grow, shrink or vanish while they are read: nothing is taken from them."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gis.formats import process, read_features
from models.errors import Unreadable
from tests.gis.formats import here
from tests.gis.formats.making import HERE

X, Y = HERE


@pytest.mark.parametrize("what", ["grows", "shrinks", "vanishes", "its table changes"])
def test_a_file_that_changes_under_the_reader_is_refused(tmp_path, monkeypatch, what):
    path = tmp_path / "a.shp"
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(X, Y, X + 9, Y + 9)], crs="EPSG:4546")
    frame.to_file(path, engine="pyogrio")

    def messages(file, key, **how):
        yield from here.messages(file, key, **how)
        if what == "vanishes":
            path.unlink()
            return
        touched = path.with_suffix(".dbf") if what == "its table changes" else path
        body = touched.read_bytes()
        touched.write_bytes(body[:-8] if what == "shrinks" else body + b"x")

    monkeypatch.setattr(process, "messages", messages)
    with pytest.raises(Unreadable, match="changed or taken away") as told:
        read_features(path, target_crs="EPSG:4546")
    assert "import it again" in told.value.advice.render()
