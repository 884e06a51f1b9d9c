"""Nine made-up wastes and their laboratory values, chosen so that every verdict occurs.

| code | what it shows |
|---|---|
| FA-01 | clean fly ash, Class I: into a sand pit only after an assessment (GB 18599-2020 cl. 8.2) |
| FA-02 | alkaline fly ash: leachate pH above 9, Class II: assessment |
| GY-01 | desulfurisation gypsum: assessment, much sulfate |
| GS-01 | granulated slag, Class I: assessment |
| GS-02 | slag with more than 1 Bq/g of the thorium series: rejected |
| AD-01 | aluminium dross, on the hazardous list: rejected |
| BA-01 | bottom ash whose detection limits for Cd and Be lie above the limits: cannot be judged |
| SS-01 | steel slag with values missing: cannot be judged |
| CG-01 | clean coal gangue: accepted in the coal pit KK-001 (cl. 8.1 b), the one route without an assessment |

Values are plausible for the kind and invented. Leachate mg/L, activity of the leachate Bq/L, of the solid Bq/kg.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LEACH, ACID = "HJ 557-2010", "HJ/T 299-2007"
LABORATORY = "示例检测公司"


@dataclass(frozen=True)
class SampleWaste:
    """A waste with the mean levels from which its samples are written.

    `water` leachate by HJ 557, `acid` by HJ/T 299 (pH there is corrosivity by GB/T 15555.12), `organic`, `salts` in %,
    `nuclides` U238, Th232, Ra226, K40 in Bq/kg. A text is a value as the laboratory wrote it, for every sample alike.
    """

    code: str
    name: str
    kind: str
    producer: str
    process: str
    annual_t: float
    stock_t: float
    water: dict[str, float | str]
    acid: dict[str, float | str] = field(default_factory=dict)
    organic: float | None = None
    salts: float | None = None
    nuclides: tuple[float, float, float, float] | None = None
    extra: dict[str, float] = field(default_factory=dict)
    list_code: str = ""
    origin_mine: str = ""
    remarks: str = ""


_WATER_QUIET: dict[str, float | str] = {
    "Hg": "0.00004L", "Cd": "<0.005", "Cr": 0.04, "Cr6": "0.004L", "As": 0.008, "Pb": "<0.01", "Ni": "<0.02",
    "Be": "<0.0005", "Ag": "<0.01", "Cu": 0.02, "Zn": 0.06, "Mn": 0.03, "Se": 0.012, "CN": "0.004L",
    "S": "0.01L", "NH3N": 0.6, "COD": 14.0, "P": 0.05, "phenol": "0.0003L", "oil": "0.06L", "alpha": 0.12, "beta": 0.45,
}  # fmt: skip
_ACID_QUIET: dict[str, float | str] = {
    "Cu": 0.06, "Zn": 0.25, "Cd": "<0.005", "Pb": 0.02, "Cr": 0.09, "Cr6": "0.004L", "alkylHg": "未检出", "Hg": 0.0002,
    "Be": "<0.001", "Ba": 0.6, "Ni": 0.03, "Ag": "<0.01", "As": 0.02, "Se": 0.02, "F": 4.0, "CN": "0.004L",
}  # fmt: skip


def _without(values: dict[str, float | str], *keys: str) -> dict[str, float | str]:
    return {k: v for k, v in values.items() if k not in keys}


WASTES = (
    SampleWaste(
        "FA-01", "一电厂粉煤灰（示例）", "fly_ash", "第一热电厂（示例）",
        "煤粉炉，静电除尘，干排", 260_000.0, 145_000.0,
        {"pH": 8.4, "F": 3.2, "SO4": 180.0, "TDS": 420.0, "B": 0.4, **_WATER_QUIET},
        {"pH": 9.1, **_ACID_QUIET}, 0.9, 0.35, (82.0, 94.0, 118.0, 222.0),
    ),
    SampleWaste(
        "FA-02", "二电厂高碱粉煤灰（示例）", "fly_ash", "第二热电厂（示例）",
        "循环流化床，炉内喷钙", 180_000.0, 90_000.0,
        {"pH": 11.6, "F": 6.8, "SO4": 620.0, "TDS": 1350.0, "B": 0.9, **_WATER_QUIET, "Cr": 0.12, "Cr6": 0.06},
        {"pH": 11.9, **_ACID_QUIET, "F": 9.0}, 1.3, 1.2, (75.0, 88.0, 104.0, 240.0),
    ),
    SampleWaste(
        "GY-01", "一电厂脱硫石膏（示例）", "fgd_gypsum", "第一热电厂（示例）",
        "石灰石—石膏湿法脱硫", 95_000.0, 40_000.0,
        {"pH": 7.6, "F": 5.4, "SO4": 1450.0, "Cl": 95.0, "TDS": 2250.0, **_WATER_QUIET, "Hg": 0.0011, "Se": 0.03},
        {"pH": 7.3, **_ACID_QUIET, "F": 7.5}, 0.6, 2.6, (9.0, 6.0, 11.0, 28.0),
    ),
    SampleWaste(
        "GS-01", "高炉水淬渣（示例）", "granulated_slag", "某钢铁公司（示例）",
        "炼铁高炉水淬", 350_000.0, 120_000.0,
        {"pH": 8.8, "F": 4.1, "SO4": 60.0, "TDS": 260.0, **_WATER_QUIET, "S": 0.35, "Mn": 0.12},
        {"pH": 10.4, **_ACID_QUIET, "Ba": 1.4}, 0.2, 0.2, (96.0, 110.0, 105.0, 130.0),
    ),
    SampleWaste(
        "GS-02", "含钍高炉渣（示例）", "granulated_slag", "某钢铁公司（示例）",
        "稀土铁矿冶炼", 60_000.0, 25_000.0,
        {"pH": 8.9, "F": 7.9, "SO4": 75.0, "TDS": 300.0, **_WATER_QUIET, "S": 0.4, "alpha": 0.6, "beta": 1.4},
        {"pH": 10.2, **_ACID_QUIET, "F": 11.0, "Ba": 2.2}, 0.2, 0.3, (120.0, 1350.0, 130.0, 150.0),
    ),
    SampleWaste(
        "AD-01", "二次铝灰（示例）", "aluminium_dross", "某铝业公司（示例）",
        "原铝铸造扒渣后回收铝", 9_000.0, 3_500.0,
        {"pH": 9.8, "F": 38.0, "Cl": 900.0, **_WATER_QUIET, "NH3N": 46.0},
        {"pH": 10.1, **_ACID_QUIET, "F": 72.0}, 0.4, 6.5, (15.0, 12.0, 18.0, 60.0),
        list_code="321-024-48",
    ),
    SampleWaste(
        "BA-01", "炉渣（检出限偏高，示例）", "bottom_ash", "第二热电厂（示例）",
        "流化床底渣", 70_000.0, 30_000.0,
        {"pH": 8.7, "F": 2.4, "SO4": 210.0, **_WATER_QUIET, "Cd": "<0.2", "Be": "<0.01"},
        {"pH": 9.6, **_ACID_QUIET}, 1.6, 0.4, (70.0, 92.0, 74.0, 290.0),
        remarks="实验室检出限高于标准限值，须用更灵敏的方法复测",
    ),
    SampleWaste(
        "SS-01", "转炉钢渣（缺项，示例）", "steel_slag", "某钢铁公司（示例）",
        "转炉炼钢，热闷", 140_000.0, 60_000.0,
        {"F": 6.2, "SO4": 25.0, **_without(_WATER_QUIET, "Be", "Ag", "Se", "Mn", "alpha", "beta")},
        {"pH": 12.1, **_without(_ACID_QUIET, "Be", "Se")}, 0.3, None, None,
        remarks="委托检测时漏测 pH、铍、银、硒、锰和放射性",
    ),
    SampleWaste(
        "CG-01", "北山煤矸石（示例）", "coal_gangue", "某煤业公司（示例）",
        "掘进与洗选矸石", 220_000.0, 240_000.0,
        {"pH": 7.8, "F": 1.1, "SO4": 130.0, "TDS": 310.0, **_WATER_QUIET, "S": 0.05},
        {"pH": 7.6, **_ACID_QUIET, "F": 1.6}, 4.1, 0.25, (45.0, 45.0, 48.0, 414.0), {"TS": 0.6},
        origin_mine="北山露天煤矿（示例）",
    ),
)  # fmt: skip

SAMPLES = 3
# How the samples of one waste differ: a share of the level, different for each sample and parameter (integers only).
_SPREAD = (0.0, 0.11, -0.08, 0.05, -0.12, 0.08, -0.04)
_UNITS = {"pH": "-", "alpha": "Bq/L", "beta": "Bq/L"}
_NUCLIDES = ("U238", "Th232", "Ra226", "K40")


def lab_rows(date: str) -> list[dict[str, str]]:
    """The laboratory values of all wastes in the plain form (waste, sample, date, method, parameter, value, unit)."""
    rows = []
    for waste in WASTES:
        for number in range(1, SAMPLES + 1):
            for method, parameter, value, unit in _values(waste, number):
                rows.append(
                    {"waste": waste.code, "sample": f"{waste.code}-{number}", "date": date, "method": method,
                     "parameter": parameter, "value": value, "unit": unit}
                )  # fmt: skip
    return rows


def _values(waste: SampleWaste, number: int) -> list[tuple[str, str, str, str]]:
    out = []
    for k, (key, level) in enumerate(waste.water.items()):
        out.append((LEACH, key, _text(key, level, number, k), _UNITS.get(key, "mg/L")))
    for k, (key, level) in enumerate(waste.acid.items()):
        method = "GB/T 15555.12-1995" if key == "pH" else ACID
        out.append((method, key, _text(key, level, number, k + 3), _UNITS.get(key, "mg/L")))
    for key, share, method in (("organic", waste.organic, "HJ 761-2015"), ("salts", waste.salts, "NY/T 1121.16-2006")):
        if share is not None:
            out.append((method, key, _text(key, share, number, 5), "%"))
    for key, share in waste.extra.items():
        out.append(("GB/T 214-2007", key, _text(key, share, number, 1), "%"))
    for k, (key, level) in enumerate(zip(_NUCLIDES, waste.nuclides or (), strict=False)):
        out.append(("GB/T 11743-2013", key, _text(key, level, number, k), "Bq/kg"))
    return out


def _text(key: str, level: float | str, number: int, k: int) -> str:
    if isinstance(level, str):
        return level
    share = _SPREAD[(number * 3 + k * 2) % len(_SPREAD)]
    if key == "pH":
        return f"{level + share:.1f}"
    return f"{level * (1 + share):.3g}"


def waste_fields(waste: SampleWaste) -> dict[str, Any]:
    """The columns of a waste without its laboratory values."""
    keys = ("name", "kind", "producer", "process", "annual_t", "stock_t", "list_code", "origin_mine", "remarks")
    return {"code": waste.code, "mass_basis": "dry", **{k: getattr(waste, k) for k in keys}}
