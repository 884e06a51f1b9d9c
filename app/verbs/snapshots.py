"""Snapshots of a project: what there is, take one, compare it with the project, bring it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.keeping import folder_of
from app.paths import snapshots_folder
from app.project import Project
from gis.store import Store, snapshots
from gis.store.copying import soundness
from gis.store.snapshots import Snapshot
from gis.store.tables import TABLES
from layers.registry import LAYERS
from models.changes import ChangeSet
from models.errors import AppError, Missing, Unreadable
from models.notices import N_, Notice
from models.progress import Watch

_BY_HAND = Notice("snapshot.by_hand", N_("asked for"))
_TOTALS = ("pits_fill_m3", "pits_tonnage_t", "land_released_m2", "sites_estimated")


def find_folder(project: Path) -> Path:
    """Where the snapshots of a project file lie; also of one that is damaged or gone, by the place it had."""
    project = Path(project).absolute()
    try:
        return folder_of(snapshots.uid_of(project))
    except AppError:
        known = snapshots.by_origin(snapshots_folder(), project)
        if not known:
            raise
        return known[-1]


def list_snapshots(project: Path) -> list[Snapshot]:
    """All snapshots of a project file, oldest first. Raises Missing, Unreadable for a file that nothing is known of."""
    return snapshots.listed(find_folder(project))


def find_snapshot(project: Path, wanted: str) -> Snapshot:
    """The snapshot of this id, a clear part of it, or "last". Raises Missing with those that there are."""
    return snapshots.named(find_folder(project), wanted)


def take_snapshot(project: Project, watch: Watch | None = None) -> Snapshot:
    """Take one now. Raises Unwritable, Unreadable, Cancelled."""
    return snapshots.take(folder_of(project.store.uid), project.path, _BY_HAND, watch=watch)


def thin_snapshots(project: Path) -> list[Snapshot]:
    """Delete what the rule of gis.store.snapshots.superfluous finds superfluous; returns what went."""
    return snapshots.thin(find_folder(project))


@dataclass(frozen=True)
class LayerDifference:
    """Codes of a layer that are in the project and not in the snapshot, the other way round, or that differ."""

    added: tuple[str, ...]
    deleted: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class SnapshotComparison:
    """A snapshot beside the project as it is now. `counts` and `totals` are (then, now); m³, t, m²."""

    snapshot: Snapshot
    revision: tuple[int, int]
    counts: dict[str, tuple[int, int]]
    layers: dict[str, LayerDifference]
    totals: dict[str, tuple[float, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The document that ``snapshots PROJECT compare --json`` prints."""
        pair = ("then", "now")
        return {
            "snapshot": self.snapshot.id,
            "revision": dict(zip(pair, self.revision, strict=True)),
            "counts": {k: dict(zip(pair, v, strict=True)) for k, v in self.counts.items()},
            "layers": {k: {"added": d.added, "deleted": d.deleted, "changed": d.changed}
                       for k, d in self.layers.items()},
            "totals": {k: dict(zip(pair, v, strict=True)) for k, v in self.totals.items()},
        }  # fmt: skip


def compare_snapshot(project: Project, snapshot: Snapshot) -> SnapshotComparison:
    """What changed since a snapshot: rows of each table, codes of each layer, totals of the estimates."""
    from app.verbs.info import project_info

    with opened(snapshot) as old:
        then, now = old.store, project.store
        totals = [project_info(p)["totals"] for p in (old, project)]
        return SnapshotComparison(
            snapshot,
            (then.revision, now.revision),
            {key: (then.count(key), now.count(key)) for key in TABLES},
            {key: _difference(then, now, key) for key in LAYERS},
            {key: (totals[0][key], totals[1][key]) for key in _TOTALS},
        )


def opened(snapshot: Snapshot) -> Project:
    """A snapshot to look at, read-only. Raises Unreadable."""
    return Project(Store.open(snapshot.path, read_only=True))


def _difference(then: Store, now: Store, layer: str) -> LayerDifference:
    old, new = _rows(then, layer), _rows(now, layer)
    return LayerDifference(
        tuple(sorted(new[u][0] for u in new.keys() - old.keys())),
        tuple(sorted(old[u][0] for u in old.keys() - new.keys())),
        tuple(sorted(new[u][0] for u in new.keys() & old.keys() if new[u] != old[u])),
    )


def _rows(store: Store, layer: str) -> dict[str, tuple[Any, ...]]:
    table = store.table(layer)
    known = [f.name for f in LAYERS[layer].fields if f.name != "updated_at"]
    columns = [table.column(name) for name in known]
    shapes = [None if g is None else g.wkb for g in table.geometry]
    code = [str(c or "") for c in table.column("code")]
    uids = [str(u or f"fid {f}") for u, f in zip(table.column("uid"), table.fids.tolist(), strict=True)]
    return {uid: row for uid, *row in zip(uids, code, shapes, *columns, strict=True)}


@dataclass(frozen=True)
class Restored:
    """What a restore did: the step, the snapshot that it brought back, and the one taken just before."""

    change: ChangeSet
    snapshot: Snapshot
    before: Snapshot


def restore_snapshot(project: Project, snapshot: Snapshot, watch: Watch | None = None) -> Restored:
    """Bring the open project back to what it was, as one step of its log: undo takes it back.

    A snapshot of the present state is taken first; without it nothing is restored. Raises Unreadable (the snapshot is
    damaged), Refused (of another project), Unwritable; nothing changed then.
    """
    if soundness(snapshot.path) != "ok":
        raise Unreadable("snapshot.damaged", N_("the snapshot is damaged"), where=str(snapshot.path),
                         advice=N_("take the one before it"))  # fmt: skip
    when = f"{snapshot.taken_at.astimezone():%Y-%m-%d %H:%M}"
    text = N_("go back to the snapshot of {when} (revision {revision})")
    label = Notice("snapshot.restore", text, when=when, revision=snapshot.revision)
    before = snapshots.take(
        folder_of(project.store.uid), project.path, Notice("snapshot.before", N_("before: {what}"), what=label),
        watch=watch,
    )  # fmt: skip
    return Restored(project.store.restore(snapshot.path, label), snapshot, before)


def restore_to(snapshot: Snapshot, out: Path) -> Path:
    """A snapshot as a project file at `out`, a free name. Raises Refused, Missing, Unreadable, Unwritable."""
    if not snapshot.path.exists():
        raise Missing("snapshot.unknown", N_("there is no snapshot {id}"), where=str(snapshot.path), id=snapshot.id)
    with opened(snapshot) as old:
        return old.store.save_copy(out)
