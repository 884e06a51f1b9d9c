"""Waste streams: list at the left, form at the right, laboratory values below. Each finished edit is a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui import words
from app.gui.dialogs.base import Sheet, add_row, form
from app.gui.dialogs.lab_table import LabTable
from app.gui.panels.inspector.editors import Editor, editor_for
from app.gui.read_only import WhenWritable
from app.gui.widgets import Combo, EmptyState, button, scrolled
from app.i18n import _, current_language
from app.verbs import labels
from layers.base import Choice, Field
from models.changes import Delete, Update
from models.errors import AppError
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session

_MASS = 1e10


def _fields() -> tuple[Field, ...]:
    from app.verbs.waste import catalogue

    zh = current_language() == "zh_CN"
    kinds = tuple(Choice(k, kind.label_zh if zh else kind.label) for k, kind in catalogue().items())
    return (
        Field("code", "text", N_("code"), required=True),
        Field("name", "text", N_("name")),
        Field("kind", "text", N_("kind"), required=True, choices=kinds),
        Field("producer", "text", N_("producer")),
        Field("process", "text", N_("process")),
        Field("place", "text", N_("place")),
        Field("annual_t", "real", N_("yearly amount"), unit="t", minimum=0, maximum=_MASS),
        Field("stock_t", "real", N_("in stock"), unit="t", minimum=0, maximum=_MASS),
        Field("mass_basis", "text", N_("masses are"), choices=(Choice("dry", N_("dry")), Choice("wet", N_("wet")))),
        Field("density_t_m3", "real", N_("dry density in place"), unit="t/m³", minimum=0.01, maximum=10),
        Field("moisture", "real", N_("moisture (water over dry mass)"), minimum=0, maximum=10),
        Field("list_code", "text", N_("hazardous waste code")),
        Field("origin_mine", "text", N_("mine of origin")),
        Field("remarks", "text", N_("remarks")),
    )


class WastesDialog(Sheet):
    """All wastes of the project."""

    samples_wanted = Signal()

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent, _("Wastes"), _("Streams that may be filled in, and what laboratories found in them."), width=860
        )
        self.session = session
        self.resize(980, 640)
        self.fid = -1
        self.list = QListWidget()
        self.list.setFixedWidth(232)
        self.list.currentItemChanged.connect(lambda item, _old: self._show(item))
        add = button(_("New waste"), self._new, icon="plus")
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(add)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.values = LabTable()
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 12, 12, 0)
        inner.addLayout(self._grid)
        inner.addStretch(1)
        self._page = QTabWidget()
        self._page.setDocumentMode(True)
        self._page.addTab(scrolled(page), _("What it is"))
        self._page.addTab(self.values, _("Laboratory values"))
        self._empty = EmptyState("flask-conical", _("No waste yet"), _("Make one, then import its laboratory values."))
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addLayout(left)
        body.addWidget(self._page, 1)
        body.addWidget(self._empty, 1)
        self.content.addLayout(body, 1)
        self._drop = button(_("Delete waste"), self._delete, icon="trash-2")
        values = button(_("Import laboratory values…"), self.samples_wanted.emit, icon="test-tubes")
        self.foot_close(values, self._drop)
        self.editors: dict[str, Editor] = {}
        for line, field in enumerate(_fields()):
            editor = editor_for(field)
            editor.settled.connect(self._commit)
            self.editors[field.name] = editor
            editor.name.setMinimumHeight(32)
            self._grid.addWidget(editor.name, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(editor, line, 1)
        for control in (add, values, self._drop, *self.editors.values()):
            WhenWritable(control, session)
        session.changed.connect(self._on_changed)
        self._fill()

    def _rows(self) -> list[dict[str, Any]]:
        project = self.session.project
        rows = self.session.unsaved.over("wastes", project.store.rows("wastes")) if project else []
        return sorted(rows, key=lambda r: str(r["code"]))

    def _fill(self) -> None:
        keep = self.fid
        blocked = self.list.blockSignals(True)
        self.list.clear()
        rows = self._rows()
        for row_ in rows:
            item = QListWidgetItem(f"{row_['code']}  {row_['name'] or ''}".strip())
            item.setToolTip(item.text())
            item.setData(Qt.ItemDataRole.UserRole, int(row_["fid"]))
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        self._page.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._drop.setEnabled(bool(rows))
        at = next((i for i, r in enumerate(rows) if int(r["fid"]) == keep), 0)
        self.list.setCurrentRow(at if rows else -1)
        if rows:
            self._show(self.list.item(at))

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.fid = int(item.data(Qt.ItemDataRole.UserRole))
        stored = next((r for r in self._rows() if int(r["fid"]) == self.fid), None)
        if stored is None:
            return
        for name, editor in self.editors.items():
            editor.show_value(stored.get(name))
        values = self.session.project.store.lab_values(str(stored["code"]))
        self.values.show_values(values)
        name = _("Laboratory values")
        self._page.setTabText(1, f"{name} ({len(values)})" if values else name)

    def _commit(self, name: str, value: Any) -> None:
        editor = self.editors[name]
        stored = next(iter(self.session.project.store.rows("wastes", fid=self.fid)), {})
        notice = labels.fields_changed("wastes", str(stored.get("code") or ""), stored, {name: value})
        try:
            self.session.transact(notice, [Update("wastes", self.fid, {name: value})])
        except AppError as error:
            editor.complain(error, kept=bool(self.session.unsaved))

    def _delete(self) -> None:
        code = self.editors["code"].text()
        what = labels.deleted("wastes", [code])
        self.session.attempt(lambda: self.session.transact(what, [Delete("wastes", self.fid)]))

    def _new(self) -> None:
        dialog = NewWasteDialog(self, self.session)
        dialog.finished.connect(dialog.deleteLater)
        dialog.made.connect(self._select)
        dialog.show()

    def _select(self, code: str) -> None:
        for at in range(self.list.count()):
            if self.list.item(at).text().split("  ")[0] == code:
                self.list.setCurrentRow(at)

    def _on_changed(self, change: Any) -> None:
        if {"wastes", "lab_values"} & set(change.tables) and self.isVisible():
            self._fill()


class NewWasteDialog(Sheet):
    """Code, kind and name of a new waste."""

    made = Signal(str)

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("New waste"), width=460)
        self.session = session
        kinds = next(f for f in _fields() if f.name == "kind").choices
        self.code, self.name = QLineEdit(), QLineEdit()
        self.code.setPlaceholderText("FA-1")
        self.kind = Combo([(c.value, words.cap(_(c.label))) for c in kinds])
        lines = form()
        add_row(lines, _("Code"), self.code)
        add_row(lines, _("Name"), self.name)
        add_row(lines, _("Kind"), self.kind)
        self.content.addLayout(lines)
        self.foot(_("Add"), self.take, icon="plus")
        self.code.setFocus()

    def take(self) -> None:
        """Add it."""
        code, name, kind = self.code.text().strip(), self.name.text().strip(), str(self.kind.currentData())

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.waste import add_waste

            return add_waste(project, code, kind=kind, name=name)

        def done(_waste: Any) -> None:
            self.made.emit(code)
            self.accept()

        self.session.run_write(_("Adding {code}").format(code=code), work, done, self.problem)
