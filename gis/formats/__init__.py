"""Foreign files in and out, one file a format. A new format is one module and one line in these tables."""

from gis.formats import (
    archive,
    csv,
    dxf,
    dxf_out,
    geojson,
    geopackage,
    gpx,
    kml,
    kml_out,
    land_txt,
    photos,
    shapefile,
    table_out,
    xlsx,
)
from gis.formats.base import LIMITS, Incoming, IncomingFeature, Limits, Reader, Skipped, Writer
from gis.formats.read import read_features, recognise
from gis.formats.write import write_features

# The first that recognises a file reads it: archives after the workbook, which is one, and tables, which have no mark
# of their own, after all others.
READERS: dict[str, Reader] = {
    r.key: r
    for r in (
        geopackage.READER, shapefile.READER, geojson.READER, kml.READER, gpx.READER, dxf.READER, photos.READER,
        xlsx.READER, archive.READER, land_txt.READER, csv.READER,
    )
}  # fmt: skip
WRITERS: dict[str, Writer] = {
    w.key: w
    for w in (
        geopackage.WRITER, shapefile.WRITER, geojson.WRITER, kml_out.WRITER, dxf_out.WRITER, *table_out.WRITERS,
        land_txt.WRITER,
    )
}  # fmt: skip

__all__ = [
    "LIMITS",
    "READERS",
    "WRITERS",
    "Incoming",
    "IncomingFeature",
    "Limits",
    "Reader",
    "Skipped",
    "Writer",
    "read_features",
    "recognise",
    "write_features",
]
