"""`air.hourly`: given statements, the hour's AQI, level and primary pollutants by the edition of its day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import NOON, SIX, Tables, envelope, observation

LAST_2012 = datetime(2026, 2, 28, 15, 0, tzinfo=UTC)  # 23:00 of 28 February in Xunyang


def judged(tables: Tables, columns: str = "aqi, level, primary_pollutants, edition") -> tuple[Any, ...]:
    return tables.row(f"SELECT {columns} FROM air.hourly")


def test_an_hour_is_judged_by_its_worst_pollutant(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "PM2.5": 89}))
    assert judged(tables) == (118, 3, ["PM2.5"], "HJ 633-2012")
    assert judged(tables, "observed_at, ends_at") == (datetime(2022, 1, 3, 4), datetime(2022, 1, 3, 5))  # noqa: DTZ001


def test_ties_are_all_named(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "PM2.5": 75, "PM10": 150}))
    assert judged(tables)[:3] == (100, 2, ["PM10", "PM2.5"])


def test_nothing_is_primary_up_to_fifty(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "PM2.5": 35, "PM10": 50}))
    assert judged(tables)[:3] == (50, 1, [])


@pytest.mark.parametrize(
    ("observed_at", "edition", "aqi"),
    [(LAST_2012, "HJ 633-2012", 84), (LAST_2012 + timedelta(hours=1), "HJ 633-2026", 102)],
)
def test_the_edition_follows_the_local_day_of_the_data(
    tables: Tables, observed_at: datetime, edition: str, aqi: int
) -> None:
    tables.given(observation(observed_at=observed_at, readings={**SIX, "PM2.5": 62.4}))
    assert judged(tables, "edition, aqi") == (edition, aqi)


def test_by_the_older_edition_a_missing_pollutant_leaves_the_hour_without_aqi(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "O3": None, "PM2.5": 200}))
    assert judged(tables) == (None, None, [], "HJ 633-2012")
    assert judged(tables, "pm25_ug_m3, pm25_iaqi, o3_ug_m3") == (200, 250, None)


@pytest.mark.parametrize(("pm25", "aqi"), [(60, None), (61, 101)])
def test_by_the_newer_edition_the_others_suffice_where_they_are_above_100(
    tables: Tables, pm25: float, aqi: int | None
) -> None:
    later = LAST_2012 + timedelta(days=30)
    tables.given(observation(observed_at=later, readings={**SIX, "O3": None, "PM2.5": pm25}))
    assert judged(tables, "aqi, edition") == (aqi, "HJ 633-2026")


def test_sulfur_dioxide_above_800_is_not_judged_by_the_hour_in_2012_and_fixed_in_2026(tables: Tables) -> None:
    later = LAST_2012 + timedelta(days=30)
    tables.given(
        observation(readings={**SIX, "SO2": 801}), observation(observed_at=later, readings={**SIX, "SO2": 801})
    )
    rows = tables.rows("SELECT edition, so2_iaqi, aqi FROM air.hourly ORDER BY observed_at")
    assert rows == [("HJ 633-2012", None, 65), ("HJ 633-2026", 200, 200)]


@pytest.mark.parametrize("sentinel", [-999, 9999, -200, 99999, -1])
def test_sentinels_and_impossible_values_are_never_judged(tables: Tables, sentinel: float) -> None:
    tables.given(observation(readings={**SIX, "PM2.5": sentinel}))
    assert judged(tables, "aqi, pm25_ug_m3") == (None, None)
    assert tables.row("SELECT set_aside FROM base.reading WHERE factor = 'PM2.5'")[0] in ("sentinel", "impossible")


@pytest.mark.parametrize(("mark", "value"), [("N", 40.0), ("D", None), ("C", None), ("M", None)])
def test_a_mark_that_makes_a_value_unusable_sets_it_aside(tables: Tables, mark: str, value: float | None) -> None:
    tables.given(observation(marks={"PM2.5": mark}))
    assert judged(tables, "pm25_ug_m3") == (value,)


def test_the_last_word_counts_and_every_statement_is_kept(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "PM2.5": None}))
    assert judged(tables, "aqi") == (None,)
    tables.given(observation(readings={**SIX, "PM2.5": 86}, statement=2))
    assert judged(tables, "aqi") == (114,)
    assert tables.row("SELECT count(*) FROM base.reading WHERE factor = 'PM2.5'") == (2,)
    assert tables.row("SELECT value FROM base.reading_current WHERE factor = 'PM2.5'") == (86,)


def test_a_value_that_is_taken_back_leaves_no_trace_in_the_conclusion(tables: Tables) -> None:
    tables.given(observation(), observation(readings={"PM2.5": None}, marks={"PM2.5": "D"}, statement=2))
    assert judged(tables, "aqi, pm25_ug_m3, pm10_ug_m3") == (None, None, 80)


def test_what_the_simulator_says_is_marked_until_someone_measures(tables: Tables) -> None:
    tables.given(observation(source="simulator"))
    assert judged(tables, "simulated") == (True,)
    tables.given(observation(source="cnemc", statement=2))
    assert judged(tables, "simulated") == (False,)


def test_other_periods_and_water_make_no_hours_of_air(tables: Tables) -> None:
    tables.given(observation(period="DAY"), observation(subsystem="water", readings={"pH": 7.0}))
    assert tables.rows("FROM air.hourly") == []


def test_data_older_than_any_edition_is_not_judged(tables: Tables) -> None:
    tables.given(observation(observed_at=NOON.replace(year=2011)))
    assert judged(tables, "aqi, edition, pm25_ug_m3") == (None, None, 40)


def test_a_reviewed_value_outranks_provisional_ones_that_come_later(tables: Tables) -> None:
    tables.given(
        observation(readings={**SIX, "PM2.5": 40.0}),
        observation(readings={**SIX, "PM2.5": 50.0}, statement=2, reviewed=True),
        observation(readings={**SIX, "PM2.5": 60.0}, statement=3),
    )
    assert tables.row("SELECT pm25_ug_m3, reviewed FROM air.hourly") == (50.0, True)
    assert tables.row("SELECT value, reviewed FROM base.reading_current WHERE factor = 'PM2.5'") == (50.0, True)
    tables.given(observation(readings={**SIX, "PM2.5": 45.0}, statement=4, reviewed=True))
    assert tables.row("SELECT pm25_ug_m3 FROM air.hourly") == (45.0,)


def test_an_hour_is_provisional_until_every_pollutant_is_reviewed(tables: Tables) -> None:
    tables.given(observation(), observation(readings={"PM2.5": 50.0}, statement=2, reviewed=True))
    assert tables.row("SELECT pm25_ug_m3, reviewed FROM air.hourly") == (50.0, False)


def station(*factors: str, site_id: str = "street") -> Event:
    said: dict[str, Any] = {
        "site_id": site_id, "name_zh": "街道", "name_en": "street", "lon": None, "lat": None,
        "position_quality": "APPROXIMATE", "position_source": "test", "network": "DISTRICT", "operator": None,
        "subdistrict_id": None, "factors": list(factors),
    }  # fmt: skip
    return Event("air.station_registered", {**envelope(f"station/{site_id}", **said), **said})


PARTICLES_AND_OZONE = {"PM2.5": 40.0, "PM10": 80.0, "O3": 60.0}
NEWER = LAST_2012 + timedelta(days=30)


def test_a_station_is_not_incomplete_for_what_it_does_not_monitor_by_design(tables: Tables) -> None:
    # HJ 633-2026 5.3.2; PM10: 50 + 50 * (80 - 50) / (120 - 50) = 71.4, and up
    tables.given(station("PM2.5", "PM10", "O3", "temperature"), observation("street", NEWER, PARTICLES_AND_OZONE))
    assert judged(tables, "aqi, level, made_of") == (72, 2, ["O3", "PM10", "PM2.5"])


def test_a_station_is_incomplete_for_what_it_monitors_by_design(tables: Tables) -> None:
    tables.given(station("PM2.5", "PM10", "O3"), observation("street", NEWER, {"PM2.5": 40.0, "PM10": 80.0}))
    assert judged(tables, "aqi, made_of") == (None, [])


def test_by_the_older_edition_an_aqi_is_made_of_all_six(tables: Tables) -> None:
    tables.given(station("PM2.5", "PM10", "O3"), observation("street", NOON, PARTICLES_AND_OZONE))
    assert judged(tables, "aqi, made_of, pm10_iaqi") == (None, [], 65)


@pytest.mark.parametrize("factors", [(), ("temperature", "wind_speed")])
def test_a_station_that_names_none_of_the_six_is_held_to_all(tables: Tables, factors: tuple[str, ...]) -> None:
    tables.given(station(*factors), observation("street", NEWER, PARTICLES_AND_OZONE))
    assert judged(tables, "aqi") == (None,)


def test_what_a_station_monitors_may_be_said_later_and_restated(tables: Tables) -> None:
    day = [observation("street", NEWER + timedelta(hours=n), PARTICLES_AND_OZONE) for n in range(1, 25)]
    tables.given(*day)
    asked = "SELECT (SELECT count(aqi) FROM air.hourly), (SELECT count(aqi) FROM air.daily)"
    assert tables.row(asked) == (0, 0)
    tables.given(station("PM2.5", "PM10", "O3"))
    assert tables.row(asked) == (24, 1)
    assert tables.row("SELECT aqi, made_of FROM air.daily WHERE aqi IS NOT NULL") == (72, ["O3", "PM10", "PM2.5"])
