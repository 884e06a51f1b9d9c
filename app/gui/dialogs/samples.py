"""Import of laboratory values, with an account of the rows that were not taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.gui import words
from app.gui.dialogs.results import ResultDialog
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session


def import_samples_file(window: Any, session: Session, path: Path, open_dialog: Callable[[Any], Any]) -> None:
    """Take a CSV in the background; rows left out can be looked at."""

    def work(project: Any, _watch: Any) -> Any:
        from app.verbs.samples import import_samples

        return import_samples(project, path)

    def done(report: Any) -> None:
        text = _("{added} laboratory values taken, {skipped} rows skipped").format(
            added=report.added, skipped=len(report.skipped)
        )
        rows = [[str(s.row), words.cap(s.reason.render(_))] for s in report.skipped]
        rows += [["", words.cap(w.render(_))] for w in report.warnings]

        def show() -> None:
            open_dialog(
                ResultDialog(
                    window, _("Laboratory values that were not taken"), [_("Row"), _("Reason")], rows, right=(0,)
                )
            )

        window.toasts.show("warning" if rows else "ok", text, act=(_("Show"), show) if rows else None)

    session.run_write(_("Importing {name}").format(name=path.name), work, done)
