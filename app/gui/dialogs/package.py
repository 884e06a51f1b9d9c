"""The approval package from the window: which sites, what is in it, where it goes, what came of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui import settings, words
from app.gui.dialogs.base import PathEdit, Sheet, add_row, form
from app.gui.dialogs.package_result import result_page
from app.gui.dialogs.workbar import WorkBar
from app.gui.widgets import Combo, EmptyState, button, clearable, column, inner_icon, label, row, scrolled
from app.i18n import LANGUAGE_NAMES, LANGUAGES, _, current_language
from layers.registry import LAYERS, SITE_LAYERS

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task

_SLOW_SHEETS = 60


class FolderEdit(PathEdit):
    """A folder that is to be made, or an old package to be replaced."""

    def _choose(self) -> None:
        start = self.path()
        name = QFileDialog.getExistingDirectory(self, self._title, str(start.parent if start else ""))
        if name:
            self.set_path(Path(name) / (start.name if start else _("approval package")))


class PackageDialog(Sheet):
    """Made in the background; the dialog shows how far it is and what came of it."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Approval package"),
            _("Plan, tables, coordinates, drawing, map data and sheets of the chosen sites, all from one moment."),
            width=880,
        )
        self.session = session
        self._task: Task | None = None
        self.pages = QStackedWidget()
        asked = QWidget()
        asked.setLayout(row(self._sites(), self._options(), spacing=20))
        asked.layout().setStretch(1, 1)
        self.pages.addWidget(asked)
        self.content.addWidget(self.pages, 1)
        self.bar = WorkBar(session)
        self.note = label("", "muted")
        self.content.addLayout(column(self.bar, self.note, spacing=4))
        self.foot(_("Make the package"), self.take, icon="package")
        session.closed.connect(self.reject)
        session.tasks.progressed.connect(self._on_progress)
        session.tasks.finished.connect(self._on_finished)
        self._count()
        self.resize(980, 640)

    # What is asked

    def _sites(self) -> QWidget:
        selected_layer, fids = self.session.selection
        chosen: set[str] = set()
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        for key in SITE_LAYERS:
            table = self.session.table(key)
            for fid, code, name in zip(table.fids.tolist(), table.column("code"), table.column("name"), strict=True):
                text = f"{code}  {name}" if isinstance(name, str) else str(code)
                item = QListWidgetItem(" ".join(text.split()))
                item.setData(Qt.ItemDataRole.UserRole, str(code))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                if key == selected_layer and fid in fids:
                    chosen.add(str(code))
                item.setData(Qt.ItemDataRole.UserRole + 1, LAYERS[key].fills)
                self.list.addItem(item)
        for i in range(self.list.count()):
            item = self.list.item(i)
            code, fills = item.data(Qt.ItemDataRole.UserRole), item.data(Qt.ItemDataRole.UserRole + 1)
            on = code in chosen if chosen else bool(fills)
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.itemChanged.connect(lambda _item: self._count())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("filter sites"))
        clearable(self.filter)
        inner_icon(self.filter, "search")
        self.filter.textChanged.connect(self._filter)
        every = button(_("All"), partial(self._check, on=True), kind="quiet")
        none = button(_("None"), partial(self._check, on=False), kind="quiet")
        self.counted = label("", "muted")
        side = QWidget()
        nothing = EmptyState("table-2", _("No sites yet"), _("Import outlines from a file, or draw one on the map."))
        (nothing if self.list.count() else self.list).hide()
        side.setLayout(column(self.filter, self.list, nothing, row(every, none, None, self.counted)))
        side.setFixedWidth(320)
        return side

    def _options(self) -> QWidget:
        folder = self.session.project.path.parent
        self.out = FolderEdit(_("Approval package"), "", save=True, text=str(folder / _("approval package")))
        self.language = Combo([(k, LANGUAGE_NAMES[k]) for k in LANGUAGES])
        self.template = PathEdit(_("Template of the plan"), "Word (*.docx)")
        self.template.line.setPlaceholderText(_("built-in template"))
        export = button(_("Write the built-in template…"), self._write_template, kind="quiet", icon="file-down")
        lines = form()
        add_row(lines, _("Folder"), self.out)
        add_row(lines, _("Language"), self.language)
        add_row(lines, _("Template of the plan"), self.template)
        lines.addRow("", row(export, None))
        first = QWidget()
        first.setLayout(column(lines, None, margins=(12, 12, 12, 12)))
        tabs = QTabWidget()
        tabs.addTab(first, words.cap(_("place and plan")))
        tabs.addTab(self._sheets_tab(), words.cap(_("sheets")))
        tabs.addTab(self._coordinates_tab(), words.cap(_("coordinates")))
        return tabs

    def _sheets_tab(self) -> QWidget:
        from app.package.layout import papers
        from app.package.template import sheet_kind
        from app.verbs.package import sheet_kinds

        wanted = str(settings.value("package/kinds", "")).split(",")
        self.kinds: dict[str, QCheckBox] = {}
        boxes = QVBoxLayout()
        boxes.setSpacing(6)
        for key in sheet_kinds():
            box = QCheckBox(sheet_kind(key).title(current_language()))
            box.setChecked(key in wanted if wanted != [""] else True)
            box.toggled.connect(lambda _on: self._count())
            self.kinds[key] = box
            boxes.addWidget(box)
        boxes.addStretch(1)
        self.paper = Combo([(p, p) for p in papers()])
        self.paper.choose("A3")
        lines = form()
        add_row(lines, _("Paper"), self.paper)
        holder, page = QWidget(), QWidget()
        holder.setLayout(boxes)
        page.setLayout(column(lines, scrolled(holder), margins=(12, 12, 12, 12)))
        return page

    def _coordinates_tab(self) -> QWidget:
        self.encoding = Combo([(e, e) for e in ("GB18030", "UTF-8", "UTF-8-BOM")])
        self.zone = Combo([(True, _("zone number before Y")), (False, _("without zone number"))])
        self.numbers = Combo([("run_on", _("running on through the rings")), ("restart", _("from J1 in each ring"))])
        self.parts = Combo([("run_on", _("running on through the parts")), ("hundreds", _("100 more for each part"))])
        self.area = Combo([("ha", _("hectares")), ("m2", "m²")])
        self.fields = Combo([(False, _("8 fields")), (True, _("13 fields"))])
        self.shared = QCheckBox(_("neighbours share the numbers of shared points"))
        lines = form()
        add_row(lines, _("Encoding"), self.encoding)
        add_row(lines, _("Y coordinate"), self.zone)
        add_row(lines, _("Point numbers"), self.numbers)
        add_row(lines, _("Ring numbers"), self.parts)
        add_row(lines, _("Area in"), self.area)
        add_row(lines, _("Plot line"), self.fields)
        lines.addRow("", self.shared)
        page = QWidget()
        page.setLayout(column(lines, None, margins=(12, 12, 12, 12)))
        return page

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        for i in range(self.list.count()):
            item = self.list.item(i)
            item.setHidden(wanted not in item.text().casefold())

    def _check(self, *, on: bool) -> None:
        """All that are shown, on or off."""
        for i in range(self.list.count()):
            item = self.list.item(i)
            if not item.isHidden():
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def codes(self) -> list[str]:
        """The chosen sites."""
        items = [self.list.item(i) for i in range(self.list.count())]
        return [str(i.data(Qt.ItemDataRole.UserRole)) for i in items if i.checkState() == Qt.CheckState.Checked]

    def _count(self) -> None:
        if not hasattr(self, "main"):
            return
        sites, kinds = len(self.codes()), [k for k, box in self.kinds.items() if box.isChecked()]
        self.counted.setText(_("{n} of {all} sites").format(n=sites, all=self.list.count()))
        sheets = sites * len(kinds)
        text = _("about {n} sheets").format(n=sheets) if sheets else ""
        if sheets > _SLOW_SHEETS:
            text += _("; this takes a while, the window stays free meanwhile")
        self.note.setText(text)
        self.main.setEnabled(sites > 0 and self._task is None)

    # Making it

    def take(self) -> None:
        """Make it in the background."""
        from app.verbs.package import Dialect, PackageOptions

        out, project = self.out.path(), self.session.project
        if out is None:
            self.problem(_("Say where the package goes."))
            return
        kinds = tuple(k for k, box in self.kinds.items() if box.isChecked())
        settings.remember("package/kinds", ",".join(kinds) or "-")
        dialect = Dialect(
            self.encoding.currentData(), self.zone.currentData(), self.numbers.currentData(), self.parts.currentData(),
            self.area.currentData(), long=self.fields.currentData(),
        )  # fmt: skip
        options = PackageOptions(
            codes=self.codes(), kinds=kinds, language=str(self.language.currentData()), dialect=dialect,
            shared_numbers=self.shared.isChecked(), paper=str(self.paper.currentData()), template=self.template.path(),
            workers=None,
        )  # fmt: skip
        self.problem(None)

        def work(watch: Any) -> Any:
            from app.verbs.package import make_package

            return make_package(project, out, options, watch)

        self._task = self.session.tasks.submit(_("Approval package"), work, self._made, self._failed)
        self.bar.follow(self._task)
        self.pages.setEnabled(False)
        self.main.setEnabled(False)

    def _on_progress(self, task: Task, fraction: float, note: str) -> None:
        if task is self._task:
            self.note.setText(f"{fraction * 100:.0f} %  {note}".strip())

    def _on_finished(self, task: Task) -> None:
        if task is not self._task:
            return
        self._task = None
        self.bar.stop()
        self.pages.setEnabled(True)
        self._count()
        if task.watch.cancelled:
            self.note.setText(_("Cancelled. What was there before is as it was."))

    def _failed(self, error: Exception) -> None:
        self.problem(error)

    def _made(self, report: Any) -> None:
        window = self.parentWidget()

        def show() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.path)))

        kind = "warning" if report.left or report.warnings else "ok"
        window.toasts.show(kind, _("{name} made").format(name=report.path.name), act=(_("Open"), show))
        self.pages.addWidget(result_page(report, show))
        self.pages.setCurrentIndex(self.pages.count() - 1)
        self.note.setText("")
        self.main.hide()
        self.cancel.setText(_("Close"))

    def reject(self) -> None:
        """A run that is under way is stopped first; the dialog stays to say so."""
        if self._task is not None:
            self._task.cancel()
            return
        super().reject()

    def _write_template(self) -> None:
        start = str(self.session.project.path.parent / (_("implementation plan") + ".docx"))
        name, _kind = QFileDialog.getSaveFileName(self, _("Template of the plan"), start, "Word (*.docx)")
        if not name:
            return
        language = str(self.language.currentData())

        def work(_watch: Any) -> Path:
            from app.verbs.package import write_template

            return write_template(Path(name), language)

        self.session.tasks.submit(_("Template of the plan"), work, self.template.set_path, self.problem)
