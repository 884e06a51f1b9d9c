"""One rule: what it says and where that stands, what the project says otherwise, and the form that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.base import Asked, add_row, form
from app.gui.widgets import Banner, Combo, EmptyState, Section, button, chip, clear, column, label, row, rule, scrolled
from app.i18n import _, current_language
from app.sentences import difference_text, limit_text
from models.checks.context import effect
from models.errors import AppError
from models.lab_units import UNITS
from models.methods import MEDIA
from models.notices import N_
from models.parameters import PARAMETERS
from models.rules import COMPARATORS, CONFIDENCES, CONSEQUENCES, Rule

if TYPE_CHECKING:
    from app.verbs.rule_edits import PackState, PackVersion
    from app.verbs.rule_shelf import RuleLine

_FILLS = {
    "limit": N_("a limit of a parameter"),
    "listed": N_("a list of wastes by name"),
    "duty": N_("a duty in words"),
}
_WARNINGS = {
    "R": N_("This is recalled and not verified. Read it in the document before you rely on it."),
    "U": N_("This is uncertain or a practice figure. Read it in the document before you rely on it."),
    "V*": N_("This was read in a secondary source only, not in the official text."),
}
_HINTS = {
    "limit": N_("a number, or two as 6-9"),
    "words": N_("with commas between them"),
    "source": N_("where it was read; empty: the reason below"),
}


class RulePage(QWidget):
    """Follows the list. `save_wanted` carries what changed, and why."""

    save_wanted = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line: RuleLine | None = None
        self.editors: dict[str, Asked] = {}
        self._shown: dict[str, str] = {}
        self._stated = False
        self._facts = QVBoxLayout()
        self._facts.setSpacing(8)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 0, 8, 8)
        inner.addLayout(self._facts)
        inner.addStretch(1)
        self.why = QLineEdit()
        self.why.setPlaceholderText(_("why, with the document if there is one (required)"))
        self.why.setAccessibleName(_("Reason"))
        self.asked_why = Asked(self.why)
        self.save = button(_("Mend"), self.take, kind="primary", icon="pencil")
        self.why.returnPressed.connect(self.take)
        foot = row(self.asked_why, self.save, margins=(16, 8, 8, 0))
        foot.setStretch(0, 1)
        self._foot = QWidget()
        self._foot.setLayout(column(rule(), foot, spacing=0))
        self._area = scrolled(body)
        self.setLayout(column(self._area, self._foot, spacing=0))
        self.setMinimumWidth(420)

    # Showing

    def show_line(self, line: RuleLine | None, state: PackState | None) -> None:
        """Another rule; None for nothing."""
        kept = self._typed() if line is not None and self._is_same(line) else {}
        self.line = line
        clear(self._facts)
        self.editors, self._shown, self._stated = {}, {}, False
        self._foot.setVisible(line is not None)
        self.asked_why.complain()
        if line is None or state is None:
            self._facts.addWidget(EmptyState("scale", _("Nothing chosen"), _("Choose a rule in the list.")))
            return
        self._head(line)
        self._said(line, state)
        self._form(line, kept)
        self._history(state)
        if not kept:
            self.why.clear()

    def _is_same(self, line: RuleLine) -> bool:
        """The very same rule again, as after an edit elsewhere: what is being typed stays."""
        return self.line is not None and self.line.pack.id == line.pack.id and self.line.rule == line.rule

    def _head(self, line: RuleLine) -> None:
        r = line.rule
        sure = words.from_key(words.CONFIDENCES, r.confidence)
        title = label(words.cap(_(r.title)), "title", wrap=True)
        self._facts.addWidget(title)
        chips = [chip(r.id), chip(f"{r.confidence}  {sure}")]
        if line.standing != "shipped":
            chips.append(chip(_(words.STANDINGS[line.standing])))
        self._facts.addLayout(row(*chips, None, spacing=6))
        if line.open:
            text = _("Open slot: nobody here has read this number. It is shown as open and never passed.")
            self._facts.addWidget(Banner("unknown", text))
        elif r.confidence in _WARNINGS:
            self._facts.addWidget(Banner("warning", _(_WARNINGS[r.confidence])))

    def _said(self, line: RuleLine, state: PackState) -> None:
        r = line.rule
        lines = form()
        lines.setVerticalSpacing(4)
        facts = (
            (_("Limit"), limit_text(r)),
            (_("Otherwise"), words.cap(effect(r.consequence).render(_))),
            (_("Document"), _(r.document)),
            (_("Clause"), _(r.clause)),
            (_("Source"), r.source),
            (_("Rule pack"), f"{words.cap(_(line.pack.title))}  {line.pack.version}"),
            (_("Exemption"), _(r.exempt_note) if r.exempt_note else ""),
            (_("Note"), r.note),
        )
        for name, text in facts:
            if text:
                lines.addRow(label(name, "muted"), label(text, wrap=True, selectable=True))
        self._facts.addLayout(lines)
        own = [d for d in state.differences if d.rule == r.id]
        if own:
            said = "\n".join(difference_text(d) for d in own)
            self._facts.addWidget(label(_("Other than shipped"), "heading"))
            self._facts.addWidget(label(said, "secondary", wrap=True, selectable=True))

    def _history(self, state: PackState) -> None:
        if not state.history:
            return
        said = "\n".join(_version_text(v) for v in reversed(state.history))
        body = label(said, "secondary", wrap=True, selectable=True)
        self._facts.addWidget(Section(_("Who changed this pack, when and why"), body))

    # The form

    def _form(self, line: RuleLine, kept: dict[str, str]) -> None:
        self._lines = form()
        self._facts.addWidget(rule())
        if line.open:
            self._facts.addWidget(label(_("Fill this slot"), "heading"))
            self.kind = Combo([(k, words.cap(_(t))) for k, t in _FILLS.items()])
            self.kind.activated.connect(lambda _i: self._slot_fields())
            add_row(self._lines, _("It is"), self.kind)
            self._facts.addLayout(self._lines)
            self._slot_fields()
        else:
            self._facts.addWidget(label(_("Mend for this project"), "heading"))
            self._facts.addLayout(self._lines)
            for name in line.fields:
                self._field(self._lines, name, _value_text(line.rule, name))
        for name, text in kept.items():
            if name in self.editors:
                _set_text(self.editors[name].control, text)

    def _slot_fields(self) -> None:
        from app.verbs.rule_shelf import SLOT_FILLS

        while self._lines.rowCount() > 1:
            self._lines.removeRow(1)
        self.editors, self._shown = {}, {}
        for name in (*SLOT_FILLS[str(self.kind.currentData())], "clause", "confidence", "source"):
            self._field(self._lines, name, "")
        # A mended number is only as sure as the one who signs for it says; the shipped mark is not taken over.
        _set_text(self.editors["confidence"].control, "U")

    def _field(self, lines: QFormLayout, name: str, value: str) -> None:
        control = _control(name)
        _set_text(control, value)
        self._shown[name] = _text_of(control)
        if isinstance(control, QLineEdit):
            control.textEdited.connect(lambda _t, n=name: self._touched(n))
            control.returnPressed.connect(self.take)
            control.setPlaceholderText(_(_HINTS[name]) if name in _HINTS else "")
        elif isinstance(control, QComboBox):
            control.activated.connect(lambda _i, n=name: self._touched(n))
        asked = Asked(control)
        control.setAccessibleName(words.cap(_(words.RULE_FIELDS[name])))
        self.editors[name] = asked
        add_row(lines, words.cap(_(words.RULE_FIELDS[name])), asked)

    def _touched(self, name: str) -> None:
        self.editors[name].complain()
        if name == "confidence":
            self._stated = True
        elif name in ("limit", "unit") and not self._stated and "confidence" in self.editors:
            _set_text(self.editors["confidence"].control, "U")

    def _typed(self) -> dict[str, str]:
        """What a person changed, by field."""
        found = {n: _text_of(a.control) for n, a in self.editors.items()}
        return {n: t for n, t in found.items() if t != self._shown.get(n) or (n == "confidence" and self._stated)}

    def take(self) -> None:
        """Ask for the change, with the reason."""
        if self.line is None:
            return
        from app.verbs.rule_shelf import slot_values

        for asked in (*self.editors.values(), self.asked_why):
            asked.complain()
        values = self._typed()
        if self.line.open:
            given = {n: _text_of(a.control) for n, a in self.editors.items()}
            if not given["clause"]:
                self.editors["clause"].complain(_("say in which clause it stands"))
                self._area.ensureWidgetVisible(self.editors["clause"])
                return
            values = slot_values(str(self.kind.currentData()), given)
        elif not values:
            self.asked_why.complain(_("Nothing was changed yet."))
            return
        why = self.why.text().strip()
        if not why:
            self.asked_why.complain(_("say why: a changed rule is signed for"))
            self.why.setFocus()
            return
        self.save_wanted.emit(values, why)

    def complain(self, error: Exception) -> bool:
        """Show an error at its field; False if it belongs to none."""
        name = str(error.what.facts.get("field", "")) if isinstance(error, AppError) else ""
        if name not in self.editors or not isinstance(error, AppError):
            return False
        facts = {**error.what.facts, "field": _(words.RULE_FIELDS.get(name, name))}
        parts = [_(error.what.text).format(**facts), error.advice.render(_)]
        self.editors[name].complain("; ".join(p for p in parts if p))
        self._area.ensureWidgetVisible(self.editors[name])
        return True


def _version_text(v: PackVersion) -> str:
    what = v.version if v.text else _("as shipped")
    return "  ".join(t for t in (words.when(v.edited_at), v.edited_by, what, v.why) if t)


def _control(name: str) -> QWidget:
    if name == "confidence":
        return Combo([(c, f"{c}  {_(words.CONFIDENCES[c])}") for c in CONFIDENCES])
    if name == "consequence":
        return Combo([(c, words.cap(effect(c).render(_))) for c in CONSEQUENCES])
    if name == "comparator":
        return Combo([(c, words.cap(_(words.COMPARATORS[c]))) for c in COMPARATORS])
    if name == "medium":
        return Combo([(m, words.cap(_(words.MEDIA[m])) if m in words.MEDIA else m) for m in MEDIA])
    if name == "unit":
        made = Combo([(u, u) for u in UNITS])
        made.setEditable(True)  # lengths and months are units of rules too
        return made
    if name == "parameters":
        zh = current_language() == "zh_CN"
        return Combo([(p.key, f"{p.names[0] if zh else words.cap(_(p.label))}  {p.symbol or p.key}")
                      for p in PARAMETERS.values()])  # fmt: skip
    return QLineEdit()


def _value_text(r: Rule, name: str) -> str:
    value: Any = getattr(r, name)
    if name == "clause":
        return _(str(value))
    if isinstance(value, tuple):
        return "-".join(f"{n:g}" for n in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _text_of(control: QWidget) -> str:
    if isinstance(control, QLineEdit):
        return control.text().strip()
    if isinstance(control, QComboBox) and control.isEditable():
        return control.currentText().strip()
    return str(control.currentData() or "") if isinstance(control, QComboBox) else ""


def _set_text(control: QWidget, text: str) -> None:
    if isinstance(control, QLineEdit):
        control.setText(text)
        control.setCursorPosition(0)
    elif isinstance(control, Combo):
        control.choose(text)
        if control.isEditable():
            control.setEditText(text)
