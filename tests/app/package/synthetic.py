"""A made-up site as plain content: a bowl in a sloping plain, a red line, a field, a neighbour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely

from app.package.boundary import boundary_points
from app.package.content import (
    GridPicture,
    MapFeature,
    SectionView,
    SheetContent,
    SheetCrs,
    SignOff,
    SiteSummary,
    Source,
    Station,
    TerrainFacts,
)
from app.package.layout import layout_of
from app.package.scale import choose_window
from app.package.section_layout import section_scales
from app.package.template import sheet_kind
from models.conflict import Conflict
from models.estimate import Alternative, CurveRow, Estimate, Interval95, ReferenceUsed, SecondMethod, TerrainUsed

X0, Y0 = 402118.0, 4503012.0
CRS = SheetCrs("CGCS2000 / 3-degree Gauss-Kruger CM 111E", 4546, 111.0, 37, 37, -0.7412, cgcs2000=True, degrees_wide=3)


def blob(x: float, y: float, r: float, n: int = 14, hole: bool = False) -> shapely.Polygon:
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    radius = r * (1 + 0.18 * np.sin(3 * a) + 0.08 * np.cos(5 * a))
    shell = np.column_stack([x + 1.4 * radius * np.cos(a), y + radius * np.sin(a)])
    island = [shapely.Point(x - 0.3 * r, y - 0.1 * r).buffer(0.12 * r, 2).exterior.coords] if hole else []
    return shapely.Polygon(shell, island)


def ground(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    z = 1052 + 0.03 * (ys - Y0) + 0.01 * (xs - X0) + 0.8 * np.sin(xs / 60) * np.cos(ys / 45)
    d = np.hypot((xs - X0) / 1.4, ys - Y0) / 62
    return (z - 14 * np.clip(1 - d**4, 0, None)).astype(np.float32)


def grid(bounds: tuple[float, float, float, float], cell: float = 1.0) -> GridPicture:
    x0, y0, x1, y1 = (np.floor(b / cell) * cell for b in bounds)
    xs = np.arange(x0 + cell / 2, x1, cell)
    ys = np.arange(y1 - cell / 2, y0, -cell)
    gx, gy = np.meshgrid(xs, ys)
    return GridPicture(ground(gx, gy), (x0, y0, x0 + cell * len(xs), y1))


def estimate(**changes: Any) -> Estimate:
    base = Estimate(
        site="SK-012",
        layer="sand_pits",
        terrain=TerrainUsed("uav", "ab" * 32, 1.0, "EPSG:4546", "1985", "dtm"),
        reference=ReferenceUsed("spill", {}, 1051.3, 1051.3, 1051.3),
        fill_m3=143_271.4,
        cut_m3=12.0,
        net_m3=143_259.4,
        footprint_m2=17_012.3,
        flooded_m2=16_311.0,
        covered_share=1.0,
        max_depth_m=13.92,
        mean_depth_m=8.78,
        waste_m3=128_271.4,
        cover_m3=15_000.0,
        base_m3=0.0,
        density_t_m3=1.15,
        tonnage_t=147_512.1,
        tonnage_wet_t=184_390.0,
        land_released_m2=16_311.0,
        interval95=Interval95(1_812.0, 14_100.0, {}),
        check=SecondMethod("tin", 143_120.0, -0.106),
        alternatives=(Alternative("rim_mean", 151_000.0),),
        warnings=(),
        scale_factor=1.000118,
    )
    return replace(base, **changes)


def sections(outline: shapely.Geometry) -> tuple[SectionView, ...]:
    """A section from west to east and one from south to north."""
    x0, y0, x1, y1 = outline.bounds
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    lines = (shapely.LineString([(x0 - 20, y), (x1 + 20, y)]), shapely.LineString([(x, y0 - 20), (x, y1 + 20)]))
    made = []
    for letter, line in zip("AB", lines, strict=True):
        xy = shapely.get_coordinates(shapely.segmentize(line, 0.5))
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        inside = shapely.contains_xy(outline, xy[:, 0], xy[:, 1])
        reference = np.where(inside, 1051.3, np.nan)
        made.append(SectionView(letter, line, along, ground(xy[:, 0], xy[:, 1]).astype(float), reference, 0.5, 0.3))
    return tuple(made)


def curve() -> tuple[CurveRow, ...]:
    """A bowl's stages every 20 cm."""
    return tuple(CurveRow(1038.0 + h, 90.0 * h * h, 30.0 * h**3) for h in np.arange(0.0, 13.4, 0.2))


def inventory(n: int = 40) -> tuple[SiteSummary, ...]:
    """Sites in three districts, one in five without figures."""
    states = ("abandoned", "planned", "filling", "filled", "reclaimed", "")
    made = []
    for i in range(n):
        shape = blob(X0 - 900 + 260 * (i % 8), Y0 - 600 + 260 * (i // 8), 30 + i % 7 * 6)
        volume = None if i % 5 == 4 else 4_000.0 * 1.25**i
        made.append(
            SiteSummary(f"SK-{i:03d}", f"{i}号砂坑", "sand_pits", f"示例{i // 14}区", states[i % 6], shape, volume,
                        volume and volume * 1.15, volume and shape.area)
        )  # fmt: skip
    return tuple(made)


def stations() -> tuple[Station, ...]:
    """Two wells and a place of standing water."""
    return (
        Station("JC-01", "monitoring well", X0 - 120, Y0 + 40, "well"),
        Station("JC-02", "monitoring well", X0 + 110, Y0 - 60, "well"),
        Station("GC-03", "standing water", X0 + 10, Y0 + 5, "water"),
    )


def content(**changes: Any) -> SheetContent:
    outline = changes.pop("outline", blob(X0, Y0, 62, hole=True))
    scale, kind = changes.pop("scale", None), changes.pop("kind", "backfill_design")
    layout = layout_of(changes.get("paper", "A3"), changes.get("orientation", "landscape"))
    window = choose_window(outline.bounds, layout.map, layout.scales, margin_mm=layout.margin, scale=scale)
    cell = max(1.0, window.scale / 1000)
    terrain = changes.pop("terrain") if "terrain" in changes else grid(window.bounds, cell)
    small = grid(
        (*(np.array(outline.bounds[:2]) - 2), *(np.array(outline.bounds[2:]) + 2)), max(1.0, window.scale / 1000)
    )
    ny, nx = small.values.shape
    x0, y0, x1, y1 = small.extent
    gx, gy = np.meshgrid(x0 + (np.arange(nx) + 0.5) * (x1 - x0) / nx, y1 - (np.arange(ny) + 0.5) * (y1 - y0) / ny)
    depth = np.where(shapely.contains_xy(outline, gx, gy), 1051.3 - small.values, np.nan).astype(np.float32)
    red = shapely.Polygon([(X0 + 60, Y0 - 300), (X0 + 75, Y0 - 20), (X0 + 400, Y0 + 60), (X0 + 400, Y0 - 300)])
    field = shapely.box(X0 - 400, Y0 + 70, X0 - 70, Y0 + 300)
    water = shapely.Point(X0 - 170, Y0 - 150).buffer(85)
    controls = (
        MapFeature("red_lines", "", "HX-001", "大青山水源涵养生态保护红线", red),
        MapFeature("control_areas", "permanent_basic_farmland", "KZ-001", "", field),
        MapFeature("control_areas", "water_source_2", "KZ-002", "示例水源地", water),
    )
    neighbours = (
        MapFeature("sand_pits", "", "SK-013", "", blob(X0 + 20, Y0 + 120, 30)),
        MapFeature("stockpiles", "", "DC-001", "", blob(X0 - 120, Y0 - 20, 16)),
        MapFeature("mine_pits", "", "KK-001", "", blob(X0 + 190, Y0 + 40, 40)),
    )
    base = SheetContent(
        kind=kind,
        language="zh_CN",
        paper="A3",
        project_name="包头市固阳县历史遗留砂坑回填示例项目",
        site_code="SK-012",
        site_name="乌兰计4号砂坑",
        layer="sand_pits",
        outline=outline,
        points=tuple(boundary_points(outline)),
        points_sheet=("02", "现状图"),
        window=window,
        crs=CRS,
        area_m2=outline.area,
        terrain=terrain,
        terrain_facts=TerrainFacts(
            "无人机DTM", "dtm", 1.0, "1985国家高程基准", "2026-05-18", "rtk_photogrammetry", "ab" * 32
        ),
        depth=GridPicture(depth, small.extent),
        controls=controls,
        neighbours=neighbours,
        around=(*controls, *neighbours),
        locator_bounds=(X0 - 1400, Y0 - 900, X0 + 1600, Y0 + 1100),
        estimate=estimate(),
        reference_label="spill level",
        alternatives=(("rim mean", 151_000.0), ("rim surface", 149_210.0)),
        waste_label="粉煤灰",
        conflicts=(
            Conflict(
                "SK-012",
                "red_lines",
                "HX-001",
                "大青山水源涵养生态保护红线",
                "red_line",
                "overlaps",
                1210.4,
                0.071,
                0.0,
            ),
            Conflict("SK-012", "control_areas", "KZ-001", "", "permanent_basic_farmland", "clear", 0.0, 0.0, 22.3),
        ),
        sources=(
            Source("terrain", "无人机DTM (DTM, 1 m)", "2026-05-18"),
            Source("outline", "现场RTK测量", "2026-05-20"),
            Source("red lines", "示例数据", "2026-01-01"),
        ),
        sign_off=SignOff(unit="示例测绘有限公司", date="2026-11-23"),
        banner="示例数据（虚构）",
        created=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
        program_version="0.1",
        final=terrain and GridPicture(np.maximum(terrain.values, 1051.3).astype(np.float32), terrain.extent),
        stations=stations(),
        place=(("district", "固阳县"), ("longitude, latitude", "109°51′03.2″E  40°39′22.1″N")),
    )
    template = sheet_kind(kind)
    if template.body == "sections":
        made = sections(outline)
        base = replace(base, sections=made, section_scales=section_scales(made, layout, None), water_m=1036.4)
    elif template.body == "curve":
        base = replace(base, curve=curve())
    elif template.scope == "project":
        sites = inventory()
        bounds = shapely.union_all([s.outline for s in sites]).bounds
        whole = choose_window(bounds, layout.map, template.scales, margin_mm=12.0)
        base = replace(base, inventory=sites, window=whole, site_code="", site_name="", points=(), terrain=None,
                       outline=shapely.Polygon(), estimate=None, locator_bounds=None)  # fmt: skip
    return replace(base, **changes)
