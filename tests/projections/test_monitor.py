"""How well sites transmit, what is stuck, and alarms: all by what the log says, and none by a clock."""

from datetime import timedelta
from typing import Any

from eventlog.codec import Event
from tests.factories import NOON, SIX, Tables, envelope, hours, observation, place, section

HOUR = timedelta(hours=1)
MIDNIGHT = NOON - 12 * HOUR  # in Xunyang


def station(site_id: str = "1803A") -> Event:
    return place(
        "air.station_registered",
        "station",
        site_id,
        network="DISTRICT",
        operator=None,
        subdistrict_id=None,
        factors=[],
    )  # fmt: skip


def alarms(tables: Tables, kind: str) -> list[tuple[Any, ...]]:
    return tables.rows(
        "SELECT alarm_id, raised_at, cleared_at, acknowledged_by FROM monitor.alarm"
        f" WHERE kind = '{kind}' ORDER BY since"
    )


def naive(hour: int) -> Any:
    return (MIDNIGHT + hour * HOUR).replace(tzinfo=None)


def test_a_day_is_rated_by_what_was_expected_of_the_site(tables: Tables) -> None:
    tables.given(station(), *[observation(observed_at=at) for at in hours(MIDNIGHT, 18)])
    tables.given(observation(observed_at=MIDNIGHT, readings={**SIX, "SO2": -999.0, "PM10": 20000.0}, statement=2))
    found = tables.row(
        "SELECT expected_periods, stated_periods, transmission_rate, readings, valid_readings, offline_hours"
        " FROM monitor.transmission WHERE source IS NULL"
    )
    assert found == (24, 18, 0.75, 108, 106, 6)


def test_a_day_of_silence_between_two_others_is_rated_too(tables: Tables) -> None:
    tables.given(station(), observation(observed_at=MIDNIGHT), observation(observed_at=MIDNIGHT + 48 * HOUR))
    rates = tables.rows(
        "SELECT stated_periods, validity_rate FROM monitor.transmission WHERE source IS NULL ORDER BY day"
    )
    assert rates == [(1, 1.0), (0, None), (1, 1.0)]


def test_a_section_is_expected_every_four_hours(tables: Tables) -> None:
    said = [observation("hedong-intake", at, {"pH": 7.0}, subsystem="water") for at in hours(MIDNIGHT, 24)[::4]]
    tables.given(section(), *said)
    rates = tables.rows("SELECT source, expected_periods, transmission_rate FROM monitor.transmission ORDER BY 1")
    assert rates == [("test", 6, 1.0), (None, 6, 1.0)]


def test_each_device_at_a_site_is_rated_by_what_it_stated_itself(tables: Tables) -> None:
    gases = [observation(observed_at=at, readings={"SO2": 9.0}, source="hj212:A") for at in hours(MIDNIGHT, 18)]
    dust = [observation(observed_at=at, readings={"PM10": -999.0}, source="hj212:B") for at in hours(MIDNIGHT, 12)]
    tables.given(station(), *gases, *dust)
    rates = tables.rows(
        "SELECT source, stated_periods, transmission_rate, readings, validity_rate, offline_hours"
        " FROM monitor.transmission ORDER BY 1"
    )
    assert rates == [
        ("hj212:A", 18, 0.75, 18, 1.0, 6),
        ("hj212:B", 12, 0.5, 12, 0.0, 12),
        (None, 18, 0.75, 30, 0.6, 6),
    ]


def test_a_silent_site_raises_an_alarm_that_the_next_hour_clears(tables: Tables) -> None:
    tables.given(station(), observation(observed_at=MIDNIGHT), observation(observed_at=MIDNIGHT + 8 * HOUR))
    first, last = alarms(tables, "OFFLINE")
    assert first == ("OFFLINE/1803A//2022-01-02T17:00:00Z", naive(4), naive(8), None)
    assert last[1:3] == (naive(12), None)  # raised then, unless something is heard before
    tables.given(*[observation(observed_at=at) for at in hours(MIDNIGHT + HOUR, 7)])
    assert len(alarms(tables, "OFFLINE")) == 1


def test_a_reading_that_does_not_move_for_half_a_day_is_stuck(tables: Tables) -> None:
    tables.given(*[observation(observed_at=at, readings={"PM2.5": 33.0}) for at in hours(MIDNIGHT, 13)])
    assert tables.row("SELECT readings, value FROM monitor.stuck") == (13, 33.0)
    assert alarms(tables, "STUCK") == [("STUCK/1803A/PM2.5/2022-01-02T16:00:00Z", naive(12), None, None)]
    assert tables.row("SELECT count(*) FROM monitor.mark WHERE mark = 'stuck-PM2.5'") == (13,)
    tables.given(observation(observed_at=MIDNIGHT + 6 * HOUR, readings={"PM2.5": 34.0}, statement=2))
    assert alarms(tables, "STUCK") == []


def test_a_value_that_is_low_may_stay(tables: Tables) -> None:
    tables.given(*[observation(observed_at=at, readings={"PM2.5": 3.0}) for at in hours(MIDNIGHT, 24)])
    assert tables.rows("FROM monitor.stuck") == []


def test_hours_of_heavy_pollution_are_one_alarm(tables: Tables) -> None:
    for at, value in zip(hours(MIDNIGHT, 6), [40, 200, None, 220, 40, 210], strict=True):
        tables.given(observation(observed_at=at, readings={**SIX, "PM2.5": value}))
    assert [alarm[1:3] for alarm in alarms(tables, "EXCEEDANCE")] == [(naive(2), naive(5)), (naive(6), None)]


def test_an_alarm_that_was_acknowledged_says_by_whom(tables: Tables) -> None:
    tables.given(observation(readings={**SIX, "PM2.5": 200.0}))
    ((alarm_id, *_),) = alarms(tables, "EXCEEDANCE")
    said = {**envelope(f"alarm/{alarm_id}"), "alarm_id": alarm_id, "action": "looked at"}
    tables.given(Event("district.alarm_acknowledged", said))
    assert alarms(tables, "EXCEEDANCE")[0][3] == "test"


def test_marks_of_device_check_and_reviewer_are_told_apart(tables: Tables) -> None:
    tables.given(observation(readings={"PM2.5": 90.0, "PM10": 80.0}, marks={"PM10": "D"}))
    tables.given(observation(observed_at=NOON + HOUR, readings={"PM2.5": 90.0, "PM10": 80.0}))
    fields = {
        "site_id": "1803A", "review_id": "r1", "factors": ["PM2.5"], "period": "HOUR", "since": NOON,
        "until": NOON + 2 * HOUR, "verdict": "INVALID", "reason": "filter torn",
    }  # fmt: skip
    tables.given(Event("district.readings_marked", {**envelope("review/1803A"), **fields}))
    found = tables.rows("SELECT hour(observed_at), factor, marked_by, mark, verdict FROM monitor.mark ORDER BY ALL")
    assert found == [
        (4, "PM10", "DEVICE", "D", "INVALID"),
        (4, "PM2.5", "REVIEWER", "r1", "INVALID"),
        (5, "PM2.5", "CHECK", "cross-PM", "SUSPECT"),
        (5, "PM2.5", "REVIEWER", "r1", "INVALID"),
    ]
