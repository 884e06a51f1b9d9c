"""Rule packs of the project: every rule with its clause and how sure it is; what is mended is signed for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLineEdit, QSplitter, QWidget

from app.gui import words
from app.gui.dialogs.base import Sheet, ask_open
from app.gui.dialogs.reason import ReasonDialog
from app.gui.dialogs.rule_page import RulePage
from app.gui.read_only import WhenWritable
from app.gui.tables import plain_table, put, widths
from app.gui.theme import colour, font, theme
from app.gui.widgets import Combo, EmptyState, button, clearable, column, inner_icon, label, row
from app.i18n import _
from app.sentences import limit_text
from models.rules import CONFIDENCES

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.verbs.rule_shelf import RuleLine, Shelf

_HEIGHT = 30
_NARROW_PX = 500
_SAID_BESIDE = (3, 4)  # columns that the page beside the table says too: they make room where it is narrow
_TABLES = {"rule_packs"}


class RulesDialog(Sheet):
    """List of rules at the left, the chosen one at the right. Every change is one step that can be undone."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            _("Rules"),
            _(
                "What wastes and pits are judged by. A number that you mend holds for this project only; "
                "what was judged before keeps its version."
            ),
            width=1000,
        )
        self.session = session
        self.resize(1280, 700)
        self.lines: list[RuleLine] = []
        self._shelf: Shelf | None = None
        self._hay: list[str] = []
        self._chosen = ("", "")
        self._build()
        self.adopt = button(_("Take over a pack…"), self.take_pack, icon="file-input",
                            tip=_("A TOML file: a pack of your own, or an edited copy of a shipped one"))  # fmt: skip
        self.add = button(_("Add rules…"), self.take_rules, icon="plus",
                          tip=_("[[rule]] tables of a TOML file, into the pack of the chosen rule"))  # fmt: skip
        self.reset = button(_("Back to the shipped pack…"), self.put_back, icon="rotate-ccw")
        self.foot_close(self.adopt, self.add, self.reset)
        for control in (self.adopt, self.add, self.reset, self.page.save):
            WhenWritable(control, session)
        session.changed.connect(self._on_changed)
        session.closed.connect(self.reject)
        self._read()

    def _build(self) -> None:
        self.text = QLineEdit()
        self.text.setPlaceholderText(_("filter: name, number, clause, parameter"))
        clearable(self.text)
        inner_icon(self.text, "search")
        self.pack = Combo([("", _("all packs"))], tip=_("Rule pack"))
        self.pack.setMinimumContentsLength(12)
        self.standing = Combo(
            [
                ("", _("all rules")),
                ("changed", _("mended or own")),
                ("open", _("open slots")),
                ("unsure", _("not verified")),
            ],
            tip=_("Standing"),
        )
        self.confidence = Combo(
            [("", _("any confidence")), *((c, f"{c}  {_(words.CONFIDENCES[c])}") for c in CONFIDENCES)],
            tip=_("Confidence"),
        )
        self.confidence.setMinimumContentsLength(10)
        self.count = label("", "muted")
        heads = [_("Rule"), _("What it is about"), _("Limit"), _("Confidence"), _("Standing")]
        self.table = plain_table(heads, row_px=_HEIGHT)
        widths(self.table, (112, 0, 112, 68, 84))
        self.table.itemSelectionChanged.connect(self._on_selection)
        self.table.viewport().installEventFilter(self)
        self.nothing = EmptyState("scale", _("No rule is so"), _("Take a filter away."))
        self.nothing.hide()
        filters = row(self.pack, self.standing, self.confidence)
        for at, share in enumerate((3, 2, 2)):
            filters.setStretch(at, share)
        left = QWidget()
        left.setLayout(column(self.text, filters, self.table, self.nothing, self.count, margins=(0, 0, 12, 0)))
        self.page = RulePage(self)
        self.page.save_wanted.connect(self._save)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.page)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setSizes([760, 472])
        self.content.addWidget(split, 1)
        self.text.textChanged.connect(lambda _t: self._filter())
        for combo in (self.pack, self.standing, self.confidence):
            combo.activated.connect(lambda _i: self._filter())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.table.viewport():
            for column in _SAID_BESIDE:
                self.table.setColumnHidden(column, self.table.width() < _NARROW_PX)
        return super().eventFilter(watched, event)

    # Reading

    def _read(self) -> None:
        project = self.session.project
        if project is None:
            return

        def work(_watch: Any) -> Any:
            from app.verbs.rule_shelf import shelf

            return shelf(project)

        self.session.tasks.submit(_("Reading the rules"), work, self._arrived, self.problem, quiet=True)

    def _arrived(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.lines = list(shelf.lines)
        self.pack.set_items([("", _("all packs")), *((p.id, words.cap(_(p.title))) for p in shelf.packs)])
        self._hay = [_hay(line) for line in self.lines]
        blocked = self.table.blockSignals(True)
        self.table.setRowCount(len(self.lines))
        for r, line in enumerate(self.lines):
            for c, text in enumerate(_cells(line)):
                item = put(self.table, r, c, text, _tip(line) if c == 3 else "")
                if line.standing != "shipped":
                    item.setFont(font(bold=True))
                if c == 4 and (line.standing != "shipped" or line.open):
                    item.setForeground(colour(theme().accent if line.standing != "shipped" else theme().warning))
        self.table.blockSignals(blocked)
        self._filter()

    def _filter(self) -> None:
        parts = self.text.text().casefold().split()
        pack, standing, sure = (str(c.currentData() or "") for c in (self.pack, self.standing, self.confidence))
        shown = 0
        for r, line in enumerate(self.lines):
            fits = (
                (not pack or line.pack.id == pack)
                and (not sure or line.rule.confidence == sure)
                and _stands(line, standing)
                and all(p in self._hay[r] for p in parts)
            )
            self.table.setRowHidden(r, not fits)
            shown += fits
        self.count.setText(_("{shown} of {all} rules").format(shown=shown, all=len(self.lines)))
        self.table.setVisible(shown > 0)
        self.nothing.setVisible(shown == 0)
        self._choose()

    def _choose(self) -> None:
        """Keep the chosen rule where it is still shown, else take the first."""
        rows = [r for r in range(len(self.lines)) if not self.table.isRowHidden(r)]
        at = next((r for r in rows if (self.lines[r].pack.id, self.lines[r].rule.id) == self._chosen), None)
        if at is None:
            at = rows[0] if rows else None
        if at is None:
            self.page.show_line(None, None)
        else:
            self.table.selectRow(at)
            self._on_selection()

    def _on_selection(self) -> None:
        rows = sorted({i.row() for i in self.table.selectedItems()})
        if not rows or self._shelf is None:
            return
        line = self.lines[rows[0]]
        self._chosen = (line.pack.id, line.rule.id)
        state = self._shelf.states[line.pack.id]
        self.page.show_line(line, state)
        mended = bool(state.differences)
        self.reset.setToolTip(
            _("{pack}: what was mended stays readable").format(pack=_(line.pack.title))
            if mended
            else _("{pack} is as shipped").format(pack=_(line.pack.title))
        )
        self.reset.setEnabled(mended)

    # Changing

    def _save(self, values: dict[str, str], why: str) -> None:
        pack, rule = self._chosen

        def work(project: Any, _watch: Any) -> Any:
            from app.verbs.rule_edits import edit_rule

            return edit_rule(project, pack, rule, values, why)

        def done(_change: Any) -> None:
            self.problem(None)
            self.session.say("ok", _("{rule} mended for this project").format(rule=rule))

        def failed(error: Exception) -> None:
            if not self.page.complain(error):
                self.problem(error)

        self.problem(None)
        self.session.run_write(_("Mending {rule}").format(rule=rule), work, done, failed)

    def take_pack(self, path: Path | None = None) -> None:
        """A whole pack out of a file."""
        path = path or ask_open(self, _("Take over a pack"), _("Rule packs") + " (*.toml)")
        if path is None:
            return

        def work(project: Any, why: str) -> Any:
            from app.verbs.rule_edits import adopt_pack

            return adopt_pack(project, path, why)

        self._ask(_("Take over a pack"), str(path), _("Take over"), work)

    def take_rules(self, path: Path | None = None) -> None:
        """Rules out of a file into the pack at hand."""
        path = path or ask_open(self, _("Add rules"), _("Rules") + " (*.toml)")
        if path is None:
            return
        pack = self._chosen[0]

        def work(project: Any, why: str) -> Any:
            from app.verbs.rule_edits import add_rules

            return add_rules(project, pack, path, why)

        self._ask(_("Add rules to {pack}").format(pack=pack), str(path), _("Add"), work)

    def put_back(self) -> None:
        """The shipped pack again."""
        pack = self._chosen[0]

        def work(project: Any, why: str) -> Any:
            from app.verbs.rule_edits import reset_pack

            return reset_pack(project, pack, why)

        shipped = self._shelf is not None and self._shelf.states[pack].shipped_version
        text = _("The shipped numbers count again.") if shipped else _("The project's own pack is out of force then.")
        self._ask(_("Back to the shipped pack: {pack}").format(pack=pack), text, _("Put back"), work)

    def _ask(self, title: str, text: str, verb: str, work: Any) -> ReasonDialog:
        dialog = ReasonDialog(self, self.session, title, text, verb, work)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def _on_changed(self, change: Any) -> None:
        if _TABLES & set(change.tables):
            self._read()


def _hay(line: RuleLine) -> str:
    from models.parameters import PARAMETERS

    rule = line.rule
    names = [n for p in rule.parameters if p in PARAMETERS for n in (p, PARAMETERS[p].label, *PARAMETERS[p].names)]
    parts = (rule.id, rule.title, rule.title_zh, rule.clause, rule.clause_zh, rule.document, rule.document_zh, *names)
    return " ".join(parts).casefold()


def _cells(line: RuleLine) -> tuple[str, ...]:
    standing = _("open slot") if line.open else _(words.STANDINGS[line.standing])
    return (line.rule.id, words.cap(_(line.rule.title)), limit_text(line.rule), line.rule.confidence, standing)


def _tip(line: RuleLine) -> str:
    return words.cap(words.from_key(words.CONFIDENCES, line.rule.confidence))


def _stands(line: RuleLine, wanted: str) -> bool:
    if wanted == "changed":
        return line.standing != "shipped"
    if wanted == "open":
        return line.open
    return wanted != "unsure" or line.rule.confidence not in ("V", "D")
