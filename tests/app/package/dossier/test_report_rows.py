"""What several pairs share stands once in the plan, and every pair is still named."""

from __future__ import annotations

from app.i18n import translator
from app.package.dossier.report_rows import few, merged, near

SAY = translator("zh_CN")
SITES = [f"SK-{i}" for i in range(5)]


def row(site: str, waste: str, rule: str = "BT-03", finding: str = "要求", value: str = "") -> dict[str, str]:
    return {"site": site, "waste": waste, "rule": rule, "finding": finding, "value": value}


def test_the_same_finding_of_all_pairs_is_one_row() -> None:
    rows = [row(s, w) for s in SITES for w in ("FA-01", "GY-01")]
    (found,) = merged(rows, SAY)
    assert found == row("全部 5 处", "FA-01, GY-01") | {"pairs": "FA-01, GY-01：全部 5 处"}


def test_what_differs_keeps_its_own_row_and_no_pair_is_lost_or_invented() -> None:
    rows = [row("SK-0", "FA-01", finding="a"), row("SK-1", "FA-01"), row("SK-0", "GY-01"), row("SK-1", "GY-01"),
            row("SK-2", "GY-01", value="7")]  # fmt: skip
    found = merged(rows, SAY)
    pairs = set()
    for r in found:
        for group in r["pairs"].split("；"):
            wastes, sites = (part.split(", ") for part in group.split("："))
            pairs |= {(s, w, r["finding"]) for s in sites for w in wastes}
    assert pairs == {(r["site"], r["waste"], r["finding"]) for r in rows}
    assert len(found) == 2


def test_many_codes_are_counted_and_all_are_called_all() -> None:
    codes = [f"SK-{i:03d}" for i in range(20)]
    assert few(codes, codes, SAY) == "全部 20 处"
    assert few(codes[:3], codes[:3], SAY) == "SK-000, SK-001, SK-002"
    assert few(codes[:15], codes, SAY).startswith("SK-000, SK-001, SK-002")
    assert "12" in few(codes[:15], codes, SAY)


def test_conflicts_stand_first_and_of_the_others_the_nearest() -> None:
    apart = [
        {"site": s, "relation": "相离", "distance": f"{d}"} for s in SITES for d in ("1 200.00", "900.00", "950.00")
    ]
    meets = {"site": "SK-3", "relation": "重叠", "distance": "0.00"}
    found, fewer = near([*apart, meets], SAY)
    assert fewer
    assert found[0] == meets
    assert [(r["site"], r["distance"]) for r in found[1:]] == [(s, "900.00") for s in SITES]
    assert near(apart[:3], SAY) == (apart[:3], False)
