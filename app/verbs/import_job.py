"""One import on its way: incoming features become changes, and the account of them is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import shapely
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

from app.project import Project
from app.verbs import import_fields
from app.verbs.import_fields import map_fields
from app.verbs.import_report import ImportReport, Renumbered, Repaired
from gis.formats import Incoming, IncomingFeature, Skipped
from gis.formats.lines import closed_as_outlines
from gis.topology import Cleaned, clean_polygons, kind_of, snap
from layers.base import Field, LayerType
from layers.registry import SITE_LAYERS
from models.changes import Insert, Update
from models.errors import AppError, Refused
from models.notices import N_, Notice
from models.progress import Watch

Mended = tuple[Notice, float, float, str]
"""What was wrong, area before and after (m²), the rule of the repair."""
Duplicates = Literal["skip", "update", "add"]
"""What becomes of a feature whose code is taken: left out, changes the one that has it, comes in under a new number."""
_MENDED_IN_READING = {
    "import.unclosed": "unclosed", "import.bad_shape": "few_points", "land_txt.few_points": "few_points",
    "rings.twice": "ring_twice",
}  # fmt: skip
"""Rule of the repairs that a reader makes; what else it says of a feature is a remark and changed nothing."""
_BLOCK, _CLEANED = 500, 20_000
"""Features between two reports, and outlines that are cleaned at once."""
_TOLD_VALUES = 50
"""Values that did not fit are named one by one up to this number, then counted."""


class Job:
    """Turns the features of one file into `changes` and keeps the account in `report`."""

    def __init__(
        self, project: Project, layer: LayerType, incoming: Incoming, asked: Mapping[str, str], duplicates: Duplicates
    ) -> None:
        self.store, self.layer, self.incoming, self.duplicates = project.store, layer, incoming, duplicates
        self.mapping = map_fields(layer, incoming.field_names, asked)
        self.changes: list[Insert | Update] = []
        self.rows: list[int] = []
        """Row of the file for each of `changes`."""
        self.report = ImportReport(
            crs=incoming.crs,
            crs_basis=incoming.crs_basis,
            encoding=incoming.encoding,
            format=incoming.format,
            sublayer=incoming.sublayer,
            skipped=list(incoming.skipped),
            warnings=list(incoming.warnings),
            exchanged=incoming.exchanged,
            heights=incoming.heights,
            guesses=incoming.guesses,
        )
        self._unfit: list[Notice] = []
        self._told_too: list[tuple[int, Notice]] = []
        self._defaulted: dict[str, int] = {}
        self._fids = (
            {str(r["code"]): int(r["fid"]) for r in self.store.rows(layer.key)} if duplicates == "update" else {}
        )
        self.known = self.store.codes(layer.key)
        # Sites are asked for by code alone: a code is unique in all site layers together.
        others = SITE_LAYERS if layer.role == "site" else ()
        self._elsewhere = {code: key for key in others if key != layer.key for code in self.store.codes(key)}
        self._used: set[str] = set()
        self._others: dict[str, Field] = {}
        """The columns whose values are taken one by one."""
        self._required = [f for f in layer.fields if f.required and not f.system and f.name != "code"]
        self.columns = dict(self.mapping.taken)
        self._drop_weak_codes()
        self.report.fields = {theirs: f.name for theirs, f in self.columns.items()}
        self.report.warnings += import_fields.unused_notice(self.mapping.unused)
        taken = self.known | self._elsewhere.keys() | self._all_codes()
        self._numbers = _Numbers(layer.code_prefix, taken, self.store.next_code(layer.key))

    def _drop_weak_codes(self) -> None:
        """A column that is a code only by a name like "id" must be able to be one."""
        for column in self.mapping.weak:
            values = [f.fields.get(column) for f in self.incoming.features]
            if import_fields.weak_codes(values) and self._elsewhere.keys().isdisjoint(str(v) for v in values):
                continue
            del self.columns[column]
            self.report.warnings.append(
                Notice(
                    "import.weak_code",
                    N_("{column} is empty, repeated or in use and was not taken as code; numbers were given"),
                    column=column,
                )
            )

    def _all_codes(self) -> set[str]:
        column = next((c for c, f in self.columns.items() if f.name == "code"), None)
        return {str(f.fields.get(column)).strip() for f in self.incoming.features} if column is not None else set()

    def run(self, watch: Watch) -> None:
        """Turn every feature into a change or a line among the skipped."""
        features = self.incoming.features
        watch.report(0.0)
        outlines: list[Cleaned | Refused | None] = [None] * len(features)
        if self.layer.geometry == "MULTIPOLYGON":
            shapes, closed = closed_as_outlines([f.geometry for f in features])
            if closed:
                text = N_("{count} lines that end where they begin were taken as outlines")
                self.report.warnings.append(Notice("lines.closed", text, count=closed))
            outlines = []
            for at in range(0, len(features), _CLEANED):
                outlines += clean_polygons(shapes[at : at + _CLEANED])
                watch.report(0.5 * at / len(features))
        names, records = self._ordinary()
        for n, (feature, outline, record) in enumerate(zip(features, outlines, records, strict=True)):
            if n % _BLOCK == 0:
                watch.report(0.5 + 0.5 * n / len(features))
            self._take(feature, outline, dict(zip(names, record, strict=True)))
        self.report.skipped.sort(key=lambda s: s.row)
        self._tell()

    def _ordinary(self) -> tuple[list[str], Iterable[tuple[Any, ...]]]:
        """(our names, values of each feature) of the columns whose every value is kept as it is; the others stay."""
        features, ready = self.incoming.features, {}
        for column, ours in self.columns.items():
            values = [f.fields.get(column) for f in features]
            if import_fields.are_ordinary(ours, values):
                ready[ours.name] = values
            else:
                self._others[column] = ours
        return [*ready], zip(*ready.values(), strict=True) if ready else [()] * len(features)

    def _take(self, feature: IncomingFeature, outline: Cleaned | Refused | None, values: dict[str, Any]) -> None:
        if self._others:
            values |= self._values(feature)
        code = was = values.get("code") or ""
        mended: Mended | None = None
        try:
            if isinstance(outline, Cleaned) and not feature.notes and outline.repaired is None:
                geometry: BaseGeometry = outline.geometry
            else:
                geometry, mended = self._geometry(feature, outline)
            if self._required:
                self._require(values)
            code = self._place(values, geometry, code)
        except AppError as reason:
            self.report.skipped.append(Skipped(feature.row, reason.what, str(code)))
            return
        if mended is not None:
            self.report.repaired.append(Repaired(feature.row, code, *mended))
        if feature.notes:
            self._told_too += [(feature.row, n) for n in feature.notes if mended is None or n is not mended[0]]
        if was and was != code:
            self.report.renumbered.append(Renumbered(feature.row, was, code))
        if isinstance(outline, Cleaned) and outline.moved_m > self.report.moved_m:
            self.report.moved_m = outline.moved_m
        self.rows.append(feature.row)
        self.report.codes.append(code)

    def _values(self, feature: IncomingFeature) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, ours in self._others.items():
            try:
                kept = import_fields.take(ours, feature.fields.get(column))
            except AppError as reason:
                self._unfit.append(
                    Notice(
                        "import.value",
                        N_("row {row}, {column}: {reason}; left empty"),
                        row=feature.row,
                        column=column,
                        reason=reason.what,
                    )
                )
                continue
            if kept is not None:
                values[ours.name] = kept
        return values

    def _geometry(
        self, feature: IncomingFeature, cleaned: Cleaned | Refused | None
    ) -> tuple[BaseGeometry, Mended | None]:
        if feature.geometry is None or feature.geometry.is_empty:
            why = feature.notes[-1] if feature.notes else Notice("", N_("it has no outline"))
            raise Refused("import.no_geometry", why.text, **why.facts)
        if cleaned is None:
            return _as_kind(feature.geometry, self.layer.geometry), None
        if isinstance(cleaned, Refused):
            raise cleaned
        mended = next((n for n in feature.notes if n.key in _MENDED_IN_READING), None)
        reason = cleaned.repaired or mended
        if reason is None:
            return cleaned.geometry, None
        rule = cleaned.rule or _MENDED_IN_READING.get(reason.key, "other")
        return cleaned.geometry, (reason, cleaned.area_before, cleaned.area_after, rule)

    def _require(self, values: dict[str, Any]) -> None:
        for f in self._required:
            if values.get(f.name) is not None:
                continue
            standard = import_fields.fallback(f)
            if standard is None:
                raise Refused("import.required", N_("{field} must have a value"), field=f.name)
            values[f.name] = standard
            self._defaulted[f.name] = self._defaulted.get(f.name, 0) + 1

    def _place(self, values: dict[str, Any], geometry: BaseGeometry, code: str) -> str:
        """Make the change; returns the code. Raises Refused for a code that is taken."""
        if self.duplicates == "add" and (code in self._used or code in self._elsewhere or code in self.known):
            code = ""
        if code and code in self._used:
            raise Refused("import.code_twice", N_("the code {code} came before in the file"), code=code)
        if code and code in self._elsewhere:
            raise Refused(
                "import.code_elsewhere",
                N_("the code {code} is taken in the layer {layer}"),
                code=code,
                layer=self._elsewhere[code],
            )
        if code and code in self.known:
            if code not in self._fids:
                raise Refused("import.code_known", N_("the project has a feature with the code {code}"), code=code)
            self.changes.append(Update(self.layer.key, self._fids[code], {**values, "geometry": geometry}))
            self.report.updated += 1
        else:
            code = code or self._numbers.next()
            self.changes.append(Insert(self.layer.key, {**values, "code": code, "geometry": geometry}))
            self.report.added += 1
        self._used.add(code)
        return code

    def _tell(self) -> None:
        warnings = self.report.warnings
        if self.changes:
            text = N_(
                "coordinates were rounded to the millimetre grid of the project: no point moved more than {mm:.2f} mm"
            )
            self.report.notes.append(Notice("import.grid", text, mm=self.report.moved_m * 1000))
        told = N_("row {row}: {said}")
        warnings += [Notice("import.row_note", told, row=row, said=said) for row, said in self._told_too[:_TOLD_VALUES]]
        warnings += self._unfit[:_TOLD_VALUES]
        if len(self._unfit) > _TOLD_VALUES:
            more = len(self._unfit) - _TOLD_VALUES
            warnings.append(
                Notice("import.values", N_("{count} more values did not fit and were left empty"), count=more)
            )
        for name, count in self._defaulted.items():
            warnings.append(
                Notice(
                    "import.defaulted",
                    N_("{field} is not given in {count} rows and was set to “other”"),
                    field=name,
                    count=count,
                )
            )


class _Numbers:
    """Codes for features that bring none: on from the project's next free one, past all that the file uses."""

    def __init__(self, prefix: str, taken: set[str], first: str) -> None:
        self._prefix, self._taken = prefix, taken
        tail = first.rpartition("-")[2]
        self._n = int(tail) if tail.isdigit() else 1

    def next(self) -> str:
        """The next code, three digits at least."""
        while (code := f"{self._prefix}-{self._n:03d}") in self._taken:
            self._n += 1
        self._n += 1
        return code


def _as_kind(geometry: BaseGeometry, kind: str) -> BaseGeometry:
    """The geometry for a layer of points or lines. Raises Refused for another kind."""
    parts = [p for p in shapely.get_parts(geometry) if not p.is_empty]
    if kind == "POINT" and len(parts) == 1 and parts[0].geom_type == "Point":
        return snap(parts[0])
    if kind == "MULTILINESTRING" and parts and all(p.geom_type == "LineString" for p in parts):
        return snap(MultiLineString(parts))
    raise Refused("import.wrong_kind", N_("it is of another kind ({kind})"), kind=kind_of(geometry))
