"""Terrains of the project: the list of those there are; terrain_add.py makes more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import settings, words
from app.gui.dialogs.base import Sheet, ask_open
from app.gui.read_only import WhenWritable
from app.gui.widgets import Elided, EmptyState, button, card, chip, clear, label, row, scrolled, tool
from app.i18n import _
from models.changes import Delete
from models.notices import N_, Notice

if TYPE_CHECKING:
    from app.gui.session import Session


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
        add = button(_("Add terrain…"), self.add_wanted.emit, icon="mountain")
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
                EmptyState("mountain", _("No terrain yet"), _("Add a DEM, survey points, contours or point clouds."))
            )

    def _card(self, terrain: Any) -> QWidget:
        from app.verbs.terrain import making_notice, terrain_files

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
            _("{width} × {height} cells of {cell} m").format(
                width=fmt.number(terrain.width, 0), height=fmt.number(terrain.height, 0),
                cell=f"{terrain.cell_m:.3g}",
            ),
            terrain.crs[:40],
            terrain.vertical_datum or _("height datum not stated"), sigma,
        ]  # fmt: skip
        where = Elided(str(path), "muted")
        if terrain.tiles:
            facts.insert(2, _("{n} tiles").format(n=len(terrain.tiles)))
        parts: list[Any] = [head, label("  ·  ".join(facts), "secondary", wrap=True)]
        if terrain.making is not None:
            parts.append(label(words.cap(making_notice(terrain.making).render(_)), "secondary", wrap=True))
        parts.append(where)
        gone = [f for f in terrain_files(self.session.project, terrain) if not f.is_file()]
        if gone:
            text = _("The file is not there.") if not terrain.tiles else _("{n} of its files are not there.")
            parts.append(label(text.format(n=len(gone)), "error"))
            found = button(_("Show where it is…"), lambda: self._find(terrain), icon="folder-open")
            WhenWritable(found, self.session)
            parts.append(row(found, None))
        return card(*parts, spacing=4)

    def _find(self, terrain: Any) -> None:
        """Its file by now; other terrains that moved with it are found along."""
        title = _("File of terrain {name}").format(name=terrain.name)
        if terrain.tiles:
            chosen = QFileDialog.getExistingDirectory(self, title, settings.start_folder())
            place = Path(chosen) if chosen else None
        else:
            name = Path(terrain.path).name
            place = ask_open(self, title, f"{name} ({name});;{_('All files')} (*)")
        if place is None:
            return

        def work(project: Any, watch: Any) -> list[str]:
            from app.verbs.terrain_place import place_terrain

            return place_terrain(project, terrain.name, place, watch)

        def done(names: list[str]) -> None:
            self.problem(None)
            self.session.say("ok", _("found: {names}").format(names=_(", ").join(names)))

        self.session.run_write(title, work, done, self.problem)

    def _drop(self, name: str) -> None:
        rows = self.session.project.store.rows("terrains", name=name)
        what = Notice("terrain.remove", N_("remove terrain {name}"), name=name)
        self.session.attempt(lambda: self.session.transact(what, [Delete("terrains", int(r["fid"])) for r in rows]))
