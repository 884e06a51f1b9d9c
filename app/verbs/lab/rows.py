"""Rows of values out of a laid-out table, each with the cell it came from, ready for `sample_rows.understand`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.verbs.lab.grids import Grid, address, column_number
from app.verbs.lab.layout import ROLES, Layout, needed_of, parameter_and_unit
from app.verbs.sample_rows import Row
from app.words import COLUMN_ROLES
from models.errors import Refused
from models.methods import LEACH_TESTS, read_method
from models.notices import N_, Notice

_NOT_DETECTED = ("ND", "nd", "Nd", "未检出", "N.D.", "n.d.")


@dataclass(frozen=True)
class Given:
    """What a person says of a table, because the table does not. `roles`: role → columns ("C" …); "values" the samples.

    `table` names the sheet (or the number of a Word table); `method` the leach test or the method of all values.
    """

    waste: str = ""
    method: str = ""
    date: str = ""
    unit: str = ""
    table: str = ""
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def columns(self) -> dict[str, list[int]]:
        """Columns by role, from 0. Raises Refused for a role or a column that cannot be."""
        found: dict[str, list[int]] = {}
        for role, names in self.roles.items():
            if role not in (*ROLES, "values"):
                known = ", ".join((*ROLES, "values"))
                raise Refused("samples.role", N_("a column is one of {known}"), where=role, known=known)
            for name in names:
                number = column_number(name)
                if number is None:
                    raise Refused(
                        "samples.column_name",
                        N_("{column} is no column"),
                        where=role,
                        advice=N_("name it as spreadsheets do: A, B … AA"),
                        column=name,
                    )
                found.setdefault(role, []).append(number)
        return found

    def to_json(self) -> dict[str, Any]:
        """What is remembered of it for the next table with the same headings: which column is what, and the unit.

        Waste, test and date are not: a laboratory prints every waste and every leach test under the same headings.
        """
        data = {"unit": self.unit, "roles": {k: list(v) for k, v in self.roles.items()}}
        return {k: v for k, v in data.items() if v}


def rows_of(grid: Grid, layout: Layout, given: Given) -> list[Row]:
    """Every value cell as a row. Raises Refused where the table and the person together do not say enough."""
    lacking = [n for n in needed_of(layout) if not (n in {"waste", "method", "unit"} and getattr(given, n))]
    if lacking:
        raise Refused(
            "samples.columns",
            N_("the columns {columns} are missing"),
            where=f"{grid.name}:{layout.head + 1}",
            advice=N_("say which columns they are: --map unit=C, or --waste, --method, --unit for all values"),
            columns=", ".join(lacking),
        )
    maker = {"long": _long, "parameters": _by_parameters, "samples": _by_samples}[layout.orientation]
    return maker(grid, layout, given)


def _cells(grid: Grid, layout: Layout, given: Given, row: int) -> dict[str, str]:
    """What a row, the texts above the table and the person say of every value in it; what is nearest counts."""
    own = {role: grid.cell(row, c).strip() for role, c in layout.columns.items()}
    cells = dict(layout.stated)
    cells |= {k: v for k in ("waste", "method", "date", "unit") if (v := getattr(given, k))}
    method = _joined(cells.get("method", ""), own.get("method", ""))
    cells |= {k: v for k, v in own.items() if v}
    if method:
        cells["method"] = method
    return cells


def _joined(test: str, method: str) -> str:
    """A leach test that is said for the whole table, and the analytical method of the row."""
    if not test or not method or any(k in LEACH_TESTS for k in read_method(method).keys):
        return method or test
    return f"{test}; {method}"


def _row(cells: dict[str, str], number: int, place: str) -> Row:
    value, limit = cells.get("value", "").strip(), cells.pop("detection_limit", "").strip()
    if limit and value in _NOT_DETECTED:
        cells["value"] = f"ND({limit.lstrip('<＜')})"
    return Row(number + 1, cells, place=place)


def _long(grid: Grid, layout: Layout, given: Given) -> list[Row]:
    rows = []
    for r in range(layout.first, len(grid.rows)):
        if any(c.strip() for c in grid.rows[r]):
            overfull = any(c.strip() for c in grid.rows[r][len(grid.rows[layout.head]) :])
            made = _row(_cells(grid, layout, given, r), r, address(r, layout.columns["value"]))
            rows.append(Row(made.number, made.cells, overfull, made.place))
    return rows


def _by_parameters(grid: Grid, layout: Layout, given: Given) -> list[Row]:
    rows = []
    for r in range(layout.first, len(grid.rows)):
        name = grid.cell(r, layout.columns["parameter"])
        if not name.strip() or not any(grid.cell(r, c).strip() for c in layout.samples):
            continue
        found = parameter_and_unit(name)
        for c in layout.samples:
            cells = _cells(grid, layout, given, r)
            cells |= {"sample": " ".join(grid.cell(layout.head, c).split()), "value": grid.cell(r, c)}
            if found is not None:
                cells["parameter"] = found[0]
                cells["unit"] = found[1] or cells.get("unit", "")
            rows.append(_row(cells, r, address(r, c)))
    return rows


def _by_samples(grid: Grid, layout: Layout, given: Given) -> list[Row]:
    rows = []
    for r in range(layout.first, len(grid.rows)):
        if not any(grid.cell(r, c).strip() for c in layout.parameters):
            continue
        for c, (key, unit) in layout.parameters.items():
            cells = _cells(grid, layout, given, r)
            cells |= {"parameter": key, "unit": unit or cells.get("unit", ""), "value": grid.cell(r, c)}
            rows.append(_row(cells, r, address(r, c)))
    return rows


def understood(grid: Grid, layout: Layout) -> list[Notice]:
    """In words, what was taken for what."""
    facts = {"table": grid.name, "row": layout.head + 1}
    if layout.orientation == "long":
        said = [Notice("lab.long", N_("table {table}: one row a value, headings in row {row}"), **facts)]
    elif layout.orientation == "parameters":
        samples = ", ".join(
            f"{address(layout.head, c)} {' '.join(grid.cell(layout.head, c).split())}" for c in layout.samples
        )
        text = N_("table {table}: one row a parameter, headings in row {row}; samples: {samples}")
        said = [Notice("lab.parameters", text, samples=samples, **facts)]
    else:
        columns = ", ".join(f"{address(layout.head, c)} {key} {unit}".strip()
                            for c, (key, unit) in layout.parameters.items())  # fmt: skip
        text = N_("table {table}: one row a sample, headings in row {row}; parameters: {columns}")
        said = [Notice("lab.samples", text, columns=columns, **facts)]
    if layout.columns:
        said.append(Notice("lab.columns", N_("columns: {columns}"), columns=_columns_in_words(layout)))
    for role, value in layout.stated.items():
        text = N_("the text above the table says {role}: {value}")
        said.append(Notice("lab.stated", text, role=_role(role), value=value))
    return said


def _role(role: str) -> Notice:
    return Notice("lab.role", COLUMN_ROLES[role])


def _columns_in_words(layout: Layout) -> Notice:
    """``D3 method, B3 parameter``, the roles in the reader's language."""
    columns = sorted(layout.columns.items(), key=lambda rc: rc[1])
    roles = {f"r{i}": _role(role) for i, (role, _c) in enumerate(columns)}
    places = {f"p{i}": address(layout.head, c) for i, (_role_key, c) in enumerate(columns)}
    return Notice("lab.places", ", ".join(f"{{p{i}}} {{r{i}}}" for i in range(len(columns))), **places, **roles)
