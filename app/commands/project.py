"""new, info, set, gui, demo: the project as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import format as fmt
from app.commands.common import Json, ProjectPath, print_json, remark, say, table
from app.i18n import _, current_language, set_language
from app.project import Project
from layers.registry import LAYERS


def register(cli: typer.Typer) -> None:
    """Add this room's commands."""
    cli.command("new")(new)
    cli.command("info")(info)
    cli.command("set")(set_)
    cli.command("gui")(gui)
    cli.command("demo")(demo)


def new(
    project: ProjectPath,
    crs: Annotated[str, typer.Option("--crs", metavar="EPSG:4546", help="coordinate system, metres")],
    name: Annotated[str, typer.Option("--name", help="name of the project")] = "",
    as_json: Json = False,
) -> None:
    """Make an empty project."""
    with Project.create(project, crs=crs, name=name) as made:
        if as_json:
            print_json({"path": str(made.path), "name": made.store.project()["name"], "crs": made.crs})
            return
        say(_("made {path}, {crs}").format(path=made.path, crs=made.crs))


def info(project: ProjectPath, as_json: Json = False) -> None:
    """Counts, totals, coordinate system, terrains."""
    from app.verbs.info import project_info

    with Project.open(project, read_only=True) as opened:
        facts = project_info(opened, _)
    if notice := facts["outside"]["message"]:
        remark(notice)
    if as_json:
        print_json(facts)
        return
    say(f"{facts['name']}  {facts['crs']}  {facts['crs_name']}")
    if facts["made_up"]:
        say(_("made-up sample data"))
    counts = [(_(LAYERS[key].plural), str(n)) for key, n in facts["layers"].items()]
    counts += [
        (_("wastes"), str(facts["wastes"])),
        (_("lab values"), str(facts["lab_values"])),
        (_("estimates"), str(facts["estimates"])),
        (_("screenings"), str(facts["screenings"])),
    ]
    table([_("what"), _("number")], counts, right=[1])
    totals = facts["totals"]
    if totals["pits_estimated"]:
        known = len(totals["without_tonnage"]) < totals["pits_estimated"]
        say(
            _("pits estimated take {fill} 万m³, {tonnage} 万t, and release {land} 亩").format(
                fill=fmt.wan_m3(totals["pits_fill_m3"]),
                tonnage=fmt.wan_t(totals["pits_tonnage_t"] if known else None),
                land=fmt.mu(totals["land_released_m2"]),
            )
        )
    for text in totals["remarks"]:
        remark(text)
    for t in facts["terrains"]:
        text = _("terrain {name}: {width} × {height} cells of {cell_m} m, {crs}, {path}")
        say(text.format(**t | {"cell_m": fmt.number(t["cell_m"], 2)}))


def set_(
    project: ProjectPath,
    code: Annotated[str, typer.Argument(metavar="CODE", help="code of a feature or a waste")],
    assignments: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="fields to set; FIELD= clears it")],
    as_json: Json = False,
) -> None:
    """Set fields of a site or a waste, checked like a form."""
    from app.verbs.edit import set_fields

    values: dict[str, str] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(_("not of the form field=value: {text}").format(text=text))
        values[name.strip()] = value
    with Project.open(project) as opened:
        change = set_fields(opened, code, values)
        if as_json:
            print_json({"code": code, "fields": sorted(values), "change": change.label.render(_)})
            return
        say(change.label.render(_))


def gui(
    project: Annotated[
        Path | None, typer.Argument(metavar="[PROJECT]", help="the project to open", readable=False)
    ] = None,
) -> int:
    """Open the window."""
    from app.gui.main import run

    return run(project)


def demo(
    out: Annotated[Path, typer.Option("--out", help="folder for what the demo makes", readable=False)] = Path("demo"),
    window: Annotated[bool, typer.Option("--gui", help="open the window afterwards")] = False,
    as_json: Json = False,
) -> int:
    """The whole job on the made-up sample project: import, estimate, screen, overlay, sheet."""
    from app.commands.demo import run_demo

    language = current_language()
    path = run_demo(out, as_json=as_json)
    set_language(language)
    return gui(path) if window else 0
