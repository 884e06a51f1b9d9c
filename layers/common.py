"""Fields that every feature layer has (DESIGN.md section 4)."""

from __future__ import annotations

from layers.base import Choice, Field
from models.notices import N_

STATUS = (
    Choice("abandoned", N_("abandoned")),
    Choice("planned", N_("planned for backfill")),
    Choice("filling", N_("being filled")),
    Choice("filled", N_("filled")),
    Choice("reclaimed", N_("reclaimed")),
)

LEGAL_STATUS = (Choice("in_force", N_("in force")), Choice("draft", N_("draft")), Choice("replaced", N_("replaced")))

# The nine districts and the high-tech zone of Baotou (glossary.md); a suggestion list, other cities have others.
BAOTOU_DISTRICTS = (
    "昆都仑区",
    "青山区",
    "东河区",
    "九原区",
    "石拐区",
    "白云鄂博矿区",
    "固阳县",
    "土默特右旗",
    "达尔罕茂明安联合旗",
    "稀土高新区",
)

UID = Field("uid", "text", "uid", required=True, unique=True, system=True)
CODE = Field(
    "code", "text", N_("code"), required=True, unique=True, aliases=("编号", "图斑编号", "坑号", "代码", "id", "no")
)
NAME = Field("name", "text", N_("name"), aliases=("名称", "坑名", "地块名称", "mc"))
DISTRICT = Field("district", "text", N_("district"), aliases=("旗县区", "旗县", "行政区", "所属区县"))
SOURCE = Field("source", "text", N_("source"), aliases=("来源", "数据来源"))
SURVEYED_ON = Field("surveyed_on", "date", N_("surveyed on"), aliases=("调查日期", "测量日期", "测绘日期"))
REMARKS = Field("remarks", "text", N_("remarks"), aliases=("备注",))
CREATED_AT = Field("created_at", "datetime", N_("created at"), system=True)
UPDATED_AT = Field("updated_at", "datetime", N_("updated at"), system=True)


def with_common(*own: Field, status: tuple[Choice, ...] = STATUS) -> tuple[Field, ...]:
    """The common fields around a layer's `own` ones, in the order in which forms and tables show them."""
    state = Field("status", "text", N_("status"), choices=status, aliases=("状态", "治理状态"))
    return (UID, CODE, NAME, DISTRICT, state, *own, SOURCE, SURVEYED_ON, REMARKS, CREATED_AT, UPDATED_AT)
