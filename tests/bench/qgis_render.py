"""Runs under the system's Python with QGIS: renders the same layers as the map and prints seconds as JSON.

``python3 qgis_render.py LAYER.gpkg [DEM.tif] < JSON list of [x0, y0, x1, y1]`` of the views, 1920 x 1080 pixels each.
"""

import json
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
STARTED = time.perf_counter()

from qgis.core import (  # noqa: E402 - the clock starts before
    QgsApplication,
    QgsHillshadeRenderer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402


def settings_of(layers, box, size):
    """A view of these layers, above first."""
    made = QgsMapSettings()
    made.setLayers(layers)
    made.setDestinationCrs(layers[0].crs())
    made.setExtent(QgsRectangle(*box))
    made.setOutputSize(QSize(*size))
    made.setFlag(QgsMapSettings.Antialiasing, True)
    return made


def render(layers, box, size):
    """Seconds of one full picture: on the clock, and of processors."""
    start, worked = time.perf_counter(), time.process_time()
    job = QgsMapRendererParallelJob(settings_of(layers, box, size))
    job.start()
    job.waitForFinished()
    assert not job.renderedImage().isNull()
    return time.perf_counter() - start, time.process_time() - worked


def median(layers, box, size):
    """Of three pictures the median of both."""
    runs = [render(layers, box, size) for _ in range(3)]
    return [sorted(column)[1] for column in zip(*runs, strict=True)]


def main():
    """Print {"version", "start", "vectors": [...], "ground": [...]} in seconds, medians of three."""
    from qgis.core import Qgis

    app = QgsApplication([], True)
    app.initQgis()
    boxes = json.load(sys.stdin)
    size = (1920, 1080)
    layer = QgsVectorLayer(sys.argv[1] + "|layername=pits", "pits", "ogr")
    assert layer.isValid() and layer.featureCount() > 0  # noqa: PT018
    found = {"version": Qgis.QGIS_VERSION, "vectors": [], "ground": []}
    render([layer], boxes[0], size)
    found["start"], found["start_cpu"] = time.perf_counter() - STARTED, time.process_time()
    for box in boxes:
        found["vectors"].append(median([layer], box, size))
    if len(sys.argv) > 2:
        dem = QgsRasterLayer(sys.argv[2], "dem", "gdal")
        assert dem.isValid()
        dem.setRenderer(QgsHillshadeRenderer(dem.dataProvider(), 1, 315, 45))
        for box in boxes:
            found["ground"].append(median([layer, dem], box, size))
    print(json.dumps(found))  # noqa: T201


main()
