"""What a laboratory measures: the keys used in lab values and rules, with names, symbols, CAS numbers and fit units."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from models.notices import N_

# Which kinds of unit (models/lab_units.py) a parameter can come in.
_METAL = ("leachate", "content")
_WATER = ("leachate",)
_NUCLIDE = ("activity",)


@dataclass(frozen=True)
class Parameter:
    """A measured quantity: `key` is for files and rules, `label` the English msgid, `names` Chinese, official first.

    `units` are the kinds of unit that make sense for it ("leachate" mass per volume, "content" mass per mass,
    "activity" Bq per mass, "activity_water" Bq per volume, "ph", "count"). `maximum` is the largest possible value in
    the base unit of a kind with one meaning (pH 14); None where the unit itself bounds it.
    """

    key: str
    label: str
    names: tuple[str, ...]
    symbol: str
    cas: str = ""
    units: tuple[str, ...] = _WATER
    maximum: float | None = None


_ALL = (
    Parameter("pH", N_("pH"), ("pH值", "pH", "酸碱度"), "pH", units=("ph",), maximum=14.0),
    Parameter("Hg", N_("mercury"), ("总汞", "汞"), "Hg", "7439-97-6", _METAL),
    Parameter("alkylHg", N_("alkyl mercury"), ("烷基汞",), "R-Hg", "", _WATER),
    Parameter("Cd", N_("cadmium"), ("总镉", "镉"), "Cd", "7440-43-9", _METAL),
    Parameter("Cr", N_("chromium"), ("总铬", "铬"), "Cr", "7440-47-3", _METAL),
    Parameter("Cr6", N_("hexavalent chromium"), ("六价铬", "铬(六价)", "铬六价", "Cr(VI)", "Cr6+", "Cr(Ⅵ)", "CrVI"),
              "Cr(VI)", "18540-29-9", _METAL),
    Parameter("As", N_("arsenic"), ("总砷", "砷"), "As", "7440-38-2", _METAL),
    Parameter("Pb", N_("lead"), ("总铅", "铅"), "Pb", "7439-92-1", _METAL),
    Parameter("Ni", N_("nickel"), ("总镍", "镍"), "Ni", "7440-02-0", _METAL),
    Parameter("Be", N_("beryllium"), ("总铍", "铍"), "Be", "7440-41-7", _METAL),
    Parameter("Ag", N_("silver"), ("总银", "银"), "Ag", "7440-22-4", _METAL),
    Parameter("Cu", N_("copper"), ("总铜", "铜"), "Cu", "7440-50-8", _METAL),
    Parameter("Zn", N_("zinc"), ("总锌", "锌"), "Zn", "7440-66-6", _METAL),
    Parameter("Mn", N_("manganese"), ("总锰", "锰"), "Mn", "7439-96-5", _METAL),
    Parameter("Se", N_("selenium"), ("总硒", "硒"), "Se", "7782-49-2", _METAL),
    Parameter("Ba", N_("barium"), ("总钡", "钡"), "Ba", "7440-39-3", _METAL),
    Parameter("F", N_("fluoride"), ("氟化物", "无机氟化物", "氟", "F-", "氟离子"), "F⁻", "16984-48-8", _METAL),
    Parameter("CN", N_("cyanide"), ("总氰化物", "氰化物", "氰根", "CN-"), "CN⁻", "57-12-5", _METAL),
    Parameter("S", N_("sulfide"), ("硫化物", "S2-"), "S²⁻", "18496-25-8", _METAL),
    Parameter("NH3N", N_("ammonia nitrogen"), ("氨氮", "NH3-N", "氨氮(以N计)"), "NH₃-N", "7664-41-7"),
    Parameter("COD", N_("chemical oxygen demand"), ("化学需氧量", "COD", "CODCr", "化学需氧量(COD)"), "COD"),
    Parameter("BOD5", N_("biochemical oxygen demand"), ("五日生化需氧量", "BOD5", "生化需氧量"), "BOD₅"),
    Parameter("TOC", N_("total organic carbon"), ("总有机碳", "TOC"), "TOC", units=_METAL),
    Parameter("SS", N_("suspended solids"), ("悬浮物", "SS"), "SS"),
    Parameter("colour", N_("colour"), ("色度",), "", units=("count",)),
    Parameter("P", N_("phosphate (as P)"), ("磷酸盐", "磷酸盐(以P计)", "总磷"), "P", "14265-44-2", _METAL),
    Parameter("elementP", N_("elemental phosphorus"), ("元素磷", "黄磷"), "P₄", "7723-14-0"),
    Parameter("phenol", N_("volatile phenols"), ("挥发酚", "挥发性酚"), "", ""),
    Parameter("oil", N_("petroleum oils"), ("石油类",), "", units=_METAL),
    Parameter("animal_oil", N_("animal and vegetable oils"), ("动植物油", "动植物油类"), ""),
    Parameter("LAS", N_("anionic surfactants"), ("阴离子表面活性剂", "LAS"), "LAS"),
    Parameter("BaP", N_("benzo(a)pyrene"), ("苯并(a)芘", "苯并[a]芘", "苯并芘"), "BaP", "50-32-8", _METAL),
    Parameter("formaldehyde", N_("formaldehyde"), ("甲醛",), "HCHO", "50-00-0"),
    Parameter("aniline", N_("anilines"), ("苯胺类", "苯胺"), "", "62-53-3"),
    Parameter("nitrobenzene", N_("nitrobenzenes"), ("硝基苯类", "硝基苯"), "", "98-95-3"),
    Parameter("AOX", N_("adsorbable organic halogens"), ("可吸附有机卤化物", "AOX", "可吸附有机卤化物(以Cl计)"), "AOX"),
    Parameter("benzene", N_("benzene"), ("苯",), "", "71-43-2"),
    Parameter("toluene", N_("toluene"), ("甲苯",), "", "108-88-3"),
    Parameter("ethylbenzene", N_("ethylbenzene"), ("乙苯",), "", "100-41-4"),
    Parameter("o_xylene", N_("o-xylene"), ("邻二甲苯", "邻-二甲苯"), "", "95-47-6"),
    Parameter("m_xylene", N_("m-xylene"), ("间二甲苯", "间-二甲苯"), "", "108-38-3"),
    Parameter("p_xylene", N_("p-xylene"), ("对二甲苯", "对-二甲苯"), "", "106-42-3"),
    Parameter("chloroform", N_("chloroform"), ("三氯甲烷", "氯仿"), "", "67-66-3"),
    Parameter("CCl4", N_("carbon tetrachloride"), ("四氯化碳",), "CCl₄", "56-23-5"),
    Parameter("TCE", N_("trichloroethylene"), ("三氯乙烯",), "", "79-01-6"),
    Parameter("PCE", N_("tetrachloroethylene"), ("四氯乙烯",), "", "127-18-4"),
    Parameter("chlorobenzene", N_("chlorobenzene"), ("氯苯",), "", "108-90-7"),
    Parameter("o_dichlorobenzene", N_("o-dichlorobenzene"), ("邻二氯苯", "邻-二氯苯"), "", "95-50-1"),
    Parameter("p_dichlorobenzene", N_("p-dichlorobenzene"), ("对二氯苯", "对-二氯苯"), "", "106-46-7"),
    Parameter("C6H5OH", N_("phenol (the compound)"), ("苯酚",), "C₆H₅OH", "108-95-2"),
    Parameter("m_cresol", N_("m-cresol"), ("间甲酚", "间-甲酚"), "", "108-39-4"),
    Parameter("DCP24", N_("2,4-dichlorophenol"), ("2,4-二氯酚",), "", "120-83-2"),
    Parameter("TCP246", N_("2,4,6-trichlorophenol"), ("2,4,6-三氯酚",), "", "88-06-2"),
    Parameter("DBP", N_("dibutyl phthalate"), ("邻苯二甲酸二丁酯",), "DBP", "84-74-2"),
    Parameter("DOP", N_("dioctyl phthalate"), ("邻苯二甲酸二辛酯",), "DOP", "117-84-0"),
    Parameter("acrylonitrile", N_("acrylonitrile"), ("丙烯腈",), "", "107-13-1"),
    Parameter("OPP", N_("organophosphorus pesticides"), ("有机磷农药", "有机磷农药(以P计)"), ""),
    Parameter("alpha", N_("gross alpha activity"), ("总α放射性", "总α", "总a放射性"), "α", units=("activity_water",)),
    Parameter("beta", N_("gross beta activity"), ("总β放射性", "总β"), "β", units=("activity_water",)),
    Parameter("SO4", N_("sulfate"), ("硫酸盐", "硫酸根"), "SO₄²⁻", "14808-79-8", _METAL),
    Parameter("Cl", N_("chloride"), ("氯化物", "氯离子", "Cl-"), "Cl⁻", "16887-00-6", _METAL),
    Parameter("TDS", N_("total dissolved solids"), ("溶解性总固体", "TDS"), "TDS"),
    Parameter("NO3N", N_("nitrate nitrogen"), ("硝酸盐氮", "硝酸盐(以N计)"), "NO₃-N", "14797-55-8"),
    Parameter("B", N_("boron"), ("硼",), "B", "7440-42-8", _METAL),
    Parameter("Mo", N_("molybdenum"), ("钼",), "Mo", "7439-98-7", _METAL),
    Parameter("Sb", N_("antimony"), ("锑",), "Sb", "7440-36-0", _METAL),
    Parameter("Tl", N_("thallium"), ("铊",), "Tl", "7440-28-0", _METAL),
    Parameter("V", N_("vanadium"), ("钒",), "V", "7440-62-2", _METAL),
    Parameter("Co", N_("cobalt"), ("钴",), "Co", "7440-48-4", _METAL),
    Parameter("Al", N_("aluminium"), ("铝",), "Al", "7429-90-5", _METAL),
    Parameter("Fe", N_("iron"), ("铁",), "Fe", "7439-89-6", _METAL),
    Parameter("Na", N_("sodium"), ("钠",), "Na", "7440-23-5", _METAL),
    Parameter("hardness", N_("total hardness (as CaCO3)"), ("总硬度", "总硬度(以CaCO3计)"), ""),
    Parameter("CODMn", N_("permanganate index"), ("耗氧量", "高锰酸盐指数", "耗氧量(CODMn法)", "CODMn"), "CODMn"),
    Parameter("NO2N", N_("nitrite nitrogen"), ("亚硝酸盐氮", "亚硝酸盐", "亚硝酸盐(以N计)"), "NO₂-N", "14797-65-0"),
    Parameter("iodide", N_("iodide"), ("碘化物",), "I⁻", "20461-54-5"),
    # Sums of compounds by the annexes of GB 5085.6, worked out by the analyst
    Parameter("tox_very", N_("highly toxic substances, sum"), ("剧毒物质总含量", "剧毒物质"), "T+", units=("content",)),
    Parameter("tox", N_("toxic substances, sum"), ("有毒物质总含量", "有毒物质"), "T", units=("content",)),
    Parameter("carcinogenic", N_("carcinogenic substances, sum"), ("致癌性物质总含量", "致癌性物质"), "Carc",
              units=("content",)),
    Parameter("mutagenic", N_("mutagenic substances, sum"), ("致突变性物质总含量", "致突变性物质"), "Muta",
              units=("content",)),
    Parameter("reprotoxic", N_("substances toxic for reproduction, sum"), ("生殖毒性物质总含量", "生殖毒性物质"),
              "Repr", units=("content",)),
    Parameter("POPs", N_("persistent organic pollutants"), ("持久性有机污染物", "POPs"), "POPs", units=("content",)),
    Parameter("PCDDF", N_("dioxins and furans (TEQ)"), ("二噁英类", "多氯二苯并对二噁英和多氯二苯并呋喃", "二恶英"),
              "PCDD/F", units=("content",)),
    Parameter("organic", N_("organic matter"), ("有机质含量", "有机质", "有机物含量", "烧失量(有机质)"), "OM",
              units=("content",)),
    Parameter("salts", N_("water-soluble salts"), ("水溶性盐总量", "水溶性盐", "全盐量"), "", units=("content",)),
    Parameter("TS", N_("total sulfur"), ("全硫", "总硫"), "St", "7704-34-9", ("content",)),
    Parameter("expansion", N_("soak expansion"), ("浸水膨胀率",), "", units=("content",)),
    Parameter("U238", N_("uranium-238"), ("铀-238", "铀238", "U-238", "238U"), "U-238", "7440-61-1", _NUCLIDE),
    Parameter("Th232", N_("thorium-232"), ("钍-232", "钍232", "Th-232", "232Th"), "Th-232", "7440-29-1", _NUCLIDE),
    Parameter("Ra226", N_("radium-226"), ("镭-226", "镭226", "Ra-226", "226Ra"), "Ra-226", "13982-63-3", _NUCLIDE),
    Parameter("Ra228", N_("radium-228"), ("镭-228", "镭228", "Ra-228", "228Ra"), "Ra-228", "15262-20-1", _NUCLIDE),
    Parameter("Th228", N_("thorium-228"), ("钍-228", "钍228", "Th-228", "228Th"), "Th-228", "14274-82-9", _NUCLIDE),
    Parameter("K40", N_("potassium-40"), ("钾-40", "钾40", "K-40", "40K"), "K-40", "13966-00-2", _NUCLIDE),
)  # fmt: skip

PARAMETERS: dict[str, Parameter] = {p.key: p for p in _ALL}


def plain_name(text: str) -> str:
    """A name reduced for comparing: full-width forms, spaces, case and bracket styles made alike."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s　]+", "", text).translate(str.maketrans("[]【】", "()()"))


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for parameter in _ALL:
        for name in (parameter.key, *parameter.names, *((parameter.symbol,) if parameter.symbol else ())):
            index.setdefault(plain_name(name), parameter.key)
    return index


def find_parameter(name: str) -> Parameter | None:
    """The parameter with this key, symbol or Chinese name, however it is typed; None if there is none.

    A bracketed remark at the end ("汞（浸出液）", "Hg (mg/L)") is ignored when the whole name is unknown.
    """
    plain = plain_name(name)
    key = _index().get(plain) or _index().get(re.sub(r"\(.*\)$", "", plain))
    return PARAMETERS[key] if key else None
