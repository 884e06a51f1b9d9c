"""Test methods: how their names are written alike, and what a value measured by them can be compared with.

Leach tests are not interchangeable (screening-rules.md EV-07): HJ 557 decides Class I or II, HJ/T 299 decides
hazardous or not, HJ/T 300 neither. The leaching procedure of a value, not the analytical method after it, says which.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from models.notices import N_


@dataclass(frozen=True)
class Method:
    """A standard test.

    `medium` is what the value belongs to: a leach test's own key, "corrosivity", "solid", "groundwater" or "soil".
    """

    key: str
    label: str
    medium: str
    names: tuple[str, ...] = ()
    """Words by which laboratories call it."""


_ALL = (
    Method("HJ 557", N_("leaching by horizontal vibration, water"), "HJ 557", ("水平振荡法", "水平振荡")),
    Method("HJ/T 299", N_("leaching by sulphuric and nitric acid"), "HJ/T 299", ("硫酸硝酸法", "HJ 299")),
    Method("HJ/T 300", N_("leaching by acetic acid buffer"), "HJ/T 300", ("醋酸缓冲溶液法", "醋酸法", "HJ 300")),
    # The standards before HJ 557: other tests, kept apart from it.
    Method("GB 5086.1", N_("leaching by end-over-end rotation"), "GB 5086.1", ("翻转法",)),
    Method("GB 5086.2", N_("leaching by horizontal vibration, 1997"), "GB 5086.2"),
    Method("GB/T 15555.12", N_("corrosivity, glass electrode"), "corrosivity", ("GB 15555.12", "玻璃电极法")),
    Method("HJ 761", N_("organic matter by loss on ignition"), "solid", ("灼烧减量法",)),
    Method("NY/T 1121.16", N_("water-soluble salts"), "solid", ("NY 1121.16",)),
    Method("GB/T 11743", N_("gamma spectrometry of soil"), "solid", ("γ能谱", "伽马能谱", "gamma spectrometry")),
    Method("GB/T 11713", N_("gamma spectrometry, general"), "solid", ("GB 11713",)),
    Method("GB/T 16145", N_("gamma spectrometry of biological samples"), "solid", ("GB 16145",)),
    Method("GB 6566", N_("radionuclides of building materials"), "solid", ("GB/T 6566",)),
    # What is sampled at a site and not of a waste: groundwater, and soil (background and cover soil).
    # No words here: laboratories measure wastes by methods whose titles speak of soil (GB/T 11743, HJ 803).
    Method("GB/T 14848", N_("groundwater quality"), "groundwater"),
    Method("HJ 164", N_("monitoring of groundwater"), "groundwater"),
    Method("GB 36600", N_("soil of construction land"), "soil"),
    Method("GB 15618", N_("soil of farmland"), "soil"),
    Method("HJ/T 166", N_("monitoring of soil"), "soil", ("HJ 166",)),
)

METHODS: dict[str, Method] = {m.key: m for m in _ALL}
LEACH_TESTS = tuple(m.key for m in _ALL if m.medium == m.key)
MEDIA = (*LEACH_TESTS, "corrosivity", "solid", "groundwater", "soil", "unknown")
# "GB/T 15555.12-1995", "hj557—2010", "HJ/T299-2007": letters, optional /T, number with parts; the year is left.
_CODE = re.compile(
    r"\b(GB|HJ|NY|DZ|DB|YS|YB|EJ)\s*(/\s*T)?\s*[-_]?\s*(\d+(?:\.\d+)?)(?:\s*[-–—‐－]\s*(\d{2,4}))?", re.IGNORECASE
)


@dataclass(frozen=True)
class MethodText:
    """What a method cell says.

    `keys` are the standards named, without years; `medium` as in `Method`, "unknown" when nothing in the text says what
    the value belongs to, "ambiguous" when two leach tests are named.
    """

    text: str
    keys: tuple[str, ...]
    medium: str


@lru_cache(maxsize=4096)
def read_method(text: str) -> MethodText:
    """Understand a method cell such as "HJ557-2010", "HJ/T 299-2007；HJ 781-2016" or "水平振荡法"."""
    plain = unicodedata.normalize("NFKC", text).strip()
    keys = list(dict.fromkeys(_canonical(m) for m in _CODE.finditer(plain)))
    squeezed = plain.replace(" ", "").casefold()
    named = any(k in LEACH_TESTS for k in keys)
    for method in _ALL:
        if named and method.key in LEACH_TESTS:
            continue  # a standard's number outweighs the words beside it
        words = (n.replace(" ", "").casefold() for n in method.names if not _CODE.fullmatch(n))
        if method.key not in keys and any(w in squeezed for w in words):
            keys.append(method.key)
    return MethodText(text=text.strip(), keys=tuple(keys), medium=_medium(keys))


_WATER_WORDS = ("地下水", "井水", "groundwater")
_SOIL_WORDS = ("土壤", "覆土", "表土", "soil")


def site_medium(text: str, unit_kind: str) -> str:
    """What a value measured at a site belongs to: "groundwater" or "soil"; "unknown" where nothing says so.

    `unit_kind` is that of models/lab_units.py: masses per volume are of water, masses per mass of soil; for a pH the
    method has to say it.
    """
    medium = read_method(text).medium
    if medium in {"groundwater", "soil"}:
        return medium
    plain = unicodedata.normalize("NFKC", text).casefold()
    water, soil = (any(w in plain for w in words) for words in (_WATER_WORDS, _SOIL_WORDS))
    if water != soil:
        return "groundwater" if water else "soil"
    by_unit = {"leachate": "groundwater", "activity_water": "groundwater", "content": "soil", "activity": "soil"}
    return by_unit.get(unit_kind, "unknown")


def _canonical(match: re.Match[str]) -> str:
    letters, number = match[1].upper(), match[3]
    for key in (f"{letters}/T {number}", f"{letters} {number}"):
        if key in METHODS:
            return key
    written = f"{letters}{'/T' if match[2] else ''} {number}"
    return next((m.key for m in _ALL if written in m.names), written)


def _medium(keys: list[str]) -> str:
    leach = [k for k in keys if k in LEACH_TESTS]
    if len(leach) > 1:
        return "ambiguous"
    if leach:
        return leach[0]
    media = {METHODS[k].medium for k in keys if k in METHODS}
    return next((m for m in ("groundwater", "soil", "corrosivity", "solid") if m in media), "unknown")
