"""Fields that sand pits and mine pits share."""

from __future__ import annotations

from layers.base import Choice, Field
from models.notices import N_

LAND_USE = (
    Choice("dry_farmland", N_("dry farmland")),
    Choice("irrigated_farmland", N_("irrigated farmland")),
    Choice("orchard", N_("orchard")),
    Choice("woodland", N_("woodland")),
    Choice("grassland", N_("grassland")),
    Choice("construction", N_("construction land")),
    Choice("mining", N_("mining land")),
    Choice("water", N_("water")),
    Choice("bare", N_("bare land")),
    Choice("other", N_("other land")),
)

MINERALS = (
    Choice("sand_gravel", N_("sand and gravel")),
    Choice("coal", N_("coal")),
    Choice("iron", N_("iron ore")),
    Choice("rare_earth", N_("rare earth")),
    Choice("gold", N_("gold")),
    Choice("other_metal", N_("other metal ore")),
    Choice("limestone", N_("limestone")),
    Choice("stone", N_("building stone")),
    Choice("clay", N_("clay")),
    Choice("other", N_("other mineral")),
)

PIT_FIELDS = (
    Field("mineral", "text", N_("mineral"), choices=MINERALS, aliases=("矿种", "开采矿种")),
    Field("responsible", "text", N_("responsible party"), aliases=("责任主体", "治理责任主体")),
    Field("parcel_no", "text", N_("parcel number"), aliases=("图斑号", "地块编号")),
    Field(
        "ground_water_m",
        "real",
        N_("highest groundwater elevation"),
        unit="m",
        minimum=-500,
        maximum=9000,
        aliases=("地下水位", "最高地下水位"),
    ),
    Field(
        "base_permeability_cm_s",
        "real",
        N_("base permeability"),
        unit="cm/s",
        minimum=0,
        maximum=100,
        aliases=("渗透系数",),
    ),
    Field(
        "base_thickness_m",
        "real",
        N_("base layer thickness"),
        unit="m",
        minimum=0,
        maximum=1000,
        aliases=("基础层厚度",),
    ),
    Field("land_use_now", "text", N_("present land use"), choices=LAND_USE, aliases=("现状地类", "土地利用现状")),
    Field(
        "land_use_after", "text", N_("land use after reclamation"), choices=LAND_USE, aliases=("规划地类", "复垦方向")
    ),
)
