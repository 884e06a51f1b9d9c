"""Import of outlines: what the file says, what would be taken, what not and why; then do it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.widgets import Banner, Combo, EmptyState, card, clear, label, scrolled
from app.i18n import _
from layers.registry import LAYERS
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

ENCODINGS = ("", "utf-8", "gb18030", "big5")
KINDS = "(*.gpkg *.shp *.geojson *.json)"


class ImportDialog(Sheet):
    """Every change of an option reads the file again without taking anything, and shows the account of it."""

    def __init__(self, parent: QWidget, session: Session, path: Path | None = None) -> None:
        super().__init__(
            parent,
            _("Import features"),
            _("Nothing is changed before you press Import; then it is one step that can be undone."),
            width=760,
        )
        self.session = session
        self.report: Any = None
        self._task: Task | None = None
        self.file = PathEdit(_("Import features"), _("Outlines") + f" {KINDS}")
        self.layer = Combo([(k, words.layer_plural(k)) for k in LAYERS])
        self.layer.choose("sand_pits")
        self.sublayer = Combo([("", _("(the only or best one)"))])
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(_("as the file says; else e.g. EPSG:4546"))
        self.guess = QCheckBox(_("accept the guess if the file says none"))
        self.encoding = Combo([(e, e or _("as the file says")) for e in ENCODINGS])
        self.duplicates = Combo(
            [("skip", _("leave the feature that has the code")), ("update", _("change the feature that has the code"))]
        )
        self._lay_out()
        self.foot(_("Import"), self.take, icon="file-input")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self._preview)
        for signal in (self.file.settled, self.crs.editingFinished):
            signal.connect(self._timer.start)
        for combo in (self.layer, self.sublayer, self.encoding, self.duplicates):
            combo.activated.connect(lambda _i: self._timer.start())
        self.guess.toggled.connect(lambda _on: self._timer.start())
        self._say_nothing()
        if path is not None:
            self.file.set_path(path)

    def _lay_out(self) -> None:
        left = form()
        add_row(left, _("Into layer"), self.layer)
        add_row(left, _("Sublayer"), self.sublayer)
        add_row(left, _("Encoding"), self.encoding)
        right = form()
        add_row(right, _("Coordinates"), self.crs)
        right.addRow("", self.guess)
        add_row(right, _("Known codes"), self.duplicates)
        options = QHBoxLayout()
        options.setSpacing(24)
        options.addLayout(left, 1)
        options.addLayout(right, 1)
        top = form()
        add_row(top, _("File"), self.file)
        self._account = QVBoxLayout()
        self._account.setSpacing(8)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addLayout(self._account)
        inner.addStretch(1)
        area = scrolled(holder)
        area.setMinimumHeight(232)
        self.content.addLayout(top)
        self.content.addLayout(options)
        self.content.addWidget(area, 1)

    def _say_nothing(self) -> None:
        clear(self._account)
        self._account.addWidget(
            EmptyState(
                "file-input",
                _("Choose a file"),
                _("GeoPackage, Shapefile or GeoJSON. What it holds is shown here first."),
            )
        )
        self.main.setEnabled(False)

    def options(self) -> dict[str, Any]:
        """What is asked of the verb."""
        return {
            "layer": str(self.layer.currentData()),
            "sublayer": str(self.sublayer.currentData()) or None,
            "crs": self.crs.text().strip() or None,
            "accept_guess": self.guess.isChecked(),
            "encoding": str(self.encoding.currentData()) or None,
            "duplicates": str(self.duplicates.currentData()),
        }

    def _preview(self) -> None:
        path, project = self.file.path(), self.session.project
        if self._task is not None:
            self._task.cancel()
        self.report = None
        if path is None or project is None:
            self._say_nothing()
            return
        self.main.setEnabled(False)
        clear(self._account)
        self._account.addWidget(EmptyState("refresh-cw", _("Reading the file…")))
        options = self.options()

        def work(watch: Any) -> tuple[Any, list[str]]:
            from app.verbs.import_ import import_features

            return import_features(project, path, dry_run=True, watch=watch, **options), _sublayers(path, project.crs)

        title = _("Looking into {name}").format(name=path.name)
        self._task = self.session.tasks.submit(title, work, lambda r: self._show(*r), self._refused)

    def _show(self, report: Any, sublayers: list[str]) -> None:
        self.report = report
        self.problem(None)
        if sublayers:
            self.sublayer.set_items([("", _("(the only or best one)")), *((s, s) for s in sublayers)])
        self.main.setEnabled(report.added + report.updated > 0)
        self.main.setText(_("Import {n} features").format(n=report.added + report.updated))
        show_report(self._account, report)

    def _refused(self, error: Exception) -> None:
        clear(self._account)
        if not isinstance(error, AppError):
            self.session.report(error)
        text = error.sentence(_) if isinstance(error, AppError) else _("the file could not be read")
        parts = (
            [words.cap(error.what.render(_)), error.where, words.cap(error.advice.render(_))]
            if isinstance(error, AppError)
            else [text]
        )
        self._account.addWidget(Banner("danger", "\n".join(p for p in parts if p)))
        self.main.setEnabled(False)

    def take(self) -> None:
        """Do it, in the background; the account stays as a notice."""
        path, options = self.file.path(), self.options()
        if path is None or self.report is None:
            return
        session, window = self.session, self.parentWidget()
        layer = options["layer"]

        def work(project: Any, watch: Any) -> Any:
            from app.verbs.import_ import import_features

            return import_features(project, path, watch=watch, **options)

        def done(report: Any) -> None:
            text = _("{added} added, {updated} changed, {repaired} mended, {skipped} skipped").format(
                added=report.added, updated=report.updated, repaired=len(report.repaired), skipped=len(report.skipped)
            )

            def show() -> None:
                session.select(layer, session.table(layer).where("code", report.codes))
                window.trigger("zoom_selection")

            window.toasts.show("ok", text, act=(_("Show"), show))

        session.run_write(_("Importing {name}").format(name=path.name), work, done)
        self.accept()


def show_report(into: QVBoxLayout, report: Any) -> None:
    """The account of an import: counts, coordinate system, remarks, rows left out."""
    clear(into)
    counts = (
        (_("New"), report.added, "ok"),
        (_("Changed"), report.updated, "info"),
        (_("Mended"), len(report.repaired), "warning"),
        (_("Skipped"), len(report.skipped), "danger"),
    )
    tiles = QHBoxLayout()
    tiles.setSpacing(8)
    for name, count, tone in counts:
        number = label(str(count), "figure2")
        if count:
            number.setProperty("tone", tone)
        tiles.addWidget(card(number, label(name, "muted"), role="inset", spacing=0, margin=10), 1)
    into.addLayout(tiles)
    basis = {"file": _("as the file says"), "stated": _("as stated"), "guessed": _("guessed")}.get(
        report.crs_basis, report.crs_basis
    )
    facts = [f"{report.crs} ({basis})"]
    if report.encoding:
        facts.append(report.encoding)
    if report.sublayer:
        facts.append(report.sublayer)
    into.addWidget(label("  ·  ".join(facts), "secondary", wrap=True, selectable=True))
    if report.fields:
        pairs = "   ".join(f"{theirs} → {ours}" for ours, theirs in _pairs(report.fields))
        into.addWidget(label(pairs, "muted", wrap=True, selectable=True))
    for notice in report.warnings:
        into.addWidget(Banner("warning", words.cap(notice.render(_))))
    rows = [(r.row, r.code, r.reason.render(_), _("mended")) for r in report.repaired]
    rows += [(s.row, s.code, s.reason.render(_), _("skipped")) for s in report.skipped]
    if rows:
        listing = QListWidget()
        listing.setWordWrap(True)
        listing.setSpacing(0)
        listing.setMinimumHeight(min(200, 32 * len(rows) + 8))
        listing.setTextElideMode(Qt.TextElideMode.ElideNone)
        for number, code, reason, what in rows[:500]:
            listing.addItem(
                _("row {row} {code}: {what}: {reason}").format(row=number, code=code, what=what, reason=reason)
            )
        into.addWidget(listing)


def _pairs(fields: dict[str, str]) -> list[tuple[str, str]]:
    """(our label, their column)."""
    ours = {f.name: words.cap(_(f.label)) for layer in LAYERS.values() for f in layer.fields}
    return [(ours.get(b, b), a) for a, b in fields.items()]


def _sublayers(path: Path, crs: str) -> list[str]:
    """Names of the file's sublayers, where it has several."""
    from gis.formats import read_features

    if path.suffix.lower() != ".gpkg":
        return []
    try:
        return list(read_features(path, target_crs=crs, accept_guess=True).sublayers)
    except AppError:
        return []
