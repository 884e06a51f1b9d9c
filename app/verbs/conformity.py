"""The conformity table of a waste and a pit, judged now, as a file for the office."""

from __future__ import annotations

from pathlib import Path

from app.i18n import DOCUMENT_LANGUAGE, translator
from app.package.conformity import Conformity, conformity
from app.package.conformity_files import write_conformity
from app.project import Project
from app.verbs.rule_edits import project_packs
from app.verbs.screen import screen
from app.verbs.waste import catalogue
from models.catalogue import kind_of


def conformity_of(
    project: Project, waste: str, site: str, *, packs: list[str] | None = None, language: str = DOCUMENT_LANGUAGE
) -> Conformity:
    """The paper of a pair, judged anew by the project's packs. Raises as `screen` does."""
    (answer,) = screen(project, [waste], [site], packs, store=False)
    stream = project.store.waste(waste)
    return conformity(
        answer,
        stream,
        project.store.site(site),
        {r.id: r for p in project_packs(project) for r in p.rules},
        translator(language),
        kind=kind_of(stream, catalogue()).label,
        project=str(project.store.project()["name"]),
        made_up=project.made_up,
    )


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
