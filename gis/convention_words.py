"""What each convention is called, and in one sentence who computes so and why the figure differs. English msgids."""

from __future__ import annotations

from models.notices import N_

WORDS: dict[str, tuple[str, str]] = {
    "cell_centre": (
        N_("a cell counts when its centre is inside"),
        N_(
            "QGIS zonal statistics, GRASS r.volume, SAGA and rasterstats count whole cells by their centres; cells "
            "along the outline are all or nothing there, here they count by their share inside"
        ),
    ),
    "as_printed": (
        N_("cell centres, areas of the plane"),
        N_(
            "this is the figure that QGIS, GRASS, SAGA and rasterstats print: whole cells by their centres, and areas "
            "of the map plane that are not divided by the square of the scale factor"
        ),
    ),
    "as_burnt": (
        N_("cell centres, areas of the plane (turned grid)"),
        N_(
            "gdal_rasterize and rasterio count so on a grid that is turned; QGIS and SAGA first resample it to one "
            "that is not and print figures some thousandths off, GRASS and exactextract refuse it"
        ),
    ),
    "square_degrees": (
        N_("cells in square degrees: degree²·m, not m³"),
        N_(
            "QGIS raster surface volume, SAGA and scripts multiply heights by the cell's area in units of the map; on "
            "a grid in degrees they print {printed:.4g}, a number of degree²·m that is no volume: here cells have "
            "their area on the ground"
        ),
    ),
    "equator_metres": (
        N_("111 320 m for every degree"),
        N_(
            "scripts take every degree for as long as one at the equator; a degree of longitude is shorter by the "
            "cosine of the latitude, here cells have their area on the ellipsoid"
        ),
    ),
    "clipped": (
        N_("clip to the outline's extent, as QGIS does by default"),
        N_(
            "QGIS's “Clip raster by mask layer” with “match the extent” (gdalwarp -crop_to_cutline) drops the rows and "
            "columns of cells that the outline's extremes cut; raster surface volume of what is left prints this "
            "figure, in areas of the map plane"
        ),
    ),
    "all_touched": (
        N_("every cell that the outline touches"),
        N_(
            "rasterstats and gdal_rasterize with all_touched count every cell that the outline touches as a whole, so "
            "area outside the outline is counted too"
        ),
    ),
    "lowest_vertex": (
        N_("level of the outline's lowest vertex"),
        N_(
            "scripts and CAD take the lowest vertex of the outline as the level; between vertices the rim can be "
            "lower, and there the fill would run over: here the whole outline is looked at, between vertices too"
        ),
    ),
    "vertex_mean": (
        N_("mean height of the outline's vertices"),
        N_(
            "scripts and CAD take the plain mean of the vertices' heights as the level; it depends on where vertices "
            "were drawn, while a mean along the rim weights by length"
        ),
    ),
    "one_level": (
        N_("one level for all parts"),
        N_(
            "QGIS raster surface volume takes one base level for everything; here each part of the site has the level "
            "of its own rim"
        ),
    ),
    "outer_ring": (
        N_("outer ring only, islands ignored"),
        N_(
            "tools that read only the outer ring of a polygon fill the islands too; here an island is left standing "
            "and its outline is rim"
        ),
    ),
    "net": (
        N_("net: fill minus cut"),
        N_(
            "ArcGIS Cut Fill totals and QGIS with the option to subtract volumes give the net; ground on the other "
            "side of the reference is taken off there, here fill and cut are kept apart"
        ),
    ),
    "planar": (
        N_("areas of the plane, no scale factor"),
        N_(
            "nearly all GIS and CAD programs multiply by the cell's area on the map plane; here areas are divided by "
            "the square of the projection's scale factor to be those on the ground"
        ),
    ),
    "tin": (
        N_("TIN of the same points"),
        N_(
            "CASS (DTM method) and Civil 3D add up prisms over triangles; a triangulation cuts across the curved "
            "ground between cell centres and follows the outline exactly"
        ),
    ),
    "grid": (
        N_("four-point grid method"),
        N_(
            "reviewers and CASS (grid method) take heights at the corners of squares only; whatever lies between the "
            "corners is replaced by a straight line"
        ),
    ),
    "sections": (
        N_("average end areas"),
        N_(
            "road and mine surveyors average the areas of neighbouring sections; what lies between two sections is "
            "taken to change in a straight line"
        ),
    ),
}
