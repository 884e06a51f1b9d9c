from __future__ import annotations

import json

from app.gui.setting_words import setting_lines


def test_only_what_differs_is_told_and_no_record_is_printed() -> None:
    before = {"made_up": True, "office": "A"}
    after = {"made_up": True, "office": "B", "absent_controls": {"wetland": {"source": "letter 12", "stated_by": "X"}}}
    lines = setting_lines(json.dumps(before), json.dumps(after))  # as the log keeps them
    assert setting_lines(before, after) == lines
    assert lines == ["Office: A → B", "Control lines that are not here · wetland: — → letter 12, X"]
    assert not any("{" in line for line in lines)


def test_parameters_figures_and_remembered_tables_by_name() -> None:
    after = {
        "datum_shifts": [{"name": "Baotou 1980", "values": [1, 2, 3]}],
        "error_defaults": {"lidar": {"sigma_z_m": 0.1, "said_by": "report"}},
        "lab_tables": {"ab12": {"roles": {"0": "value"}}},
    }
    lines = setting_lines({}, after)
    assert lines[0] == "Datum parameters: — → Baotou 1980"
    assert lines[1] == "Default error figures · Airborne lidar: — → σz m 0.1, report"
    assert lines[2].endswith("1 kinds of table")
    assert setting_lines(after, after) == []
