"""The figures of a comparison of two surveys in words: volumes, plan, offset, detection, remarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QTableWidget, QTableWidgetItem, QVBoxLayout

from app import format as fmt
from app.gui import words
from app.gui.dialogs.terrain_account import error_text, facts_grid
from app.gui.widgets import Banner, button, card, clear, label
from app.i18n import _
from app.sentences import shift_text, tilt_text
from models.comparison import SurveyComparison, SurveyUsed
from models.errors import AppError
from models.notices import N_
from models.units import M3_PER_WAN_M3

BASES = {
    "before": N_("the estimate is on the earlier survey"),
    "after": N_("the estimate is on the later survey: it is what remains"),
    "other": N_("the estimate is on another terrain"),
}
DETECTION = {"nmad": N_("from the scatter on stable ground"), "stated": N_("from the stated errors of the heights")}
_ROW_PX = 30


@dataclass(frozen=True)
class Outcome:
    """What came of one site: a comparison, or why there is none."""

    code: str
    found: SurveyComparison | None = None
    error: AppError | None = None


def show_outcomes(
    into: QVBoxLayout,
    outcomes: Sequence[Outcome],
    shown: Outcome,
    choose: Callable[[Outcome], object],
    confirm: Callable[[], object] | None,
) -> None:
    """A table where there are several sites, then the one shown. `confirm` runs it again with what was refused."""
    clear(into)
    if len(outcomes) > 1:
        into.addWidget(_table(outcomes, shown, choose))
    if shown.error is not None:
        act = button(_("Compare all the same"), confirm, kind="quiet") if confirm is not None else None
        into.addWidget(Banner("danger", error_text(shown.error), act))
    if shown.found is not None:
        into.addLayout(_tiles(shown.found))
        into.addWidget(card(label(shown.code, "heading"), facts_grid(fact_rows(shown.found)), spacing=6))
        for text in dict.fromkeys(words.cap(n.render(_)) for n in shown.found.warnings):
            into.addWidget(Banner("warning", text))


def _table(outcomes: Sequence[Outcome], shown: Outcome, choose: Callable[[Outcome], object]) -> QTableWidget:
    heads = [_("Site"), _("Placed 10⁴ m³"), _("Removed 10⁴ m³"), _("Net 10⁴ m³"), _("Of the plan")]
    table = QTableWidget(len(outcomes), len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(_ROW_PX)
    for r, outcome in enumerate(outcomes):
        for c, text in enumerate(table_row(outcome)):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            side = Qt.AlignmentFlag.AlignRight if c and outcome.found else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(r, c, item)
        if outcome.found is None:
            table.setSpan(r, 1, 1, len(heads) - 1)
    table.selectRow(next((k for k, o in enumerate(outcomes) if o is shown), 0))
    table.resizeColumnsToContents()
    table.horizontalHeader().setStretchLastSection(True)
    table.setFixedHeight(min(34 + _ROW_PX * len(outcomes) + 4, 160))
    table.cellClicked.connect(lambda r, _c: choose(outcomes[r]))
    return table


def table_row(outcome: Outcome) -> list[str]:
    """The cells of a site: figures, or the reason why there are none."""
    found = outcome.found
    if found is None:
        reason = words.cap(outcome.error.what.render(_)) if outcome.error is not None else ""
        return [outcome.code, reason, "", "", ""]
    sure = found.interval95
    pairs = (
        (found.placed_m3, sure.placed_m3), (found.removed_m3, sure.removed_m3), (found.net_m3, sure.net_m3)
    )  # fmt: skip
    return [outcome.code, *(volume(v, half) for v, half in pairs), fmt.percent(found.share_of_plan)]


def volume(value: float | None, half: float | None) -> str:
    """A volume in 万m³ with its interval, or that there is none."""
    return fmt.plus_minus(value, half, per=M3_PER_WAN_M3, unquantified=f"({_('not quantified')})")


def _tiles(found: SurveyComparison) -> QHBoxLayout:
    sure = found.interval95
    line = QHBoxLayout()
    line.setSpacing(8)
    for name, value in (
        (_("Placed since, 10⁴ m³"), volume(found.placed_m3, sure.placed_m3)),
        (_("Removed, 10⁴ m³"), volume(found.removed_m3, sure.removed_m3)),
        (_("Share of the plan"), fmt.percent(found.share_of_plan)),
        (_("Remaining, 10⁴ m³"), fmt.wan_m3(found.remaining_m3)),
    ):
        figure = label(value, "heading", wrap=True)
        line.addWidget(card(figure, label(name, "muted", wrap=True), role="inset", spacing=0, margin=10), 1)
    return line


def fact_rows(found: SurveyComparison) -> list[tuple[str, str]]:
    """(name, value) of all that stands behind the figures."""
    rows = [
        (_("Net change"), f"{volume(found.net_m3, found.interval95.net_m3)} {_('10⁴ m³')}"),
        (_("From"), _survey(found.before)),
        (_("To"), _survey(found.after)),
        (_("Offset on stable ground"), _offset(found)),
        (_("Sideways shift there"), shift_text(found.shift)),
        (_("Tilt or bend there"), tilt_text(found.tilt)),
        (_("Stable ground"), _stable(found)),
        (_("Level of detection"), _detection(found)),
    ]
    if found.below_detection_m3 is not None:
        small = found.below_detection_m3
        text = _("placed {placed}, removed {removed} 10⁴ m³").format(
            placed=fmt.wan_m3(small.placed_m3), removed=fmt.wan_m3(small.removed_m3)
        )
        rows.append((_("Below it"), text))
    rise, drop = fmt.number(found.highest_rise_m, 2), fmt.number(found.deepest_drop_m, 2)
    rows.append((_("Largest changes"), _("{rise} m up, {drop} m down").format(rise=rise, drop=drop)))
    if found.plan is not None:
        plan = f"{fmt.wan_m3(found.plan.volume_m3)} {_('10⁴ m³')}"
        text = f"{plan}, {words.surface(found.plan.reference)}, {found.plan.terrain}"
        rows.append((_("Plan"), f"{text}; {words.from_key(BASES, found.plan.basis)}"))
    else:
        rows.append((_("Plan"), _("no stored estimate: estimate the site first")))
    return rows


def _survey(used: SurveyUsed | None) -> str:
    if used is None:
        return fmt.NO_VALUE
    kind = _("DTM") if used.kind == "dtm" else _("DSM")
    parts = [used.terrain, used.surveyed_on[:10] if used.surveyed_on else "", kind, used.vertical_datum or ""]
    return "  ·  ".join(p for p in [*parts, f"{fmt.significant(used.cell_m, 3)}\N{NO-BREAK SPACE}m"] if p)


def _offset(found: SurveyComparison) -> str:
    if found.offset_m is None:
        return _("not known: too little stable ground")
    text = _("median {offset} m, NMAD {nmad} m").format(
        offset=fmt.difference(found.offset_m, 3), nmad=fmt.number(found.nmad_m, 3)
    )
    return f"{text} ({_('taken off') if found.offset_removed else _('left in')})"


def _stable(found: SurveyComparison) -> str:
    text = _("{n} places within {reach} m outside all sites, up to {slope}°").format(
        n=found.stable_cells, reach=fmt.number(found.stable_within_m, 0), slope=fmt.number(found.max_slope_deg, 0)
    )
    if found.stable_share is None:
        return text
    return text + _(": {share} of those looked at").format(share=fmt.percent(found.stable_share, 0))


def _detection(found: SurveyComparison) -> str:
    if found.level_of_detection_m is None:
        return _("not quantified")
    basis = words.from_key(DETECTION, found.detection_basis or "")
    return f"± {fmt.number(found.level_of_detection_m, 3)} m ({basis})"


def offset_words(outcome: Outcome | None) -> str:
    """The tick of the offset, with its size once it is known."""
    words = _("take the offset off the later survey")
    found = outcome.found if outcome is not None else None
    return words if found is None or found.offset_m is None else f"{words} ({fmt.difference(found.offset_m, 3)} m)"


def shift_words(outcome: Outcome | None) -> str:
    """The tick of the sideways shift, with its length once it is known."""
    words = _("take the sideways shift off the later survey")
    shift = outcome.found.shift if outcome is not None and outcome.found is not None else None
    return words if shift is None or shift.length_m is None else f"{words} ({fmt.number(shift.length_m, 2)} m)"


def tilt_words(outcome: Outcome | None) -> str:
    """The tick of the tilt, with what it is worth once it is known."""
    words = _("take the tilt or bend off the later survey")
    tilt = outcome.found.tilt if outcome is not None and outcome.found is not None else None
    if tilt is None or tilt.lowest_m is None or tilt.highest_m is None:
        return words
    low, high = fmt.difference(tilt.lowest_m, 2), fmt.difference(tilt.highest_m, 2)
    return f"{words} ({low} … {high} m)"
