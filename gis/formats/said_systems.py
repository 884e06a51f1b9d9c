"""What the words of a file say of its coordinate system where no system can be read from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from models.traditional import simplified

_ELSEWHERE = re.compile(
    r"西安|xi.?an|80\s*国家|国家\s*80|(?<![\d.])80\s*坐标|(?<!grs)(?<!grs.)1980|北京|beijing|1954|54\s*坐标|pulkovo|krass?ov"
    r"|iag.?(?:19)?75|独立|地方坐标|城建坐标|城市坐标|假定|自由坐标|矿区坐标|施工坐标|任意带|\blocal",
    re.IGNORECASE,
)
_OLDER = re.compile(
    r"(?:西安|xi.?an)[\s_\-]*(?:19)?80(?!\d)|(?<!\d)(?:19)?80[\s_\-年]*(?:西安|国家)|西安坐标|国家[\s_\-]*(?:19)?80(?!\d)"
    r"|(?:北京|beijing)[\s_\-]*(?:19)?54(?!\d)|(?<!\d)(?:19)?54[\s_\-年]*(?:北京|国家)|北京坐标|(?<![\d.])(?:19)?(?:80|54)[\s_\-]*坐标"
    r"|(?:独立|地方|城建|城市|假定|自由|矿区|施工|工程)坐标|任意带|pulkovo|krass?ov",
    re.IGNORECASE,
)
"""Words in free text that can mean nothing else; a Beijing institute may well have made a file in CGCS2000."""
_CGCS = re.compile(
    r"cgcs[\s_\-]*2000|2000[\s_\-]*(?:国家|中国)?大地|国家[\s_\-]*2000|(?<!\d)2000[\s_\-]*(?:国家)?坐标", re.IGNORECASE
)
_ZONE = re.compile(
    r"(?:带号|zone)(?:为|是)?[\s_:=]{0,3}(\d{2})(?!\d)|(?<![\d.])(\d{2})[\s_]*(?:度|号|°)?带|[度°分]带[\s_]*(\d{2})(?!\d)",
    re.IGNORECASE,
)
_MERIDIAN = re.compile(
    r"(?:(?:中央(?:子午线|经线)|central[\s_]?meridian)[^\d\n]{0,8}|(?<![a-z0-9])cm[\s_:=]{0,2})(\d{2,3}(?:\.\d+)?)"
    r"(?:\s*[°度]\s*(\d{1,2}))?",
    re.IGNORECASE,
)
_ANY = re.compile(
    r"坐标|座標|西安|xi.?an|北京|beijing|国家|國家|2000|子午|经线|經線|meridian|带|帶|zone|cm|任意|pulkovo|krass",
    re.IGNORECASE,
)
"""Texts without one of these say nothing of a system; a drawing may hold very many."""
_LONGEST = 400


def speaks_of_another(said: str) -> bool:
    """True for words that name an older datum (Xi'an 1980, Beijing 1954) or a local system.

    Their numbers look like those of CGCS2000 and lie up to hundreds of metres beside them (screening rules 11.2): no
    guess from the numbers may overrule such words.
    """
    return _ELSEWHERE.search(said) is not None


def speaks_of_cgcs2000(text: str) -> bool:
    """True for free text (a heading, a title) that names CGCS2000."""
    return _CGCS.search(simplified(unicodedata.normalize("NFKC", text))) is not None


def speaks_of_older(text: str) -> bool:
    """True for free text that names an older datum or a local system, and cannot mean anything else."""
    return _OLDER.search(simplified(unicodedata.normalize("NFKC", text))) is not None


def system_words(texts: Iterable[str]) -> str:
    """What free texts (titles, notes, names of files and layers) say of a coordinate system, and nothing else of them.

    "" where they say nothing. A central meridian that is none of a 3° zone's is said to be of an arbitrary zone.
    """
    found: dict[str, None] = {}
    for text in texts:
        if _ANY.search(text) is None:
            continue
        plain = simplified(unicodedata.normalize("NFKC", text)[:_LONGEST])
        found.update({m[0]: None for m in _OLDER.finditer(plain)})
        found.update({m[0]: None for m in _CGCS.finditer(plain)})
        found.update({f"带号={m[1] or m[2] or m[3]}": None for m in _ZONE.finditer(plain) if _is_zone(m)})
        for m in _MERIDIAN.finditer(plain):
            degrees = float(m[1]) + float(m[2] or 0) / 60
            if 70 <= degrees <= 138:
                found[f"中央子午线={degrees:g}" if degrees % 3 == 0 else f"任意带 中央子午线={degrees:g}"] = None
    return " ".join(found)


def _is_zone(match: re.Match[str]) -> bool:
    number = int(match[1] or match[2] or match[3])
    return 13 <= number <= 23 or 25 <= number <= 45
