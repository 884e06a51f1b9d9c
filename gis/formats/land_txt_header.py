"""Which coordinate system the header of a land office's coordinate file names, in the words of its many writers."""

from __future__ import annotations

import re

from gis.crs_guess import epsg_cgcs2000
from models.errors import Refused
from models.notices import N_, Notice

_XIAN, _BEIJING = (
    re.compile(r"西安|xi.?an|(?<!\d)80\s*(?:国家|坐标|系|$)|1980", re.IGNORECASE),
    re.compile(r"北京|beijing|(?<!\d)54\s*(?:国家|坐标|系|$)|1954", re.IGNORECASE),
)
_SYSTEM = ("坐标系", "坐标系统", "坐标系名称", "大地基准", "坐标基准")
_MERIDIAN = ("中央子午线", "中央经线", "中央子午线经度")
_CGCS = re.compile(r"2000|CGCS", re.IGNORECASE)
_KEYS = {*_SYSTEM, *_MERIDIAN, "几度分带", "分带", "带号", "投影类型"}


def system_of(
    header: dict[str, str], *, in_degrees: bool, prefix: int | None, warnings: list[Notice], where: str
) -> tuple[str, str]:
    """(EPSG code or "", what the header says where that is no system we may take it for).

    `prefix` is the zone number before the eastings, None for none. Raises Refused where the header contradicts it.
    """
    said = " ".join(f"{k}={v}" for k, v in header.items() if k in _KEYS)
    system = _value(header, _SYSTEM)
    width = _number(header.get("几度分带", "") or header.get("分带", ""))
    zone = _number(header.get("带号", ""))
    if in_degrees:
        return ("EPSG:4490", said) if _CGCS.search(system) else ("", said)
    if prefix is not None and zone is not None and zone != prefix:
        raise Refused(
            "land_txt.zone",
            N_("the header says zone {said}, the east coordinates begin with {found}"),
            where=where,
            advice=N_("find out which is right and correct the file"),
            said=zone,
            found=prefix,
        )
    zone = prefix if prefix is not None else zone
    zone = _zone_of(_value(header, _MERIDIAN)) if zone is None else zone
    if re.search(r"[1-9]", header.get("转换参数", "")):
        text = N_("the header gives parameters of a transformation ({said}); they were not applied to the points")
        warnings.append(Notice("land_txt.parameters", text, said=header["转换参数"][:60]))
    if zone is None or width not in {3, 6, None}:
        return "", said
    degrees = 3 if 25 <= zone <= 45 else 6  # the numbers of the two kinds of zones do not meet in China
    if width not in {None, degrees}:
        text = N_("the header says zones of {width}°, but zone {zone} is one of {degrees}°; that counted")
        warnings.append(Notice("land_txt.width", text, width=width, zone=zone, degrees=degrees))
    if _XIAN.search(system) or _BEIJING.search(system):
        old = N_("the file is in {system}, which lies up to some 100 m away from CGCS2000")
        warnings.append(Notice("land_txt.old_datum", old, system=system))
        return _old_datum(system, zone, degrees, prefix=prefix is not None), said
    if not _CGCS.search(system):
        return "", said
    try:
        return f"EPSG:{epsg_cgcs2000(zone, degrees=degrees, prefix=prefix is not None)}", said
    except ValueError:
        return "", said


def _value(header: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((header[k] for k in keys if header.get(k)), "")


def _zone_of(meridian: str) -> int | None:
    """The 3° zone around a central meridian in degrees; None where it is that of none."""
    found = re.match(r"\D*(\d{2,3})(?:\.0*)?\s*(?:[°度]\s*(?:0+\D*)*)?$", meridian)
    degrees = int(found[1]) if found else 0
    return degrees // 3 if degrees % 3 == 0 and 75 <= degrees <= 135 else None


def _old_datum(system: str, zone: int, degrees: int, *, prefix: bool) -> str:
    """EPSG code of Xi'an 1980 and Beijing 1954, 3° zones 25–45 and 6° zones 13–23; "" beyond."""
    xian = bool(_XIAN.search(system))
    if degrees == 3 and 25 <= zone <= 45:
        first = (2349 if prefix else 2370) if xian else (2401 if prefix else 2422)
        return f"EPSG:{first + zone - 25}"
    if degrees == 6 and 13 <= zone <= 23:
        first = (2327 if prefix else 2338) if xian else (21413 if prefix else 21453)
        return f"EPSG:{first + zone - 13}"
    return ""


def _number(text: str) -> int | None:
    found = re.search(r"\d+(\.\d+)?", text)
    if found is None or found[1]:
        return None
    return int(found[0][:4])
