"""Runs under the system's Python with QGIS: a layout like our sheet, exported as PDF; prints seconds as JSON.

``python3 qgis_layout.py VECTORS.gpkg DEM.tif OUT.pdf RUNS < JSON {"box": [x0, y0, x1, y1], "dpi": 220}``: page 1 of A3
with map (hillshade, contours, outline, points), grid, legend, scale bar and title; the points' table in four columns on
as many further pages as it takes.
"""

import json
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFillSymbol,
    QgsHillshadeRenderer,
    QgsLayoutExporter,
    QgsLayoutFrame,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemScaleBar,
    QgsLayoutMultiFrame,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QRectF

ROWS, COLUMNS = 38, 4
"""Rows of the table in a column of a page, and its columns."""


def layers_of(vectors, dem):
    """Points, outline and contours over the hillshade, above first."""
    found = [QgsVectorLayer(f"{vectors}|layername={name}", name, "ogr") for name in ("points", "outline", "contours")]
    ground = QgsRasterLayer(dem, "dem", "gdal")
    ground.setRenderer(QgsHillshadeRenderer(ground.dataProvider(), 1, 315, 45))
    found.append(ground)
    assert all(layer.isValid() for layer in found)
    found[1].renderer().setSymbol(QgsFillSymbol.createSimple({"style": "no", "outline_width": "0.3"}))
    return found


def placed(layout, item, x, y, width, height):
    """The item at a place of the layout, mm."""
    layout.addLayoutItem(item)
    item.attemptMove(QgsLayoutPoint(x, y))
    item.attemptResize(QgsLayoutSize(width, height))
    return item


def layout_of(layers, box):
    """The layout, with its table on further pages."""
    project = QgsProject.instance()
    project.addMapLayers(layers)
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    pages = layout.pageCollection()
    pages.page(0).setPageSize("A3", QgsLayoutItemPage.Landscape)
    shown = placed(layout, QgsLayoutItemMap(layout), 33, 20, 270, 230)
    shown.setLayers(layers)
    shown.zoomToExtent(QgsRectangle(*box))
    grid = shown.grid()
    grid.setIntervalX(500)
    grid.setIntervalY(500)
    grid.setAnnotationEnabled(True)
    grid.setEnabled(True)
    bar = placed(layout, QgsLayoutItemScaleBar(layout), 40, 260, 80, 15)
    bar.setLinkedMap(shown)
    bar.applyDefaultSize()
    legend = placed(layout, QgsLayoutItemLegend(layout), 310, 40, 90, 60)
    legend.setLinkedMap(shown)
    title = placed(layout, QgsLayoutItemLabel(layout), 33, 8, 270, 10)
    title.setText("SK-001 现状图")
    table = QgsLayoutItemAttributeTable.create(layout)
    table.setVectorLayer(layers[0])
    count = layers[0].featureCount()
    table.setMaximumNumberOfFeatures(count)
    table.setResizeMode(QgsLayoutMultiFrame.UseExistingFrames)
    layout.addMultiFrame(table)
    for n in range(-(-count // ROWS)):
        page, column = 1 + n // COLUMNS, n % COLUMNS
        if page >= pages.pageCount():
            pages.extendByNewPage()
        top = pages.page(page).pos().y()
        frame = QgsLayoutFrame(layout, table)
        frame.attemptSetSceneRect(QRectF(10 + 100 * column, top + 15, 95, 260))
        table.addFrame(frame)
    return layout


def main():
    """Print {"version", "pages", "clock": [...], "processor": [...]}."""
    vectors, dem, out, runs = sys.argv[1:5]
    wish = json.load(sys.stdin)
    app = QgsApplication([], True)
    app.initQgis()
    layout = layout_of(layers_of(vectors, dem), wish["box"])
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = wish["dpi"]
    found = {"version": Qgis.QGIS_VERSION, "pages": layout.pageCollection().pageCount(), "clock": [], "processor": []}
    for _ in range(int(runs) + 1):  # the first is nobody's
        start, worked = time.perf_counter(), time.process_time()
        assert QgsLayoutExporter(layout).exportToPdf(out, settings) == QgsLayoutExporter.Success
        found["clock"].append(time.perf_counter() - start)
        found["processor"].append(time.process_time() - worked)
    print(json.dumps(found))  # noqa: T201


main()
