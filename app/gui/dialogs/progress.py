"""Two surveys of a site held against each other: what was placed, what remains, and a map of the change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.dialogs.change_on_map import ChangeOnMap
from app.gui.dialogs.change_picture import ChangePicture, ChangeView, change_picture
from app.gui.dialogs.progress_account import Outcome, offset_words, shift_words, show_outcomes, tilt_words
from app.gui.dialogs.terrain_account import in_window
from app.gui.dialogs.workbar import WorkBar, account_area
from app.gui.widgets import Combo, EmptyState, Spin, button, clear
from app.i18n import _
from layers.registry import SITE_LAYERS
from models.comparison import MAX_SLOPE_DEG, ComparisonRequest
from models.errors import AppError, Cancelled

if TYPE_CHECKING:
    from app.gui.session import Session

ALL, CHOSEN = "*", "+"
_CONFIRMS = {"progress.kinds_differ": "kind", "progress.datums_differ": "datum"}


class ProgressDialog(Sheet):
    """Sites and surveys at the left, the figures and the map at the right. Nothing is written to the project."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Compare two surveys"),
            _("Surveys are taken as they are; offset, shift and tilt are shown and removed only if you ask."),
            width=1080,
        )
        self.session = session
        self.outcomes: list[Outcome] = []
        self.shown: Outcome | None = None
        self.picture: ChangePicture | None = None
        self._confirmed: set[str] = set()
        self._ask()
        self._lay_out()
        self._map = ChangeOnMap(parent, self) if hasattr(parent, "care") else None
        self.session.closed.connect(self._gone)
        self.map_button = button(_("Show on the map"), self._on_map, icon="map")
        self.export_map = button(_("Save map…"), self.save_map, icon="file-down")
        self.export_table = button(_("Save figures…"), self.save_table, icon="file-spreadsheet")
        for extra in (self.map_button, self.export_map, self.export_table):
            self._foot.addWidget(extra)
        self.foot(_("Compare"), self.take, icon="chart-line", cancel=_("Close"))
        session.terrain_changed.connect(self._on_terrains)
        self._fill()
        self._nothing()

    def _ask(self) -> None:
        self.site = Combo()
        self.before = Combo()
        self.after = Combo()
        self.offset = QCheckBox(offset_words(None))
        self.shift = QCheckBox(shift_words(None))
        self.tilt = QCheckBox(tilt_words(None))
        self.slope = Spin(1, 90, decimals=0, step=5, unit="°")
        self.slope.show_value(MAX_SLOPE_DEG)
        for combo in (self.before, self.after):
            combo.activated.connect(lambda _i: self._confirmed.clear())
        for tick in (self.offset, self.shift, self.tilt):
            tick.toggled.connect(lambda _on: self.take() if self.outcomes else None)

    def _lay_out(self) -> None:
        lines = form()
        add_row(lines, _("Site"), self.site)
        add_row(lines, _("Before"), self.before)
        add_row(lines, _("After"), self.after)
        add_row(
            lines,
            _("Stable ground up to"),
            self.slope,
            _("Steeper ground says little about the offset; a sideways shift is seen on slopes only."),
        )
        lines.addRow(self.offset)
        lines.addRow(self.shift)
        lines.addRow(self.tilt)
        self.view = ChangeView()
        left = QVBoxLayout()
        left.addLayout(lines)
        left.addWidget(self.view, 1)
        left.addStretch(0)
        holder = QWidget()
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        holder.setFixedWidth(400)
        self._account = QVBoxLayout()
        area = account_area(self._account, 460)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addWidget(holder)
        both.addWidget(area, 1)
        self.bar = WorkBar(self.session)
        self.content.addLayout(both, 1)
        self.content.addWidget(self.bar)

    def _on_terrains(self) -> None:
        self._fill()
        if not self.outcomes and self.bar.task is None:
            self._nothing()

    def _add_terrain(self) -> None:
        self.parentWidget().trigger("terrain_add")  # type: ignore[attr-defined]  # the window's own table of actions

    def _fill(self) -> None:
        """Sites and surveys of the project as they are now; the earlier survey first."""
        session = self.session
        codes = [(c, f"{c} {n or ''}".strip()) for k in SITE_LAYERS for c, n in _codes(session.table(k))]
        many = self._selected()
        items = [(CHOSEN, _("{n} selected sites").format(n=len(many)))] if len(many) > 1 else []
        self.site.set_items([*items, *codes, (ALL, _("all sites"))])
        self.site.choose(CHOSEN if items else session.site_code)
        terrains = sorted(session.terrains(), key=lambda t: (t.surveyed_on or "9", t.registered_at))
        names = [(t.name, t.name + (f"  ({t.surveyed_on[:10]})" if t.surveyed_on else "")) for t in terrains]
        first = not self.before.count()
        self.before.set_items(names)
        self.after.set_items(names)
        if first and names:
            self.before.choose(names[0][0])
            self.after.choose(names[-1][0])

    def _selected(self) -> list[str]:
        layer, fids = self.session.selection
        if layer not in SITE_LAYERS:
            return []
        return [str(self.session.table(layer).value(f, "code") or "") for f in sorted(fids)]

    def _nothing(self) -> None:
        clear(self._account)
        few = len(self.session.terrains()) < 2
        text = _("Add the terrains of both surveys first.") if few else _("Choose site and surveys, then Compare.")
        add = button(_("Add terrain…"), self._add_terrain, icon="mountain") if few else None
        self._account.addWidget(EmptyState("chart-line", _("Nothing compared yet"), text, add))
        self._show_map(None)
        self.main.setEnabled(not few)

    # Work

    def codes(self) -> list[str]:
        """The sites that are asked for."""
        key = str(self.site.currentData() or "")
        if key == CHOSEN:
            return self._selected()
        if key == ALL:
            return [c for k in SITE_LAYERS for c, _n in _codes(self.session.table(k))]
        return [key] if key else []

    def take(self) -> None:
        """Compare in the background; a site that cannot be compared does not stop the others."""
        project, codes = self.session.project, self.codes()
        before, after = str(self.before.currentData() or ""), str(self.after.currentData() or "")
        if project is None or not codes or not before or not after:
            self.problem(_("Choose a site and two surveys."))
            return
        request = ComparisonRequest(
            self.offset.isChecked(), "datum" in self._confirmed, "kind" in self._confirmed, self.slope.value(),
            remove_shift=self.shift.isChecked(), remove_tilt=self.tilt.isChecked(),
        )  # fmt: skip
        self._stop()
        self.problem(None)
        self.main.setEnabled(False)

        def work(watch: Any) -> list[Outcome]:
            return compare_all(project, codes, before, after, request, watch)

        self.bar.follow(self.session.tasks.submit(_("Comparing two surveys"), work, self._compared, self._failed))

    def _stop(self) -> None:
        self.bar.stop(cancel=True)
        self.main.setEnabled(True)

    def reject(self) -> None:
        """Cancel what is under way, else close."""
        if self.bar.task is not None:
            self._stop()
            return
        if self._map is not None:
            self._map.end()
        super().reject()

    def _gone(self) -> None:
        """The project was closed while the dialog stood aside."""
        if self.isHidden():
            self.reject()

    def _failed(self, error: Exception) -> None:
        self._stop()
        self.problem(in_window(error))
        if not isinstance(error, AppError):
            self.session.report(error)

    def _compared(self, outcomes: list[Outcome]) -> None:
        self._stop()
        self.outcomes = outcomes
        kept = self.shown.code if self.shown is not None else ""
        good = [o for o in outcomes if o.found is not None]
        self.show_one(next((o for o in good if o.code == kept), good[0] if good else outcomes[0]))

    def show_one(self, outcome: Outcome) -> None:
        """The figures of one site, with the table of all above them, and its map."""
        self.shown = outcome
        asked = _CONFIRMS.get(outcome.error.key, "") if isinstance(outcome.error, AppError) else ""

        def confirm() -> None:
            self._confirmed.add(asked)
            self.take()

        show_outcomes(self._account, self.outcomes, outcome, self.show_one, confirm if asked else None)
        self._show_map(None)
        self.offset.setText(offset_words(outcome))
        self.shift.setText(shift_words(outcome))
        self.tilt.setText(tilt_words(outcome))
        if outcome.found is not None:
            self._draw(outcome)

    def _draw(self, outcome: Outcome) -> None:
        project, found = self.session.project, outcome.found

        def work(watch: Any) -> ChangePicture:
            from app.verbs.progress import difference_map

            grid = difference_map(
                project, outcome.code, before=found.before.terrain, after=found.after.terrain,
                offset_m=found.offset_taken_m, shift_m=found.shift_taken_m, tilt=found.tilt_taken, watch=watch,
            )  # fmt: skip
            return change_picture(grid, project.store.site(outcome.code), found.level_of_detection_m)

        def done(picture: ChangePicture) -> None:
            if self.shown is outcome:
                self._show_map(picture)

        self.session.tasks.submit(_("Drawing the change"), work, done, self._failed, quiet=True)

    def _show_map(self, picture: ChangePicture | None) -> None:
        self.picture = picture
        self.view.show_picture(picture)
        self.map_button.setEnabled(picture is not None)
        self.export_map.setEnabled(picture is not None)
        self.export_table.setEnabled(any(o.found is not None for o in self.outcomes))

    def _on_map(self) -> None:
        """The change over the map of the window, until this dialog closes; it steps aside."""
        if self._map is not None and self.picture is not None and self.shown is not None and self.shown.found:
            found = self.shown.found
            self._map.show(self.picture, self.shown.code, f"{found.before.terrain} → {found.after.terrain}")

    # Files

    def save_map(self) -> None:
        """The printed map (PNG, PDF) or the differences as a GeoTIFF."""
        if self.shown is None or self.shown.found is None:
            return
        start = str(self.session.project.path.parent / f"{self.shown.code}_change.png")
        kinds = f"{_('Picture')} (*.png);;PDF (*.pdf);;GeoTIFF (*.tif)"
        name, _kind = QFileDialog.getSaveFileName(self, _("Save map"), start, kinds)
        if name:
            self.write_map(Path(name))

    def write_map(self, out: Path) -> None:
        """Write it in the background; the figures shown are those of the map."""
        project, found = self.session.project, self.shown.found if self.shown is not None else None

        def work(watch: Any) -> Path:
            from app.verbs.change_map import write_change_map

            write_change_map(project, found, out, watch)
            return out

        self.session.tasks.submit(_("Writing the map"), work, self._written, self._failed)

    def save_table(self) -> None:
        """The figures of all sites compared, as a table."""
        start = str(self.session.project.path.parent / f"{_('progress')}.csv")
        name, _kind = QFileDialog.getSaveFileName(self, _("Save figures"), start, "CSV (*.csv)")
        if name:
            self.write_table(Path(name))

    def write_table(self, out: Path) -> None:
        """Write it in the background."""
        found = [o.found for o in self.outcomes if o.found is not None]

        def work(_watch: Any) -> Path:
            from app.verbs.progress_table import write_progress

            write_progress(found, out, overwrite=True)
            return out

        self.session.tasks.submit(_("Writing the figures"), work, self._written, self._failed)

    def _written(self, out: Path) -> None:
        text = _("{name} is written").format(name=out.name)
        show = (_("Open"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(out))))
        toasts = getattr(self.parentWidget(), "toasts", None)
        if toasts is not None:
            toasts.show("ok", text, act=show)


def _codes(table: Any) -> list[tuple[str, str]]:
    return [(str(c), str(n or "")) for c, n in zip(table.column("code"), table.column("name"), strict=True) if c]


def compare_all(
    project: Any, codes: list[str], before: str, after: str, request: ComparisonRequest, watch: Any
) -> list[Outcome]:
    """An outcome for each site, in their order. Raises Cancelled."""
    from app.verbs.progress import progress

    found: list[Outcome] = []
    for at, code in enumerate(codes):
        part = watch.part(at / len(codes), (at + 1) / len(codes))
        try:
            found.append(
                Outcome(code, progress(project, code, before=before, after=after, request=request, watch=part))
            )
        except Cancelled:
            raise
        except AppError as error:
            found.append(Outcome(code, error=error))
    return found
