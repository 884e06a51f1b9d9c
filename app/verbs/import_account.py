"""The account of an import as a file: a table for a spreadsheet, or a text for the records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import format as fmt
from app.in_place import put_in_place
from app.verbs.csv_out import check_place, write_csv
from app.words import CRS_BASES
from gis.topology import RULES, TOLERANCE_M
from models.errors import Refused
from models.notices import N_, Translate

if TYPE_CHECKING:
    from app.verbs.import_report import ImportReport

HEADS = (
    N_("Row"), N_("Code"), N_("What was done"), N_("Rule"), N_("Reason"),
    N_("Area before m²"), N_("Area after m²"), N_("Change m²"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A row that was not simply taken. Areas in m², None where none changed."""

    row: int
    code: str
    what: str
    rule: str
    reason: str
    before: float | None = None
    after: float | None = None

    @property
    def change(self) -> float | None:
        """Area gained, m²."""
        return None if self.before is None or self.after is None else self.after - self.before


def account_lines(report: ImportReport, tr: Translate) -> list[Line]:
    """One line for each row that was repaired, numbered anew or skipped, in the order of the file."""
    repaired, renumbered, skipped = tr(N_("repaired")), tr(N_("numbered anew")), tr(N_("skipped"))
    lines = [
        Line(r.row, r.code, repaired, tr(RULES.get(r.rule, RULES["other"])), r.reason.render(tr), r.area_before_m2,
             r.area_after_m2)
        for r in report.repaired
    ]  # fmt: skip
    taken = tr(N_("the code {was} is taken"))
    lines += [Line(n.row, n.code, renumbered, "", taken.format(was=n.was)) for n in report.renumbered]
    lines += [Line(s.row, s.code, skipped, "", s.reason.render(tr)) for s in report.skipped]
    return sorted(lines, key=lambda line: line.row)


def account_rows(report: ImportReport, tr: Translate) -> list[tuple[str, ...]]:
    """Those lines, then each remark, in the columns of `HEADS`."""
    rows = [
        (
            str(n.row),
            n.code,
            n.what,
            n.rule,
            n.reason,
            *("" if v is None else f"{v:.3f}" for v in (n.before, n.after, n.change)),
        )
        for n in account_lines(report, tr)
    ]
    remark = tr(N_("remark"))
    return rows + [("", "", remark, "", w.render(tr), "", "", "") for w in (*report.warnings, *report.notes)]


def account_text(report: ImportReport, tr: Translate) -> str:
    """The whole account as lines of text."""
    head = [
        (N_("File"), report.file),
        (N_("Layer in the file"), report.sublayer),
        (N_("Coordinate system"), f"{report.crs} ({tr(CRS_BASES.get(report.crs_basis, report.crs_basis))})"),
        (N_("Encoding"), report.encoding or fmt.NO_VALUE),
        (N_("Fields"), "  ".join(f"{a} → {b}" for a, b in report.fields.items()) or fmt.NO_VALUE),
        (N_("Greatest move of a point"), f"{report.moved_m * 1000:.2f} mm ({TOLERANCE_M * 1000:.0f} mm)"),
        (N_("Added"), str(report.added)),
        (N_("Changed"), str(report.updated)),
        (N_("Repaired"), str(len(report.repaired))),
        (N_("Skipped"), str(len(report.skipped))),
    ]
    lines = [f"{tr(name)}: {value}" for name, value in head]
    if report.dry_run:
        lines.append(tr(N_("This was a trial: nothing was written.")))
    lines.append("")
    for row, code, what, rule, reason, before, after, change in account_rows(report, tr):
        place = f"{row} {code}".strip()
        areas = f" [{before} → {after} m², {change}]" if before else ""
        lines.append(": ".join(p for p in (place, what, rule, reason) if p) + areas)
    return "\r\n".join(" ".join(line.split()) for line in lines) + "\r\n"


def write_account(report: ImportReport, out: Path, tr: Translate, *, overwrite: bool = False) -> Path:
    """Write the account: a table for a name ending in .csv, a text for one ending in .txt.

    Raises Refused (another ending, exists), Missing (no such folder), Unwritable; nothing is left behind then.
    """
    if out.suffix.lower() == ".csv":
        write_csv(out, [tr(h) for h in HEADS], account_rows(report, tr), overwrite=overwrite)
        return out
    check_account(out, overwrite=overwrite)
    what, advice = N_("the account could not be written"), N_("check the folder and the room on the disk")
    with put_in_place(out, "account.unwritable", what, advice) as file:
        file.write(b"\xef\xbb\xbf" + account_text(report, tr).encode("utf-8", "replace"))
    return out


def check_account(out: Path, *, overwrite: bool = False) -> None:
    """Raises what `write_account` would raise for the name, before anything is done."""
    if out.suffix.lower() not in {".csv", ".txt"}:
        raise Refused("account.suffix", N_("an account is a .csv or a .txt file"), where=str(out),
                      advice=N_("name it {name}"), name=f"{out.stem}.csv")  # fmt: skip
    check_place(out, overwrite=overwrite)
