"""Labels of steps: what and where, in the reader's language."""

from __future__ import annotations

import json

import pytest

from app.i18n import translator
from app.verbs import labels
from models.notices import Notice

CHINESE = translator("zh_CN")


@pytest.mark.parametrize(
    ("label", "chinese", "english"),
    [
        (
            labels.vertex_moved("sand_pits", "SK-012", "J7"),
            "移动拐点 J7（砂坑 SK-012）",
            "move point J7 (sand pit SK-012)",
        ),
        (labels.vertex_inserted("mine_pits", "KK-1", "J2"), "插入拐点 J2（矿坑 KK-1）", None),
        (labels.vertex_deleted("stockpiles", "DC-1", "J2"), "删除拐点 J2（堆场 DC-1）", None),
        (labels.outline_redrawn("sand_pits", "SK-1"), "重绘范围线（砂坑 SK-1）", None),
        (labels.split("sand_pits", "SK-1", ["SK-1", "SK-9"]), "分割砂坑 SK-1：SK-1、SK-9", None),
        (labels.merged("sand_pits", ["SK-1", "SK-2"], "SK-1"), "将 SK-1、SK-2 合并为砂坑 SK-1", None),
        (labels.added("sand_pits", "SK-3"), "新增砂坑 SK-3", "add sand pit SK-3"),
        (labels.added("sand_pits", ""), "新增砂坑", None),
        (labels.deleted("wastes", ["FA-1"]), "删除固废 FA-1", None),
        (labels.deleted("sand_pits", [f"S{n}" for n in range(9)]), "删除 9 个砂坑：S0、S1、S2、S3、另有 5 项", None),
        (labels.imported("sand_pits", 246, "图斑.shp"), "从 图斑.shp 导入 246 个砂坑", None),
        (labels.estimates_stored(["SK-1", "SK-2"]), "保存 2 项估算：SK-1、SK-2", None),
        (labels.screenings_stored([("FA-1", "SK-1")]), "保存 FA-1 用于 SK-1 的判定结果", None),
        (labels.restored("sand_pits", "SK-1", 3), "恢复到第 3 步之后的状态（砂坑 SK-1）", None),
    ],
)
def test_what_they_say(label, chinese, english):
    assert label.render(CHINESE) == chinese
    if english:
        assert label.render() == english
    kept = Notice.from_json(json.loads(json.dumps(label.to_json())))  # as the change log keeps it
    assert kept.render(CHINESE) == chinese
    undo = Notice("store.undo", "undo: {what}", what=kept)
    assert undo.render(CHINESE) == f"撤销：{chinese}"


def test_fields_say_old_and_new():
    before = {"ground_water_m": 3.2, "status": "abandoned", "name": None, "code": "SK-1", "remarks": "x" * 80}
    one = labels.fields_changed("sand_pits", "SK-1", before, {"ground_water_m": 4.0, "code": "SK-1"})
    assert one.render() == "change highest groundwater elevation 3.2 → 4.0 (sand pit SK-1)"
    two = labels.fields_changed("sand_pits", "SK-1", before, {"status": "planned", "name": "{0}"})
    assert two.render(CHINESE) == "修改状态 废弃未治理 → 拟回填、名称 — → {0}（砂坑 SK-1）"
    after = dict.fromkeys(("name", "district", "source", "remarks"), "y")
    many = labels.fields_changed("sand_pits", "SK-1", before, after)
    assert many.render(CHINESE) == "修改名称 — → y、旗县区 — → y、另有 2 项（砂坑 SK-1）"
    assert "…" in labels.fields_changed("sand_pits", "S", before, {"remarks": None}).render()
    assert labels.fields_changed("sand_pits", "S", before, {"name": None}).render(CHINESE) == "未作修改（砂坑 S）"
