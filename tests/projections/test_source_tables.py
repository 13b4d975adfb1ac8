"""Sources of air pollution: which limit applies to a reading, and that no AQI is made of one."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from eventlog.codec import Event
from tests.factories import NOON, Tables, envelope, observation, place
from tests.factories import source_monitor as monitor

EXCEEDED = """SELECT factor, limit_value, CAST(multiple AS DOUBLE), coalesce(permit_no, standard)
FROM air.source_exceedance ORDER BY ALL"""
BOILER = {"standard": "GB 13271-2014", "scope": "锅炉 新建", "level": "燃煤"}


def dust(kind: str, previous: str | None = None) -> Event:
    empty = dict.fromkeys(("responsible_body", "subdistrict_id", "starts_on", "ends_on", "area_m2"))
    return place("air.dust_source_registered", "dust_source", "d", previous, dust_kind=kind, video_urls=[], **empty)


def permit(limit: float, number: str = "p", since: date = date(2022, 1, 1), previous: str | None = None) -> Event:
    said = {"permit_no": number, "valid_from": since, "limits": [limit, 1e300]}
    fields = {"enterprise_id": "e", "management": "KEY", "valid_until": date(2030, 1, 1), "factors": ["SO2_stack"]}
    return Event(
        "enforcement.permit_granted", {**envelope(f"permit/{number}", previous, occurred_at=NOON), **fields, **said}
    )


def stack(so2: float | None, **more: Any) -> Event:
    return observation("m", readings={"SO2_stack": so2}, **more)


def test_a_stack_is_limited_by_its_permit_and_else_by_its_standard(tables: Tables) -> None:
    tables.given(monitor(**BOILER), stack(330.0))
    assert tables.rows(EXCEEDED) == [("SO2_stack", 300.0, 0.1, "GB 13271-2014")]
    first = permit(200.0)
    tables.given(first, permit(250.0, "q"))
    assert tables.row(EXCEEDED)[1:] == (200.0, 0.65, "p")
    tables.given(permit(400.0, since=date(2022, 1, 2), previous=first.fields["event_id"]))
    assert tables.row(EXCEEDED)[1] == 250.0
    tables.given(permit(100.0, "r", date(2022, 1, 4)))  # not in force on that day yet
    assert tables.row(EXCEEDED)[1] == 250.0


def test_where_the_scope_is_not_known_the_laxest_limit_applies(tables: Tables) -> None:
    tables.given(monitor(standard="GB 16297-1996", level="max concentration"), stack(800.0))
    assert tables.rows(EXCEEDED) == []
    tables.given(stack(970.0, statement=2))
    assert tables.row(EXCEEDED)[1] == 960.0


def test_only_the_last_valid_word_exceeds(tables: Tables) -> None:
    tables.given(monitor(**BOILER), stack(330.0))
    tables.given(stack(400.0, statement=2, marks={"SO2_stack": "D"}))
    assert tables.rows(EXCEEDED) == []
    tables.given(stack(310.0, statement=3))
    assert tables.row(EXCEEDED)[2] == 0.03
    tables.given(stack(-999.0, statement=4))
    assert tables.rows(EXCEEDED) == []


def test_what_is_stated_on_water_or_days_exceeds_nothing_here(tables: Tables) -> None:
    tables.given(monitor(**BOILER), stack(330.0, period="DAY"), stack(330.0, subsystem="water"))
    assert tables.rows(EXCEEDED) == []


@pytest.mark.parametrize(
    ("kind", "hour", "found"),
    [
        ("CONSTRUCTION", 13, []), ("CONSTRUCTION", 14, ["Leq"]), ("CONSTRUCTION", 21, ["Leq"]),
        ("CONSTRUCTION", 22, []), ("ROAD", 14, []), ("STOCKPILE", 14, []),
    ],
)  # fmt: skip
def test_noise_of_building_has_a_limit_by_day_and_by_night(
    tables: Tables, kind: str, hour: int, found: list[str]
) -> None:
    """`hour` is of UTC: the night lasts from 22 to 6 in Xunyang."""
    at = NOON.replace(hour=hour)
    tables.given(observation("m", at, {"Leq": 60.0}), monitor(watches="DUST_SOURCE", source_id="d"), dust(kind))
    assert [row[0] for row in tables.rows(EXCEEDED)] == found


def test_a_dust_source_that_is_of_another_kind_now_is_judged_anew(tables: Tables) -> None:
    road = dust("ROAD")
    tables.given(monitor(watches="DUST_SOURCE", source_id="d"), road, observation("m", readings={"PM10": 1500.0}))
    assert tables.rows(EXCEEDED) == []
    tables.given(dust("STOCKPILE", road.fields["event_id"]))
    assert tables.row(EXCEEDED) == ("PM10", 1000.0, 0.5, "GB 16297-1996")


@pytest.mark.parametrize("monitor_first", [True, False])
def test_a_source_monitor_has_no_aqi_whichever_comes_first(tables: Tables, monitor_first: bool) -> None:
    events = [monitor(watches="DUST_SOURCE", source_id="d"), observation("m"), observation("1803A")]
    for event in events if monitor_first else reversed(events):
        tables.given(event)
    for table in ("air.hourly", "air.daily"):
        assert tables.rows(f"SELECT DISTINCT site_id FROM {table}") == [("1803A",)]


def test_a_code_that_is_a_stations_too_stays_one(tables: Tables) -> None:
    station = place(
        "air.station_registered", "station", "m", network="NATIONAL", operator=None, subdistrict_id=None, factors=[]
    )
    tables.given(observation("m"), monitor())
    assert tables.rows("FROM air.hourly") == []
    tables.given(station)
    assert len(tables.rows("FROM air.hourly")) == 1
    assert tables.row("SELECT kind FROM base.site") == ("station",)


def test_evidence_of_an_unknown_observation_does_not_stand(tables: Tables) -> None:
    fields = {"case_id": "c", "enterprise_id": "e", "inspection_id": None, "cause": "x", "legal_basis": "x"}
    tables.given(Event("enforcement.case_filed", {**envelope("case/c"), **fields, "evidence_ids": ["x", "x"]}))
    assert tables.rows("SELECT event_id, factor, stands, why FROM enforcement.case_evidence") == [
        ("x", None, False, "no observation has this event_id")
    ]


def test_a_span_ends_when_the_state_is_not_known_any_more(tables: Tables) -> None:
    for hour in (0, 1, 5):
        fields = {
            "catering_id": "h",
            "stated_at": NOON + timedelta(hours=hour),
            "fan_on": True,
            "purifier_on": False,
        }
        tables.given(Event("air.purifier_stated", {**envelope(f"purifier_statement/h/{hour}"), **fields}))
    assert tables.rows("SELECT hours FROM air.purifier_lapse ORDER BY since") == [(3.0,), (2.0,)]


def test_noise_limits_are_the_ones_that_were_read_from_the_standards(shared: Path) -> None:
    name = "noise_limits.csv"
    assert (Path("schemas/standards") / name).read_bytes() == (shared / "standards" / name).read_bytes()


def test_every_limit_at_sources_says_how_well_it_is_known(tables: Tables) -> None:
    for name in ("source_items", "catering_sizes", "catering_rules", "noise_limits"):
        assert tables.row(f"SELECT count(*) FROM standards.{name} WHERE coalesce(status, '') = ''") == (0,)
    key = "watches, factor, standard, scope, level, from_hour"
    assert tables.rows(f"SELECT {key} FROM standards.source_limit GROUP BY ALL HAVING count(*) > 1") == []
