"""Fields as people type them."""

from __future__ import annotations

import pytest

from app.project import Project
from app.verbs.edit import set_fields
from models.errors import AppError


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("mineral", "sand_gravel", "sand_gravel"),
        ("mineral", "砂石", "sand_gravel"),
        ("status", " planned ", "planned"),
        ("ground_water_m", "１０５０．５", 1050.5),
        ("surveyed_on", "2026年1月5日", "2026-01-05"),
        ("surveyed_on", "2026/1/5", "2026-01-05"),
        ("surveyed_on", "2026-01-05", "2026-01-05"),
        ("name", " 甲坑=1 ", "甲坑=1"),
        ("name", "", None),
    ],
)
def test_what_is_kept(project_file, add_site, field, text, kept):
    add_site("SK-1")
    with Project.open(project_file) as project:
        set_fields(project, "SK-1", {field: text})
        assert project.store.rows("sand_pits")[0][field] == kept


@pytest.mark.parametrize(
    ("field", "text"),
    [("mineral", "奶酪"), ("surveyed_on", "2026-02-30"), ("surveyed_on", "5.1.2026"), ("ground_water_m", "nan"),
     ("ground_water_m", "1e9"), ("uid", "x"), ("geometry", "x"), ("nope", "x"), ("code", "")],
)  # fmt: skip
def test_what_is_refused_changes_nothing(project_file, add_site, field, text):
    add_site("SK-1")
    with Project.open(project_file) as project:
        before = project.store.rows("sand_pits")
        with pytest.raises(AppError):
            set_fields(project, "SK-1", {"name": "新", field: text})
        assert project.store.rows("sand_pits") == before
