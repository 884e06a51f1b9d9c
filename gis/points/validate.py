"""How well the ground is known between its points: points left out in turn, compared with the ground without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gis.arrays import Array, Index, Mask
from gis.points.base import Tally
from gis.points.tin import Tin, some_parts
from gis.points.vet import SIGMAS
from models.notices import N_, Notice
from models.progress import Watch

FOLDS = 10
_ALL_FOLDS_TO = 30_000
_CHECKED = 20_000
_LEAST = 20
_LEAST_LINES = 10
_FLOOR_M = 0.05


@dataclass(frozen=True)
class CrossValidation:
    """Errors of left-out heights, ground minus point, m. `share` of the points was left out at a time.

    `by_line`: whole lines were left out, which doubles the distance between lines there: the figures are on the safe
    side. `outside`: left-out points for which the rest gave no ground. `odd_lines`: lines that do not fit the others.
    `stayed`: lines that were never left out.
    """

    count: int
    outside: int
    bias_m: float
    rmse_m: float
    nmad_m: float
    by_line: bool
    folds: int
    odd_lines: Tally | None = None
    stayed: int = 0

    @property
    def remarks(self) -> tuple[Notice, ...]:
        """That no height error came out of it, if so."""
        if self.sigma_z_m is not None:
            return ()
        text = N_("cross-validation of {count} heights gives no height error here: the terrain has no error figures")
        return (Notice("points.no_sigma", text, count=self.count),)

    @property
    def sigma_z_m(self) -> float | None:
        """The suggested standard deviation of a height: the RMSE, to the millimetre above; None if it cannot be said.

        It holds the points' own random error and that of the interpolation, and no error that all points share.
        """
        if self.count < _LEAST or self.rmse_m < 5e-4:
            return None
        return float(np.ceil(self.rmse_m * 1000 - 1e-6) / 1000)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return {
            "count": self.count,
            "outside": self.outside,
            "bias_m": self.bias_m,
            "rmse_m": self.rmse_m,
            "nmad_m": self.nmad_m,
            "by_line": self.by_line,
            "folds": self.folds,
            "lines_stayed": self.stayed,
            "sigma_z_m": self.sigma_z_m,
        }


def cross_validate(
    xy: Array, z: Array, line: Index, vertex: Mask, row: Index, max_edge: float, watch: Watch | None = None,
    held: Mask | None = None,
) -> CrossValidation:  # fmt: skip
    """Ten parts by a fixed draw; each is left out in turn (one of them only for more than 30,000 points).

    Points that belong to one line leave together. At most 20,000 points are compared, of large sets from up to eight
    parts of the ground. The draw is the same every time. Points that are `held` are never left out: without the crest
    of a pit the rest says nothing of the ground that the crest is there for.
    """
    group = _groups(line)
    names = np.unique(group)
    draw = np.random.default_rng(20_240_101).permutation(len(names)) % FOLDS
    fold = draw[np.searchsorted(names, group)]
    folds = FOLDS if len(z) <= _ALL_FOLDS_TO else 1
    if held is not None:
        fold[held] = FOLDS
    wanted = vertex & (fold < folds)
    parts = [np.sort(p[wanted[p]]) for p in some_parts(xy)]
    stride = max(1, -(-sum(len(p) for p in parts) // _CHECKED))
    parts = [p[::stride] for p in parts]
    checked = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    off = np.full(len(z), np.nan)
    for k in range(folds):
        if watch is not None:
            watch.report(k / folds)
        rest = fold != k
        if rest.sum() < 3:
            continue
        ground = Tin(xy[rest], z[rest], max_edge, line=line[rest], gaps=False)
        for part in parts:
            mine = part[fold[part] == k]
            off[mine] = ground.at(xy[mine]) - z[mine]
    errors = off[checked]
    good = errors[np.isfinite(errors)]
    stayed = len(np.unique(line[held & (line >= 0)])) if held is not None else 0
    by_line = bool((line[wanted] >= 0).any())
    odd = _odd_lines(line[checked], errors, row[checked]) if by_line else None
    if not len(good):
        nan = float("nan")
        return CrossValidation(0, len(checked), nan, nan, nan, by_line, folds, odd, stayed)
    bias = float(good.mean())
    nmad = 1.4826 * float(np.median(np.abs(good - np.median(good))))
    return CrossValidation(
        len(good),
        len(errors) - len(good),
        bias,
        float(np.sqrt((good**2).mean())),
        nmad,
        by_line,
        folds,
        odd,
        stayed,
    )


def _groups(line: Index) -> Index:
    """A number for each line and for each single point."""
    single = line < 0
    group = line.astype(np.int64).copy()
    group[single] = (int(line.max()) + 1 if len(line) else 0) + np.arange(int(single.sum()))
    return group


def _odd_lines(line: Index, errors: Array, row: Index) -> Tally | None:
    """Lines whose median error is more than six robust sigmas off the median of all lines."""
    good = np.isfinite(errors) & (line >= 0)
    names = np.unique(line[good])
    if len(names) < _LEAST_LINES:
        return None
    median = np.array([np.median(errors[good & (line == n)]) for n in names]) if len(names) <= 3000 else None
    if median is None:
        return None
    sigma = max(1.4826 * float(np.median(np.abs(median - np.median(median)))), _FLOOR_M)
    odd = names[np.abs(median - np.median(median)) > SIGMAS * sigma]
    tally = Tally(Notice("points.odd_line", N_("the line does not fit the lines around it")))
    for name in odd:
        tally.add(int(row[line == name][0]))
    return tally if tally.count else None
