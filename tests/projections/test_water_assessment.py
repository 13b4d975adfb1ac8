"""`water.assessment`: given samples, the class of GB 3838-2002 and the items that decide it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.factories import Tables, lake, observation, section

GOOD = {"pH": 7.5, "DO": 6.2, "CODMn": 3.8, "COD": 14.0, "BOD5": 2.5, "NH3-N": 0.42, "TP": 0.09}


def sample(site_id: str, readings: Mapping[str, float | None], **more: Any) -> Any:
    return observation(site_id, readings=readings, subsystem="water", **more)


def judged(tables: Tables, columns: str = "class, deciding_items, edition") -> tuple[Any, ...]:
    return tables.row(f"SELECT {columns} FROM water.assessment")


def test_a_river_section_is_judged_by_its_worst_items(tables: Tables) -> None:
    tables.given(section(), sample("hedong-intake", GOOD))
    assert judged(tables) == (
        2,
        ["CODMn", "DO", "NH3-N", "TP"],
        "GB 3838-2002",
    )


def test_worse_than_class_five_is_six_and_says_by_how_much(tables: Tables) -> None:
    tables.given(section(), sample("hedong-intake", {"DO": 1.8, "COD": 18, "NH3-N": 2.5, "TP": 0.19}))
    assert judged(tables)[:2] == (6, ["DO", "NH3-N"])
    exceeded = {x["factor"]: x["exceeded_by"] for x in judged(tables, "exceedances")[0]}
    assert {name: value and float(value) for name, value in exceeded.items()} == {"DO": None, "NH3-N": 1.5}


def test_phosphorus_of_a_lake_has_limits_of_its_own(tables: Tables) -> None:
    tables.given(lake(), sample("gantang-lake", {"TP": 0.09, "CODMn": 4.0}))
    assert judged(tables)[:2] == (4, ["TP"])


@pytest.mark.parametrize(("value", "expected"), [(15.0, 1), (15.1, 3), (20.0, 3), (40.0, 5), (40.1, 6)])
def test_a_value_on_equal_limits_takes_the_better_class(tables: Tables, value: float, expected: int) -> None:
    tables.given(section(), sample("hedong-intake", {"COD": value}))
    assert judged(tables, "class") == (expected,)


@pytest.mark.parametrize(("ph", "expected"), [(6.0, 1), (9.0, 1), (5.99, 6), (9.01, 6)])
def test_acidity_is_within_its_range_or_worse_than_all(tables: Tables, ph: float, expected: int) -> None:
    tables.given(section(), sample("hedong-intake", {"pH": ph}))
    assert judged(tables, "class") == (expected,)


def test_reference_items_do_not_decide(tables: Tables) -> None:
    tables.given(
        lake(), sample("gantang-lake", {"CODMn": 2.0, "TN": 9.0, "faecal_coliform": 90000, "water_temp": 30})
    )
    assert judged(tables, "class, items") == (1, 1)


def test_an_outfall_and_an_unknown_site_are_not_assessed(tables: Tables) -> None:
    tables.given(sample("outfall-hedong", GOOD))
    assert tables.rows("FROM water.assessment") == []


def test_a_register_entry_that_comes_later_or_changes_has_its_samples_judged(tables: Tables) -> None:
    tables.given(sample("hedong-intake", {"TP": 0.09}))
    registered = section()
    tables.given(registered)
    assert judged(tables, "class, meets_target") == (2, None)
    as_lake = section(water_body_kind="LAKE", target_class=3, name_zh="x", previous=registered.fields["event_id"])
    tables.given(as_lake)
    assert judged(tables, "class, meets_target") == (4, False)


def test_a_sample_without_any_item_is_not_assessed(tables: Tables) -> None:
    tables.given(section(), sample("hedong-intake", {"COD": None, "turbidity": 3.0}))
    assert tables.rows("FROM water.assessment") == []
