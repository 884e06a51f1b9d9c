"""The steps of a project as a table that reads itself page by page, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app import format as fmt
from app.gui import words
from app.gui.history_words import headline
from app.gui.theme import colour, theme
from app.i18n import _
from models.notices import N_

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.history_pages import Turnable
    from gis.store.log import StepEntry
    from gis.store.log_search import StepFilter

Index = QModelIndex | QPersistentModelIndex
HEADS = (N_("Step"), N_("Time"), N_("Person"), N_("What was done"), N_("Rows"))
_RIGHT = (0, 4)
PAGE = 100


class StepsModel(QAbstractTableModel):
    """Steps that a filter wants. Reading runs in the background; the view asks for more as it is scrolled down."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.steps: list[StepEntry] = []
        self.stand: Turnable | None = None
        self._standing: frozenset[int] = frozenset()
        self._wanted: StepFilter | None = None
        self._more = False
        self._turn = 0  # counts filters, so that a slow answer to an old one is dropped

    def show(self, wanted: StepFilter) -> None:
        """Begin anew with another filter, or after a change."""
        self._wanted, self._turn, self._more = wanted, self._turn + 1, False
        self._read(first=True)

    def _read(self, *, first: bool = False) -> None:
        project, wanted, turn = self.session.project, self._wanted, self._turn
        if project is None or wanted is None:
            return
        before = None if first or not self.steps else self.steps[-1].step

        def work(_watch: Any) -> tuple[list[StepEntry], Turnable]:
            from app.verbs.history_pages import steps_page, turnable

            return steps_page(project, wanted, before=before, limit=PAGE + 1), turnable(project)

        def done(answer: tuple[list[StepEntry], Turnable]) -> None:
            if turn == self._turn:
                self._take(*answer, first=first)

        self.session.tasks.submit(_("Reading the history"), work, done, self.session.report, quiet=True)

    def _take(self, page: list[StepEntry], stand: Turnable, *, first: bool) -> None:
        self.stand, self._standing = stand, frozenset(stand.done)
        new = page[:PAGE]
        if first:
            self.beginResetModel()
            self.steps = new
            self.endResetModel()
        elif new:
            at = len(self.steps)
            self.beginInsertRows(QModelIndex(), at, at + len(new) - 1)
            self.steps += new
            self.endInsertRows()
        self._more = len(page) > PAGE

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._more = False  # until the answer is here
            self._read()

    def stands(self, step: StepEntry) -> bool:
        """False for a step that was taken back."""
        return step.kind != "do" or step.step in self._standing

    # What the view asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.steps)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(HEADS[section])
        return _aligned(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        step = self.steps[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(step, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and not self.stands(step):
            return colour(theme().text_3)
        return None

    def _text(self, step: StepEntry, column: int) -> str:
        what = headline(step.label)
        if not self.stands(step):
            what = _("{what} (taken back)").format(what=what)
        return (str(step.step), words.when(step.at), step.user or "—", what, fmt.number(step.rows, 0))[column]


def _aligned(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
