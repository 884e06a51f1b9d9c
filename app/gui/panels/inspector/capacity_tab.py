"""库容: which surface, which level, what goes in; the answer follows while one changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.gui import libraries, words
from app.gui.foreground import foreground
from app.gui.panels.inspector import capacity_work as work
from app.gui.panels.inspector.capacity_choices import CapacityChoices
from app.gui.panels.inspector.capacity_following import Following
from app.gui.panels.inspector.capacity_foot import missing_banner, refusal_banner
from app.gui.panels.inspector.capacity_page import CapacityPage
from app.gui.panels.inspector.capacity_result import CapacityResult
from app.gui.stored import last_estimate
from app.gui.widgets import clear
from app.i18n import _
from models.errors import AppError
from models.estimate import DEFAULT_REFERENCE, Estimate, EstimateRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.gui.session import Session
    from app.gui.tasks import Task

_DEBOUNCE_MS = 200
_THEN_MS = 1  # not 0: that would be one piece of work with what comes before


class CapacityTab(Following, CapacityPage):
    """Shows the stored estimate of a site first; what is changed is computed but not kept."""

    def __init__(
        self, session: Session, parent: QWidget | None = None,
        choices: CapacityChoices | None = None, result: CapacityResult | None = None,
    ) -> None:  # fmt: skip
        super().__init__(session, self.store, parent, choices, result)
        self.code = ""
        self.answer: Estimate | None = None
        self.stored = False
        self._outdated = ""  # when the estimate was stored whose outline is another by now
        self._tasks: list[Task] = []
        self._fetch = libraries.Fetch(session.tasks)
        self._due = False
        self._fresh = True
        self._keep_next = False
        self._steps: list[tuple[int, bool]] = []  # of the level, asked for before there was one
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._compute)
        self.live.ready.connect(self._play)
        self.choices.changed.connect(lambda now: self.touch(now=now))
        self.choices.level_moved.connect(lambda _level: self._tell_state())
        self.result.figures.estimate_wanted.connect(self._tell_state)
        self.result.why.wanted.connect(self._explain)
        self.follow_project()

    # The site

    def show_site(self, code: str) -> None:
        """Follow another site, "" for none."""
        if code == self.code and code:
            return
        self._cancel()
        self._steps.clear()
        self.code, self.answer, self.stored, self._outdated = code, None, False, ""
        self.live.forget()
        self.depth.emit(None)
        clear(self.problem)
        self._fresh = not code
        if self.isVisible():
            self._load()  # in one piece: figures that go and come back a moment later flicker
        if self.answer is None:
            self.result.show_estimate(None)

    def leave_map(self) -> None:
        """Depths and spill points go from the map: another site was chosen, whose own come in a moment."""
        self.depth.emit(None)
        self.live.spill.emit([], None)

    def _load(self, *, sliced: bool = False) -> None:
        """Fill the tab; `sliced`: the figures in a piece of work of their own, the window answers in between."""
        if self._fresh or not self._ready():
            return
        self._fresh = True
        project = self.session.project
        assert project is not None  # noqa: S101 - there is no site without a project
        terrains = [t.name for t in self.session.terrains()]
        self._stack.setCurrentIndex(0 if terrains else 1)
        if not terrains:
            return
        site = project.store.site(self.code)
        edits = [e for _fid, _uid, e in project.store.rim_edits(site.uid)]
        wastes = [(w.code, f"{w.code} {w.name}".strip()) for w in project.store.wastes()]
        self.choices.offer(terrains, wastes, fills=site.fills, edits=len(edits))
        kept = last_estimate(project, site.uid, self.code)
        if kept is None:
            default = DEFAULT_REFERENCE["pit" if site.fills else "stockpile"]
            self.choices.show_request(EstimateRequest(reference=default), None)
            self.touch(now=True)
            return
        self.choices.show_request(kept.request, kept)
        self._outdated = ""
        if work.is_current(kept, site, edits):
            self.stored = True
            if sliced:
                self.keep.setEnabled(False)
                QTimer.singleShot(_THEN_MS, self, lambda: self._stored(kept))
            else:
                self._arrived(kept)
        else:  # outline or rim was changed since
            self._outdated = words.when(kept.computed_at)
            self.touch(now=True)

    def _ready(self) -> bool:
        """Whether figures can be shown at once; if not, what they need is fetched, and then they are."""
        title = _("Estimate of {code}").format(code=self.code)
        return self._fetch.there(title, self._fetched, self.session.report)

    def _fetched(self, _nothing: object) -> None:
        if self.isVisible():
            self._look()
        elif self._steps:
            self._load()

    def _stored(self, kept: Estimate) -> None:
        """The stored figures, if nothing else was asked for since."""
        if self.stored and self.answer is None:
            self._arrived(kept)

    def step_level(self, steps: int, fine: bool = False) -> None:
        """Move the level by round steps, also while another tab is in front or the figures are still on their way."""
        if not self.code:
            return
        self._load()
        self._steps.append((steps, fine))
        if self.answer is None and self._due:
            self._timer.start(0)
        elif self.answer is not None:
            self.live.need(self.code, self._submit)
        self._play()

    def _play(self) -> None:
        """The steps that waited, once estimate and table of levels are there."""
        if self.answer is not None and self.live.levels is not None:
            steps, self._steps = self._steps, []
            for step in steps:
                self.choices.level.step(*step)

    def shown_request(self) -> tuple[EstimateRequest, str] | None:
        """(request, terrain) of what is looked at: the live level, else the estimate; None while there is none."""
        if self.answer is None:
            return None
        live = self.result.figures.level
        terrain = self.answer.terrain.name
        if live is not None:
            return EstimateRequest("level", {"level_m": live.level_m}), terrain
        return self.answer.request, terrain

    # Changing

    def touch(self, *, now: bool = False) -> None:
        """Something changed: compute soon."""
        self.stored = self._keep_next = False
        self.keep.setEnabled(False)
        missing = self.choices.missing() if self.code else []
        if missing:
            self._cancel()
            self._due = False
            self._tell_missing(missing)
            return
        self.state.setText(_("computing…"))
        if self.answer is None:
            clear(self.problem)  # what the surface before this one lacked
        self._due = True
        if self.isVisible():
            self._timer.start(0 if now else _DEBOUNCE_MS)

    def _tell_missing(self, names: list[str]) -> None:
        """A surface that needs more before there is a figure: not an error yet."""
        self._no_answer()
        self.problem.addWidget(missing_banner(names))
        self.state.setText(_("not computed yet"))

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._fresh:
            self._look()
        else:  # to show it and to fill it are two pieces of work: the window answers in between
            QTimer.singleShot(_THEN_MS, self, self._look)

    def _look(self) -> None:
        """What is looked at is filled, and computed where that was put off."""
        if not self.isVisible():
            return
        self._load(sliced=True)
        if self._due:
            self._timer.start(0)
        elif self.answer is not None and self.result.curve is None:
            self._draw(self.answer)

    # Computing

    def _cancel(self) -> None:
        self._timer.stop()
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    def _submit(
        self, fn: Callable[[Any], Any], done: Callable[[Any], None], failed: Callable[[Exception], None]
    ) -> None:
        title = _("Estimate of {code}").format(code=self.code)
        self._tasks.append(self.session.tasks.submit(title, fn, done, failed, quiet=True))
        foreground.until_painted()  # what the tab shows comes first

    def _compute(self) -> None:
        project, code = self.session.project, self.code
        if project is None or not code:
            return
        self._cancel()
        self._due = False
        terrain, request = self.choices.terrain_name, self.choices.request()
        self._submit(
            lambda watch: work.work_estimate(project, code, terrain, request, watch), self._arrived, self._failed
        )

    def _arrived(self, answer: Estimate) -> None:
        if answer.site != self.code:
            return
        self.answer = answer
        clear(self.problem)
        self.result.setVisible(True)
        self.result.show_estimate(answer)
        self.choices.show_answer(answer)
        self.choices.level.setEnabled(True)
        self._tell_state()
        if self._keep_next:
            self.store()
        if self.isVisible() or self._steps:
            self._draw(answer)
        self._play()

    def _live_level(self) -> float | None:
        """The level that is looked at while the estimate is one of another surface."""
        live = self.result.figures.level
        return None if live is None or self.choices.reference.currentData() == "level" else float(live.level_m)

    def _tell_state(self) -> None:
        """Whether what is shown is stored."""
        answer, live = self.answer, self._live_level()
        if answer is None:
            return
        self.foot.tell(answer, stored=self.stored, looked_at=live is not None, outdated=self._outdated)

    def _draw(self, answer: Estimate) -> None:
        project = self.session.project
        if project is None:
            return
        self._submit(lambda watch: work.work_pictures(project, answer, watch), self._drawn, lambda _e: None)
        self.live.need(self.code, self._submit)

    def _drawn(self, live: work.Live) -> None:
        if self.answer is live.estimate:
            self.result.show_curve(live.curve)
            self.live.show_depth(live.depth)

    def _explain(self) -> None:
        project, answer = self.session.project, self.answer
        if project is None or answer is None:
            return

        def arrived(report: Any) -> None:
            if self.answer is answer:
                self.result.why.show_report(report)

        self._submit(lambda w: work.work_why(project, answer, w), arrived, self.result.why.failed)

    def _no_answer(self) -> None:
        self.answer = None
        self._steps.clear()
        self.result.setVisible(False)
        self.keep.setEnabled(False)
        self.choices.level.setEnabled(self.choices.reference.currentData() == "level")
        self.depth.emit(None)
        clear(self.problem)

    def _failed(self, error: Exception) -> None:
        self._no_answer()
        self.state.setText(_("could not be computed"))
        if not isinstance(error, AppError):
            self.session.report(error)
            return
        self.problem.addWidget(refusal_banner(error, self.act.emit))

    # Keeping

    def store(self) -> None:
        """Keep what is shown in the project; a level that is only looked at is estimated first."""
        answer, project, live = self.answer, self.session.project, self._live_level()
        if answer is not None and live is not None:
            self.choices.choose_level(live)
            self._keep_next = True
            return
        if answer is None or project is None or self.stored:
            return
        from app.verbs.estimate import keeping  # numeric libraries: only once there is a figure to keep

        done = self.session.attempt(lambda: self.session.transact(*keeping([answer])))
        if done is not None:
            self.stored = True
            self._tell_state()
