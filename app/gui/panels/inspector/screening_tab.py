"""筛查: may this waste go into this pit, and every finding behind the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QLabel, QStackedLayout, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.icons import verdict_pixmap
from app.gui.stored import last_screenings
from app.gui.widgets import (
    Banner,
    Combo,
    EmptyState,
    Section,
    VerdictMark,
    button,
    card,
    chip,
    clear,
    column,
    label,
    row,
    rule,
    scrolled,
)
from app.i18n import _
from layers.registry import LAYERS
from models.errors import AppError
from models.screening import Finding, Screening

if TYPE_CHECKING:
    from app.gui.session import Session

_CARDS_A_TURN = 5
_ORDER = ("does_not_meet", "cannot_judge", "requires", "meets", "not_applicable")


class FindingCard(QFrame):
    """One finding: what was compared, with which limit, from which clause, how sure the limit is."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        mark = QLabel()
        mark.setPixmap(verdict_pixmap(finding.outcome, 14))
        mark.setFixedWidth(16)
        mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        title = words.cap(_(finding.title)) if finding.title else finding.rule
        sure = chip(finding.confidence, words.cap(words.from_key(words.CONFIDENCES, finding.confidence)))
        head = row(mark, label(title, "heading", wrap=True), sure, spacing=8)
        head.setStretch(1, 1)
        head.setAlignment(sure, Qt.AlignmentFlag.AlignTop)
        parts: list[Any] = [head, label(_message(finding, title), "secondary", wrap=True, selectable=True)]
        compared = _compared(finding)
        if compared:
            parts.append(label(compared, wrap=True, selectable=True))
        source = " ".join(t for t in (finding.document, finding.clause) if t)
        sample = _("sample {sample}").format(sample=finding.sample) if finding.sample else ""
        foot = "  ·  ".join(t for t in (source, sample, finding.rule) if t)
        parts.append(label(foot, "muted", wrap=True, selectable=True))
        self.setLayout(column(*parts, spacing=3, margins=(10, 8, 10, 8)))


def _message(f: Finding, title: str) -> str:
    """The finding's sentence without its subject, which stands above it as the heading."""
    text = f.message.render(_)
    if text.casefold().startswith(title.casefold()):
        text = text[len(title) :].lstrip(" :：,，") or text
    return words.cap(text)


_COMPARATORS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "between": "", "in": "", "": ""}
_NO_UNIT = {"", "-", "1", None}


def _compared(f: Finding) -> str:
    """``48.3 mg/L, limit ≤ 15 mg/L``, where numbers were compared."""
    if not isinstance(f.value, (int, float)) and not isinstance(f.limit, (int, float)):
        return ""
    unit = "" if f.unit in _NO_UNIT else f" {f.unit}"

    def said(value: float | str | None) -> str:
        return f"{value:.6g}{unit}" if isinstance(value, (int, float)) else f"{str(value).replace('-', '–')}{unit}"

    value = _("no value") if f.value is None else said(f.value)
    if f.limit is None:
        return value
    sign = _COMPARATORS.get(f.comparator or "", f.comparator or "")
    return _("{value}, limit {limit}").format(value=value, limit=f"{sign} {said(f.limit)}".strip())


class ScreeningTab(QWidget):
    """Chooses a waste, runs the rules, shows the verdict and its findings by outcome."""

    act = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.code = ""
        self.shown: Screening | None = None
        self._kept: dict[str, Screening] = {}
        self._due = False
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
        top = row(self.waste, self.run, spacing=8, margins=(16, 12, 16, 12))
        top.setStretch(0, 1)
        self._answer = QVBoxLayout()
        self._answer.setSpacing(10)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 12, 16, 16)
        inner.addLayout(self._answer)
        inner.addStretch(1)
        page = QWidget()
        page.setLayout(column(top, rule(), scrolled(body), spacing=0))
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
        self._mark()
        uid = project.store.site(code).uid

        def arrived(kept: dict[str, Screening]) -> None:
            if code == self.code:
                self._kept = kept
                self._mark()
                self._show_kept()

        title = _("Reading figures")
        self.session.tasks.submit(
            title, lambda _w: last_screenings(project, uid, code), arrived, self.session.report, quiet=True
        )

    def _clear(self) -> None:
        self._waiting = []
        clear(self._answer)

    def _mark(self) -> None:
        for index in range(self.waste.count()):
            kept = self._kept.get(str(self.waste.itemData(index)))
            self.waste.setItemIcon(index, QIcon(verdict_pixmap(kept.verdict if kept else "none", 16)))

    def _show_kept(self) -> None:
        kept = self._kept.get(str(self.waste.currentData()))
        if kept is None:
            self._clear()
            self.shown = None
            self._answer.addWidget(
                EmptyState(
                    "shield-check",
                    _("Not screened yet"),
                    _("Choose a waste and press Screen: every rule is checked and listed."),
                )
            )
        else:
            self.show_screening(kept)

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

        def failed(error: Exception) -> None:
            self.run.setEnabled(True)
            self.session.report(error)
            if isinstance(error, AppError) and code == self.code:
                self._clear()
                self._answer.addWidget(Banner("danger", words.cap(error.sentence(_))))

        title = _("Screening {waste} for {code}").format(waste=waste, code=code)
        self.session.run_write(
            title, lambda project, watch: screen(project, [waste], [code], watch=watch), done, failed
        )

    def show_screening(self, s: Screening) -> None:
        """Verdict above, findings by outcome below."""
        self.shown = s
        self.waste.choose(s.waste)
        self._clear()
        mark = VerdictMark(s.verdict, words.cap(_(words.VERDICTS[s.verdict])), big=True)
        line = row(mark, spacing=8)
        line.setStretch(0, 1)
        if s.waste_class:
            line.addWidget(chip(_("Class I") if s.waste_class == "I" else _("Class II")))
        groups = {o: [f for f in s.findings if f.outcome == o] for o in _ORDER}
        counts = "  ".join(f"{words.cap(_(words.OUTCOMES[o]))} {len(groups[o])}" for o in _ORDER if groups[o])
        packs = ", ".join(f"{i} {v}" for i, v in s.packs)
        self._answer.addWidget(
            card(
                line,
                label(counts, "secondary", wrap=True),
                label(_("Rules: {packs}; {day}").format(packs=packs, day=fmt.day(s.screened_at)), "muted", wrap=True),
                spacing=4,
            )
        )
        for outcome in _ORDER:
            if not groups[outcome]:
                continue
            title = f"{words.cap(_(words.OUTCOMES[outcome]))} ({len(groups[outcome])})"
            body = partial(self._cards, groups[outcome])
            self._answer.addWidget(Section(title, body, is_open=outcome not in ("meets", "not_applicable")))

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
        if self.code and {"wastes", "lab_values", "screenings"} & set(change.tables) and not self.session.tasks.writing:
            self.show_site(self.code)
