"""Adding waste streams."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.project import Project
from app.verbs.edit import set_fields
from app.verbs.waste import add_waste
from models.errors import Missing, Refused


def test_adds_one_undo_step(project_file: Path) -> None:
    with Project.open(project_file) as project:
        add_waste(project, "FA-1", kind="fly_ash", name="一电粉煤灰", annual_t=1e5, moisture=0.2, list_code="")
        (kept,) = project.store.wastes()
        assert (kept.code, kept.kind, kept.name, kept.annual_t, kept.stock_t) == (
            "FA-1",
            "fly_ash",
            "一电粉煤灰",
            1e5,
            None,
        )
        project.store.undo()
        assert project.store.wastes() == []


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("", {"kind": "fly_ash"}, "needs a code"),
        ("W", {"kind": "fly_ash", "annual_t": -1.0}, "cannot be -1"),
        ("W", {"kind": "fly_ash", "stock_t": float("nan")}, "cannot be nan"),
        ("W", {"kind": "fly_ash", "density_t_m3": 0.0}, "cannot be 0"),
        ("W", {"kind": "fly_ash", "moisture": 25.0}, "0.25 for 25 %"),
        ("W", {"kind": "fly_ash", "mass_basis": "moist"}, "not dry or wet"),
    ],
)
def test_refuses(project_file: Path, code: str, facts: dict[str, object], words: str) -> None:
    with Project.open(project_file) as project:
        with pytest.raises(Refused, match=words):
            add_waste(project, code, **facts)  # type: ignore[arg-type]
        assert project.store.revision == 0


def test_unknown_kind_lists_the_kinds(project_file: Path) -> None:
    with Project.open(project_file) as project, pytest.raises(Missing, match="known kinds: fly_ash, bottom_ash"):
        add_waste(project, "W", kind="coal_ash")


def test_a_code_is_taken_once(project_file: Path) -> None:
    with Project.open(project_file) as project:
        add_waste(project, "W", kind="fly_ash")
        with pytest.raises(Refused, match="already a waste W"):
            add_waste(project, "W", kind="tailings")


@pytest.mark.parametrize(("field", "text"), [
    ("density_t_m3", "0"), ("density_t_m3", "1200"), ("moisture", "25"), ("annual_t", "-1"), ("annual_t", "inf"),
    ("mass_basis", "moist"), ("kind", "coal_ash")])  # fmt: skip
def test_an_edit_is_checked_like_a_new_waste(project_file: Path, field: str, text: str) -> None:
    with Project.open(project_file) as project:
        add_waste(project, "W", kind="fly_ash", density_t_m3=1.2, mass_basis="dry")
        before = project.store.wastes()
        with pytest.raises(Refused):
            set_fields(project, "W", {field: text})
        assert project.store.wastes() == before
        set_fields(project, "W", {"density_t_m3": "1.1", "moisture": "0.3", "mass_basis": "wet"})
        (waste,) = project.store.wastes()
        assert (waste.density_t_m3, waste.moisture, waste.mass_basis) == (1.1, 0.3, "wet")
