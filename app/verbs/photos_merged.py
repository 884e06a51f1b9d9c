"""Photos that come with a working copy: their files follow the rows that a merge brought."""

from __future__ import annotations

from pathlib import Path

from app.project import Project
from app.verbs.photos import all_photos, copy_beside, file_under, photo_state, sha256_of
from models.errors import AppError
from models.notices import N_, Notice


def bring_files(project: Project, copy: Path) -> list[Notice]:
    """Copy the files of photos that are missing here from beside `copy`; what was brought and what could not be.

    A file is taken only if it is the one that was added (SHA-256) and lies in the copy's folder.
    """
    here, there = Path(project.store.home).resolve().parent, Path(copy).resolve().parent
    brought, gone = 0, list[str]()
    for photo in all_photos(project):
        if photo_state(project, photo) != "missing":
            continue
        try:
            source = file_under(there, photo)
            if sha256_of(source) != photo.sha256:
                gone.append(photo.path)
                continue
            copy_beside(source, here / photo.path)
        except AppError:
            gone.append(photo.path)
            continue
        brought += 1
    notices = []
    if brought:
        notices.append(
            Notice("photos.brought", N_("{n} photo files were copied from beside the working copy"), n=brought)
        )
    if gone:
        text = N_("{n} photo files are missing, e.g. {path}: bring the folder of photos along with the working copy")
        notices.append(Notice("photos.missing", text, n=len(gone), path=gone[0]))
    return notices
