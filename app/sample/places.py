"""Where things are in the sample and what is known of them. Everything here is made up.

Outlines in local metres (ground.py); `to_map` moves them to EPSG:4546. Codes and names are invented and marked 示例.
"""

from __future__ import annotations

import math

from app.sample.plane import Ring, blob, curve, spiral, split
from app.sample.works import Bump, HeapShape, PitShape, Ramp

CRS = "EPSG:4546"
ORIGIN_E, ORIGIN_N = 424_000.0, 4_499_000.0
"""South-west corner of the terrain: 110.10 E 40.62 N, south of Daqingshan."""

_SK1 = blob((420, 900), (128, 86), 12, ((2, 0.05, 0.1), (3, 0.10, 0.35), (5, 0.045, 0.7)), 34)
_PAIR = blob((985, 830), (185, 78), 4, ((2, 0.06, 0.05), (3, 0.06, 0.6), (5, 0.05, 0.2), (7, 0.03, 0.4)), 44, 3.2)
# The dividing bank runs from the upper to the lower side; both pits' outlines use these very vertices.
_SK2, _SK3 = split(_PAIR, 10, 33, ((993.4, 790.25), (1001.2, 822.6), (996.75, 851.3), (1004.5, 878.9)))
_SK4 = blob((2300, 950), (138, 106), -8, ((2, 0.07, 0.3), (3, 0.07, 0.1), (4, 0.05, 0.5), (6, 0.03, 0.2)), 38)
_SK4_ISLAND = blob((2318, 962), (31, 24), 20, ((3, 0.09, 0.2), (4, 0.05, 0.6)), 12)
_SK5 = blob((2957, 430), (92, 70), 5, ((2, 0.08, 0.4), (3, 0.08, 0.9), (5, 0.04, 0.3)), 28)
_SK6 = blob((2625, 1400), (108, 84), -18, ((2, 0.06, 0.2), (3, 0.09, 0.55), (5, 0.05, 0.1)), 30)
_SK7 = blob((1388, 404), (34, 26), 35, ((2, 0.09, 0.1), (3, 0.08, 0.4)), 16)
_SK8 = blob((2060, 365), (112, 92), 24, ((2, 0.05, 0.7), (3, 0.07, 0.15), (4, 0.05, 0.4), (7, 0.02, 0.1)), 36)
_KK1 = blob((640, 1530), (205, 142), -6, ((2, 0.05, 0.45), (3, 0.05, 0.2), (4, 0.03, 0.8), (6, 0.02, 0.5)), 40, 3.0)
_DC1 = blob((745, 322), (98, 62), 8, ((2, 0.05, 0.2), (3, 0.06, 0.7), (5, 0.03, 0.1)), 26, 3.4)
_DC2 = blob((1060, 1440), (96, 52), 28, ((2, 0.08, 0.9), (3, 0.10, 0.3), (5, 0.06, 0.6)), 28)
_DC3 = blob((2555, 265), (56, 38), -12, ((2, 0.05, 0.1), (3, 0.08, 0.5)), 20)

PITS = (
    PitShape(
        "SK-001", (_SK1,), (420, 890), 13.5, 1.35, 201, berms=((6.0, 5.0),),
        ramps=(Ramp(curve(((522, 858), (470, 842), (420, 838), (375, 852), (350, 880), (352, 905)), 4)),),
        bumps=(Bump(455, 925, 14, 3.0), Bump(438, 940, 11, 2.4), Bump(395, 905, 30, -2.2), Bump(470, 905, 9, 1.8)),
        tilt=(0.004, 0.010), spoil=(Bump(330, 1012, 17, 2.6), Bump(358, 1020, 15, 2.1), Bump(304, 1001, 13, 1.7)),
    ),
    PitShape(
        "SK-002", (_SK2,), (890, 826), 10.5, 1.25, 211,
        ramps=(Ramp(curve(((812, 800), (850, 792), (905, 800), (935, 830)), 4)),),
        bumps=(Bump(900, 860, 12, 2.2), Bump(870, 850, 24, -1.5), Bump(940, 805, 10, 1.6)), tilt=(0.0, 0.012),
    ),
    PitShape(
        "SK-003", (_SK3,), (1085, 838), 7.5, 1.5, 221,
        ramps=(Ramp(curve(((1060, 763), (1075, 790), (1105, 812), (1130, 838)), 4)),),
        bumps=(Bump(1110, 866, 10, 1.5), Bump(1125, 852, 9, 1.3), Bump(1060, 850, 18, -1.0)), tilt=(0.003, 0.014),
        spoil=(Bump(1215, 850, 16, 2.2), Bump(1222, 822, 14, 1.9)),
    ),
    PitShape(
        "SK-004", (_SK4, _SK4_ISLAND), (2300, 900), 15.5, 1.2, 231, berms=((8.0, 4.0),),
        ramps=(Ramp(curve(((2285, 846), (2225, 868), (2190, 905), (2188, 950), (2212, 990), (2245, 1005)), 4)),),
        bumps=(
            Bump(2390, 985, 15, 3.2), Bump(2372, 1002, 12, 2.4),
            Bump(2290, 1010, 22, -1.8), Bump(2370, 910, 12, 2.0),
        ),
        tilt=(0.002, 0.008),
    ),
    PitShape(
        "SK-005", (_SK5,), (2950, 430), 9.0, 1.4, 241,
        ramps=(Ramp(curve(((2895, 488), (2905, 450), (2935, 420), (2965, 405)), 4)),),
        bumps=(Bump(2950, 455, 11, 1.8), Bump(2975, 425, 13, -1.2)), tilt=(0.0, 0.012),
    ),
    PitShape(
        "SK-006", (_SK6,), (2625, 1395), 12.0, 1.3, 251, berms=((6.0, 4.0),),
        ramps=(Ramp(curve(((2592, 1316), (2560, 1345), (2548, 1385), (2565, 1420), (2600, 1432)), 4)),),
        bumps=(Bump(2655, 1410, 12, 2.2), Bump(2668, 1392, 10, 1.7), Bump(2640, 1440, 16, -1.4)), tilt=(0.0, 0.014),
        spoil=(Bump(2745, 1330, 16, 2.4), Bump(2760, 1355, 14, 2.0)),
    ),
    PitShape(
        "SK-007", (_SK7,), (1388, 402), 3.8, 1.6, 261, rough_m=0.25,
        bumps=(Bump(1394, 410, 6, 0.7),), tilt=(0.0, 0.015),
    ),
    PitShape(
        "SK-008", (_SK8,), (2060, 360), 22.5, 1.15, 271, berms=((7.5, 5.0), (15.0, 4.0)),
        ramps=(Ramp(spiral(_SK8, 10, -1, 22.0, 0.105, lambda z: 5.0 + z * 1.15 + 5.0 * (z > 8) + 4.0 * (z > 16))),),
        bumps=(Bump(2050, 372, 26, -2.0),), tilt=(0.0, 0.006), pond_above_floor=-0.6,
        spoil=(Bump(1925, 270, 20, 3.2), Bump(1950, 252, 17, 2.6), Bump(1978, 244, 14, 2.0)),
    ),
    PitShape(
        "KK-001", (_KK1,), (640, 1520), 36.0, 0.55, 281, berms=((9.0, 8.0), (18.0, 8.0), (27.0, 9.0)), rough_m=0.7,
        ramps=(Ramp(spiral(_KK1, 35, -1, 35.5, 0.082, lambda down: 7.0 + down * 0.55 + 8.0 * (down // 9.0)), 10.0),),
        bumps=(Bump(600, 1545, 18, 4.0), Bump(570, 1530, 15, 3.2), Bump(650, 1530, 34, -3.0)), tilt=(0.004, 0.010),
    ),
)  # fmt: skip

HEAPS = (
    HeapShape("DC-001", _DC1, (745, 322), 11.0, 1.8, 301, berms=((5.0, 5.0),), tips_m=0.25),
    HeapShape("DC-002", _DC2, (1060, 1440), 17.0, 1.45, 311, tips_m=1.1),
    HeapShape("DC-003", _DC3, (2555, 265), 6.5, 1.4, 321, tips_m=0.9),
)


def circle(centre: tuple[float, float], radius: float, count: int = 48) -> Ring:
    """A round outline, to 0.01 m."""
    turns = (2 * math.pi * k / count for k in range(count))
    return tuple(
        (round(centre[0] + radius * math.cos(t), 2), round(centre[1] + radius * math.sin(t), 2)) for t in turns
    )


def to_map(ring: Ring) -> list[tuple[float, float]]:
    """Easting and northing (m) of an outline in local metres, to the millimetre."""
    return [(round(ORIGIN_E + u, 3), round(ORIGIN_N + v, 3)) for u, v in ring]
