"""Means, rivers and discharges: given samplings, what months, years, rivers and outfalls are said to be."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import NOON, Tables, lake, observation, outfall, place, section

DAY = timedelta(days=1)


def sample(site_id: str, readings: dict[str, float | None], **more: Any) -> Event:
    return observation(site_id, readings=readings, subsystem="water", **more)


def mean(tables: Tables, factor: str = "COD", span: str = "MONTH") -> tuple[Any, ...]:
    """Mean, days and samplings of the factor at the only site and month, or year."""
    table, days = ("monthly_mean", "days") if span == "MONTH" else ("evaluation", "points")
    where = "" if span == "MONTH" else f"WHERE span = '{span}' AND kind = 'section'"
    return tables.row(
        f"SELECT m.mean / 1e6, m.{days}, m.samplings FROM (SELECT unnest(means) AS m FROM water.{table} {where})"
        f" WHERE m.factor = '{factor}'"
    )


def test_below_detection_half_the_limit_counts_and_never_zero(tables: Tables) -> None:
    tables.given(section(), sample("hedong-intake", {"Hg": 0.00008, "TP": 0.1}, marks={"Hg": "<"}))
    (items,) = tables.row("SELECT items FROM water.sampling")
    (below,) = tables.row("SELECT below_detection FROM water.assessment")
    assert [(i["factor"], i["stated"], i["counted"], i["below"]) for i in items] == [
        ("Hg", 0.00008, 40, True), ("TP", 0.1, 100_000, False),
    ]  # fmt: skip
    assert below == ["Hg"]
    assert mean(tables, "Hg") == (0.00004, 1, 1)


def test_marked_and_sentinel_values_enter_no_mean(tables: Tables) -> None:
    tables.given(
        section(),
        sample("hedong-intake", {"COD": 12.0}),
        sample("hedong-intake", {"COD": 99.0}, observed_at=NOON + DAY, marks={"COD": "D"}),
        sample("hedong-intake", {"COD": -999.0}, observed_at=NOON + 2 * DAY),
        sample("hedong-intake", {"COD": None}, observed_at=NOON + 3 * DAY),
    )
    assert mean(tables) == (12.0, 1, 1)
    assert tables.row("SELECT sum(len(set_aside)) FROM water.sampling") == (3,)


def test_a_reviewed_value_outranks_a_later_provisional_one_and_is_told_apart(tables: Tables) -> None:
    told = "SELECT class, a.reviewed, m.reviewed FROM water.assessment a JOIN water.monthly_mean m USING (site_id)"
    tables.given(section(), sample("hedong-intake", {"COD": 41.0}))
    assert tables.row(told) == (6, False, False)
    tables.given(sample("hedong-intake", {"COD": 18.0}, reviewed=True, statement=2))
    assert tables.row(told) == (3, True, True)
    tables.given(sample("hedong-intake", {"COD": 99.0}, statement=3))
    assert tables.row(told) == (3, True, True)
    tables.given(sample("hedong-intake", {"COD": 18.0}, observed_at=NOON + DAY))
    assert tables.row("SELECT reviewed FROM water.monthly_mean") == (False,)


def test_a_day_counts_once_and_its_own_statement_before_its_hours(tables: Tables) -> None:
    tables.given(section())
    for hour, value in enumerate((10.0, 20.0)):
        tables.given(sample("hedong-intake", {"COD": value}, observed_at=NOON + timedelta(hours=hour)))
    tables.given(sample("hedong-intake", {"COD": 30.0}, observed_at=NOON + DAY))
    assert mean(tables) == (22.5, 2, 3)
    tables.given(sample("hedong-intake", {"COD": 12.0}, observed_at=NOON - timedelta(hours=12), period="DAY"))
    assert mean(tables) == (21.0, 2, 2)


def test_a_correction_changes_its_month_and_year_and_no_other(tables: Tables) -> None:
    tables.given(section())
    for month in range(3):
        tables.given(sample("hedong-intake", {"COD": 10.0 + month}, observed_at=NOON + month * 30 * DAY))
    before = dict(tables.rows("SELECT month, recorded_at FROM water.monthly_mean"))
    assert mean(tables, span="YEAR")[0] == 11.0
    tables.given(sample("hedong-intake", {"COD": 17.0}, observed_at=NOON + 30 * DAY, statement=2))
    after = dict(tables.rows("SELECT month, recorded_at FROM water.monthly_mean"))
    assert [month for month in after if after[month] != before[month]] == [date(2022, 2, 1)]
    assert mean(tables, span="YEAR")[0] == 13.0


def test_a_mean_is_rounded_before_it_is_compared(tables: Tables) -> None:
    """20.04 and 20.06 are 20.0 and 20.1 mg/L with the one decimal that COD has; class Ⅲ ends at 20."""
    tables.given(section(), sample("hedong-intake", {"COD": 20.04}))
    assert tables.row("SELECT class FROM water.evaluation WHERE span = 'MONTH'") == (3,)
    tables.given(sample("hedong-intake", {"COD": 20.06}, statement=2))
    assert tables.row("SELECT class FROM water.evaluation WHERE span = 'MONTH'") == (4,)


def test_a_lake_is_judged_by_the_mean_of_its_points(tables: Tables) -> None:
    point = section("point", water_body_id="gantang-lake", water_body_kind="LAKE", drinking_water_source=False)
    tables.given(lake(), point, sample("gantang-lake", {"TP": 0.02}), sample("point", {"TP": 0.06}))
    assert tables.rows(
        "SELECT subject_id, class, points FROM water.evaluation WHERE span = 'YEAR' ORDER BY subject_id"
    ) == [("gantang-lake", 3, 2), ("point", 4, 1)]


@pytest.mark.parametrize(
    ("good", "bad", "of", "grade"),
    [(9, 0, 10, "优"), (8, 2, 10, "良好"), (7, 1, 10, "轻度污染"), (7, 3, 10, "中度污染"), (6, 4, 10, "重度污染"),
     (3, 3, 6, "重度污染"), (5, 0, 5, "优")],
)  # fmt: skip
def test_a_river_of_many_sections_is_graded_by_their_shares(
    tables: Tables, good: int, bad: int, of: int, grade: str
) -> None:
    tables.given(river())
    for number in range(of):
        cod = 10.0 if number < good else 99.0 if number < good + bad else 25.0
        tables.given(section(f"s{number}"), sample(f"s{number}", {"COD": cod}))
    assert tables.row("SELECT grade_zh FROM water.river WHERE span = 'MONTH'") == (grade,)


def test_a_river_s_shares_count_a_simulator_s_sections_only_where_there_are_no_others(tables: Tables) -> None:
    tables.given(river())
    for number in range(5):
        tables.given(section(f"m{number}"), sample(f"m{number}", {"COD": 99.0}, source="simulator"))
    shares = "SELECT sections, good_share, simulated FROM water.river WHERE span = 'MONTH'"
    assert [(n, float(share), made_up) for n, share, made_up in tables.rows(shares)] == [(5, 0.0, True)]
    for number in range(5):
        tables.given(section(f"s{number}"), sample(f"s{number}", {"COD": 10.0}))
    assert [(n, float(share), made_up) for n, share, made_up in tables.rows(shares)] == [(5, 100.0, False)]


def test_a_section_that_moves_to_another_river_counts_there(tables: Tables) -> None:
    first = section()
    tables.given(river(), river("gan"), first, sample("hedong-intake", {"COD": 10.0}))
    assert tables.rows("SELECT DISTINCT river_id FROM water.river") == [("yangtze",)]
    tables.given(section(water_body_id="gan", previous=first.fields["event_id"]))
    assert tables.rows("SELECT DISTINCT river_id FROM water.river") == [("gan",)]


def results(tables: Tables) -> dict[str, tuple[str, bool]]:
    (items,) = tables.row("SELECT items FROM water.outfall_result")
    return {item["factor"]: (item["printed_limit"], item["over_limit"]) for item in items}


@pytest.mark.parametrize(("temperature", "limit"), [(12.0, "8"), (12.1, "5"), (None, "8")])
def test_ammonia_has_a_limit_by_temperature_and_the_laxer_where_it_is_not_known(
    tables: Tables, temperature: float | None, limit: str
) -> None:
    tables.given(
        outfall(discharge_standard="GB 18918-2002", discharge_level="一级A"),
        sample("outfall-a", {"NH3-N": 6.0, "water_temp": temperature}, period="DAY"),
    )
    assert results(tables) == {"NH3-N": (limit, limit == "5")}


def test_phosphorus_has_a_limit_by_when_the_plant_was_built(tables: Tables) -> None:
    plant = outfall(discharge_standard="GB 18918-2002", discharge_level="一级A")
    tables.given(plant, sample("outfall-a", {"TP": 0.8}, period="DAY"))
    assert results(tables) == {"TP": ("1", False)}
    known: dict[str, Any] = {
        "discharge_standard": "GB 18918-2002",
        "discharge_level": "一级A",
        "built_on": date(2006, 1, 1),
    }
    tables.given(outfall(previous=plant.fields["event_id"], **known))
    assert results(tables) == {"TP": ("0.5", True)}


def test_a_works_is_compared_by_its_scope_by_what_holds_for_all_and_for_the_first_class(tables: Tables) -> None:
    works = outfall(discharge_standard="GB 8978-1996", discharge_scope="石油化工(含炼制)", discharge_level="一级")
    tables.given(works, sample("outfall-a", {"COD": 61.0, "oil": 5.0, "Cd": 0.2, "SS": 500.0, "pH": 9.5}))
    assert results(tables) == {
        "COD": ("60", True), "oil": ("5", False), "Cd": ("0.1", True), "pH": ("6-9", True),
    }  # fmt: skip


def test_an_outfall_without_a_standard_is_not_judged(tables: Tables) -> None:
    tables.given(outfall(), sample("outfall-a", {"COD": 500.0}))
    assert tables.rows("FROM water.outfall_result") == []
    assert tables.rows("FROM water.monthly_mean") == []


def test_discharge_limits_are_the_ones_that_were_read_from_the_standards(shared: Path) -> None:
    name = "discharge_limits.csv"
    assert (Path("schemas/standards") / name).read_bytes() == (shared / "standards" / name).read_bytes()


def test_the_trophic_items_are_those_of_the_regulation(tables: Tables, shared: Path) -> None:
    said = json.loads((shared / "standards" / "lake_tli.json").read_text("utf-8"))
    rows = tables.rows("SELECT factor, constant, slope, rij FROM standards.lake_trophic_items")
    assert {f: [c, s] for f, c, s, _ in rows} == said["constants"]
    assert {f: r for f, _, _, r in rows} == said["rij"]
    total = sum(r * r for *_, r in rows)
    assert {f: round(r * r / total, 6) for f, _, _, r in rows} == said["weights"]


def river(site_id: str = "yangtze") -> Event:
    empty = dict.fromkeys(("length_km", "shoreline_km", "gate_closing_level_m"))
    return place("water.river_registered", "river", site_id, **empty)
