"""One chain of alarms: an exceedance is one from its beginning to its end, and what people did stays with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.codec import Event
from tests.factories import NOON, SIX, Tables, envelope, lake, observation, outfall, section, source_monitor
from tests.projections.test_source_tables import BOILER, dust
from tests.projections.test_watched_days import FEW, HOURS, filled

HOUR = timedelta(hours=1)
ALARMS = """SELECT family, coalesce(factor, ''), since, cleared_at, status FROM monitor.alarm
WHERE kind = '{kind}' AND period = 'HOUR' ORDER BY ALL"""


def naive(hours: float) -> datetime:
    return (NOON + hours * HOUR).replace(tzinfo=None)


def said(site_id: str, hour: int, readings: dict[str, float], **more: Any) -> Event:
    return observation(site_id, NOON + hour * HOUR, readings, **more)


def stack(hour: int, so2: float, statement: int = 1) -> Event:
    return said("m", hour, {"SO2_stack": so2}, statement=statement)


def taken(event: str, alarm_id: str, previous: str | None = None, **fields: Any) -> Event:
    begun = envelope(f"alarm/{alarm_id}", previous, step=event)
    return Event(
        f"district.alarm_{event}",
        {**{k: v for k, v in begun.items() if k != "step"}, "alarm_id": alarm_id, **fields},
    )


def named(hour: int, factor: str = "SO2_stack", site_id: str = "m", kind: str = "EXCEEDANCE") -> str:
    return f"{kind}/{site_id}/{factor}/{NOON + hour * HOUR:%Y-%m-%dT%H:%M:%SZ}"


WATER: dict[str, Any] = {"subsystem": "water"}
PLANT = outfall("m", discharge_standard="GB 8978-1996", discharge_level="一级", discharge_scope="其他排污单位")
AT_DUST = source_monitor("m", "DUST_SOURCE", "d")
CLEAR = {"chla": 10.0, "TP": 0.05, "TN": 1.0, "SD": 1.0, "CODMn": 4.0}
GREEN = {"chla": 30.0, "TP": 0.12, "TN": 2.0, "SD": 0.6, "CODMn": 6.0}
KINDS: dict[str, tuple[str, list[Event], dict[str, float], dict[str, float]]] = {
    "AIR_QUALITY": ("", [], {**SIX, "PM2.5": 200.0}, SIX),
    "STACK": ("SO2_stack", [source_monitor(**BOILER)], {"SO2_stack": 330.0}, {"SO2_stack": 30.0}),
    "DUST": ("TSP", [AT_DUST, dust("STOCKPILE")], {"TSP": 1500.0}, {"TSP": 5.0}),
    "NOISE": ("Leq", [AT_DUST, dust("DEMOLITION")], {"Leq": 90.0}, {"Leq": 40.0}),
    "CATERING": (
        "cooking_fume",
        [source_monitor("m", "CATERING", "h")],
        {"cooking_fume": 2.5},
        {"cooking_fume": 2.0},
    ),
    "DISCHARGE": ("COD", [PLANT], {"COD": 200.0}, {"COD": 20.0}),
    "WATER_QUALITY": ("", [section("m", target_class=3, drinking_water_source=False)], {"COD": 31.0}, {"COD": 9.0}),
    "DRINKING_WATER": ("Mn", [section("m")], {"Mn": 0.2}, {"Mn": 0.01}),
    "TROPHIC_STATE": ("", [lake("m"), said("m", -1, CLEAR, **WATER)], GREEN, CLEAR),
}


@pytest.mark.parametrize("family", KINDS)
def test_what_lasts_is_one_alarm_from_its_beginning_to_its_end(tables: Tables, family: str) -> None:
    factor, registered, bad, good = KINDS[family]
    more = {} if family in ("AIR_QUALITY", "STACK", "DUST", "NOISE", "CATERING") else WATER
    kind = "TROPHIC" if family == "TROPHIC_STATE" else "EXCEEDANCE"
    tables.given(
        *registered, *[said("m", hour, values, **more) for hour, values in enumerate([bad, bad, bad, good])]
    )
    found = tables.rows(ALARMS.format(kind=kind))
    ends = naive(3) if more else naive(4)  # an hour of the air is over when it is told
    assert found == [(family, factor, naive(0), ends, "RAISED")]
    tables.given(*[said("m", hour, good, statement=2, **more) for hour in range(3)])
    assert tables.rows(ALARMS.format(kind=kind)) == []


def test_an_alarm_of_a_limit_names_the_row_that_is_exceeded_and_what_was_found(tables: Tables) -> None:
    tables.given(source_monitor(**BOILER), stack(0, 330.0))
    found = tables.row("SELECT limit_id, said, about FROM monitor.alarm WHERE kind = 'EXCEEDANCE'")
    assert found == ("STACK/GB 13271-2014/锅炉 新建/燃煤/HOUR/SO2_stack", "330.0 mg/m³, limit 300.0", ["SO2_stack"])


def test_a_source_of_drinking_water_comes_near_a_limit_and_then_exceeds_it(tables: Tables) -> None:
    tables.given(
        section(), *[said("hedong-intake", h, {"Mn": mn}, **WATER) for h, mn in enumerate([0.09, 0.2, 0.01])]
    )
    assert tables.rows(ALARMS.format(kind="APPROACHING")) == [
        ("DRINKING_WATER", "Mn", naive(0), naive(1), "RAISED")
    ]
    assert tables.rows(ALARMS.format(kind="EXCEEDANCE")) == [("DRINKING_WATER", "Mn", naive(1), naive(2), "RAISED")]


@given(
    values=st.dictionaries(HOURS, st.sampled_from([330.0, 330.0, 30.0, None, -999.0]), min_size=1, max_size=30),
    corrected=st.dictionaries(HOURS, st.sampled_from([330.0, 30.0, -999.0]), max_size=4),
    cut=HOURS,
)
@FEW
def test_exceedances_of_a_source_are_the_runs_of_its_hours(
    laid_out: Path, values: dict[int, float | None], corrected: dict[int, float], cut: int
) -> None:
    first = [said("m", hour, {"SO2_stack": v}) for hour, v in values.items()]  # type: ignore[dict-item]
    later = [said("m", hour, {"SO2_stack": v}, statement=2) for hour, v in corrected.items()]
    counted = [(h, v > 300) for h, v in sorted({**values, **corrected}.items()) if v is not None and v > 0]
    runs = [(bad, [hour for hour, _ in run]) for bad, run in groupby(counted, lambda one: one[1])]
    ends: Sequence[Any] = [naive(hours[0] + 1) for _, hours in runs[1:]] + [None]
    expected = [(naive(hours[0]), end) for (bad, hours), end in zip(runs, ends, strict=False) if bad]
    with filled(laid_out, [source_monitor(**BOILER), *first, *later], cut) as tables:
        found = tables.rows("SELECT since, cleared_at FROM monitor.alarm WHERE family = 'STACK' ORDER BY since")
    assert found == expected


def handled(tables: Tables) -> None:
    """Three hours above the limit, one that is not, and the alarm of them assigned."""
    tables.given(
        source_monitor(**BOILER), *[stack(hour, so2) for hour, so2 in enumerate([330.0, 330.0, 330.0, 30.0])]
    )
    tables.given(taken("assigned", named(0), assignee="甲"))


STANDS = "SELECT alarm_id, since, status, assigned_to FROM monitor.alarm WHERE family = 'STACK' ORDER BY since"


@pytest.mark.parametrize(
    ("later", "since"),
    [
        ([stack(-1, 400.0)], naive(-1)),  # it began before
        ([stack(0, 30.0, 2)], naive(1)),  # it began later
        ([stack(0, -999.0, 2), stack(1, -999.0, 2)], naive(2)),
    ],
)
def test_an_alarm_keeps_its_handling_where_a_correction_moves_its_beginning(
    tables: Tables, later: list[Event], since: datetime
) -> None:
    handled(tables)
    tables.given(*later)
    assert tables.rows(STANDS) == [(named(0), since, "ASSIGNED", "甲")]
    assert tables.rows("SELECT alarm_id, step FROM monitor.alarm_step") == [(named(0), "ASSIGNED")]


def test_of_one_that_becomes_two_the_first_keeps_the_handling(tables: Tables) -> None:
    handled(tables)
    tables.given(stack(1, 30.0, 2))
    assert tables.rows(STANDS) == [(named(0), naive(0), "ASSIGNED", "甲"), (named(2), naive(2), "RAISED", None)]


def test_two_that_become_one_stand_as_the_one_that_is_not_closed(tables: Tables) -> None:
    handled(tables)
    tables.given(stack(4, 330.0), taken("closed", named(4), outcome="DISMISSED", reason="x"))
    assert [row[2] for row in tables.rows(STANDS)] == ["ASSIGNED", "CLOSED"]
    tables.given(stack(3, 330.0, 2))
    assert tables.rows(STANDS) == [(named(0), naive(0), "ASSIGNED", "甲")]
    steps = tables.rows("SELECT alarm_id, handled_as, step FROM monitor.alarm_step ORDER BY step")
    assert steps == [(named(0), named(0), "ASSIGNED"), (named(0), named(4), "CLOSED")]


def test_steps_on_an_alarm_that_a_correction_took_away_are_still_told(tables: Tables) -> None:
    handled(tables)
    tables.given(*[stack(hour, 30.0, 2) for hour in range(3)])
    assert tables.rows(STANDS) == []
    assert tables.rows("SELECT alarm_id, handled_as FROM monitor.alarm_step") == [(None, named(0))]
    tables.given(stack(40, 330.0))  # another one, days later, is nobody's yet
    assert tables.rows(STANDS) == [(named(40), naive(40), "RAISED", None)]


@pytest.mark.parametrize(
    ("decision", "status"), [("CONFIRMED", "ACKNOWLEDGED"), ("RESOLVED", "HANDLED"), ("DISMISSED", "CLOSED")]
)
def test_what_was_decided_on_a_sampling_before_is_the_handling_of_its_alarm(
    tables: Tables, decision: str, status: str
) -> None:
    """As logs of before have it: a decision on one sampling of a water, named by period and time."""
    old = f"OUTFALL/m/HOUR/{NOON + HOUR:%Y%m%dT%H%M%SZ}"
    fields = {"alarm_id": old, "site_id": "m", "decision": decision, "reason": "复测属实", "decided_by": "甲"}
    decided = Event("water.water_alarm_handled", {**envelope(f"water_alarm/{old}"), **fields})
    tables.given(PLANT, *[said("m", hour, {"COD": 200.0, "SS": 900.0}, **WATER) for hour in range(3)], decided)
    found = tables.rows("SELECT alarm_id, status FROM monitor.alarm WHERE kind = 'EXCEEDANCE' ORDER BY 1")
    assert found == [(named(0, "COD"), status), (named(0, "SS"), status)]
    assert tables.rows("SELECT DISTINCT decision, reason, decided_by FROM water.alarm") == [
        (decision, "复测属实", "甲")
    ]
    tables.given(taken("closed", named(0, "COD"), outcome="DISMISSED", reason="x"))
    assert tables.rows("SELECT status FROM monitor.alarm ORDER BY alarm_id") == [("CLOSED",), (status,)]


def test_an_hour_of_a_source_touches_its_day_alone(tables: Tables) -> None:
    tables.given(source_monitor(**BOILER), *[stack(24 * day, 330.0) for day in range(5)])
    before = tables.rows("SELECT day, rowid FROM monitor.source_turn ORDER BY day")
    tables.given(stack(49, 30.0))
    after = dict(tables.rows("SELECT day, min(rowid) FROM monitor.source_turn GROUP BY day"))
    assert [day for day, row in before if after[day] != row] == [before[2][0]]
