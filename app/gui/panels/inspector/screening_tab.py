"""筛查: may this waste go into this pit, and every finding behind the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.gui import words
from app.gui.icons import verdict_pixmap
from app.gui.panels.inspector.findings import FindingCard
from app.gui.panels.inspector.screening_parts import assessment_card, packs_section, stale_banner, verdict_card
from app.gui.stored import last_screenings
from app.gui.widgets import Banner, Combo, EmptyState, Section, button, clear, column, row, rule, scrolled
from app.i18n import _
from layers.registry import LAYERS
from models.errors import AppError
from models.screening import Finding, Screening

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task
    from app.verbs.stale import Freshness
    from models.assessment import Assessment

_CARDS_A_TURN = 5
_ORDER = ("does_not_meet", "cannot_judge", "requires", "meets", "not_applicable")
_TABLES = {"wastes", "lab_values", "screenings", "assessments", "rule_packs"}


class ScreeningTab(QWidget):
    """Chooses a waste, runs the rules, shows the verdict and its findings by outcome."""

    act = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.code = ""
        self.shown: Screening | None = None
        self.stored = False
        self._kept: dict[str, Screening] = {}
        self._assessed: list[Assessment] = []
        self._titles: dict[str, str] = {}
        self._wish = ""
        self._due = False
        self._asked = 0  # counts questions, so that a late answer to an older one is not shown
        self._check: Task | None = None
        self._waiting: list[tuple[Any, Finding]] = []
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._some_cards)
        self._build()
        session.changed.connect(self._on_changed)

    def _build(self) -> None:
        self.waste = Combo(tip=_("The waste that would be filled in"))
        self.waste.activated.connect(lambda _i: self._show_kept())
        self.run = button(
            _("Screen"), self.screen, kind="primary", icon="shield-check", tip=_("Judge this waste for this pit (F10)")
        )
        top = row(self.waste, self.run, spacing=8, margins=(16, 12, 16, 8))
        top.setStretch(0, 1)
        self.paper = button(_("Conformity analysis…"), lambda: self.act.emit("conformity"), kind="quiet",
                            icon="file-text", tip=_("The table rule by rule as Word or Excel file"))  # fmt: skip
        self.record = button(_("Risk assessment…"), lambda: self.act.emit("assess"), kind="quiet", icon="pencil",
                             tip=_("Put on record what a risk assessment found"))  # fmt: skip
        more = row(self.paper, self.record, None, spacing=4, margins=(12, 0, 16, 8))
        self._answer = QVBoxLayout()
        self._answer.setSpacing(10)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 12, 16, 16)
        inner.addLayout(self._answer)
        inner.addStretch(1)
        page = QWidget()
        page.setLayout(column(top, more, rule(), scrolled(body), spacing=0))
        self.no_waste = EmptyState(
            "flask-conical",
            _("No waste yet"),
            _("Enter a waste stream and import its laboratory values."),
            button(_("Wastes…"), lambda: self.act.emit("wastes"), kind="primary", icon="flask-conical"),
        )
        self.heap = EmptyState("info", _("A stockpile takes no waste"), _("Screening is for sand pits and mine pits."))
        self._stack = QStackedLayout(self)
        for part in (page, self.no_waste, self.heap):
            self._stack.addWidget(part)

    def show_site(self, code: str) -> None:
        """Follow another site."""
        self.code = code
        self._kept = {}
        self.shown = None
        self._due = bool(code)
        self._clear()
        if self.isVisible():
            self._load()

    def look(self, waste: str) -> None:
        """Bring a waste to the front; judged now, without keeping it, if it was not screened for this pit yet."""
        self._wish = waste
        self._due = bool(self.code)
        if self.isVisible():
            self._load()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._load()

    def _load(self) -> None:
        project, code = self.session.project, self.code
        if not self._due or project is None:
            return
        self._due = False
        layer = self.session.selection[0]
        wastes = project.store.wastes()
        fills = layer in LAYERS and LAYERS[layer].fills
        self._stack.setCurrentIndex(2 if not fills else 0 if wastes else 1)
        if not (fills and wastes):
            return
        self.waste.set_items([(w.code, f"{w.code}  {w.name}".strip()) for w in wastes])
        if self._wish:
            self.waste.choose(self._wish)
        self._mark()
        uid = project.store.site(code).uid
        self._asked += 1
        asked = self._asked

        def work(_watch: Any) -> Any:
            from app.verbs.assess import assessments
            from app.verbs.rule_edits import project_packs

            titles = {p.id: p.title for p in project_packs(project)}
            known = [a for a in assessments(project) if a.site_uid == uid]
            return last_screenings(project, uid, code), known, titles

        def arrived(answer: Any) -> None:
            if asked == self._asked and code == self.code:
                self._kept, self._assessed, self._titles = answer
                self._mark()
                self._show_kept()

        self.session.tasks.submit(_("Reading figures"), work, arrived, self.session.report, quiet=True)

    def _clear(self) -> None:
        self._waiting = []
        if self._check is not None:
            self._check.cancel()
            self._check = None
        clear(self._answer)

    def _mark(self) -> None:
        for index in range(self.waste.count()):
            kept = self._kept.get(str(self.waste.itemData(index)))
            self.waste.setItemIcon(index, QIcon(verdict_pixmap(kept.verdict if kept else "none", 16)))

    def _show_kept(self) -> None:
        waste = str(self.waste.currentData())
        kept = self._kept.get(waste)
        wish, self._wish = self._wish, ""
        if kept is not None:
            self.show_screening(kept)
        elif wish == waste:
            self._judge_now(waste)
        else:
            self._clear()
            self.shown = None
            self._answer.addWidget(
                EmptyState(
                    "shield-check",
                    _("Not screened yet"),
                    _("Choose a waste and press Screen: every rule is checked and listed."),
                )
            )
            self._show_assessment(waste)

    def _judge_now(self, waste: str) -> None:
        """The answer of a pair that was never kept, as the matrix made it: shown and not stored."""
        project, code, asked = self.session.project, self.code, self._asked
        self._clear()

        def work(_watch: Any) -> Any:
            from app.verbs.screen import screen

            return screen(project, [waste], [code], store=False)[0]

        def arrived(answer: Screening) -> None:
            if asked == self._asked and code == self.code and waste == str(self.waste.currentData()):
                self.show_screening(answer, stored=False)

        title = _("Screening {waste} for {code}").format(waste=waste, code=code)
        self.session.tasks.submit(title, work, arrived, self._refused, quiet=True)

    def screen(self) -> None:
        """Judge and keep the answer."""
        waste, code = str(self.waste.currentData() or ""), self.code
        if not (waste and code):
            return
        from app.verbs.screen import screen

        self.run.setEnabled(False)

        def done(answers: list[Screening]) -> None:
            self.run.setEnabled(True)
            if any(a.site == self.code for a in answers):
                self.waste.choose(waste)  # the answer itself comes with the change of the project
                if not self.stored:
                    self.show_site(self.code)  # the same answer as the one that was shown unkept

        def failed(error: Exception) -> None:
            self.run.setEnabled(True)
            self.session.report(error)
            if code == self.code:
                self._refused(error)

        title = _("Screening {waste} for {code}").format(waste=waste, code=code)
        self.session.run_write(
            title, lambda project, watch: screen(project, [waste], [code], watch=watch), done, failed
        )

    def _refused(self, error: Exception) -> None:
        if isinstance(error, AppError):
            self._clear()
            self._answer.addWidget(Banner("danger", words.cap(error.sentence(_))))

    def show_screening(self, s: Screening, *, stored: bool = True) -> None:
        """Verdict above, findings by outcome below."""
        self.shown, self.stored = s, stored
        self.waste.choose(s.waste)
        self._clear()
        self._stale = QVBoxLayout()
        self._answer.addLayout(self._stale)
        if not stored:
            self._stale.addWidget(Banner("info", _("Judged now and not kept. Press Screen to keep it.")))
        groups = {o: [f for f in s.findings if f.outcome == o] for o in _ORDER}
        self._answer.addWidget(verdict_card(s, {o: len(f) for o, f in groups.items()}))
        self._show_assessment(s.waste)
        for outcome in _ORDER:
            if not groups[outcome]:
                continue
            title = f"{words.cap(_(words.OUTCOMES[outcome]))} ({len(groups[outcome])})"
            body = partial(self._cards, groups[outcome])
            self._answer.addWidget(Section(title, body, is_open=outcome not in ("meets", "not_applicable")))
        self._answer.addWidget(packs_section(s, self._titles))
        if stored:
            self._compare(s)

    def _show_assessment(self, waste: str) -> None:
        """The assessment on record that counts for this pair: the last for the waste, else the last for every waste."""
        own = [a for a in self._assessed if a.waste == waste] or [a for a in self._assessed if not a.waste]
        if own:
            self._answer.addWidget(assessment_card(own[-1]))

    def _compare(self, s: Screening) -> None:
        """Whether the kept answer still holds, in the background."""
        project, code = self.session.project, self.code

        def work(_watch: Any) -> Any:
            from app.verbs.stale import freshness

            return freshness(project, s)

        def arrived(fresh: Freshness) -> None:
            if fresh.stale and self.shown is s and code == self.code:
                self._stale.addWidget(stale_banner(fresh, s, self._titles, self.screen))

        # An error here (a waste that was deleted meanwhile) says nothing about the answer that is shown.
        self._check = self.session.tasks.submit(_("Comparing with the rules of today"), work, arrived, quiet=True)

    def _cards(self, findings: list[Finding]) -> QWidget:
        """A column that fills by and by, so that a hundred findings never hold the window up."""
        holder = QWidget()
        layout = column(spacing=6)
        holder.setLayout(layout)
        self._waiting += [(layout, f) for f in findings]
        self._turns.start()
        return holder

    def _some_cards(self) -> None:
        for layout, finding in self._waiting[:_CARDS_A_TURN]:
            layout.addWidget(FindingCard(finding))
        del self._waiting[:_CARDS_A_TURN]
        if not self._waiting:
            self._turns.stop()

    def _on_changed(self, change: Any) -> None:
        if self.code and _TABLES & set(change.tables) and not self.session.tasks.writing:
            self.show_site(self.code)
