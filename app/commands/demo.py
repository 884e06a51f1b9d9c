"""The whole job on the made-up sample project, told as it goes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from app import format as fmt
from app.commands.common import print_json, progress, say, table
from app.commands.figures import show_estimates
from app.commands.judge import show_screenings, verdict_text
from app.i18n import _
from app.project import Project
from app.sample.build import COVER_M, FILL_WASTE, build_sample, compute_figures
from app.verbs.deliver import make_site_sheet
from app.verbs.export import export_layer
from app.verbs.import_ import import_features
from app.verbs.import_report import ImportReport
from app.verbs.info import project_info
from app.verbs.overlay import overlay_sites
from app.verbs.package import PackageOptions, make_package
from app.words import VERDICTS

_SHEET_SITE = "SK-001"
_PACKAGE = ("SK-001", "SK-006")
"""A clean pit, and one that a red line crosses."""


def run_demo(out: Path, *, as_json: bool) -> Path:
    """Build, estimate, screen, overlay and draw in `out`; returns the path of the sample project."""
    out = Path(out).absolute()
    out.mkdir(parents=True, exist_ok=True)
    with progress() as watch:
        path = build_sample(out, watch.part(0.0, 0.4), figures=False)
        with Project.open(path) as project:
            facts = project_info(project)
            report, verdicts = compute_figures(project, watch.part(0.4, 0.8))
            conflicts = [c for c in overlay_sites(project) if c.area_m2 > 0]
            sheet = make_site_sheet(project, _SHEET_SITE, out / f"{_SHEET_SITE}.pdf", watch=watch.part(0.8, 0.85))
            options = PackageOptions(codes=_PACKAGE, kinds=("backfill_design",))
            package = make_package(project, out / "package", options, watch.part(0.85, 1.0))
            export = export_layer(
                project, layer="sand_pits", format="geojson", out=out / "sand_pits.geojson", overwrite=True
            )
            totals = project_info(project)["totals"]
        back = _read_back(export.path, out / "read_back.gpkg", facts["crs"])
    if as_json:
        document = {
            "project": str(path),
            "info": facts,
            **report.to_json(_),
            "screenings": [v.to_json(_) for v in verdicts],
            "conflicts": [c.to_json() for c in conflicts],
            "sheet": str(sheet.path),
            "package": package.to_json(_),
            "export": str(export.path),
            "import": back.to_json(_),
        }
        print_json(document)
        return path
    _tell(facts, report, verdicts, conflicts, totals)
    say("")
    say(_("read {count} outlines back from {path}").format(count=back.added, path=export.path.name))
    for made in (path, sheet.path, export.path, package.path):
        say(_("made {path}").format(path=made))
    return path


def _read_back(outlines: Path, path: Path, crs: str) -> ImportReport:
    """Import what was exported into an empty project, as a colleague would."""
    path.unlink(missing_ok=True)
    with Project.create(path, crs=crs, name=path.stem) as project:
        return import_features(project, outlines, layer="sand_pits")


def _tell(
    facts: dict[str, Any], report: Any, verdicts: list[Any], conflicts: list[Any], totals: dict[str, float]
) -> None:
    _head(_("Huitian on its made-up sample: {name}").format(name=facts["name"]))
    counts = ", ".join(f"{key} {count}" for key, count in facts["layers"].items() if count)
    say(_("{crs}; {counts}; {wastes} wastes").format(crs=facts["crs_name"], counts=counts, wastes=facts["wastes"]))
    text = _("How much each site takes, with the 95 % interval: fly ash {waste} below {cover} m of cover soil")
    _head(text.format(waste=FILL_WASTE, cover=COVER_M))
    show_estimates(report)
    _head(_("Conflicts with control lines"))
    table(
        [_("site"), _("control line"), _("name"), _("area m²"), _("share")],
        [[c.site, c.code, c.name, fmt.number(c.area_m2, 1), fmt.percent(c.share)] for c in conflicts],
        right=[3, 4],
    )
    _head(_("May each waste go into each pit?"))
    say("  ".join(f"{verdict_text(key)}: {sum(v.verdict == key for v in verdicts)}" for key in VERDICTS))
    first_of_each = {v.waste + v.verdict: v for v in reversed(verdicts)}
    show_screenings(sorted(first_of_each.values(), key=lambda v: (v.waste, v.site)), findings=False)
    say("")
    text = _("pits estimated take {fill} 万m³, {tonnage} 万t, and release {land} 亩")
    say(
        text.format(
            fill=fmt.wan_m3(totals["pits_fill_m3"]),
            tonnage=fmt.wan_t(totals["pits_tonnage_t"]),
            land=fmt.mu(totals["land_released_m2"]),
        )
    )


def _head(text: str) -> None:
    say("")
    say(text)
    say("=" * min(len(text) * 2, shutil.get_terminal_size().columns))
