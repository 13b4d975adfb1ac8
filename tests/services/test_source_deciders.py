"""Sources of air pollution: given facts, when a command, then facts or a refusal."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.air.catering import CleanPurifier, RegisterCatering, StatePurifier
from services.air.dust import FinishDustSource, InspectDustMeasures, RegisterDustSource
from services.air.monitors import RegisterSourceMonitor
from services.decider import Command
from services.deciders import deciders
from services.enforcement.commands import FileCase
from tests.services.test_deciders import AT, changed, facts_of, refused

PLACE: dict[str, Any] = {"name_zh": "甲", "name_en": "A", "position_source": "test", "source": "test"}
DUST = RegisterDustSource(site_id="d", dust_kind="CONSTRUCTION", **PLACE)
FINISH = FinishDustSource(site_id="d", finished_on=date(2021, 5, 1), reason="x", source="test")
INSPECT = InspectDustMeasures(
    site_id="d", inspected_at=datetime(2021, 5, 1, tzinfo=UTC), inspectors=["甲"], fencing=True, covering=True,
    vehicle_washing=True, hardened_ground=True, wet_work=True, closed_transport=False, source="test",
)  # fmt: skip
HOUSE = RegisterCatering(site_id="h", size="SMALL", **PLACE)
PURIFIER = StatePurifier(catering_id="h", stated_at=AT, fan_on=True, purifier_on=False, source="test")
CLEAN = CleanPurifier(catering_id="h", cleaned_on=date(2021, 5, 1), cleaned_by="x", source="test")
STACK = RegisterSourceMonitor(
    site_id="m", watches="STACK", source_id="e", standard="GB 13271-2014", scope="锅炉 新建", level="燃煤", **PLACE
)


def test_a_dust_source_changes_is_inspected_finished_and_begun_anew() -> None:
    steps = [DUST, DUST, changed(DUST, area_m2=10.0), INSPECT, INSPECT, FINISH, DUST, FINISH]
    assert len(facts_of(*steps)) == 6  # nothing is said twice
    later = changed(INSPECT, inspected_at=INSPECT.inspected_at + timedelta(days=1))
    assert len(facts_of(DUST, INSPECT, later)) == 3


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([INSPECT], "illegal_step"),
        ([FINISH], "illegal_step"),
        ([DUST, FINISH, INSPECT], "illegal_step"),
        ([DUST, FINISH, FINISH], "illegal_step"),
        ([DUST, changed(FINISH, finished_on=date(2199, 1, 1))], "in_the_future"),
        ([DUST, changed(FINISH, reason=" ")], "empty"),
        ([DUST, changed(INSPECT, inspectors=[])], "inspector_missing"),
        ([DUST, changed(INSPECT, inspected_at=datetime(2199, 1, 1, tzinfo=UTC))], "in_the_future"),
        ([changed(DUST, starts_on=date(2021, 5, 2), ends_on=date(2021, 5, 1))], "impossible_order"),
        ([changed(DUST, area_m2=float("nan"))], "impossible_area"),
        ([changed(DUST, video_urls=["javascript:x"])], "no_url"),
        ([changed(HOUSE, size=None)], "unknown_size"),
        ([changed(HOUSE, size="HUGE")], "unknown_size"),
        ([changed(HOUSE, stoves=0.0)], "impossible_number"),
        ([changed(HOUSE, purifier_efficiency_percent=101.0)], "impossible_number"),
        ([changed(PURIFIER, stated_at=AT + timedelta(hours=1))], "in_the_future"),
        ([changed(CLEAN, cleaned_on=date(2199, 1, 1))], "in_the_future"),
        ([changed(STACK, standard="GB 8978-1996")], "unknown_standard"),
        ([changed(STACK, level="燃木")], "unknown_level"),
        ([changed(STACK, scope="x")], "unknown_scope"),
        ([changed(STACK, watches="CATERING")], "no_stack"),
        ([changed(STACK, source_id="m")], "same_code"),
    ],
)
def test_what_can_not_be_is_refused(steps: list[Command], code: str) -> None:
    assert refused(*steps) == code


def test_a_purifiers_state_at_a_time_is_corrected_and_not_repeated() -> None:
    assert len(facts_of(PURIFIER, PURIFIER, changed(PURIFIER, purifier_on=True))) == 2


def test_what_a_monitor_watches_and_a_case_cites_must_be_there() -> None:
    watched = [("STACK", "enterprise"), ("DUST_SOURCE", "dust_source"), ("CATERING", "catering")]
    for watches, aggregate in watched:
        command = changed(STACK, watches=watches)
        assert list(deciders()[RegisterSourceMonitor].refers(command)) == [(aggregate, "e", "source_id")]
    case = FileCase(
        case_id="c", enterprise_id="e", cause="x", legal_basis="x", evidence_ids=["1", "2"], source="test"
    )
    assert list(deciders()[FileCase].refers(case))[1:] == [
        ("observation", "1", "evidence_ids"), ("observation", "2", "evidence_ids"),
    ]  # fmt: skip


def test_today_is_the_districts_day_which_begins_eight_hours_before_that_of_utc() -> None:
    at_one_in_the_night = datetime(2022, 1, 2, 17, tzinfo=UTC)
    for command, before in (
        (changed(FINISH, finished_on=date(2022, 1, 3)), facts_of(DUST)),
        (changed(CLEAN, cleaned_on=date(2022, 1, 3)), []),
    ):
        decider = deciders()[type(command)]
        assert len(decider.decide(command, decider.state(before), at_one_in_the_night)) == 1
