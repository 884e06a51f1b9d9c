"""What the window does for screening: one pair, all pairs, the matrix, mixed fills, assessments, rules, conformity."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.i18n import _

if TYPE_CHECKING:
    from app.gui.main_window import MainWindow
    from app.gui.session import Session
    from app.gui.workspace import Workspace


class ScreeningCommands:
    """Handlers, mixed into WindowCommands."""

    if TYPE_CHECKING:
        window: MainWindow
        session: Session
        _inspect: Callable[[str], None]

        @property
        def workspace(self) -> Workspace: ...

        def open_dialog(self, dialog: Any) -> Any: ...

    def screen_site(self) -> None:
        self._inspect("screening")
        self.workspace.inspector.screening.screen()

    def screen_all(self) -> None:
        from app.verbs.screen import screen

        def done(answers: list[Any]) -> None:
            counts = {v: sum(a.verdict == v for a in answers) for v in ("accept", "assess", "reject", "cannot_judge")}
            from app.gui import words

            text = _(", ").join(f"{_(words.VERDICTS[v])} {n}" for v, n in counts.items() if n)
            self.window.toasts.show("ok", _("{n} pairs screened: {text}").format(n=len(answers), text=text))

        self.session.run_write(_("Screening all wastes"), lambda project, watch: screen(project, watch=watch), done)

    def show_matrix(self) -> None:
        from app.gui.dialogs.matrix import MatrixDialog

        dialog = self.open_dialog(MatrixDialog(self.window, self.session))
        dialog.cell_wanted.connect(self._show_pair)

    def _show_pair(self, site: str, waste: str) -> None:
        """The findings of a cell of the matrix."""
        if self.session.select_site(site):
            self._inspect("screening")
            self.workspace.inspector.screening.look(waste)

    def edit_fills(self) -> None:
        from app.gui.dialogs.fills import FillsDialog

        self.open_dialog(FillsDialog(self.window, self.session))

    def _screened_waste(self) -> str:
        """The waste that the screening tab is about, "" if it was not opened yet."""
        return str(self.workspace.inspector.screening.waste.currentData() or "")

    def record_assessment(self) -> None:
        from app.gui.dialogs.assessment import AssessmentDialog

        site, waste = self.session.site_code, self._screened_waste()
        self.open_dialog(AssessmentDialog(self.window, self.session, site, waste))

    def show_rules(self) -> None:
        from app.gui.dialogs.rules import RulesDialog

        self.open_dialog(RulesDialog(self.window, self.session))

    def conformity(self) -> None:
        from app.gui.dialogs.conformity import ConformityDialog

        site, waste = self.session.site_code, self._screened_waste()
        self.open_dialog(ConformityDialog(self.window, self.session, site, waste))
