"""The rim of a site by hand: its profile, the stretch that is chosen, what is done to it, and the edits there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.charts import Axis, Chart, Drawing, Line, Mark
from app.gui.dialogs.base import Sheet
from app.gui.dialogs.tables import Rows
from app.gui.widgets import Combo, Spin, button, label, row
from app.i18n import _
from models.notices import N_
from models.rim_edit import ACTION_WORDS

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.rim import RimRow
    from gis.rim_profile import RimProfile

_MOST = 1500  # places along a ring; the surface itself is built on every half cell
_WHOLE_M = 0.1  # the ends are given to the decimetre
_ACTIONS = {
    "leave_out": N_("Leave out (a road cuts it)"),
    "raise": N_("Raise by"),
    "lower": N_("Lower by"),
    "set": N_("Set to the height"),
}


class RimDialog(Sheet):
    """Each edit is one step that undo takes back; the surface "over the edited rim" follows."""

    def __init__(self, parent: QWidget, session: Session, code: str, terrain: str = "") -> None:
        super().__init__(
            parent,
            _("Rim of {code}").format(code=code),
            _("Choose a stretch: drag over the profile, pick rows, or type its ends. Edits count for the surface over "
              "the edited rim and are shown on the sheet."),
            width=860,
        )  # fmt: skip
        self.session, self.code, self.terrain = session, code, terrain
        self.rings: tuple[RimProfile, ...] = ()
        self.edits: list[RimRow] = []
        self.ring = Combo()
        self.ring.setAccessibleName(_("Which rim"))
        self.chart = Chart(least_height=200)
        self.chart.dragged.connect(lambda a, b: self.choose(min(a, b), max(a, b)))
        self.points = Rows([_("Chainage m"), _("Height m"), _("Edited m")], (0, 1, 2), many=True)
        self.points.itemSelectionChanged.connect(self._picked)
        self.points.setAccessibleName(_("Points of the rim"))
        self.list = Rows([_("No."), _("What is done"), _("Value m"), _("Length m"), _("Remarks")], (0, 2, 3))
        self.list.itemSelectionChanged.connect(self._show_chosen_edit)
        self._build()
        self.resize(900, 640)
        session.changed.connect(self._on_changed)
        self.refresh()

    def _build(self) -> None:
        self.first = Spin(0, 1e6, decimals=1, step=1, unit="m", tip=_("Chainage of the first end"))
        self.last = Spin(0, 1e6, decimals=1, step=1, unit="m", tip=_("Chainage of the other end"))
        self.action = Combo([(k, _(t)) for k, t in _ACTIONS.items()])
        self.action.setAccessibleName(_("What is done"))
        self.value = Spin(0, 10_000, decimals=2, step=0.1, unit="m", tip=_("Metres, or the height"))
        self.remarks = QLineEdit()
        self.remarks.setAccessibleName(_("Remarks"))
        self.remarks.setPlaceholderText(_("why, for the sheet"))
        self.add = button(_("Apply the edit"), self.take, kind="primary", icon="check")
        for spin in (self.first, self.last):
            spin.setFixedWidth(104)
            spin.settled.connect(self._draw)
        self.action.setMinimumWidth(192)
        self.value.setFixedWidth(112)
        self.action.activated.connect(lambda _i: self._fit_action())
        self.ring.activated.connect(lambda _i: self._show_ring())
        where = (label(_("Stretch"), "secondary"), self.first, label("–", "secondary"), self.last)
        line = row(*where, self.action, self.value, self.remarks, self.add, spacing=8)
        line.setStretch(6, 1)
        self.length = label("", "muted")
        self.drop = button(_("Take back"), self.remove, icon="undo-2", tip=_("Take the chosen edit away"))
        right = QVBoxLayout()
        right.addLayout(row(label(_("Edits of this rim"), "heading"), None, self.drop))
        right.addWidget(self.list, 1)
        left = QVBoxLayout()
        self.length.setMinimumHeight(32)
        left.addLayout(row(label(_("Points of the rim"), "heading"), None, self.length))
        left.addWidget(self.points, 1)
        lists = QHBoxLayout()
        lists.setSpacing(16)
        lists.addLayout(left, 2)
        lists.addLayout(right, 3)
        for part in (self.ring, self.chart):
            self.content.addWidget(part)
        self.content.addLayout(line)
        self.content.addLayout(lists, 1)
        self.foot_close(button(_("Copy the points"), self.points.copy, icon="clipboard-copy"))
        self._fit_action()

    def _fit_action(self) -> None:
        """What the number means; raising starts at half a metre, a height at the rim's own."""
        action = self.action.currentData()
        self.value.setVisible(action != "leave_out")
        p = self.profile
        if action == "set" and p is not None and self.value.value() < 100:
            z = p.ground_m[self._inside(p) & np.isfinite(p.ground_m)]
            self.value.show_value(float(z.mean()) if z.size else 0.0)
        elif action in ("raise", "lower") and not 0 < self.value.value() < 100:
            self.value.show_value(0.5)

    # Reading

    def refresh(self) -> None:
        """Read the rim and its edits again, in the background."""
        project, code, terrain = self.session.project, self.code, self.terrain
        if project is None:
            return

        def work(watch: Any) -> Any:
            from app.gui.panels.inspector.capacity_work import chosen_terrain
            from app.verbs.rim import rim_edits
            from gis.rim_profile import rim_profile

            edits = rim_edits(project, code)
            site, found, path = chosen_terrain(project, code, terrain)
            return edits, rim_profile(site, found, path, [r.edit for r in edits], most=_MOST, watch=watch)

        title = _("Rim of {code}").format(code=code)
        self.session.tasks.submit(title, work, self._arrived, self.problem, quiet=True)

    def _arrived(self, answer: tuple[list[RimRow], tuple[RimProfile, ...]]) -> None:
        self.edits, self.rings = answer
        self.ring.set_items([(k, self._ring_name(r)) for k, r in enumerate(self.rings)])
        self.ring.setVisible(len(self.rings) > 1)
        self.list.show_rows([self._edit_cells(r) for r in self.edits])
        self.drop.setEnabled(bool(self.edits))
        self._show_ring()

    @staticmethod
    def _ring_name(r: RimProfile) -> str:
        if r.number == 0:
            return _("Part {n}, outer rim").format(n=r.part + 1)
        return _("Part {n}, island {m}").format(n=r.part + 1, m=r.number)

    @staticmethod
    def _edit_cells(r: RimRow) -> list[str]:
        what = words.cap(_(ACTION_WORDS[r.edit.action]))
        if r.stretch is None:
            what = _("{what} (no longer on the outline)").format(what=what)
        length = fmt.number(r.edit.length_m, 1)
        return [str(r.number), what, fmt.number(r.edit.value_m, 2), length, r.edit.remarks]

    @property
    def profile(self) -> RimProfile | None:
        """The ring that is shown."""
        at = self.ring.currentData()
        return self.rings[int(at)] if at is not None and self.rings else None

    def _show_ring(self) -> None:
        p = self.profile
        if p is None:
            return
        for spin in (self.first, self.last):
            spin.setMaximum(p.length_m)
        rows = zip(p.at_m.tolist(), p.ground_m.tolist(), p.edited_m.tolist(), p.kept.tolist(), strict=True)
        self.points.show_rows(
            [
                [fmt.number(at, 1), fmt.elevation(z), fmt.elevation(edited) if kept else _("left out")]
                for at, z, edited, kept in rows
            ]
        )
        self._draw()

    def _draw(self) -> None:
        p = self.profile
        if p is None:
            return
        edited = np.where(p.kept, p.edited_m, np.nan)
        length = self._length()
        ends = (self.first.value(), self.last.value()) if length > 0 else ()
        marks = tuple(Mark(v, f"{v:.1f}", "info", vertical=True) for v in ends)
        drawing = Drawing(
            Axis(_("Chainage along the rim, counter-clockwise (m)"), low=0.0, high=p.length_m),
            Axis(_("Height (m)")),
            (
                Line(p.at_m, p.ground_m, "chart_ground", _("As surveyed"), 1.4, dash=True),
                Line(p.at_m, edited, "accent", _("After the edits"), 2.0),
            ),
            marks=marks,
            readout=self._read,
        )
        self.chart.show_drawing(drawing)
        chosen = _("{length} m chosen").format(length=fmt.number(length, 1))
        self.length.setText(chosen if length > 0 else _("no stretch chosen"))
        self.add.setEnabled(length > 0)

    def _read(self, x: float, _y: float) -> list[str]:
        p = self.profile
        if p is None:
            return []
        k = int(np.clip(np.searchsorted(p.at_m, x), 0, p.at_m.size - 1))
        after = f"{fmt.elevation(float(p.edited_m[k]))} m" if p.kept[k] else _("left out")
        return [f"{fmt.number(float(p.at_m[k]), 1)} m", f"{fmt.elevation(float(p.ground_m[k]))} m", after]

    # Choosing

    def choose(self, first_m: float, last_m: float) -> None:
        """Choose a stretch of the shown ring by its chainages."""
        p = self.profile
        if p is None:
            return
        self.first.show_value(max(first_m, 0.0))
        self.last.show_value(last_m)
        inside = np.flatnonzero(self._inside(p))
        if inside.size and np.ptp(inside) == inside.size - 1:
            self.points.choose(int(inside[0]), int(inside[-1]))
        self._draw()

    def _picked(self) -> None:
        p, rows = self.profile, self.points.chosen()
        if p is not None and len(rows) > 1:
            self.first.show_value(float(p.at_m[rows[0]]))
            self.last.show_value(float(p.at_m[rows[-1]]))
            self._draw()

    def _show_chosen_edit(self) -> None:
        rows = self.list.chosen()
        stretch = self.edits[rows[0]].stretch if rows else None
        if stretch is None:
            return
        where = stretch.ring.part, stretch.ring.number
        self.ring.choose(next((k for k, r in enumerate(self.rings) if (r.part, r.number) == where), 0))
        self._show_ring()
        end = stretch.start + stretch.length
        self.choose(stretch.start, end if end <= stretch.ring.length else end - stretch.ring.length)

    def _length(self) -> float:
        """Length of the chosen stretch, m; a last end before the first means over the beginning of the ring."""
        p, length = self.profile, self.last.value() - self.first.value()
        return 0.0 if p is None else length if length >= 0 else length + p.length_m

    def _inside(self, p: RimProfile) -> Any:
        """Which points of the ring lie on the chosen stretch."""
        return (p.at_m - self.first.value()) % p.length_m <= self._length()

    # Changing

    def take(self) -> None:
        """One more edit."""
        p, length = self.profile, self._length()
        if p is None or length <= 0:
            return
        if p.length_m - length < _WHOLE_M:
            length = p.length_m
        half = (self.first.value() + length / 2) % p.length_m
        action: Any = str(self.action.currentData())
        middle = float(np.interp(half, p.at_m, p.x)), float(np.interp(half, p.at_m, p.y))
        value = None if action == "leave_out" else self.value.value()
        remarks, code = self.remarks.text().strip(), self.code
        self.problem(None)

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.rim import Where, add_rim_edit

            where = Where(middle=middle, length_m=length)
            return add_rim_edit(project, code, action, where, value_m=value, remarks=remarks)

        title = _("Rim of {code}").format(code=code)
        self.session.run_write(title, work, lambda _r: self.remarks.clear(), self.problem)

    def remove(self) -> None:
        """Take the chosen edit back; the last one where none is chosen."""
        rows, code = self.list.chosen(), self.code
        number = self.edits[rows[0] if rows else -1].number

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.rim import remove_rim_edits

            return remove_rim_edits(project, code, [number])

        self.session.run_write(_("Rim of {code}").format(code=code), work, None, self.problem)

    def _on_changed(self, change: Any) -> None:
        if "rim_edits" in change.tables:
            self.refresh()
