"""Handlers of the actions that look for damage: check, repair, rescue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from app.gui import settings, words
from app.gui.dialogs.question import Question
from app.gui.project_bars import Choice
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session


class MendCommands:
    """A part of WindowCommands."""

    window: MainWindow
    session: Session
    open_dialog: Callable[[Any], Any]

    def check_project(self) -> None:
        from app.gui.dialogs.check import CheckDialog

        dialog = self.open_dialog(CheckDialog(self.window, self.session))
        dialog.repair_wanted.connect(self.repair)

    def state_absences(self) -> None:
        from app.gui.dialogs.absences import AbsencesDialog

        self.open_dialog(AbsencesDialog(self.window, self.session))

    # Repair

    def repair(self, path: Path) -> None:
        """Find out what would be repaired, ask, repair, and open the project again."""

        def work(watch: Any) -> Any:
            from app.verbs.repair_plan import plan_repairs

            return plan_repairs(path, watch)

        self.session.tasks.submit(_("Looking which repairs are needed"), work, lambda r: self._ask_repair(path, r),
                                  self.session.report)  # fmt: skip

    def _ask_repair(self, path: Path, repairs: tuple[Any, ...]) -> None:
        if not repairs:
            text = _("Nothing here can be repaired without a decision of yours; the findings say where.")
            self.session.say("info", text)
            return
        text = _("The file as it is now is kept first, beside it, as {name}. Nothing is invented; what belongs to rows "
                 "is one step that can be undone.").format(name=f"{path.stem}.before-repair-….gpkg")  # fmt: skip
        facts = [_("Tried on a copy, the repair did this:"), *(words.cap(r.message.render(_)) for r in repairs)]
        go = Choice(_("Repair"), lambda: self.window.care.when_settled(lambda: self.repair_now(path)), "primary")
        self.window.care.ask(Question(self.window, _("Repair the project?"), text, [go], facts=facts))

    def repair_now(self, path: Path) -> None:
        """Close the project, repair its file, open it again and tell what was done."""
        from app.gui.dialogs.check import RepairedDialog

        self.session.close()

        def work(watch: Any) -> Any:
            from app.verbs.repair import repair_project

            return repair_project(path, watch=watch)

        def done(report: Any) -> None:
            self.open_dialog(RepairedDialog(self.window, report))
            self.session.open_soon(path)

        def failed(error: Exception) -> None:
            self.session.report(error)
            self.session.open_soon(path)

        self.session.tasks.submit(_("Repairing the project"), work, done, failed, writes=True)

    # Rescue

    def offer_rescue(self, path: Path, error: AppError) -> None:
        """A project was not opened, because it is damaged: what can be done now."""
        from app.verbs.snapshots import list_snapshots

        choices = [Choice(_("Rescue into a new file…"), lambda: self.rescue(path), "primary")]
        try:
            found = list_snapshots(path)
        except AppError:  # nothing is known of this file
            found = []
        if found:
            last = found[-1]
            when = f"{last.taken_at.astimezone():%Y-%m-%d %H:%M}"
            text = _("Take the snapshot of {when}…").format(when=when)
            choices.insert(0, Choice(text, lambda: self.take_snapshot_instead(path, last)))
        title = _("{name} is damaged and was not opened").format(name=path.name)
        facts = [words.cap(error.what.render(_)), _("The damaged file stays as it is, whatever you choose.")]
        self.window.care.ask(Question(self.window, title, "", choices, facts=facts))

    def rescue(self, path: Path | None = None, out: Path | None = None) -> None:
        """Take what can be read out of a damaged file into a new one."""
        kinds = _("Projects") + " (*.gpkg)"
        if path is None:
            start = settings.start_folder("projects")
            name, _kind = QFileDialog.getOpenFileName(self.window, _("The damaged project"), start, kinds)
            if not name:
                return
            path = Path(name)
        out = out or self._new_file(path, _("{name} rescued.gpkg"))
        if out is None:
            return
        damaged, made = path, out

        def work(watch: Any) -> Any:
            from app.verbs.rescue import rescue_project

            return rescue_project(damaged, made, watch)

        def done(report: Any) -> None:
            from app.gui.dialogs.check import RescuedDialog

            dialog = self.open_dialog(RescuedDialog(self.window, report))
            dialog.open_wanted.connect(self.window.care.open)

        self.session.tasks.submit(_("Rescuing {name}").format(name=path.name), work, done, self.session.report)

    def take_snapshot_instead(self, path: Path, snapshot: Any, out: Path | None = None) -> None:
        """A snapshot as a new project file, opened."""
        out = out or self._new_file(path, _("{name} snapshot.gpkg"))
        if out is None:
            return
        made = out

        def prepare(_watch: Any) -> Path:
            from app.verbs.snapshots import restore_to

            return restore_to(snapshot, made)

        self.window.care.when_settled(lambda: self.session.open_soon(made, prepare))

    def _new_file(self, path: Path, name: str) -> Path | None:
        start = str(path.with_name(name.format(name=path.stem)))
        chosen, _kind = QFileDialog.getSaveFileName(
            self.window, _("The new project"), start, _("Projects") + " (*.gpkg)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        return Path(chosen).with_suffix(".gpkg") if chosen else None
