"""What the words of a file say of its coordinate system where no system can be read from them."""

from __future__ import annotations

import re

_ELSEWHERE = re.compile(
    r"西安|xi.?an|80\s*国家|国家\s*80|(?<!grs)(?<!grs.)1980|北京|beijing|1954|54\s*坐标|pulkovo|krass?ov|iag.?(?:19)?75"
    r"|独立|地方坐标|城建坐标|城市坐标|假定|自由坐标|矿区坐标|施工坐标|\blocal",
    re.IGNORECASE,
)


def speaks_of_another(said: str) -> bool:
    """True for words that name an older datum (Xi'an 1980, Beijing 1954) or a local system.

    Their numbers look like those of CGCS2000 and lie up to hundreds of metres beside them (screening rules 11.2): no
    guess from the numbers may overrule such words.
    """
    return _ELSEWHERE.search(said) is not None
