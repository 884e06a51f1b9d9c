"""Pictures that were dropped on the window: to the selected feature, or each an observation where it was taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QRadioButton, QWidget

from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.photos.taking import add_to, observe
from app.gui.read_only import WhenWritable
from app.gui.widgets import column, label
from app.i18n import _

if TYPE_CHECKING:
    from app.gui.session import Session


class PhotosDropped(Sheet):
    """Where to with them? The pictures are looked at meanwhile: how many say where they were taken."""

    def __init__(self, parent: QWidget, session: Session, files: list[Path]) -> None:
        super().__init__(parent, _("Add photos"), _("{n} pictures").format(n=len(files)), width=460)
        self.session, self.files = session, files
        self.layer, fids = session.selection
        self.fid = next(iter(fids)) if len(fids) == 1 else -1
        self.to_feature = QRadioButton(self._feature_words())
        self.to_feature.setEnabled(self.fid >= 0)
        self.as_observations = QRadioButton(_("An observation for each, where it was taken"))
        self.placed = label(_("Reading…"), "muted", wrap=True)
        self.content.addLayout(column(self.to_feature, self.as_observations, self.placed, spacing=6))
        self.foot(_("Add"), self.take, icon="camera")
        WhenWritable(self.main, session)
        (self.to_feature if self.fid >= 0 else self.as_observations).setChecked(True)
        session.closed.connect(self.reject)
        session.tasks.submit(_("Reading photos"), self._count, self._counted, session.report, quiet=True)

    def _feature_words(self) -> str:
        if self.fid < 0:
            return _("To a feature (select one first)")
        table = self.session.table(self.layer)
        name = " ".join(str(table.value(self.fid, c) or "") for c in ("code", "name")).strip()
        return _("To {kind} {name}").format(kind=words.layer(self.layer), name=name)

    def _count(self, _watch: Any) -> int:
        from gis.photos import read_facts
        from models.errors import AppError

        placed = 0
        for file in self.files:
            try:
                placed += read_facts(file).placed
            except AppError:
                continue  # told when it is added
        return placed

    def _counted(self, placed: int) -> None:
        self.placed.setText(_("{placed} of {n} say where they were taken").format(placed=placed, n=len(self.files)))
        self.as_observations.setEnabled(placed > 0)
        if not placed:
            self.to_feature.setChecked(self.fid >= 0)
            self.main.setEnabled(self.fid >= 0)

    def take(self) -> None:
        """Add them."""
        if self.to_feature.isChecked():
            add_to(self.session, self.layer, self.fid, self.files)
        else:
            observe(self.session, self.files)
        self.accept()
