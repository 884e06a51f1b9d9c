"""The rows of the sample's layers: outlines with their fields. All names, owners and figures are invented (示例)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.sample.ground import FIELDS, MAIN_WASH, SIZE_U, SIZE_V, wash_centre
from app.sample.places import HEAPS, ORIGIN_E, ORIGIN_N, PITS, circle, to_map
from app.sample.works import ground_at

SOURCE = "示例数据：由算式生成，不是实测"
SURVEYED_ON = "2026-09-10"
_WEST, _EAST = "九原区", "土默特右旗"


@dataclass(frozen=True)
class Feature:
    """A row to be written: its layer and values, "geometry" in EPSG:4546."""

    layer: str
    values: dict[str, Any]


# name, status, responsible party, / parcel, groundwater below the floor level (m), k (cm/s), thickness (m), uses
_PIT_FACTS: dict[str, tuple[str, str, str, str, float | None, float | None, float | None, str, str]] = {
    "SK-001": ("石柳湾一号砂坑（示例）", "planned", "历史遗留（无责任主体）",
               "150207-示例-0101", 9.5, 4.0e-4, 6.0, "bare", "grassland"),
    "SK-002": ("东柳湾西砂坑（示例）", "abandoned", "历史遗留（无责任主体）",
               "150207-示例-0102", 11.0, 6.0e-4, 5.0, "bare", "woodland"),
    "SK-003": ("东柳湾东砂坑（示例）", "abandoned", "某砂石厂（示例）",
               "150207-示例-0103", 12.5, 6.0e-4, 5.0, "mining", "woodland"),
    "SK-004": ("铁塔砂坑（示例）", "planned", "历史遗留（无责任主体）",
               "150221-示例-0104", 6.0, 3.0e-4, 4.0, "bare", "grassland"),
    "SK-005": ("东界砂坑（示例）", "abandoned", "历史遗留（无责任主体）",
               "150221-示例-0105", 8.0, None, None, "bare", "grassland"),
    "SK-006": ("红线边砂坑（示例）", "abandoned", "历史遗留（无责任主体）",
               "150221-示例-0106", 15.0, 5.0e-4, 8.0, "bare", "grassland"),
    "SK-007": ("井西小砂坑（示例）", "abandoned", "某村集体（示例）",
               "150207-示例-0107", 4.0, 2.0e-4, 3.0, "grassland", "grassland"),
    "SK-008": ("深水砂坑（示例）", "abandoned", "某砂石厂（示例）",
               "150221-示例-0108", -1.2, 8.0e-4, 2.0, "water", "woodland"),
    "KK-001": ("北山露天煤矿采坑（示例）", "planned", "某煤业公司（示例）",
               "150207-示例-0201", 14.0, 5.0e-6, 3.0, "mining", "grassland"),
}  # fmt: skip

# name, status, waste, class, producer, t, height, dust, loss, seepage, risk
_HEAP_FACTS: dict[str, tuple[str, str, str, str | None, str, float, float, str, str, str, str]] = {
    "DC-001": ("一电厂灰场（示例）", "active", "粉煤灰", "I", "第一热电厂（示例）",
               145_000.0, 11.0, "yes", "partial", "yes", "low"),
    "DC-002": ("北山矸石山（示例）", "ownerless", "煤矸石", "I", "",
               240_000.0, 17.0, "no", "no", "no", "medium"),
    "DC-003": ("合金渣堆（示例）", "closed", "炉渣", "II", "某合金厂（示例）",
               32_000.0, 6.5, "partial", "no", "no", "high"),
}  # fmt: skip


def features() -> list[Feature]:
    """Every feature of the sample, districts and control lines first."""
    return [*_districts(), *_control_areas(), *_red_lines(), *_heaps(), *_pits(), *_observations()]


def _common(code: str, name: str, **values: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "source": SOURCE, "surveyed_on": SURVEYED_ON, **values}


def _polygon(shell: Any, holes: Any = ()) -> BaseGeometry:
    return shapely.MultiPolygon([shapely.Polygon(to_map(tuple(shell)), [to_map(tuple(h)) for h in holes])])


def _pits() -> list[Feature]:
    rows = []
    for pit in PITS:
        name, status, owner, parcel, below, k, thick, now, after = _PIT_FACTS[pit.code]
        mine = pit.code.startswith("KK")
        level = ground_at(pit.centre) - pit.depth_m
        values = _common(
            pit.code, name, status=status, responsible=owner, parcel_no=parcel, land_use_now=now, land_use_after=after,
            district=_WEST if parcel.startswith("150207") else _EAST, mineral="coal" if mine else "sand_gravel",
            ground_water_m=None if below is None else round(level - below, 1), base_permeability_cm_s=k,
            base_thickness_m=thick, geometry=_polygon(pit.rings[0], pit.rings[1:]), remarks=_REMARKS.get(pit.code, ""),
        )  # fmt: skip
        rows.append(Feature("mine_pits" if mine else "sand_pits", values))
    return rows


_REMARKS = {
    "SK-002": "东侧与 SK-003 共用边界",
    "SK-003": "西侧与 SK-002 共用边界",
    "SK-004": "坑内保留铁塔孤岛，不回填",
    "SK-005": "东部超出地形数据范围，测图补齐前不能估算",
    "SK-006": "北部进入生态保护红线",
    "SK-007": "位于水源二级保护区内",
    "SK-008": "坑底低于最高地下水位，坑内有积水",
}


def _heaps() -> list[Feature]:
    rows = []
    for heap in HEAPS:
        name, status, waste, grade, producer, stored, height, dust, loss, seepage, risk = _HEAP_FACTS[heap.code]
        values = _common(
            heap.code, name, status=status, waste=waste, waste_class=grade, producer=producer, stored_t=stored,
            height_m=height, dust_protection=dust, loss_protection=loss, seepage_protection=seepage, risk_level=risk,
            district=_EAST if heap.code == "DC-003" else _WEST, geometry=_polygon(heap.ring),
        )  # fmt: skip
        rows.append(Feature("stockpiles", values))
    return rows


_FRONT_EAST = (
    (2180, 2150), (2205, 1800), (2290, 1655), (2420, 1560), (2505, 1470), (2600, 1428), (2720, 1440), (2880, 1505),
    (3120, 1530), (3180, 2150),
)  # fmt: skip
_FRONT_WEST = (
    (-120, 2150), (-130, 1760), (150, 1745), (300, 1815), (520, 1800), (830, 1768), (1100, 1790), (1380, 1815),
    (1480, 2150),
)  # fmt: skip


def _red_lines() -> list[Feature]:
    common = {"status": "in_force", "document": "示例文件〔2026〕1号", "effective_on": "2026-01-01"}
    rows = [
        ("HX-001", "东山生态保护红线（示例）", _EAST, _polygon(_FRONT_EAST)),
        ("HX-002", "北山生态保护红线（示例）", _WEST, _polygon(_FRONT_WEST)),
    ]
    return [
        Feature("red_lines", _common(code, name, red_line_type="水土保持", district=district, geometry=shape, **common))
        for code, name, district, shape in rows
    ]


_WELL = (1345.0, 150.0)


def _control_areas() -> list[Feature]:
    inner, outer = circle(_WELL, 60.0), circle(_WELL, 330.0, 72)
    rows = [
        ("KZ-001", "南滩永久基本农田（示例）", "permanent_basic_farmland", _WEST, _polygon(FIELDS)),
        ("KZ-002", "柳湾水源地一级保护区（示例）", "water_source_1", _WEST, _polygon(inner)),
        ("KZ-003", "柳湾水源地二级保护区（示例）", "water_source_2", _WEST, _polygon(outer, [tuple(reversed(inner))])),
        ("KZ-004", "柳湾沟河道管理范围（示例）", "river_range", _EAST, _river()),
    ]
    common = {"status": "in_force", "document": "示例文件〔2026〕2号", "effective_on": "2026-01-01"}
    return [
        Feature("control_areas", _common(code, name, kind=kind, district=district, geometry=shape, **common))
        for code, name, kind, district, shape in rows
    ]


def _wash_line() -> list[tuple[float, float]]:
    vs = np.linspace(-60.0, SIZE_V + 60.0, 36)
    middle = wash_centre(MAIN_WASH, vs)[:, 0]
    return [(round(float(u), 1), round(float(v), 1)) for u, v in zip(middle, vs, strict=True)]


def _river() -> BaseGeometry:
    line = _wash_line()
    return _polygon([(u - 48.0, v) for u, v in line] + [(u + 48.0, v) for u, v in reversed(line)])


def _districts() -> list[Feature]:
    """Two districts that meet along the wash; they reach past the terrain."""
    line = [(line_u, v) for line_u, v in _wash_line()]
    line = [(line[0][0], -400.0), *line, (line[-1][0], SIZE_V + 400.0)]
    west = [(-400.0, SIZE_V + 400.0), (-400.0, -400.0), *line]
    east = [*reversed(line), (SIZE_U + 400.0, -400.0), (SIZE_U + 400.0, SIZE_V + 400.0)]
    rows = [("QX-001", _WEST, "150207", _polygon(west)), ("QX-002", _EAST, "150221", _polygon(east))]
    return [
        Feature("districts", _common(code, f"{name}（示例范围）", district=name, adcode=adcode, geometry=shape))
        for code, name, adcode, shape in rows
    ]


def _observations() -> list[Feature]:
    rows = [
        ("GC-001", "坑底积水", "water", (2052.0, 372.0), "open", "坑底积水，水面约四千平方米"),
        ("GC-002", "坡脚倾倒垃圾", "dumping", (2238.0, 880.0), "open", "坡道旁有零星建筑垃圾，回填前清理"),
        ("GC-003", "下游监测井", "well", (935.0, 690.0), "done", "拟作地下水下游监测井"),
        ("GC-004", "坑壁复核", "check", (515.0, 948.0), "done", "北壁局部坍塌，坡顶裂缝宽约5厘米"),
        ("GC-005", "水源井", "well", _WELL, "done", "村庄集中供水井"),
        ("GC-006", "矸石山巡查", "check", (1062.0, 1440.0), "open", "无自燃迹象，坡面有冲沟"),
    ]
    common = {"observer": "示例调查组", "observed_at": "2026-09-10T10:00:00"}
    out = []
    for code, name, kind, (u, v), status, note in rows:
        place = {"district": _WEST if u < 1600 else _EAST, "geometry": shapely.Point(ORIGIN_E + u, ORIGIN_N + v)}
        values = _common(code, name, kind=kind, status=status, remarks=note, **place, **common)
        out.append(Feature("observations", values))
    return out
