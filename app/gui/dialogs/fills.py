"""Fills of several wastes: shares that add up, how they are laid, each part's verdict and that of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.base import Asked, Sheet, add_row, form
from app.gui.dialogs.fill_parts import PartsEditor
from app.gui.dialogs.fill_verdict import FillVerdict
from app.gui.widgets import Combo, Spin, button, label, rule, scrolled
from app.i18n import _
from models.errors import AppError
from models.recipe import LAYINGS, Recipe, RecipePart, check_recipe

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

_PLACES = {"recipe.no_name": "name", "recipe.name_taken": "name", "recipe.density": "density"}
_TABLES = {"wastes", "lab_values", "estimates", "rule_packs", "assessments"}


class FillsDialog(Sheet):
    """Fills kept with the project at the left; the one at hand is judged while it is written."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Fills of several wastes"),
            _("Each stream is judged by itself; the strictest verdict is the fill's. No waste gets better by company."),
            width=940,
        )
        self.session = session
        self.resize(1080, 700)
        self._task: Task | None = None
        self._loaded = ""
        self._build()
        self.drop = button(_("Delete this fill"), self.delete, icon="trash-2")
        self.keep = button(_("Keep"), self.take, kind="primary", icon="save")
        self.foot_close(self.drop)
        self._foot.insertWidget(self._foot.count() - 1, self.keep)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._judge)
        self.parts.changed.connect(self._on_edit)
        for combo in (self.site, self.laying):
            combo.activated.connect(lambda _i: self._on_edit())
        self.density.settled.connect(self._on_edit)
        self.name.textEdited.connect(lambda _t: self.asked["name"].complain())
        session.changed.connect(self._on_changed)
        session.closed.connect(self.reject)
        self._refresh()
        self.new(session.site_code)

    def _build(self) -> None:
        store = self.session.project.store
        self.list = QListWidget()
        self.list.setFixedWidth(200)
        self.list.currentItemChanged.connect(lambda item, _old: self._show(item))
        self.list.itemClicked.connect(self._show)  # again too: back to what is kept
        new = button(_("New fill"), self.new, icon="plus")
        left = QVBoxLayout()
        left.addWidget(label(_("Kept with the project"), "heading"))
        left.addWidget(self.list, 1)
        left.addWidget(new)
        self.name, self.source = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText(_("for instance: mix A"))
        self.site = Combo([(s.code, f"{s.code}  {s.name}".strip()) for s in store.sites() if s.fills])
        self.laying = Combo([(k, words.cap(_(words.LAYINGS[k]))) for k in LAYINGS])
        self.density = Spin(0, 10, decimals=3, step=0.05, unit="t/m³", empty=_("from the parts"))
        self.source.setPlaceholderText(_("test report"))
        self.parts = PartsEditor([(w.code, f"{w.code}  {w.name}".strip()) for w in store.wastes()])
        self.asked = {"name": Asked(self.name), "density": Asked(self.density)}
        lines = form()
        add_row(lines, _("Name"), self.asked["name"])
        add_row(lines, _("Pit"), self.site)
        add_row(lines, _("Laid"), self.laying)
        add_row(lines, _("Tested density"), self.asked["density"])
        add_row(lines, _("Source"), self.source)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 12, 0)
        inner.setSpacing(10)
        inner.addLayout(lines)
        inner.addWidget(rule())
        inner.addWidget(label(_("Parts, shares of the dry mass"), "heading"))
        inner.addWidget(self.parts)
        inner.addStretch(1)
        self.verdict = FillVerdict()
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(left)
        body.addWidget(scrolled(page), 1)
        body.addWidget(rule(vertical=True))
        body.addWidget(scrolled(self.verdict), 1)
        self.content.addLayout(body, 1)

    # The list

    def _refresh(self) -> None:
        """The list as it is kept now; what is being written stays."""
        from app.verbs.recipe import recipes

        project = self.session.project
        if project is None:
            return
        known = recipes(project)
        names = [r.name for r in known]
        if self._loaded not in names:
            self._loaded = ""
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for one in known:
            item = QListWidgetItem(f"{one.name}  {one.site}")
            item.setToolTip(item.text())
            item.setData(Qt.ItemDataRole.UserRole, one)
            self.list.addItem(item)
        self.list.setCurrentRow(names.index(self._loaded) if self._loaded else -1)
        self.list.blockSignals(blocked)
        self.drop.setEnabled(bool(self._loaded))

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        recipe: Recipe = item.data(Qt.ItemDataRole.UserRole)
        self._loaded = recipe.name
        self.drop.setEnabled(True)
        self.name.setText(recipe.name)
        self.site.choose(recipe.site)
        self.laying.choose(recipe.laying)
        self.density.show_value(recipe.density_t_m3)
        self.source.setText(recipe.density_source)
        self.parts.show_parts([(p.waste, p.share) for p in recipe.parts])
        self._on_edit()

    def new(self, site: str = "") -> None:
        """An empty one."""
        self._loaded = ""
        self.list.setCurrentRow(-1)
        self.drop.setEnabled(False)
        self.name.clear()
        self.source.clear()
        self.density.show_value(None)
        if site:
            self.site.choose(site)
        self.parts.show_parts([])
        self._on_edit()
        self.name.setFocus()

    def recipe(self, name: str = "") -> Recipe:
        """What stands in the form."""
        parts = tuple(RecipePart(code, share) for code, share in self.parts.given())
        return Recipe(
            name or self.name.text().strip(),
            str(self.site.currentData() or ""),
            self.laying.currentData(),
            parts,
            self.density.given(),
            self.source.text().strip(),
        )

    # Judging

    def _on_edit(self) -> None:
        self.parts.number(self.laying.currentData() == "layers")
        for asked in self.asked.values():
            asked.complain()
        self.problem(None)
        if self._task is not None:
            self._task.cancel()
        self.verdict.say_wait()
        self._timer.start()

    def _judge(self) -> None:
        project = self.session.project
        if project is None:
            return
        recipe = self.recipe(self.name.text().strip() or _("(without a name)"))
        try:
            check_recipe(recipe)
        except AppError as error:
            self.verdict.say_unready(error)
            return

        def work(_watch: Any) -> Any:
            from app.verbs.recipe import judge_recipe

            return judge_recipe(project, recipe)

        self._task = self.session.tasks.submit(
            _("Judging the fill"), work, self.verdict.show_verdict, self.verdict.say_unready, quiet=True
        )

    # Keeping

    def take(self) -> None:
        """Keep it with the project; its verdict is made anew each time."""
        recipe = self.recipe()
        self.problem(None)
        self.keep.setEnabled(False)

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.recipe import keep_recipe

            return keep_recipe(project, recipe)

        def done(change: Any) -> None:
            self.keep.setEnabled(True)
            self._loaded = recipe.name
            self._refresh()
            self.session.say("ok", words.cap(change.label.render(_)))

        self.session.run_write(_("Keeping the fill"), work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        place = _PLACES.get(error.key) if isinstance(error, AppError) else None
        if place is not None and isinstance(error, AppError):
            self.asked[place].complain(error.what.render(_))
        else:
            self.problem(error)

    def delete(self) -> None:
        """Take the kept one out of the project."""
        name = self._loaded

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.recipe import drop_recipe

            return drop_recipe(project, name)

        def done(_change: Any) -> None:
            self._refresh()
            self.new()

        self.session.run_write(_("Deleting the fill"), work, done, self.problem)

    def _on_changed(self, change: Any) -> None:
        tables = set(change.tables)
        if "scenarios" in tables:
            self._refresh()
        if _TABLES & tables:
            self._timer.start()

    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.cancel()
        super().done(result)
