"""A working copy that came back: what it brings, conflicts for a person to decide, then one step into the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from app.gui import words
from app.gui.dialogs.base import Sheet
from app.gui.dialogs.conflict_view import ConflictView, title_of
from app.gui.icons import icon
from app.gui.widgets import Banner, button, clear, label, row
from app.i18n import _
from models.errors import AppError

if TYPE_CHECKING:
    from app.gui.session import Session
    from app.gui.tasks import Task
    from models.merging import MergeConflict, MergeReport, Take

_REMARKS = 4  # shown above the conflicts; the rest is counted
_CODES = 12
_UID = 36  # a row without code or name is listed by its uid, which says nothing to people


class MergeDialog(Sheet):
    """Looks first, in the background, and changes nothing until all conflicts are decided and a person merges."""

    def __init__(self, parent: QWidget, session: Session, copy: Path) -> None:
        super().__init__(parent, _("Merge in a working copy"), copy.name, width=820)
        self.session, self.copy = session, copy
        self.report: MergeReport | None = None
        self.takes: dict[str, Take] = {}
        self._looked_at = -1  # the revision of the project that the report is about
        self._busy = False
        self._task: Task | None = None
        self._summary = QVBoxLayout()
        self._summary.setSpacing(8)
        self.content.addLayout(self._summary)
        self._summary.addWidget(label(_("Comparing both files…"), "secondary"))
        self._conflict_part()
        self.foot(_("Merge"), self.take, icon="import", cancel=_("Close"))
        self.resize(QSize(min(980, parent.width() - 60), min(660, parent.height() - 60)))
        session.changed.connect(self._on_changed)
        session.closed.connect(self._on_closed)
        session.tasks.finished.connect(self._on_finished)
        self._state()
        self.look()

    def _conflict_part(self) -> None:
        self.list = QListWidget()
        self.list.setMinimumWidth(240)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.currentRowChanged.connect(self._choose)
        self.view = ConflictView()
        self.view.decided.connect(self.decide)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.list)
        self.parts.addWidget(self.view)
        self.parts.setSizes([300, 620])
        self.open_count = label("", "secondary")
        self.all_mine = button(_("Keep ours for all open ones"), lambda: self.decide_open("mine"), kind="quiet")
        self.all_theirs = button(_("Take theirs for all open ones"), lambda: self.decide_open("theirs"), kind="quiet")
        self.rest = QWidget()
        self.rest.setLayout(row(self.open_count, None, self.all_mine, self.all_theirs))
        self.content.addWidget(self.parts, 1)
        self.content.addWidget(self.rest)
        self.parts.hide()
        self.rest.hide()

    # Looking

    def look(self) -> None:
        """Compare both files; what was decided on conflicts that are still the same stays decided.

        The lists are what comes in whatever is decided: a trial that leaves all conflicts as they are here.
        """
        project = self.session.project
        if project is None or self._busy:
            return
        self._busy = True
        revision = project.store.revision

        def work(watch: Any) -> Any:
            from app.verbs.copies import merge

            return merge(project, self.copy, others="mine", dry_run=True, watch=watch)

        def done(report: MergeReport) -> None:
            self._busy = False
            self._looked_at = revision
            self._show(report)

        def failed(error: Exception) -> None:
            self._busy = False
            clear(self._summary)
            self.problem(error)

        self._state()
        title = _("Comparing with {name}").format(name=self.copy.name)
        self._task = self.session.tasks.submit(title, work, done, failed)

    def _on_finished(self, task: Any) -> None:
        """A task that was cancelled gives no answer: without a comparison there is nothing to show."""
        if task is not self._task or not task.watch.cancelled or not self._busy:
            return
        self._busy = False
        if self.report is None:
            self.reject()
        else:
            self._state()

    def _on_closed(self) -> None:
        self.close()

    def _on_changed(self, _change: Any) -> None:
        project = self.session.project
        if project is not None and not self._busy and self.report and project.store.revision != self._looked_at:
            self.look()

    def _show(self, report: MergeReport) -> None:
        old = {c.key: c for c in self.report.conflicts} if self.report else {}
        self.takes = {c.key: self.takes[c.key] for c in report.conflicts
                      if c.key in self.takes and old.get(c.key) == c}  # fmt: skip
        self.report = report
        self.problem(None)
        clear(self._summary)
        self._summarise(report)
        self.list.clear()
        for conflict in report.conflicts:
            item = QListWidgetItem(title_of(conflict))
            item.setToolTip(title_of(conflict))
            self.list.addItem(item)
        some = bool(report.conflicts)
        self.parts.setVisible(some)
        self.rest.setVisible(some)
        if some:
            self.list.setCurrentRow(0)
        else:
            self.content.addStretch(1)
        self._state()

    def _summarise(self, report: MergeReport) -> None:
        counts = ((_("{n} added"), "added"), (_("{n} changed"), "changed"), (_("{n} deleted"), "deleted"))
        texts = [text.format(n=report.count(what)) for text, what in counts]
        if report.conflicts:
            texts.append(_("{n} conflicts to decide").format(n=len(report.conflicts)))
        self._summary.addWidget(label("    ".join(texts), "heading"))
        lines = [_("{what}: {rows}").format(what=text.format(n=report.count(what)), rows=_listed(getattr(report, what)))
                 for text, what in counts if report.count(what)]  # fmt: skip
        if report.log:
            names = sorted({s.user for s in report.log if s.user})
            lines.append(_("{n} steps in the copy, by {people}").format(
                n=len(report.log), people=_(", ").join(names) or "—"))  # fmt: skip
        for line in lines:
            self._summary.addWidget(label(line, "secondary", wrap=True))
        said = [words.cap(r.render(_)) for r in report.remarks]
        said += [_("Left out: {row}: {reason}").format(row=r, reason=why.render(_)) for _t, r, why in report.unfit]
        if len(said) > _REMARKS:
            said = [*said[:_REMARKS], _("… and {n} more").format(n=len(said) - _REMARKS)]
        if said:
            self._summary.addWidget(Banner("warning", "\n".join(said)))

    # Deciding

    @property
    def open(self) -> list[MergeConflict]:
        """Conflicts that nobody decided yet."""
        return [c for c in self.report.conflicts if c.key not in self.takes] if self.report else []

    def decide(self, key: str, side: Take) -> None:
        """One conflict."""
        self.takes[key] = side
        self._state()

    def decide_open(self, side: Take) -> None:
        """All that are still open."""
        for conflict in self.open:
            self.takes[conflict.key] = side
        self._choose(self.list.currentRow())
        self._state()

    def _choose(self, at: int) -> None:
        conflicts = self.report.conflicts if self.report else ()
        found = conflicts[at] if 0 <= at < len(conflicts) else None
        self.view.show_conflict(found, self.takes.get(found.key) if found else None)

    def _state(self) -> None:
        """What can be done now, and why not."""
        report, project, still = self.report, self.session.project, len(self.open)
        for n, conflict in enumerate(report.conflicts if report else ()):
            item = self.list.item(n)
            if item is not None:
                done = conflict.key in self.takes
                item.setIcon(icon("circle-check" if done else "circle-alert", "ok" if done else "warning", 16))
        self.open_count.setText(_("{n} still open").format(n=still) if still else _("All conflicts are decided"))
        self.all_mine.setEnabled(bool(still))
        self.all_theirs.setEnabled(bool(still))
        brings = report is not None and any((report.added, report.changed, report.deleted, report.conflicts))
        why = ""
        if self._busy or report is None:
            why = _("both files are being compared")
        elif project is None or project.store.read_only:
            why = _("the project is open read-only")
        elif not brings:
            why = _("the copy brings nothing new")
        elif still:
            why = _("{n} conflicts are still open").format(n=still)
        self.main.setEnabled(not why)
        self.main.setToolTip(words.cap(why))

    # Merging

    def take(self) -> None:
        """Bring it in as one step, in the background."""
        if self.session.project is None or self.session.project.store.revision != self._looked_at:
            self.look()  # something changed in between: look at it before it is taken
            return
        takes, copy = dict(self.takes), self.copy
        self._busy = True
        self._state()

        def work(project: Any, watch: Any) -> Any:
            from app.verbs.copies import merge

            return merge(project, copy, takes=takes, watch=watch)

        def done(report: MergeReport) -> None:
            self._busy = False
            text = _("{name} merged in: {added} added, {changed} changed, {deleted} deleted").format(
                name=copy.name, added=report.count("added"), changed=report.count("changed"),
                deleted=report.count("deleted"),
            )  # fmt: skip
            self.session.say("ok", text if report.revision is not None else _("The copy brings nothing new"))
            self.accept()

        def failed(error: Exception) -> None:
            self._busy = False
            self.problem(error)
            self._state()
            if isinstance(error, AppError) and error.key == "merge.undecided":
                self.look()  # the copy or the project changed in between

        title = _("Merging {name}").format(name=copy.name)
        self._task = self.session.run_write(title, work, done, failed)

    def reject(self) -> None:
        """Close; a comparison that is under way ends. A merge that was started goes on, or is cancelled as a task."""
        if self._task is not None and not self._task.writes:
            self._task.cancel()
        super().reject()


def _listed(rows: dict[str, list[str]]) -> str:
    """Rows by table: how many, and the first codes."""
    from app.verbs.labels import table_word

    parts = []
    for table, names in rows.items():
        word = table_word(table)
        text = f"{words.cap(word if isinstance(word, str) else word.render(_))} {len(names)}"
        codes = [n for n in names if len(n) < _UID][:_CODES]
        if codes:
            more = "…" if len(names) > len(codes) else ""
            text = _("{text} ({codes})").format(text=text, codes=_(", ").join(codes) + more)
        parts.append(text)
    return _("; ").join(parts)
