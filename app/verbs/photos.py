"""Photos of features: copied beside the project, so that they travel with it, and kept by path and checksum.

The project file names them only: a hundred photos would make every snapshot and every copy of it a gigabyte.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from app.project import Project
from app.verbs import labels
from gis.crs import parse_crs, transformer
from gis.files import sha256_of as checksum
from gis.photos import read_facts
from gis.store import files
from layers.registry import LAYERS
from models.changes import Change, Delete, Insert, Update
from models.errors import AppError, Missing, Refused, Unwritable
from models.notices import N_, Notice, Translate, _same
from models.photo import Photo, PhotoFacts, PhotoState
from models.problems import Problem
from models.progress import Watch

_UNFIT = re.compile(r"[^\w.-]+")  # of a file name: what some system cannot have in one
_WGS84 = "EPSG:4326"


@dataclass
class PhotosAdded:
    """What came of files that were added: photos, files that were refused with the reason, files known already."""

    photos: list[Photo] = field(default_factory=list)
    refused: list[tuple[str, AppError]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    """Codes of observations that were made for them."""

    def to_json(self, translate: Translate = _same) -> dict[str, Any]:
        """The document of ``photo add --json``."""
        return {
            "added": [p.to_json() for p in self.photos],
            "refused": [{"file": f, "reason": e.what.render(translate), "advice": e.advice.render(translate)}
                        for f, e in self.refused],
            "known": self.known,
            "features": self.features,
        }  # fmt: skip


@dataclass(frozen=True)
class _Taken:
    """A file that can be added: its facts, checksum, and where its copy lies (relative, and on the disk)."""

    file: Path
    facts: PhotoFacts
    sha256: str
    kept: str
    target: Path


def folder_of(project: Project) -> Path:
    """Where the photos of a project lie: a folder beside it, named after it."""
    home = Path(project.store.home)
    return home.resolve().parent / f"{home.stem}_photos"


def feature_named(project: Project, code: str, layer: str = "") -> tuple[str, dict[str, Any]]:
    """(layer, row) of the feature with this code. Raises Missing; Refused if several layers have it."""
    found = [(key, row) for key in ([layer] if layer else LAYERS) for row in project.store.rows(key, code=code)]
    if not found:
        raise Missing("code.unknown", N_("nothing in the project has the code {code}"), where=str(project.path),
                      advice=N_("list what there is with info"), code=code)  # fmt: skip
    if len(found) > 1:
        raise Refused("code.in_layers", N_("features of several layers have the code {code}"), code=code,
                      where=", ".join(key for key, _row in found), advice=N_("name the layer"))  # fmt: skip
    return found[0]


def photos_of(project: Project, row_uid: str) -> list[Photo]:
    """The photos of a feature, in the order in which they were added."""
    return [Photo.from_row(row) for row in project.store.rows("photos", row_uid=row_uid)]


def all_photos(project: Project) -> list[Photo]:
    """All photos of the project."""
    return [Photo.from_row(row) for row in project.store.rows("photos")]


def photo_file(project: Project, photo: Photo) -> Path:
    """Where the picture lies. Raises Refused for a path that leads out of the project's folder, Missing if it is gone.

    The path is what a file says: nothing outside is opened, least of all another computer's share.
    """
    return file_under(Path(project.store.home).resolve().parent, photo)


def file_under(root: Path, photo: Photo) -> Path:
    """The picture of a photo of a project that lies in the folder `root`. Raises as `photo_file`."""
    odd = not photo.path or re.search(r"[:\\\x00]", photo.path) or photo.path.startswith("/")
    path = root if odd else (root / photo.path).resolve()
    if odd or not path.is_relative_to(root) or path == root:
        raise Refused("photo.outside", N_("the photo's path leads out of the project's folder and is not followed"),
                      where=photo.path, advice=N_("remove the photo and add the file again"))  # fmt: skip
    if not path.is_file():
        raise Missing("photo.gone", N_("the photo's file is not there"), where=str(path),
                      advice=N_("bring the folder of photos along with the project"))  # fmt: skip
    return path


def photo_state(project: Project, photo: Photo, *, deep: bool = False) -> PhotoState:
    """Whether the file is there; `deep` compares its checksum too."""
    try:
        path = photo_file(project, photo)
    except Missing:
        return "missing"
    except Refused:
        return "outside"
    return "changed" if deep and photo.sha256 and sha256_of(path) != photo.sha256 else "here"


def add_photos(
    project: Project, layer: str, row: dict[str, Any], paths: Sequence[Path], *, caption: str = "",
    watch: Watch | None = None,
) -> PhotosAdded:  # fmt: skip
    """Copy pictures beside the project and add them to a feature (its row), as one step.

    Files that cannot be read are told of and left out; raises the reason if none is left. Raises Unwritable, Cancelled:
    nothing is added then, and no copy is left.
    """
    known = {p.sha256 for p in photos_of(project, str(row["uid"]))}
    report, taken = _look(project, paths, str(row["code"] or layer), known, watch)
    if not taken:
        return _nothing(report)
    changes = [_insert(t, layer, str(row["uid"]), caption) for t in taken]
    _store(project, labels.photos_added(layer, str(row["code"] or ""), len(taken)), changes, taken)
    kept = {t.kept for t in taken}
    report.photos = [p for p in photos_of(project, str(row["uid"])) if p.path in kept]
    return report


def observe_photos(project: Project, paths: Sequence[Path], *, watch: Watch | None = None) -> PhotosAdded:
    """An observation for each picture, at the place where it was taken, as one step.

    Pictures that do not say where they were taken are refused. Raises as `add_photos`.
    """
    known = {p.sha256 for p in all_photos(project)}
    report, taken = _look(project, paths, "", known, watch, placed=True)
    if not taken:
        return _nothing(report)
    changes: list[Change] = []
    uids = [str(uuid.uuid4()) for _t in taken]
    for uid, t in zip(uids, taken, strict=True):
        values = {"uid": uid, "name": t.file.stem[:80], "observed_at": t.facts.taken_at,
                  "source": t.facts.camera or None, "geometry": place_of(project, t.facts)}  # fmt: skip
        changes += [Insert("observations", values), _insert(t, "observations", uid, "")]
    _store(project, labels.photos_added("observations", "", len(taken)), changes, taken)
    kept = {t.kept for t in taken}
    report.photos = [p for p in all_photos(project) if p.path in kept]
    rows = [project.store.rows("observations", uid=uid) for uid in uids]
    report.features = [str(found[0]["code"]) for found in rows if found]
    return report


def remove_change(project: Project, photo: Photo) -> tuple[Notice, Delete]:
    """The step that takes a photo from its feature; the file stays, so that undo brings it back."""
    row = next(iter(project.store.rows(photo.layer, uid=photo.row_uid)), {}) if photo.layer in LAYERS else {}
    return labels.photo_removed(photo.layer, str(row.get("code") or ""), Path(photo.path).name), Delete(
        "photos", photo.number
    )


def caption_change(project: Project, photo: Photo, caption: str) -> tuple[Notice, Update]:
    """The step that gives a photo other words."""
    row = next(iter(project.store.rows(photo.layer, uid=photo.row_uid)), {}) if photo.layer in LAYERS else {}
    notice = labels.photo_captioned(photo.layer, str(row.get("code") or ""), Path(photo.path).name)
    return notice, Update("photos", photo.number, {"caption": caption.strip() or None})


def remove_photo(project: Project, number: int) -> Photo:
    """Take the photo of this number from its feature. Raises Missing."""
    found = project.store.rows("photos", fid=number)
    if not found:
        raise Missing("photo.unknown", N_("there is no photo {number}"), advice=N_("list the photos first"),
                      number=number)  # fmt: skip
    photo = Photo.from_row(found[0])
    label, change = remove_change(project, photo)
    project.store.transact(label, [change])
    return photo


def photo_problems(project: Project) -> list[Problem]:
    """Photos whose file is gone or is another one, or whose path leads elsewhere: warnings, no figure rests on them."""
    texts = {
        "missing": N_("the file of a photo is not there: {path}"),
        "changed": N_("the file of a photo is not the one that was added: {path}"),
        "outside": N_("the path of a photo leads out of the project's folder: {path}"),
    }
    found = []
    for photo in all_photos(project):
        state = photo_state(project, photo, deep=True)
        if state in texts:
            key = f"photo.{state}"
            found.append(Problem(key, "warning", Notice(key, texts[state], path=photo.path), table="photos"))
    return found


def _look(
    project: Project, paths: Sequence[Path], stem: str, known: set[str], watch: Watch | None, *, placed: bool = False
) -> tuple[PhotosAdded, list[_Taken]]:
    """What can be taken of these files; nothing is written yet."""
    watch = watch or Watch()
    report, taken = PhotosAdded(), []
    folder = folder_of(project)
    for index, file in enumerate(map(Path, paths)):
        watch.report(0.8 * index / max(len(paths), 1), file.name)
        try:
            facts = read_facts(file)
            if placed and not facts.placed:
                raise Refused("photo.no_place", N_("the picture does not say where it was taken"), where=str(file),
                              advice=N_("select the feature it shows, and add it there"))  # fmt: skip
            digest = sha256_of(file)
        except AppError as error:
            report.refused.append((str(file), error))
            continue
        if digest in known:
            report.known.append(str(file))
            continue
        known.add(digest)
        name = f"{_plain(stem or file.stem)}_{digest[:10]}{_suffix(facts)}"
        taken.append(_Taken(file, facts, digest, f"{folder.name}/{name}", folder / name))
    return report, taken


def _nothing(report: PhotosAdded) -> PhotosAdded:
    """Nothing could be taken: the reason, unless all were there already."""
    if report.refused and not report.known:
        raise report.refused[0][1]
    return report


def _store(project: Project, label: Notice, changes: Sequence[Change], taken: Sequence[_Taken]) -> None:
    """Copies first, then the step that names them; copies of a step that was not committed go again."""
    made: list[Path] = []
    try:
        for t in taken:
            if not t.target.is_file() or sha256_of(t.target) != t.sha256:
                copy_beside(t.file, t.target)
                made.append(t.target)
        project.store.transact(label, list(changes))
    except BaseException:
        for path in made:
            with suppress(OSError):
                path.unlink()
        with suppress(OSError):
            taken[0].target.parent.rmdir()  # only an empty one goes
        raise


def copy_beside(file: Path, target: Path) -> None:
    """Copy a picture, whole or not at all. Raises Unwritable."""
    try:
        target.parent.mkdir(exist_ok=True)
        with files.draft_of(target) as draft:
            shutil.copyfile(file, draft)
            files.flush(draft)
            os.replace(draft, target)  # noqa: PTH105 - as the store does it
        files.flush_folder(target.parent)
    except OSError as cause:
        raise Unwritable("photo.not_copied", N_("the picture could not be copied beside the project"),
                         where=str(target),
                         advice=N_("check the folder and the room on the disk")) from cause  # fmt: skip


def _insert(t: _Taken, layer: str, row_uid: str, caption: str) -> Insert:
    return Insert("photos", {"layer": layer, "row_uid": row_uid, "path": t.kept, "sha256": t.sha256,
                             "taken_at": t.facts.taken_at, "caption": caption.strip() or None})  # fmt: skip


def sha256_of(path: Path) -> str:
    """The checksum of a file. Raises Missing."""
    try:
        return checksum(path)
    except OSError as cause:
        raise Missing("photo.absent", N_("there is no such picture"), where=str(path),
                      advice=N_("check the path")) from cause  # fmt: skip


def _plain(stem: str) -> str:
    return _UNFIT.sub("-", stem).strip("-. ")[:40] or "photo"


def _suffix(facts: PhotoFacts) -> str:
    return {"PNG": ".png", "WEBP": ".webp"}.get(facts.format, ".jpg")


def place_of(project: Project, facts: PhotoFacts) -> Any:
    """Where a picture was taken, a point in the project's CRS; None if it does not say."""
    if not facts.placed:
        return None
    x, y = transformer(parse_crs(_WGS84), parse_crs(project.crs)).transform(facts.lon, facts.lat)
    return shapely.Point(x, y)
