"""The tests a rule can ask for, in a table by the word that rule packs use. Each takes a rule and the context."""

from __future__ import annotations

from collections.abc import Callable

from models.checks.context import Context
from models.checks.duties import check_age, check_alone, check_class, check_duty, check_slot
from models.checks.identity import check_identification, check_list_code, check_listed, check_suggested
from models.checks.limits import check_index, check_limit
from models.checks.pairing import check_assessment, check_route
from models.checks.sampling import check_exceedance_count, check_sample_count
from models.checks.siting import check_base_layer, check_clearance, check_land_use, check_overlap
from models.rules import Rule
from models.screening import Finding

Check = Callable[[Rule, Context], list[Finding]]

CHECKS: dict[str, Check] = {
    "limit": check_limit,
    "index": check_index,
    "listed": check_listed,
    "list_code": check_list_code,
    "identification": check_identification,
    "suggested": check_suggested,
    "class": check_class,
    "route": check_route,
    "assessment": check_assessment,
    "overlap": check_overlap,
    "clearance": check_clearance,
    "base_layer": check_base_layer,
    "land_use": check_land_use,
    "age": check_age,
    "duty": check_duty,
    "slot": check_slot,
    "mixture": check_alone,
    "sample_count": check_sample_count,
    "exceedance_count": check_exceedance_count,
}
