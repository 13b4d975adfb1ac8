"""Deciders of the water subsystem: given facts, when a command, then facts or a refusal."""

from datetime import date
from typing import Any

import pytest

from services.decider import Command
from services.quality.alarms import HandleWaterAlarm
from services.water.ecology import RecordEcologicalSurvey, RegisterUrbanWater, ReportUrbanWaterState
from services.water.network import RegisterConnection, RemoveConnection
from services.water.outfalls import RegisterOutfall, ReportOutfallTask
from services.water.sewage import ReportPlantLoad, ReportSewageDischarge
from services.water.ships import DisposeShipWaste, ReceiveShipWaste, TransferShipWaste
from tests.services.test_deciders import changed, facts_of, refused

PLACE: dict[str, Any] = {"name_zh": "甲", "name_en": "A", "position_source": "test", "source": "test"}
OUTFALL = RegisterOutfall(site_id="o", water_body_id="river", **PLACE)
RECEIVE = ReceiveShipWaste(
    receipt_no="1", ship_name="x", pollutant="SEWAGE", quantity=2.0, unit="m3", receiver="x", source="test"
)
TRANSFER = TransferShipWaste(receipt_no="1", carrier="x", disposer="d", quantity=2.0, source="test")
DISPOSE = DisposeShipWaste(receipt_no="1", disposer="d", method="x", quantity=2.0, source="test")
CONNECT = RegisterConnection(
    connection_id="c",
    from_kind="outfall",
    from_id="o",
    to_kind="river",
    to_id="r",
    medium="EFFLUENT",
    source="test",
)
SURVEY = RecordEcologicalSurvey(
    survey_id="s", site_id="l", site_kind="lake", surveyed_on=date(2021, 5, 1), taxon_group="FISH", species=["a"],
    counts=[1], method="x", source="test",
)  # fmt: skip
ALARM = HandleWaterAlarm(
    alarm_id="OUTFALL/o/DAY/20220101T000000Z", site_id="o", decision="CONFIRMED", reason="x", decided_by="x",
    source="test",
)  # fmt: skip
LOAD = ReportPlantLoad(plant_id="p", month=date(2021, 5, 1), inflow_m3=2.0, treated_m3=1.0, source="test")


def task(name: str, state: str = "DONE", **more: Any) -> ReportOutfallTask:
    given = {"TRACING": {"responsible_body": "x"}, "REMEDY": {"measure": "BAN"}}.get(name, {})
    return ReportOutfallTask(site_id="o", task=name, state=state, source="test", **{**given, **more})


def test_an_outfall_goes_through_its_four_tasks_and_may_be_registered_anew_among_them() -> None:
    steps = [OUTFALL, task("SCREENING"), changed(OUTFALL, code="LA-1"), task("MONITORING"), task("TRACING"),
             task("REMEDY", "UNDER_WAY"), task("REMEDY")]  # fmt: skip
    assert len(facts_of(*steps)) == 7
    assert len(facts_of(*steps, steps[-1], changed(OUTFALL, code="LA-1"))) == 7  # nothing is said twice


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([task("SCREENING")], "unknown_outfall"),
        ([OUTFALL, task("TRACING")], "illegal_step"),
        ([OUTFALL, task("SCREENING"), task("REMEDY")], "illegal_step"),
        ([OUTFALL, task("SCREENING"), task("SCREENING", "UNDER_WAY")], "step_back"),
        ([OUTFALL, task("SCREENING"), task("TRACING", responsible_body=None)], "responsibility_missing"),
        ([OUTFALL, task("REMEDY", "PLANNED", measure=None)], "measure_missing"),
        ([OUTFALL, task("REMEDY", "PLANNED", measure="HIDE")], "unknown_value"),
        ([changed(OUTFALL, category="X")], "unknown_value"),
        ([changed(OUTFALL, discharge_standard="GB 3095-2012")], "unknown_standard"),
        ([changed(OUTFALL, discharge_standard="GB 8978-1996")], "unknown_level"),
        ([changed(OUTFALL, discharge_standard="GB 8978-1996", discharge_level="一级", discharge_scope="x")],
         "unknown_scope"),
    ],
)  # fmt: skip
def test_what_can_not_be_said_of_an_outfall_is_refused(steps: list[Command], code: str) -> None:
    assert refused(*steps) == code


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([TRANSFER], "illegal_step"),
        ([RECEIVE, RECEIVE], "illegal_step"),
        ([RECEIVE, DISPOSE], "illegal_step"),
        ([RECEIVE, TRANSFER, DISPOSE, DISPOSE], "illegal_step"),
        ([changed(RECEIVE, quantity=0)], "impossible_quantity"),
        (
            [changed(RECEIVE, transfer_due_on=date(2022, 1, 2), disposal_due_on=date(2022, 1, 1))],
            "impossible_order",
        ),
        ([RECEIVE, changed(TRANSFER, quantity=2.1)], "impossible_quantity"),
        ([RECEIVE, changed(TRANSFER, quantity=1.9)], "reason_missing"),
        ([RECEIVE, TRANSFER, changed(DISPOSE, disposer="e")], "other_disposer"),
    ],
)
def test_a_ships_receipt_takes_its_steps_in_order(steps: list[Command], code: str) -> None:
    assert len(facts_of(RECEIVE, TRANSFER, DISPOSE)) == 3
    assert refused(*steps) == code


def test_a_connection_may_be_removed_once_and_registered_again() -> None:
    remove = RemoveConnection(connection_id="c", reason="x", source="test")
    assert len(facts_of(CONNECT, CONNECT, remove, CONNECT)) == 3
    assert refused(remove) == refused(CONNECT, remove, remove) == "illegal_step"
    assert refused(changed(CONNECT, to_id="o")) == "to_itself"
    assert refused(changed(CONNECT, length_km=-1.0)) == "impossible_length"
    assert refused(changed(CONNECT, leaves_at_km=1.0)) == "no_river"


def test_an_urban_water_changes_its_state_in_order() -> None:
    water = RegisterUrbanWater(site_id="w", **PLACE)
    black = ReportUrbanWaterState(site_id="w", state="BLACK_ODOROUS", grade="LIGHT", reason="x", source="test")

    def to(state: str) -> ReportUrbanWaterState:
        return ReportUrbanWaterState(site_id="w", state=state, reason="x", source="test")

    remedy = [to("UNDER_REMEDY"), to("REMEDIED"), to("CLEAR_FOR_GOOD")]
    assert len(facts_of(water, black, black, *remedy, black)) == 6
    assert refused(water, to("REMEDIED")) == refused(water, black, to("CLEAR_FOR_GOOD")) == "illegal_step"
    assert refused(water, changed(black, grade=None)) == "grade_is_missing"
    assert refused(water, changed(black, grade="SEVERE")) == "unknown_grade"
    assert refused(water, changed(black, state="NOT_BLACK")) == "state_without_grade"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (changed(SURVEY, counts=[]), "unequal_lengths"),
        (changed(SURVEY, species=["a", "a"], counts=[1, 2]), "unequal_lengths"),
        (changed(SURVEY, counts=[0]), "impossible_count"),
        (changed(SURVEY, protected=["b"]), "unknown_species"),
        (changed(SURVEY, habitat_score=101.0), "impossible_score"),
        (changed(LOAD, treated_m3=3.0), "impossible_quantity"),
        (changed(LOAD, inflow_bod5_mg_l=float("nan")), "impossible_quantity"),
        (changed(LOAD, month=date(2021, 5, 2)), "no_month"),
        (changed(LOAD, month=date(2031, 5, 1)), "no_month"),
        (ReportSewageDischarge(area_id="a", month=date(2021, 5, 1), people=-1, discharged_m3=1.0, source="test"),
         "impossible_quantity"),
        (changed(ALARM, alarm_id="x"), "malformed_alarm"),
        (changed(ALARM, site_id="p"), "malformed_alarm"),
        (changed(ALARM, reason=" "), "empty"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused(command: Command, code: str) -> None:
    assert refused(command) == code
