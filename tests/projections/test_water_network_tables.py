"""Where water goes, what a water's latest word is, and what people do on shores and in urban waters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from eventlog.codec import Event
from tests.events import event
from tests.factories import NOON, Tables, lake, observation, outfall, section

GOOD = {"COD": 14.0, "TP": 0.08}


def connection(way: str, **more: Any) -> Event:
    """`way` reads `outfall/a > river/r`."""
    (from_kind, from_id), (to_kind, to_id) = (end.strip().split("/") for end in way.split(">"))
    identity = f"{from_id}-{to_id}"
    ends = {"from_kind": from_kind, "from_id": from_id, "to_kind": to_kind, "to_id": to_id}
    return event("water.connection_registered", identity, connection_id=identity, **ends, **more)


def reach(tables: Tables, origin: str) -> dict[str, tuple[Any, ...]]:
    rows = tables.rows(
        f"SELECT reached_id, steps, distance_km, distance_known FROM water.reach WHERE origin_id = '{origin}'"
    )
    return {row[0]: row[1:] for row in rows}


def test_a_way_goes_down_the_river_and_never_up(tables: Tables) -> None:
    tables.given(
        connection("outfall/a > river/r", length_km=0.5, enters_at_km=4.0),
        connection("river/r > section/up", length_km=0.0, leaves_at_km=3.9),
        connection("river/r > section/here", length_km=0.0, leaves_at_km=4.0),
        connection("river/r > section/down", length_km=0.0, leaves_at_km=9.0),
    )
    # 0.5 km of pipe, and 5 km of river from km 4 to km 9
    assert reach(tables, "a") == {"r": (1, 0.5, True), "here": (2, 0.5, True), "down": (2, 5.5, True)}


def test_an_unknown_kilometre_lets_the_way_count_and_says_that_the_distance_is_a_lower_bound(
    tables: Tables,
) -> None:
    tables.given(
        connection("outfall/a > river/r", length_km=0.5),
        connection("river/r > section/s", length_km=0.0, leaves_at_km=3.0),
        connection("section/s > lake/l"),
    )
    assert reach(tables, "a") == {"r": (1, 0.5, True), "s": (2, 0.5, False), "l": (3, 0.5, False)}


def test_the_shortest_of_two_ways_counts_and_a_circle_ends(tables: Tables) -> None:
    tables.given(
        connection("plant/p > outfall/a", length_km=3.0), connection("plant/p > sewer/x", length_km=0.5),
        connection("sewer/x > outfall/a", length_km=0.5), connection("outfall/a > plant/p", length_km=1.0),
    )  # fmt: skip
    assert reach(tables, "p") == {"a": (2, 1.0, True), "x": (1, 0.5, True)}
    assert reach(tables, "a") == {"p": (1, 1.0, True), "x": (2, 1.5, True)}


def sampled(site: str, days: int = 0, **more: Any) -> Event:
    said = {"readings": GOOD, "subsystem": "water", "observed_at": NOON + timedelta(days=days), **more}
    return observation(site, **said)


def test_the_latest_sampling_of_each_month_and_of_all_is_known(tables: Tables) -> None:
    tables.given(section(), sampled("hedong-intake"), sampled("hedong-intake", 1, readings={**GOOD, "COD": 35.0}))
    tables.given(sampled("hedong-intake", -5, readings={**GOOD, "COD": 45.0}))  # late, of December
    asked = "SELECT month, class FROM water.month_latest ORDER BY month"
    assert tables.rows(asked) == [(date(2021, 12, 1), 6), (date(2022, 1, 1), 5)]
    assert tables.row("SELECT class, deciding_items FROM water.latest") == (5, ["COD"])
    # the latest is set aside: the one before it is the latest word again, 0.08 of TP is class Ⅱ of rivers
    tables.given(sampled("hedong-intake", 1, readings={"COD": 35.0, "TP": 0.08}, marks=dict.fromkeys(GOOD, "D"),
                         statement=2))  # fmt: skip
    assert tables.row("SELECT class, deciding_items FROM water.latest") == (2, ["TP"])


def test_a_month_is_that_of_the_local_day(tables: Tables) -> None:
    new_year = datetime(2021, 12, 31, 16, tzinfo=UTC)  # midnight in Xunyang
    tables.given(section(), sampled("hedong-intake", observed_at=new_year))
    tables.given(sampled("hedong-intake", observed_at=new_year - timedelta(hours=1)))
    assert tables.rows("SELECT month FROM water.month_latest ORDER BY 1") == [
        (date(2021, 12, 1),),
        (date(2022, 1, 1),),
    ]


def test_a_point_is_one_of_itself_and_of_every_water_it_was_ever_at(tables: Tables) -> None:
    first = section("s", water_body_id="yangtze")
    moved = section("s", first.fields["event_id"], water_body_id="bailuo")
    tables.given(first, lake("l"), outfall("o"))
    tables.given(moved)
    assert tables.rows("SELECT site_id, subject_id FROM water.point ORDER BY ALL") == [
        ("l", "l"), ("s", "bailuo"), ("s", "s"), ("s", "yangtze"),
    ]  # fmt: skip


def test_means_of_a_river_are_those_of_its_points_and_follow_a_section_that_moves(tables: Tables) -> None:
    river = event("water.river_registered", "r", site_id="r")
    first = section("a", water_body_id="r")
    tables.given(river, first, section("b", water_body_id="r"))
    tables.given(sampled("a", readings={"COD": 10.0}), sampled("b", readings={"COD": 30.0}))
    asked = (
        "SELECT m.mean / 1e6, m.points FROM (SELECT unnest(means) AS m FROM water.span_mean"
        " WHERE subject_id = 'r' AND span = 'YEAR')"
    )
    assert tables.row(asked) == (20.0, 2)
    tables.given(section("a", first.fields["event_id"], water_body_id="elsewhere"))
    assert tables.row(asked) == (30.0, 1)


def state(name: str, said: str, after: Event | None = None, day: int = 1, **more: Any) -> Event:
    at = datetime(2026, 5, day, tzinfo=UTC)
    return event("water.urban_water_state_reported", name, after, site_id=name, state=said, occurred_at=at, **more)


def test_an_urban_water_has_its_last_state_and_counts_how_often_it_was_listed(tables: Tables) -> None:
    entry = event("water.urban_water_registered", "w", site_id="w", length_m=700.0)
    first = state("w", "BLACK_ODOROUS", entry, grade="LIGHT")
    second = state("w", "REMEDIED", first, 2)
    tables.given(entry, first, second, state("w", "BLACK_ODOROUS", second, 3, grade="HEAVY"))
    columns = "state, grade, times_listed, length_m, state_since"
    assert tables.row(f"SELECT {columns} FROM water.urban_water") == (
        "BLACK_ODOROUS", "HEAVY", 2, 700.0, datetime(2026, 5, 3),  # noqa: DTZ001
    )  # fmt: skip


@pytest.mark.parametrize(
    ("states", "row"),
    [
        ([None, None], (2, 2, 0, None)),  # nothing was said of either: no share of nothing
        (["NOT_BLACK", None], (2, 1, 0, 0.0)),
        (["UNDER_REMEDY", "CLEAR_FOR_GOOD"], (2, 0, 1, 50.0)),
        (["BLACK_ODOROUS", "BLACK_ODOROUS", "REMEDIED"], (3, 0, 2, 66.7)),
    ],
)
def test_the_share_of_black_waters_is_of_those_judged(
    tables: Tables, states: list[str | None], row: tuple[Any, ...]
) -> None:
    for number, said in enumerate(states):
        entry = event("water.urban_water_registered", f"w{number}", site_id=f"w{number}")
        tables.given(entry, *([state(f"w{number}", said, entry)] if said else []))
    found = tables.row("SELECT waters, not_judged, black, share FROM water.black_share")
    assert (*found[:3], None if found[3] is None else float(found[3])) == row


def test_grades_need_the_register_and_name_what_decides(tables: Tables) -> None:
    tables.given(sampled("w", readings={"DO": 0.1, "NH3-N": 9.0}))
    assert tables.rows("FROM water.black_odour") == []
    tables.given(event("water.urban_water_registered", "w", site_id="w"))
    assert tables.row("SELECT grade, deciding_items FROM water.black_odour") == ("HEAVY", ["DO", "NH3-N"])


def test_a_shoreline_s_use_is_the_register_s_last_word(tables: Tables) -> None:
    first = event("water.shoreline_use_registered", "u", site_id="u", state="IN_USE", length_m=10.0)
    tables.given(first)
    tables.given(event("water.shoreline_use_registered", "u", first, site_id="u", state="CLEARED", length_m=0.0))
    assert tables.rows("SELECT state, length_m FROM water.shoreline_use") == [("CLEARED", 0.0)]


def load(plant: str, **said: Any) -> Event:
    given = {"plant_id": plant, "month": date(2026, 2, 1), "inflow_m3": 28000.0, "treated_m3": 28000.0}
    month = {**given, **said}["month"]
    return event("water.plant_load_reported", f"{plant}/{month}", **{**given, **said})


def test_a_plant_s_month_needs_its_capacity_for_a_load_and_both_cods_for_what_it_removed(tables: Tables) -> None:
    tables.given(
        event("water.plant_registered", "a", site_id="a", capacity_m3_d=2000.0),
        load("a", inflow_m3=28140.0, month=date(2026, 4, 1)),
        load("a", inflow_cod_mg_l=200.0, outflow_cod_mg_l=25.0, inflow_bod5_mg_l=100.0), load("b"),
    )  # fmt: skip
    columns = "plant_id, load_rate, bod5_t, round(cod_removed_t, 3)"
    # 28,000 m³ of 28 days × 2,000 m³; 28,000 m³ × 100 g, and × (200 - 25) g
    assert tables.rows(f"SELECT {columns} FROM water.plant_month ORDER BY 1, 2") == [
        ("a", 46.9, None, None), ("a", 50.0, 2.8, 4.9), ("b", None, None, None),
    ]  # fmt: skip


def test_a_sewage_rate_needs_both_sides_of_its_month(tables: Tables) -> None:
    tables.given(load("a", inflow_bod5_mg_l=100.0))
    assert tables.rows("FROM water.sewage_rate") == []
    discharge = {"month": date(2026, 2, 1), "people": 2000, "discharged_m3": 56000.0}
    tables.given(event("water.sewage_discharge_reported", "x", area_id="x", **discharge))
    # 28,000 of 56,000 m³; 2.8 t of 2,000 × 45 g × 28 days = 2.52 t, which is not above all of it
    found = tables.row("SELECT treatment_rate, collection_rate FROM water.sewage_rate")
    assert found == (50.0, 100.0)


def test_a_survey_s_diversity_is_of_what_was_found(tables: Tables) -> None:
    said = {"survey_id": "s", "species": ["a", "b", "c"], "counts": [3, 0, 3]}
    tables.given(event("water.ecological_survey_recorded", "s", **said))
    # two species of three each: H' = ln 2, J = 1
    assert tables.row("SELECT richness, individuals, shannon, evenness FROM water.survey") == (2, 6, 0.6931, 1.0)


def test_tasks_that_were_never_reported_are_not_begun(tables: Tables) -> None:
    first = outfall("a")
    tables.given(first, outfall("b"))
    done = event("water.outfall_task_reported", "x", site_id="a", task="SCREENING", state="DONE")
    tables.given(Event(done.type, {**done.fields, "subject": "outfall/a", "previous": first.fields["event_id"]}))
    columns = "task, outfalls, not_begun, done, share_done"
    found = {row[0]: row[1:] for row in tables.rows(f"SELECT {columns} FROM water.outfall_progress")}
    assert {task: (*row[:3], float(row[3])) for task, row in found.items()} == {
        "SCREENING": (2, 1, 1, 50.0), "MONITORING": (2, 2, 0, 0.0), "TRACING": (2, 2, 0, 0.0),
        "REMEDY": (2, 2, 0, 0.0),
    }  # fmt: skip


GREEN = {"chla": 30.0, "TP": 0.12, "TN": 2.0, "SD": 0.6, "CODMn": 6.0}  # TLI 59.8, class 3
CLEAR = {"chla": 10.0, "TP": 0.05, "TN": 1.0, "SD": 1.0, "CODMn": 4.0}  # TLI 48.0, class 2


def monthly(month: int, readings: dict[str, float], **more: Any) -> Event:
    at = datetime(2022, month, 10, 16, tzinfo=UTC)
    return sampled("l", readings=readings, period="DAY", observed_at=at, **more)


def test_a_quarter_s_index_is_made_of_months_that_have_all_five_items(tables: Tables) -> None:
    lacking = {**CLEAR, "chla": 300.0}
    del lacking["SD"]
    tables.given(lake("l"), monthly(1, GREEN), monthly(2, lacking))
    found = "SELECT CAST(tli AS DOUBLE), months, suffices FROM water.trophic WHERE span = '{}'"
    ((january, *_),) = tables.rows(found.format("MONTH"))
    assert tables.rows(found.format("QUARTER")) == [(january, 1, False)]  # February's chlorophyll is no part of it
    tables.given(monthly(3, CLEAR))
    ((both, months, suffices),) = tables.rows(found.format("QUARTER"))
    assert (months, suffices) == (2, False)
    assert 48.0 < both < january
    assert tables.rows(found.format("YEAR")) == [(both, 2, False)]
    tables.given(monthly(2, {**lacking, "SD": 1.0}, statement=2))
    ((_, months, suffices),) = tables.rows(found.format("QUARTER"))
    assert (months, suffices) == (3, True)


def test_an_alarm_is_a_rise_over_the_time_before_of_the_same_length(tables: Tables) -> None:
    days = (GREEN, CLEAR, GREEN, GREEN)
    tables.given(
        lake("l"), *(sampled("l", number, readings=values, period="DAY") for number, values in enumerate(days))
    )
    # the first has none before it, the second falls, the third rises, the fourth stays
    rises = "SELECT span, class_before, class FROM water.trophic_alarm WHERE span = 'DAY'"
    assert tables.rows(rises) == [("DAY", 2, 3)]
    tables.given(sampled("l", 1, readings=GREEN, period="DAY", statement=2))  # the fall was a mistake
    assert tables.rows(rises) == []
