"""Foreign files in and out, one file a format. A new format is one module and one line in these tables."""

from gis.formats import geojson, geopackage, land_txt, shapefile
from gis.formats.base import LIMITS, Incoming, IncomingFeature, Limits, Reader, Skipped, Writer
from gis.formats.read import read_features, recognise
from gis.formats.write import write_features

READERS: dict[str, Reader] = {r.key: r for r in (geopackage.READER, shapefile.READER, geojson.READER, land_txt.READER)}
WRITERS: dict[str, Writer] = {w.key: w for w in (geopackage.WRITER, shapefile.WRITER, geojson.WRITER, land_txt.WRITER)}

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
