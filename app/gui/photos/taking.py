"""Adding pictures in the background, and telling in words what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.gui import words
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.photos import PhotosAdded


def add_to(session: Session, layer: str, fid: int, files: list[Path]) -> None:
    """Add pictures to a feature."""

    def work(project: Any, watch: Any) -> PhotosAdded:
        from app.verbs.photos import add_photos

        return add_photos(project, layer, project.store.row(layer, fid), files, watch=watch)

    session.run_write(_("Adding photos"), work, lambda report: tell(session, report))


def observe(session: Session, files: list[Path]) -> None:
    """Make an observation of each picture, where it was taken."""

    def work(project: Any, watch: Any) -> PhotosAdded:
        from app.verbs.photos import observe_photos

        return observe_photos(project, files, watch=watch)

    def done(report: PhotosAdded) -> None:
        tell(session, report)
        if report.features:
            session.select("observations", session.table("observations").where("code", report.features))

    session.run_write(_("Adding photos"), work, done)


def tell(session: Session, report: PhotosAdded) -> None:
    """How many were added; what was left out and why."""
    said = [_("{n} photos added").format(n=len(report.photos))] if report.photos else []
    if report.known:
        said.append(_("{n} were there already").format(n=len(report.known)))
    if report.refused:
        file, error = report.refused[0]
        reason = words.cap(error.what.render(_))
        left = _("{n} left out ({file}: {reason})")
        said.append(left.format(n=len(report.refused), file=Path(file).name, reason=reason))
    session.say("warning" if report.refused else "ok", "; ".join(said))
