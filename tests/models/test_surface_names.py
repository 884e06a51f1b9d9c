"""A result names its surface; of an edited rim also what was taken of it."""

from __future__ import annotations

import pytest

from models.surface_names import SURFACE_NAMES, alternative_words, over_of, reference_words


@pytest.mark.parametrize(
    ("parameters", "over"),
    [
        ({}, ""),
        ({"level_m": 3.0}, ""),
        ({"over": "rim_mean"}, "rim_mean"),
        ({"parts": [{"over": "spill"}, {"over": "spill"}]}, "spill"),
    ],
)
def test_what_is_laid_over_the_rim(parameters: dict[str, object], over: str) -> None:
    assert over_of(parameters) == over


def test_the_name_says_it() -> None:
    for key, (pits, _heaps) in SURFACE_NAMES.items():
        assert reference_words(key, {}, str) == pits
    assert reference_words("edited_rim", {"over": "rim_surface"}, str) == (
        "surface over the edited rim (membrane over the rim)"
    )
    heap = reference_words("edited_rim", {"over": "rim_mean"}, str, fills=False)
    assert heap == "surface over the edited rim (mean of the toe)"


def test_a_surface_beside_the_chosen_one() -> None:
    assert alternative_words("rim_mean", {"over": "spill"}, str) == "mean of the rim"
    assert alternative_words("edited_rim", {}, str).endswith("(spill level (lowest point of the rim))")
    assert alternative_words("edited_rim", {}, str, fills=False).endswith("(membrane over the toe)")
    assert alternative_words("edited_rim", {"over": "rim_plane"}, str).endswith("(sloping plane through the rim)")
