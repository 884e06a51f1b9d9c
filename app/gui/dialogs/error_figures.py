"""Error figures: of each terrain, and of each kind of survey as the project has them, with source and confidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QTabWidget, QVBoxLayout, QWidget

from app import format as fmt
from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.dialogs.tables import Rows
from app.gui.widgets import Combo, Spin, button, fill, label, row
from app.i18n import _
from app.words import basis_words
from models.terrain import ErrorDefault, ErrorFigures, Terrain

if TYPE_CHECKING:
    from app.gui.session import Session

_DECIMALS = {"sigma_z_m": 2, "range_m": 0, "sigma_xy_m": 2, "bias_m": 2}


def _heads() -> list[str]:
    return [_("σz m"), _("Range m"), _("σxy m"), _("Bias m")]


def _cells(f: ErrorFigures) -> list[str]:
    return [fmt.number(getattr(f, name), n) for name, n in _DECIMALS.items()]


class _Form(QWidget):
    """The four figures as controls."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        named = {
            "sigma_z_m": (_("Random error of a height (1σ)"), 0.01),
            "range_m": (_("Errors hang together over"), 5.0),
            "sigma_xy_m": (_("Error of an outline point (1σ)"), 0.01),
            "bias_m": (_("All heights off together (1σ)"), 0.01),
        }
        self.spins: dict[str, Spin] = {}
        for at, (name, (text, step)) in enumerate(named.items()):
            most = 100_000 if name == "range_m" else 1000
            spin = Spin(0, most, decimals=_DECIMALS[name], step=step, unit="m", empty=_("not stated"))
            spin.setAccessibleName(text)
            self.spins[name] = spin
            grid.addWidget(label(text, "muted"), 0, at)
            grid.addWidget(spin, 1, at)
            grid.setColumnStretch(at, 1)

    def show_figures(self, f: ErrorFigures) -> None:
        """These figures, silently."""
        for name, spin in self.spins.items():
            spin.show_value(getattr(f, name))

    def changed(self, f: ErrorFigures) -> dict[str, float | None]:
        """What differs from `f` and has a value."""
        found: dict[str, float | None] = {}
        for name, spin in self.spins.items():
            value, old = spin.given(), getattr(f, name)
            if value is not None and (old is None or abs(value - old) > 0.5 * 10.0 ** -_DECIMALS[name]):
                found[name] = value
        return found

    def emptied(self, f: ErrorFigures) -> bool:
        """True where a figure that was there was taken out."""
        return any(s.given() is None and getattr(f, n) is not None for n, s in self.spins.items())

    def all(self) -> dict[str, float | None]:
        """All that have a value."""
        return {n: s.given() for n, s in self.spins.items()}


class _Page(QWidget):
    """A table that chooses, a form for the chosen row."""

    def __init__(self, heads: list[str], text: str, *below: Any) -> None:
        super().__init__()
        self.table = Rows(heads, (1, 2, 3, 4))
        self.form = _Form()
        inner = QVBoxLayout(self)
        remark = label(text, "muted", wrap=True)
        self.detail = label("", "secondary", wrap=True, selectable=True)
        fill(inner, [remark, self.table, self.detail, self.form, *below], 10, (0, 12, 0, 0))
        inner.setStretch(1, 1)


class ErrorFiguresDialog(Sheet):
    """Every change is one step that undo takes back. `edited` when a terrain's figures changed."""

    edited = Signal()

    def __init__(self, parent: QWidget, session: Session, terrain: str = "") -> None:
        super().__init__(
            parent,
            _("Error figures"),
            _("From these comes the interval of every volume. One standard deviation each; what is not stated is not "
              "quantified."),
            width=860,
        )  # fmt: skip
        self.session = session
        self.terrains: list[Terrain] = []
        self.defaults: list[ErrorDefault] = []
        self.source = Combo([("", _("as it is")), *((k, _(t)) for k, t in words.SOURCES.items())])
        self.source.setMinimumWidth(220)
        self.take = button(_("Apply to this terrain"), self.take_terrain, kind="primary", icon="check")
        line = row(label(_("Take the usual figures of"), "secondary"), self.source, None, self.take)
        text = _("Estimates made from now on use them; those that are stored keep the interval that they have.")
        self.own = _Page([_("Terrain"), *_heads(), _("Who says so")], text, line)
        self.source.setAccessibleName(_("Kind of survey"))
        self.said_by = QLineEdit()
        self.said_by.setAccessibleName(_("Source"))
        self.said_by.setPlaceholderText(_("where the new figures come from, e.g. a report with check points"))
        put = button(_("Change the default"), self.take_default, kind="primary", icon="check")
        back = button(_("The program's own figures"), self.reset, icon="rotate-ccw")
        source_line = row(label(_("Source of the figures"), "secondary"), self.said_by, back, put)
        source_line.setStretch(1, 1)
        self.behind = label("", "secondary", wrap=True)
        self.apply = button(_("Apply to these terrains"), self.apply_default, icon="check")
        behind_line = row(self.behind, self.apply)
        behind_line.setStretch(0, 1)
        text = _("Usual figures by kind of survey: starting points, not measured at your survey. Edit what you know "
                 "better.")  # fmt: skip
        self.usual = _Page(
            [_("Kind of survey"), *_heads(), _("How sure"), _("Source of the figures")], text, source_line, behind_line
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.own, _("Terrains"))
        self.tabs.addTab(self.usual, _("Kinds of survey"))
        self.content.addWidget(self.tabs, 1)
        self.foot_close(button(_("Copy the table"), self.copy, icon="clipboard-copy"))
        self.own.table.itemSelectionChanged.connect(self._show_terrain)
        self.usual.table.itemSelectionChanged.connect(self._show_default)
        self.source.activated.connect(lambda _i: self._preview_source())
        self.resize(920, 560)
        session.changed.connect(self._on_changed)
        self.refresh()
        names = [t.name for t in self.terrains]
        self._choose(self.own, names.index(terrain) if terrain in names else 0)
        self._choose(self.usual, 0)

    def refresh(self) -> None:
        """Read terrains and defaults again."""
        project = self.session.project
        if project is None:
            return
        from app.verbs.terrain_errors import error_defaults

        self.terrains = self.session.terrains()
        self.defaults = list(error_defaults(project).values())
        self.own.table.show_rows([[t.name, *_cells(t.errors), basis_words(t.errors.basis, _)] for t in self.terrains])
        self.usual.table.show_rows([self._default_cells(d) for d in self.defaults])
        self._show_terrain()
        self._show_default()

    @staticmethod
    def _default_cells(d: ErrorDefault) -> list[str]:
        sure = _("edited by you") if d.edited else words.from_key(words.CONFIDENCES, d.confidence)
        said = d.said_by if d.edited else _(d.said_by)
        return [words.from_key(words.SOURCES, d.source), *_cells(d.figures), sure, said or fmt.NO_VALUE]

    @staticmethod
    def _choose(page: _Page, at: int) -> None:
        if page.table.rowCount() > at:
            page.table.selectRow(at)

    def _chosen_terrain(self) -> Terrain | None:
        rows = self.own.table.chosen()
        return self.terrains[rows[0]] if rows else None

    def _chosen_default(self) -> ErrorDefault | None:
        rows = self.usual.table.chosen()
        return self.defaults[rows[0]] if rows else None

    def _show_terrain(self) -> None:
        terrain = self._chosen_terrain()
        self.source.choose("")
        for part in (self.own.form, self.source, self.take):
            part.setEnabled(terrain is not None)
        self.own.detail.setText(_("No terrain yet"))
        self.own.detail.setVisible(not self.terrains)
        if terrain is not None:
            self.own.form.show_figures(terrain.errors)

    def _show_default(self) -> None:
        default = self._chosen_default()
        if default is not None:
            self.usual.form.show_figures(default.figures)
            name, _z, _r, _xy, _b, sure, said = self._default_cells(default)
            self.usual.detail.setText(f"{name}: {said} ({sure})")
            self.said_by.setText(default.said_by if default.edited else "")
        self._show_behind(default)

    def _show_behind(self, default: ErrorDefault | None) -> None:
        """Terrains that were registered with an earlier default of the kind keep it until they are told otherwise."""
        from app.verbs.terrain_errors import unlike_default

        project = self.session.project
        found = unlike_default(project, default.source) if project is not None and default is not None else []
        text = _("Registered before with other usual figures, and kept: {names}")
        self.behind.setText(text.format(names=_(", ").join(t.name for t in found)))
        for part in (self.behind, self.apply):
            part.setVisible(bool(found))

    def _preview_source(self) -> None:
        """The usual figures of a kind, to be taken or changed."""
        known = {d.source: d.figures for d in self.defaults}
        figures = known.get(str(self.source.currentData()))
        if figures is not None:
            self.own.form.show_figures(figures)
        else:
            self._show_terrain()

    # Changing

    def take_terrain(self) -> None:
        """The form's figures for the chosen terrain."""
        terrain, form = self._chosen_terrain(), self.own.form
        if terrain is None:
            return
        source = str(self.source.currentData()) or None
        known = {d.source: d.figures for d in self.defaults}
        base = known[source] if source else terrain.errors
        forget = form.emptied(base)
        stated: Mapping[str, float | None] = form.all() if forget else form.changed(base)
        name, kind = terrain.name, None if forget else source

        def change(project: Any) -> None:
            from app.verbs.terrain_errors import set_terrain_errors

            set_terrain_errors(project, name, stated, source=kind, forget=forget)

        self._change(_("Error figures of {name}").format(name=name), change, self.edited.emit)

    def take_default(self) -> None:
        """The form's figures for the chosen kind of survey."""
        default = self._chosen_default()
        if default is None:
            return
        stated, said_by, source = self.usual.form.changed(default.figures), self.said_by.text().strip(), default.source

        def change(project: Any) -> None:
            from app.verbs.terrain_errors import set_error_default

            set_error_default(project, source, stated, said_by=said_by)

        self._change(_("Default error figures"), change)

    def apply_default(self) -> None:
        """The default as it is now for the terrains that stand on an earlier one."""
        default = self._chosen_default()
        if default is None:
            return

        def change(project: Any) -> None:
            from app.verbs.terrain_errors import apply_error_default

            apply_error_default(project, default.source)

        self._change(_("Default error figures"), change, self.edited.emit)

    def reset(self) -> None:
        """The program's own figures for the chosen kind."""
        default = self._chosen_default()
        if default is None or not default.edited:
            return

        def change(project: Any) -> None:
            from app.verbs.terrain_errors import reset_error_defaults

            reset_error_defaults(project, default.source)

        self._change(_("Default error figures"), change)

    def _change(self, title: str, change: Callable[[Any], None], done: Callable[[], None] | None = None) -> None:
        self.problem(None)
        self.session.run_write(title, lambda p, _w: change(p), lambda _r: done() if done else None, self.problem)

    def copy(self) -> None:
        """The table that is shown, for a spreadsheet."""
        page = self.tabs.currentWidget()
        if isinstance(page, _Page):
            page.table.copy()

    def _on_changed(self, change: Any) -> None:
        if {"terrains", "project"} & set(change.tables):
            self.refresh()
