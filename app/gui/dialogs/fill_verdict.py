"""The verdict on a fill: of the whole, of each part, what the parts ask of each other, and the masses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.panels.inspector.findings import FindingCard
from app.gui.widgets import Banner, EmptyState, VerdictMark, card, chip, clear, label, row
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from models.recipe import RecipeVerdict


class FillVerdict(QWidget):
    """Follows the form."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: RecipeVerdict | None = None
        self._box = QVBoxLayout()
        self._box.setSpacing(10)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 8, 0)
        outer.addLayout(self._box)
        outer.addStretch(1)

    def _clear(self) -> None:
        clear(self._box)
        self.shown = None

    def say_wait(self) -> None:
        """An answer is under way; the last one stays until it comes."""
        self.shown = None

    def say_unready(self, error: Exception) -> None:
        """What is still missing before it can be judged."""
        self._clear()
        if not isinstance(error, AppError):
            self._box.addWidget(Banner("danger", _("the fill could not be judged")))
            return
        text = words.cap(error.what.render(_))
        advice = words.cap(error.advice.render(_))
        if error.key == "recipe.shares":  # said beside the parts already, in per cent
            text, advice = _("The shares do not add up to 100 % yet"), ""
        self._box.addWidget(EmptyState("scale", text, advice))

    def show_verdict(self, v: RecipeVerdict) -> None:
        """Verdict above, parts below, company last."""
        self._clear()
        self.shown = v
        mark = VerdictMark(v.verdict, words.cap(_(words.VERDICTS[v.verdict])), big=True)
        line = row(mark, spacing=8)
        line.setStretch(0, 1)
        if v.waste_class:
            line.addWidget(chip(_("Class I") if v.waste_class == "I" else _("Class II")))
        facts = [self._density(v), self._mass(v)]
        self._box.addWidget(card(line, *(label(t, "secondary", wrap=True) for t in facts), spacing=4))
        self._box.addWidget(label(_("Each part by itself"), "heading"))
        holder = QWidget()
        holder.setLayout(self._parts(v))
        self._box.addWidget(holder)
        if v.findings:
            self._box.addWidget(label(_("What they ask of each other"), "heading"))
            for finding in v.findings:
                self._box.addWidget(FindingCard(finding))

    def _density(self, v: RecipeVerdict) -> str:
        if v.density_t_m3 is None:
            return _("Density not known: no density of a part or its kind")
        tested = v.recipe.density_t_m3 is not None
        basis = _("tested") if tested else _("from the densities of the parts")
        return _("{density} t/m³ dry ({basis})").format(density=fmt.number(v.density_t_m3, 3), basis=basis)

    def _mass(self, v: RecipeVerdict) -> str:
        if v.waste_m3 is None:
            return _("The pit is not estimated yet: no tonnage")
        if v.tonnage_t is None:
            return _("room for {space} 万m³").format(space=fmt.wan_m3(v.waste_m3))
        return _("{mass} 万t dry in {space} 万m³").format(mass=fmt.wan_t(v.tonnage_t, 2), space=fmt.wan_m3(v.waste_m3))

    def _parts(self, v: RecipeVerdict) -> QGridLayout:
        shares: dict[str, float] = {}
        for p in v.recipe.parts:
            shares[p.waste] = shares.get(p.waste, 0.0) + p.share
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for at, text in enumerate((_("Waste"), _("Share"), _("Mass 万t"), _("Verdict"))):
            grid.addWidget(label(text, "muted"), 0, at)
        for line, s in enumerate(v.screenings, 1):
            cells: list[Any] = [
                label(s.waste),
                label(fmt.percent(shares.get(s.waste), 1)),
                label(fmt.wan_t(v.parts_t.get(s.waste))),
                VerdictMark(s.verdict, words.cap(_(words.VERDICTS[s.verdict]))),
            ]
            for at, cell in enumerate(cells):
                grid.addWidget(cell, line, at)
        grid.setColumnStretch(3, 1)
        return grid
