"""Rule packs of a project: a shipped pack with mended numbers, open slots filled, rules or whole packs of one's own.

A project that mends a pack carries its own copy of the text, version by version; who, when and why stand beside it.
What was screened before names the version it was judged by, and that version stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.i18n import learn_words
from app.project import Project
from app.verbs.rules import known_names, read_text, rule_packs, shipped_text, waste_groups
from gis.store import user_name
from models.changes import ChangeSet, Insert
from models.errors import Missing, Refused
from models.notices import N_, Notice
from models.pack_edits import Difference, differences, edited, next_version, versioned, with_rules
from models.rule_agreement import check_agreement, check_names
from models.rule_packs import parse_pack
from models.rules import Pack

_TWO_LANGUAGES = {"title", "clause", "document"}


@dataclass(frozen=True)
class PackVersion:
    """One version of a pack that the project keeps. `text` "": the shipped one was put back, or the own one dropped."""

    pack: str
    version: str
    text: str
    why: str
    edited_by: str
    edited_at: str

    @property
    def filename(self) -> str:
        """What errors call it."""
        return f"{self.pack}.toml"


@dataclass(frozen=True)
class PackState:
    """A pack in force in a project, what it says otherwise than the shipped one, and its history."""

    pack: str
    version: str
    shipped_version: str | None
    differences: tuple[Difference, ...]
    history: tuple[PackVersion, ...]

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary, without the texts."""
        data = asdict(self)
        for version in data["history"]:
            version["as_shipped"] = not version.pop("text")
        return data


def kept_versions(project: Project, pack_id: str | None = None) -> list[PackVersion]:
    """Every version that the project keeps, oldest first; of one pack or of all."""
    rows = project.store.rows("rule_packs", **({"pack": pack_id} if pack_id else {}))
    return [
        PackVersion(
            r["pack"], r["version"], r["text"] or "", r["why"], r["edited_by"] or "", str(r["created_at"] or "")
        )
        for r in sorted(rows, key=lambda r: r["fid"])
    ]


def project_packs(project: Project) -> tuple[Pack, ...]:
    """The packs in force in a project: its own copies in place of the shipped ones, and its own packs behind them."""
    own = {v.pack: v for v in kept_versions(project)}  # the last version of each
    packs = [
        parse_pack(own[p.id].text, own[p.id].filename) if p.id in own and own[p.id].text else p for p in rule_packs()
    ]
    shipped = {p.id for p in packs}
    packs += [parse_pack(v.text, v.filename) for v in own.values() if v.pack not in shipped and v.text]
    for pack in packs:
        if pack.id in own:
            learn_words(
                {"rules": [asdict(r) for r in pack.rules], "pack": {"title": pack.title, "title_zh": pack.title_zh}}
            )
    return tuple(packs)


def pack_of(project: Project, pack_id: str, version: str | None = None) -> Pack:
    """A pack as it is in force, or as it was in `version`. Raises Missing, naming what there is."""
    in_force = {p.id: p for p in project_packs(project)}
    if version is None:
        if pack_id not in in_force:
            raise _unknown(pack_id, in_force)
        return in_force[pack_id]
    known = {v.version: v for v in kept_versions(project, pack_id) if v.text}
    if version in known:
        return parse_pack(known[version].text, known[version].filename)
    shipped = next((p for p in rule_packs() if p.id == pack_id), None)
    if shipped is not None and shipped.version == version:
        return shipped
    versions = [*([shipped.version] if shipped else []), *known]
    raise Missing(
        "rules.unknown_version",
        N_("there is no version {version} of the rule pack {pack} here"),
        advice=N_("known: {known}"),
        pack=pack_id,
        version=version,
        known=", ".join(versions),
    )


def pack_state(project: Project, pack_id: str) -> PackState:
    """Where a pack stands against the shipped one. Raises Missing."""
    pack = pack_of(project, pack_id)
    shipped = next((p for p in rule_packs() if p.id == pack_id), None)
    return PackState(
        pack.id,
        pack.version,
        shipped.version if shipped else None,
        differences(shipped, pack),
        tuple(kept_versions(project, pack_id)),
    )


def edit_rule(project: Project, pack_id: str, rule_id: str, values: Mapping[str, str], why: str) -> ChangeSet:
    """Set fields of one rule for this project; one undo step. Raises Missing, Refused (nothing is changed then).

    A number is only as sure as whoever changed it says: without a stated `confidence` the rule becomes "U".
    """
    if not values:
        raise Refused("rules.nothing", N_("say what to set, as field=value"), where=f"{pack_id} {rule_id}")
    signed = dict(values)
    if signed.get("confidence") in {"V", "V*"} and not signed.get("source"):
        raise Refused(
            "rules.no_source",
            N_("a rule counts as verified only with the document it was read in"),
            where=f"{pack_id} {rule_id}",
            advice=N_("give source=… along with confidence={confidence}"),
            confidence=signed["confidence"],
            field="source",  # the window says it there
        )
    if signed.keys() & {"limit", "check"} and not signed.get("source"):
        signed["source"] = f"project: {_reason(why, pack_id)}"  # the shipped source says nothing of this number
    for name in _TWO_LANGUAGES & signed.keys():
        signed.setdefault(f"{name}_zh", signed[name])  # or the old Chinese words would stand for the new ones
    text = edited(_text(project, pack_id), rule_id, signed, f"{pack_id}.toml")
    label = Notice(
        "rules.edit",
        N_("rule {rule} of {pack}: {what}"),
        rule=rule_id,
        pack=pack_id,
        what=", ".join(f"{k}={v}" for k, v in values.items()),
    )
    return _keep(project, pack_id, text, why, label)


def add_rules(project: Project, pack_id: str, file: Path, why: str) -> ChangeSet:
    """Add the [[rule]] tables of a TOML file to a pack for this project. Raises Missing, Unreadable, Refused."""
    text = with_rules(_text(project, pack_id), read_text(Path(file)), Path(file).name)
    label = Notice("rules.add", N_("rules added to {pack}"), pack=pack_id)
    return _keep(project, pack_id, text, why, label)


def adopt_pack(project: Project, file: Path, why: str) -> ChangeSet:
    """Take over a whole pack: one of the project's own, or an edited copy of a shipped one (same id)."""
    text = read_text(Path(file))
    pack = parse_pack(text, Path(file).name)
    label = Notice("rules.adopt", N_("rule pack {pack} taken over from a file"), pack=pack.id)
    return _keep(project, pack.id, text, why, label)


def reset_pack(project: Project, pack_id: str, why: str) -> ChangeSet | None:
    """Put the shipped pack back, or take the project's own one out of force; None if nothing was mended."""
    kept = kept_versions(project, pack_id)
    if not kept:
        pack_of(project, pack_id)
        return None
    if not kept[-1].text:
        return None
    label = Notice("rules.reset", N_("rule pack {pack} as shipped"), pack=pack_id)
    return _insert(project, PackVersion(pack_id, kept[-1].version, "", _reason(why, pack_id), user_name(), ""), label)


def pack_text(project: Project, pack_id: str) -> str:
    """The TOML of a pack as it is in force: to edit it in a text editor and take it over again."""
    return _text(project, pack_id)


def _text(project: Project, pack_id: str) -> str:
    kept = kept_versions(project, pack_id)
    if kept and kept[-1].text:
        return kept[-1].text
    if pack_id not in {p.id for p in rule_packs()}:
        raise _unknown(pack_id, {p.id: p for p in project_packs(project)})
    return shipped_text(pack_id)


def _keep(project: Project, pack_id: str, text: str, why: str, label: Notice) -> ChangeSet:
    """Keep a new version if it agrees with all other packs in force."""
    reason = _reason(why, pack_id)
    pack = parse_pack(text, f"{pack_id}.toml")
    check_names(pack, known_names(), f"{pack_id}.toml")
    others = [p for p in project_packs(project) if p.id != pack_id]
    check_agreement([*others, pack], groups=waste_groups())
    before = [p for p in project_packs(project) if p.id == pack_id]
    if before and not differences(before[0], pack):
        raise Refused(
            "rules.same",
            N_("the pack says this already"),
            where=pack_id,
            advice=N_("nothing was changed"),
        )
    taken = [v.version for v in kept_versions(project, pack_id)]
    shipped = next((p.version for p in rule_packs() if p.id == pack_id), None)
    if shipped is not None or pack.version in taken:
        text = versioned(text, next_version(shipped or pack.version, taken), f"{pack_id}.toml")
    version = parse_pack(text, f"{pack_id}.toml").version
    return _insert(project, PackVersion(pack_id, version, text, reason, user_name(), ""), label)


def _insert(project: Project, version: PackVersion, label: Notice) -> ChangeSet:
    values = asdict(version)
    del values["edited_at"]  # the row's own time
    return project.store.transact(label, [Insert("rule_packs", values)])


def _reason(why: str, pack_id: str) -> str:
    reason = " ".join(why.split())
    if not reason:
        raise Refused(
            "rules.no_reason",
            N_("say why: a changed rule is signed for"),
            where=pack_id,
            advice=N_('give --why "…", with the document if there is one'),
        )
    return reason


def _unknown(pack_id: str, known: Mapping[str, Any] | Sequence[str]) -> Missing:
    return Missing(
        "rules.unknown_pack",
        N_("there is no rule pack {pack}"),
        advice=N_("known: {known}"),
        pack=pack_id,
        known=", ".join(known),
    )
