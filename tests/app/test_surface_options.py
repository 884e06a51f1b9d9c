"""Every command that takes a reference surface takes all its options, and they arrive."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from app.commands import references as ref
from app.commands.curves import curve
from app.commands.figures import estimate
from app.commands.methods import earthwork, why
from app.commands.section import section


def option(name: str) -> str:
    return "--" + name.replace("_", "-")


@pytest.mark.parametrize("command", [estimate, curve, earthwork, why, section], ids=lambda c: c.__name__)
def test_every_command_has_every_option(command: Any) -> None:
    cli = typer.Typer()
    cli.command()(command)
    declared = {o for p in typer.main.get_command(cli).params for o in p.opts}
    assert {option(f.name) for f in fields(ref.SurfaceOptions)} <= declared


def test_what_is_said_arrives_beside_the_commands_own_options() -> None:
    heard: list[Any] = []

    @ref.takes_surface
    def command(
        where: Path,
        surface: ref.SurfaceOptions = ref.NOTHING_SAID,
        often: Annotated[int, typer.Option("--often")] = 1,
    ) -> int:
        heard.append((where, surface, often))
        return 3

    cli = typer.Typer()
    cli.command()(command)
    run = CliRunner().invoke
    assert run(cli, ["砂坑 一", "--often", "4"]).exit_code == 0
    said = ["--reference", "graded", "--level", "1052.3", "--fall", "2", "--crown", "--design", "d.shp"]
    assert run(cli, ["p", *said]).exit_code == 0
    own = ref.SurfaceOptions("graded", level=1052.3, fall=2.0, crown=True, design=Path("d.shp"))
    assert heard == [(Path("砂坑 一"), ref.NOTHING_SAID, 4), (Path("p"), own, 1)]
    assert not heard[0][1].given
    assert heard[1][1].given
    assert run(cli, ["p", "--surface", "x"]).exit_code == 2  # the parameter itself is no option
