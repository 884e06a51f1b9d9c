"""Real and hostile files: read, or refused with a sentence; never a crash, never a silent wrong place."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import suppress

import pytest

from gis.formats import READERS, read_features, recognise
from models.errors import AppError, Missing, Refused, Unreadable
from tests.gis.formats.making import write_geojson

DEGREES = [[[[109.70, 40.60], [109.71, 40.60], [109.71, 40.61], [109.70, 40.60]]]]


@pytest.mark.parametrize(
    ("name", "options", "count", "crs"),
    [
        ("lidar_pits_1m/outlines.gpkg", {"target_crs": "EPSG:26915"}, 2, "EPSG:26915"),
        ("msh_crater/outlines.gpkg", {"target_crs": "EPSG:26910"}, 1, "EPSG:26910"),
        ("lavaka_gullies/lavaka.gpkg", {"target_crs": "EPSG:32739", "sublayer": "lavaka"}, 2, "EPSG:32739"),
        ("lavaka_gullies/shp/lavaka.shp", {"target_crs": "EPSG:32739"}, 2, "EPSG:32739"),
        ("vector_samples/gre.shp", {"target_crs": "EPSG:32620"}, 1, "EPSG:4326"),
        ("vector_samples/test_tin.shp", {"target_crs": "EPSG:32631", "crs": "EPSG:4326"}, 1, "EPSG:4326"),
        ("gpkg_samples/states10.gpkg", {"target_crs": "EPSG:5070"}, 51, "EPSG:4326"),
        ("gpkg_samples/pyogrio_curve.gpkg", {"target_crs": "EPSG:5070"}, 1, "EPSG:4326"),
        (
            "gpkg_samples/simple_sewer_features.gpkg",
            {"target_crs": "EPSG:27700", "sublayer": "foul_sewer"},
            82,
            "EPSG:27700",
        ),
    ],
)
def test_sound_samples_are_read(shared_data, name, options, count, crs):
    came = read_features(shared_data / name, **options)
    assert len(came.features) == count
    assert came.crs == crs
    assert [f.row for f in came.features] == list(range(1, count + 1))
    assert not any(f.geometry is not None and f.geometry.has_z for f in came.features)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpkg_samples/elevation.gpkg", "no layer of outlines"),
        ("gpkg_samples/empty.gpkg", "no layer of outlines"),
        ("gpkg_samples/gdal_sample_v1.2_spatial_index_extension.gpkg", "16 layers"),
        ("vector_samples/test_gpx.gpx", "cannot be used"),
        ("vector_samples/test_tin.shp", "no coordinate system"),
        ("vector_samples/gre.dbf", "side file"),
        ("vector_samples/gre.shx", "side file"),
        ("lidar_pits_1m/pits_1m.tif", "none of the formats"),
        ("gpkg_samples/states10.gpkg", "cannot be used"),
    ],
)
def test_unsound_ones_are_refused_with_a_reason(shared_data, name, words):
    with pytest.raises(Refused, match=words):
        read_features(shared_data / name, target_crs="EPSG:4546")


def test_rows_without_outline_come_without_one(shared_data):
    came = read_features(
        shared_data / "gpkg_samples/null_geometry.gpkg", sublayer="PointExamples", target_crs="EPSG:28355"
    )
    assert [f.geometry is None for f in came.features] == [True, False]


def test_what_is_no_file_is_said(tmp_path):
    (tmp_path / "x.shp").mkdir()
    (tmp_path / "empty.gpkg").touch()
    (tmp_path / "text.geojson").write_text("hello")
    for path, kind, words in (
        (tmp_path / "x.shp", Refused, "folder"),
        (tmp_path / "empty.gpkg", Unreadable, "empty"),
        (tmp_path / "text.geojson", Refused, "its ending says GeoJSON"),
        (tmp_path / "absent.shp", Missing, "no such file"),
        ("/vsizip/x.zip/a.shp", Missing, "no such file"),
        ("https://example.org/a.geojson", Missing, "no such file"),
        ("GPKG:a.gpkg", Missing, "no such file"),
    ):
        with pytest.raises(kind, match=words):
            read_features(path, target_crs="EPSG:4546")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.shp")
    with pytest.raises(Refused, match="ordinary file"):
        read_features(tmp_path / "a.shp", target_crs="EPSG:4546")


def test_a_virtual_raster_or_vector_is_no_format_of_ours(tmp_path):
    (tmp_path / "a.vrt").write_text("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>")
    with pytest.raises(Refused, match="none of the formats"):
        recognise(tmp_path / "a.vrt", READERS)


def test_mutated_files_end_in_a_sentence(shared_data, tmp_path):
    """A few bytes turned in real files; the long run of this belongs to the format's own issue."""
    rng = random.Random(20261123)
    for part in (shared_data / "lavaka_gullies" / "shp").iterdir():
        shutil.copy(part, tmp_path / part.name)
    for name in ("lavaka.shp", "lavaka.dbf", "lavaka.shx"):
        whole = (tmp_path / name).read_bytes()
        for _ in range(3):
            data = bytearray(whole)
            for _ in range(20):
                data[rng.randrange(len(data))] = rng.randrange(256)
            (tmp_path / name).write_bytes(data)
            # Anything but an error of ours fails the test.
            with suppress(AppError):
                came = read_features(tmp_path / "lavaka.shp", target_crs="EPSG:32739")
                assert len(came.features) + len(came.skipped) <= 2
        (tmp_path / name).write_bytes(whole)


def test_data_far_from_the_project_is_remarked(folder):
    path = write_geojson(folder / "a.geojson", DEGREES)
    came = read_features(path, target_crs="EPSG:4546", neighbours=(500000, 4_000_000, 500100, 4_000_100))
    assert any("of everything in the project" in w.render() for w in came.warnings)
    near = read_features(path, target_crs="EPSG:4546", neighbours=(389000, 4_490_000, 389100, 4_490_100))
    assert not any("of everything" in w.render() for w in near.warnings)
