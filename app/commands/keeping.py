"""snapshots, lock, local-copy: what keeps a project safe."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, progress, remark, say, table
from app.i18n import _
from app.project import Project
from app.verbs import local_copy as copies
from app.verbs import snapshots as verbs
from gis.store import lock as locking
from gis.store.snapshots import Snapshot
from layers.registry import LAYERS

Wanted = Annotated[str | None, typer.Argument(metavar="[ID]", help="id of a snapshot, a part of it, or: last")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="restore to a new file", readable=False)]


class Action(StrEnum):
    """What to do with the snapshots."""

    LIST = "list"
    TAKE = "take"
    SHOW = "show"
    COMPARE = "compare"
    RESTORE = "restore"
    THIN = "thin"


class CopyAction(StrEnum):
    """What to do with local copies."""

    LIST = "list"
    TAKE = "take"
    BACK = "back"
    DROP = "drop"


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("snapshots")(snapshots)
    cli.command("lock")(lock)
    cli.command("local-copy")(local_copy)


def snapshots(
    project: ProjectPath,
    action: Annotated[Action, typer.Argument(help="list, take, show, compare, restore or thin")] = Action.LIST,
    wanted: Wanted = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Snapshots of the project in the user's data folder: list, take, show, compare, restore, thin."""
    if action in {Action.SHOW, Action.COMPARE, Action.RESTORE} and not wanted:
        raise typer.BadParameter(_("say which snapshot: its id, a part of it, or last"))
    if out is not None and action is not Action.RESTORE:
        raise typer.BadParameter(_("--out belongs to restore"))
    _ACTIONS[action](project, wanted or "", out, as_json)


def _list(project: Path, _wanted: str, _out: Path | None, as_json: bool) -> None:
    found = verbs.list_snapshots(project)
    folder = verbs.find_folder(project)
    if as_json:
        print_json({"folder": str(folder), "snapshots": [s.to_json(_) for s in found]})
        return
    heads = [_("snapshot"), _("taken at"), _("project revision"), "MB", _("taken because"), _("taken of")]
    table(heads, [_row(s) for s in found], right=[2, 3])
    say(_("{n} snapshots in {folder}").format(n=len(found), folder=folder))


def _row(s: Snapshot) -> list[str]:
    why = s.reason.render(_) if s.reason else fmt.NO_VALUE
    taken = f"{s.taken_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return [s.id, taken, str(s.revision), fmt.number(s.size_bytes / 1e6, 1), why, s.origin or fmt.NO_VALUE]


def _take(project: Path, _wanted: str, _out: Path | None, as_json: bool) -> None:
    with Project.open(project, read_only=True) as opened, progress() as watch:
        _told(verbs.take_snapshot(opened, watch), as_json)


def _show(project: Path, wanted: str, _out: Path | None, as_json: bool) -> None:
    from app.verbs.info import project_info

    snapshot = verbs.find_snapshot(project, wanted)
    with verbs.opened(snapshot) as old:
        facts = project_info(old)
    if as_json:
        print_json({**snapshot.to_json(_), "layers": facts["layers"], "totals": facts["totals"]})
        return
    say("  ".join(_row(snapshot)))
    table([_("what"), _("number")], [[_(LAYERS[k].plural), str(n)] for k, n in facts["layers"].items()], right=[1])


def _compare(project: Path, wanted: str, _out: Path | None, as_json: bool) -> None:
    snapshot = verbs.find_snapshot(project, wanted)
    with Project.open(project, read_only=True) as opened:
        found = verbs.compare_snapshot(opened, snapshot)
    if as_json:
        print_json(found.to_json())
        return
    rows = [[key, str(then), str(now)] for key, (then, now) in found.counts.items() if then != now]
    figures = {"pits_fill_m3": (_("fill of pits 万m³"), fmt.wan_m3), "pits_tonnage_t": (_("tonnage 万t"), fmt.wan_t),
               "land_released_m2": (_("land released 亩"), fmt.mu)}  # fmt: skip
    rows += [[word, show(found.totals[key][0]), show(found.totals[key][1])] for key, (word, show) in figures.items()]
    table([_("what"), _("in the snapshot"), _("in the project now")], rows, right=[1, 2])
    for key, difference in found.layers.items():
        for word, codes in (
            (_("added since: {codes}"), difference.added),
            (_("deleted since: {codes}"), difference.deleted),
            (_("changed since: {codes}"), difference.changed),
        ):
            if codes:
                say(f"{_(LAYERS[key].plural)}  {word.format(codes=', '.join(codes))}")


def _restore(project: Path, wanted: str, out: Path | None, as_json: bool) -> None:
    snapshot = verbs.find_snapshot(project, wanted)
    if out is not None:
        path = verbs.restore_to(snapshot, out)
        if as_json:
            print_json({"snapshot": snapshot.id, "path": str(path)})
            return
        say(_("wrote the snapshot {id} to {path}").format(id=snapshot.id, path=path))
        return
    with Project.open(project) as opened, progress() as watch:
        done = verbs.restore_snapshot(opened, snapshot, watch)
    rows = sum(len(f) for f in done.change.fids.values())
    if as_json:
        print_json({"snapshot": snapshot.id, "before": done.before.id, "rows": rows, "revision": done.change.revision})
        return
    say(
        _("brought back {rows} rows; undo takes it back, and {id} holds what was there").format(
            rows=rows, id=done.before.id
        )
    )


def _thin(project: Path, _wanted: str, _out: Path | None, as_json: bool) -> None:
    gone = verbs.thin_snapshots(project)
    if as_json:
        print_json({"deleted": [s.id for s in gone]})
        return
    say(_("deleted {n} snapshots").format(n=len(gone)))


def _told(snapshot: Snapshot, as_json: bool) -> None:
    if as_json:
        print_json(snapshot.to_json(_))
        return
    say(_("took {id}: {path}").format(id=snapshot.id, path=snapshot.path))


_ACTIONS = {
    Action.LIST: _list,
    Action.TAKE: _take,
    Action.SHOW: _show,
    Action.COMPARE: _compare,
    Action.RESTORE: _restore,
    Action.THIN: _thin,
}


def lock(
    project: ProjectPath,
    take_over: Annotated[bool, typer.Option("--take-over", help="take the lock away from who holds it")] = False,
    as_json: Json = False,
) -> None:
    """Who has the project open for editing; --take-over frees it of a lock that was left behind."""
    holder = locking.break_lock(project) if take_over else locking.holder_of(project)
    if as_json:
        print_json(_holder(holder, project, taken=take_over and holder is not None))
        return
    if holder is None:
        say(_("nobody has the project open for editing"))
        return
    error = locking.explain(holder, project)
    say(error.what.render(_))
    if locking.state_of(holder, project) == "gone":
        say(_("that program is gone; the next edit takes the lock over by itself"))
    if take_over:
        say(_("the lock was taken away; who held it may no longer write if somebody else opens the project"))


def _holder(holder: locking.Holder | None, project: Path, *, taken: bool) -> dict[str, Any]:
    if holder is None:
        return {"held": False, "taken_over": False}
    facts = {"user": holder.user, "host": holder.host, "since": holder.since, "program": holder.program}
    return {"held": not taken, "taken_over": taken, "state": locking.state_of(holder, project), **facts}


def local_copy(
    project: ProjectPath,
    action: Annotated[CopyAction, typer.Argument(help="list, take, back or drop")] = CopyAction.LIST,
    discard: Annotated[
        bool, typer.Option("--discard", help="drop it although work in it was not written back")
    ] = False,
    as_json: Json = False,
) -> None:
    """A copy on this computer of a project in a network or cloud folder: take it, write it back, drop it."""
    if action is CopyAction.LIST:
        _list_copies(project, as_json)
        return
    if action is CopyAction.TAKE:
        with progress() as watch:
            copy = copies.work_on_copy(project, watch)
        answer, text = copy.to_json(), _("work on {path}; afterwards: local-copy PROJECT back")
    elif action is CopyAction.BACK:
        copy = copies.find_copy(project)
        with progress() as watch:
            written = copies.write_back(copy, watch=watch)
        answer = {"origin": str(copy.origin), "written": written}
        text = _("written back to {origin}") if written else _("nothing to write back to {origin}")
    else:
        copy = copies.find_copy(project)
        if copy.changed() and not discard:
            raise typer.BadParameter(
                _("{path} holds work that was not written back; add --discard").format(path=copy.path)
            )
        copies.drop_copy(copy)
        answer, text = {"dropped": str(copy.path)}, _("dropped {path}")
    if as_json:
        print_json(answer)
        return
    say(text.format(path=copy.path, origin=copy.origin))


def _list_copies(project: Path, as_json: bool) -> None:
    place = copies.place_of(project)
    found = [c.to_json() for c in copies.local_copies()]
    if as_json:
        print_json({"place": place.kind, "by": place.name or None, "copies": found})
        return
    if place.notice is not None:
        remark(place.notice.render(_))
    rows = [
        [str(c["origin"]), str(c["taken_at"]), _("yes") if c["changed"] else _("no"), str(c["path"])] for c in found
    ]
    table([_("project"), _("taken at"), _("holds unsaved work"), _("local copy")], rows)
