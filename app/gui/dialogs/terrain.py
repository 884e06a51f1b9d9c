"""Terrains of the project: register an elevation file, and the list of those there are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.read_only import WhenWritable
from app.gui.widgets import (
    Combo,
    Elided,
    EmptyState,
    Section,
    Spin,
    button,
    card,
    chip,
    clear,
    label,
    row,
    scrolled,
    tool,
)
from app.i18n import _
from models.changes import Delete
from models.notices import N_, Notice
from models.terrain import ERROR_DEFAULTS

if TYPE_CHECKING:
    from app.gui.session import Session

DATUMS = ("", "1985国家高程基准", "1956年黄海高程系")
KINDS = "(*.tif *.tiff *.asc *.img)"


class AddTerrainDialog(Sheet):
    """Asks for the file and for what the file does not say."""

    def __init__(self, parent: QWidget, session: Session, path: Path | None = None) -> None:
        super().__init__(
            parent,
            _("Register terrain"),
            _("The file stays where it is; the project keeps its place and its hash."),
            width=620,
        )
        self.session = session
        self.file = PathEdit(_("Register terrain"), _("Elevation files") + f" {KINDS}")
        self.name = QLineEdit()
        self.name.setPlaceholderText(_("name of the file"))
        self.kind = Combo([("dtm", _("Ground (DTM)")), ("dsm", _("Surface with plants and buildings (DSM)"))])
        self.datum = Combo([(d, d or _("as the file says")) for d in DATUMS])
        self.datum.setEditable(True)
        self.source = Combo([("", _("not stated")), *((k, _(words.SOURCES.get(k, k))) for k in ERROR_DEFAULTS)])
        self.sigma = Spin(0, 100, decimals=2, step=0.01, unit="m", empty=_("by source"))
        self.reach = Spin(0, 10_000, decimals=0, step=5, unit="m", empty=_("by source"))
        self.crs = QLineEdit()
        self.crs.setPlaceholderText(_("as the file says; else e.g. EPSG:4546"))
        lines = form()
        add_row(lines, _("File"), self.file)
        add_row(lines, _("Name"), self.name)
        add_row(lines, _("What it shows"), self.kind)
        add_row(
            lines,
            _("Survey"),
            self.source,
            _("Gives the error of the heights, from which the interval of every volume comes."),
        )
        add_row(lines, _("Height datum"), self.datum)
        more = form()
        add_row(more, _("Error of a height (1σ)"), self.sigma)
        add_row(more, _("Errors hang together over"), self.reach)
        add_row(more, _("Coordinates"), self.crs)
        holder = QWidget()
        holder.setLayout(more)
        more.setContentsMargins(20, 0, 0, 0)
        self.content.addLayout(lines)
        self.content.addWidget(Section(_("Error figures and coordinates"), holder, is_open=False))
        self.content.addStretch(1)
        self.foot(_("Register"), self.take, icon="mountain")
        self.file.settled.connect(self._named)
        self.source.activated.connect(lambda _i: self._show_defaults())
        if path is not None:
            self.file.set_path(path)

    def _named(self) -> None:
        path = self.file.path()
        if path is not None and not self.name.text():
            self.name.setText(path.stem)

    def _show_defaults(self) -> None:
        known = ERROR_DEFAULTS.get(str(self.source.currentData()))
        self.sigma.setToolTip(f"{known.sigma_z_m} m" if known else "")
        self.reach.setToolTip(f"{known.range_m} m" if known else "")

    def take(self) -> None:
        """Read the file's facts and its hash in the background, then register it."""
        path = self.file.path()
        if path is None:
            self.problem(_("Choose an elevation file."))
            return
        datum = self.datum.currentText().strip()
        options: dict[str, Any] = {
            "name": self.name.text().strip() or None,
            "crs": self.crs.text().strip() or None,
            "kind": str(self.kind.currentData()),
            "vertical_datum": None if datum in ("", _("as the file says")) else datum,
            "source": str(self.source.currentData()) or None,
            "sigma_z_m": self.sigma.given(),
            "range_m": self.reach.given(),
        }
        self.problem(None)
        self.main.setEnabled(False)

        def work(project: Any, watch: Any) -> Any:
            from app.verbs.terrain import add_terrain

            return add_terrain(project, path, watch=watch, **options)

        def done(terrain: Any) -> None:
            text = _("terrain {name} registered: {width} × {height} cells of {cell} m").format(
                name=terrain.name, width=terrain.width, height=terrain.height, cell=fmt.significant(terrain.cell_m, 3)
            )
            self.session.say("ok", words.cap(text))
            self.accept()

        def failed(error: Exception) -> None:
            self.main.setEnabled(True)
            self.problem(error)

        self.session.run_write(_("Registering {name}").format(name=path.name), work, done, failed)


class TerrainsDialog(Sheet):
    """The registered terrains, with what is known of each."""

    add_wanted = Signal()

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("Terrains"), width=640)
        self.session = session
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addLayout(self._list)
        inner.addStretch(1)
        area = scrolled(holder)
        area.setMinimumHeight(280)
        self.content.addWidget(area, 1)
        add = button(_("Register terrain…"), self.add_wanted.emit, icon="mountain")
        WhenWritable(add, session)
        self.foot_close(add)
        session.terrain_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        clear(self._list)
        terrains = self.session.terrains()
        for terrain in terrains:
            self._list.addWidget(self._card(terrain))
        if not terrains:
            self._list.addWidget(
                EmptyState("mountain", _("No terrain yet"), _("Register an elevation file (GeoTIFF, ASC or IMG)."))
            )

    def _card(self, terrain: Any) -> QWidget:
        store = self.session.project.store
        path = store.terrain_path(terrain)
        kind = chip(_("DTM") if terrain.kind == "dtm" else _("DSM"))
        drop = tool("trash-2", _("Take from the project; the file stays"), lambda: self._drop(terrain.name))
        WhenWritable(drop, self.session)
        head = row(label(terrain.name, "heading"), kind, None, drop, spacing=8)
        sigma = (
            _("heights ± {s} m (1σ)").format(s=fmt.significant(terrain.errors.sigma_z_m, 2))
            if terrain.errors.sigma_z_m
            else _("error of heights not stated")
        )
        facts = [
            f"{terrain.width} × {terrain.height}", f"{fmt.significant(terrain.cell_m, 3)} m", terrain.crs[:40],
            terrain.vertical_datum or _("height datum not stated"), sigma,
        ]  # fmt: skip
        where = Elided(str(path), "muted")
        parts: list[Any] = [head, label("  ·  ".join(facts), "secondary", wrap=True), where]
        if not path.is_file():
            gone = label(_("The file is not there."), "error")
            parts.append(gone)
        return card(*parts, spacing=4)

    def _drop(self, name: str) -> None:
        rows = self.session.project.store.rows("terrains", name=name)
        what = Notice("terrain.remove", N_("remove terrain {name}"), name=name)
        self.session.attempt(lambda: self.session.transact(what, [Delete("terrains", int(r["fid"])) for r in rows]))
