"""The conformity table of a waste and a pit, judged now, as a file for the office."""

from __future__ import annotations

from pathlib import Path

from app.i18n import DOCUMENT_LANGUAGE, translator
from app.package.conformity import Conformity, conformity
from app.package.conformity_files import write_conformity
from app.project import Project
from app.verbs.rule_edits import kept_versions, pack_state, project_packs
from app.verbs.screen import screen
from app.verbs.waste import catalogue
from models.catalogue import kind_of


def conformity_of(
    project: Project, waste: str, site: str, *, packs: list[str] | None = None, language: str = DOCUMENT_LANGUAGE
) -> Conformity:
    """The paper of a pair, judged anew by the project's packs. Raises as `screen` does."""
    (answer,) = screen(project, [waste], [site], packs, store=False)
    stream = project.store.waste(waste)
    used = {waste, site}
    samples = [r for r in project.store.rows("samples") if r["waste"] in used]
    return conformity(
        answer,
        stream,
        project.store.site(site),
        {r.id: r for p in project_packs(project) for r in p.rules},
        translator(language),
        kind=kind_of(stream, catalogue()).label,
        project=str(project.store.project()["name"]),
        made_up=project.made_up,
        samples=samples,
        mended=_mended(project, {i for i, _version in answer.packs}),
    )


def _mended(project: Project, packs: set[str]) -> list[str]:
    """A line for each pack that the project has otherwise than shipped: its rules, and who last changed it and why."""
    lines = []
    for pack in sorted({v.pack for v in kept_versions(project)} & packs):
        state = pack_state(project, pack)
        if not state.differences:
            continue
        last = state.history[-1]
        rules = ", ".join(dict.fromkeys(d.rule for d in state.differences))
        lines.append(f"{pack} {state.version}: {rules}  ({last.edited_by} {last.edited_at[:10]}  {last.why})")
    return lines


def make_conformity(
    project: Project,
    waste: str,
    site: str,
    out: Path,
    *,
    packs: list[str] | None = None,
    language: str = DOCUMENT_LANGUAGE,
) -> Conformity:
    """Write the paper to `out` (.docx or .xlsx), replaced only when the new one is whole; returns what it says.

    Raises as `screen` does, Refused for another ending, Unwritable.
    """
    paper = conformity_of(project, waste, site, packs=packs, language=language)
    write_conformity(paper, Path(out))
    return paper
