"""Deciders of vehicles, machinery and coins: given facts, when a command, then facts or a refusal."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from schemas.standards import low_carbon_actions
from services.air.coins import OpenCoinAccount, RecordLowCarbonAction, SpendCoins
from services.air.machinery import (
    DefineLowEmissionZone,
    InspectMachinery,
    MoveMachinery,
    RegisterMachinery,
    ScrapMachinery,
)
from services.air.vehicles import (
    CaptureSmokyVehicle,
    MeasureVehicle,
    RecordVehicleInspection,
    ReviewSmokyVehicle,
)
from services.decider import Command, Fact
from services.deciders import deciders
from tests.services.test_deciders import changed, facts_of, refused

PASSED = datetime(2022, 1, 2, tzinfo=UTC)
MEASURE = MeasureVehicle(
    site_id="d", record_no="1", passed_at=PASSED, plate="赣G1", plate_colour="BLUE", fuel="DIESEL", source="test"
)
CAPTURE = CaptureSmokyVehicle(
    site_id="d", record_no="1", passed_at=PASSED, plate="赣G1", plate_colour="BLUE", evidence_urls=["u"],
    evidence_sha256=["0" * 64], source="test",
)  # fmt: skip
REVIEW = ReviewSmokyVehicle(site_id="d", record_no="1", decision="CONFIRMED", reviewed_by="x", source="test")
INSPECTED = RecordVehicleInspection(
    report_no="1", plate="赣G1", plate_colour="BLUE", inspected_on=date(2022, 1, 2), result="PASS", station="x",
    source="test",
)  # fmt: skip
MACHINE = RegisterMachinery(
    registration_no="3A1", kind="LOADER", fuel="DIESEL", power_kw=50.0, emission_stage="III", source="test"
)
SMOKE = InspectMachinery(
    registration_no="3A1", inspected_on=date(2022, 1, 2), opacity_m_1=0.5, passed=True, source="test"
)
ENTER = MoveMachinery(registration_no="3A1", direction="ENTERED", place_id="a", lon=116.0, lat=29.7, source="test")
SCRAP = ScrapMachinery(registration_no="3A1", scrapped_on=date(2022, 1, 2), source="test")
ZONE = DefineLowEmissionZone(
    zone_id="z", name_zh="z", name_en="z", lons=[0.0, 1.0, 1.0], lats=[0.0, 0.0, 1.0], minimum_stage="III",
    in_force_from=date(2021, 1, 1), basis="x", source="test",
)  # fmt: skip
OPEN = OpenCoinAccount(account_id="p", kind="PERSON", source="test")
WALK = RecordLowCarbonAction(
    action_no="a", account_id="p", kind="WALKING", amount=3.0, unit="km", acted_on=date(2022, 1, 2), source="test"
)


def as_stored(fact: Fact) -> Fact:
    """The fact with its times as tables have them."""
    plain = {n: v.replace(tzinfo=None) if isinstance(v, datetime) else v for n, v in fact.fields.items()}
    return replace(fact, fields=plain)


def test_what_is_sent_again_is_said_once() -> None:
    same = [MEASURE, MEASURE], [CAPTURE, REVIEW, REVIEW], [INSPECTED, INSPECTED], [MACHINE, MACHINE, SMOKE, SMOKE]
    assert [len(facts_of(*steps)) for steps in same] == [1, 2, 1, 2]
    assert len(facts_of(ZONE, ZONE, changed(ZONE, minimum_stage="IV"))) == 2
    assert len(facts_of(WALK, WALK)) == len(facts_of(OPEN, OPEN)) == 1


def test_a_pass_that_was_stored_is_known_again() -> None:
    (fact,) = facts_of(MEASURE)
    decider = deciders()[MeasureVehicle]
    assert decider.decide(MEASURE, decider.state([as_stored(fact)]), PASSED) == []


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([changed(MEASURE, record_no=" ")], "empty"),
        ([changed(MEASURE, passed_at=datetime(2022, 1, 4, tzinfo=UTC))], "in_the_future"),
        ([changed(MEASURE, plate="")], "malformed_plate"),
        ([changed(MEASURE, plate="赣G 1")], "malformed_plate"),
        ([changed(MEASURE, no_ppm=float("nan"))], "not_a_number"),
        ([changed(MEASURE, ringelmann=6.0)], "impossible_ringelmann"),
        ([changed(MEASURE, mark="%")], "unknown_mark"),
        ([changed(CAPTURE, evidence_urls=[], evidence_sha256=[])], "evidence_missing"),
        ([changed(CAPTURE, evidence_sha256=[])], "evidence_missing"),
        ([changed(CAPTURE, evidence_sha256=["0"])], "malformed_hash"),
        ([CAPTURE, REVIEW, changed(CAPTURE, plate="赣G2")], "already_reviewed"),
        ([CAPTURE, changed(REVIEW, decision="REJECTED")], "reason_missing"),
        ([changed(INSPECTED, inspected_on=date(2022, 1, 4))], "in_the_future"),
    ],
)
def test_what_can_not_be_said_of_a_vehicle_is_refused(steps: list[Command], code: str) -> None:
    assert refused(*steps) == code


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([changed(MACHINE, registration_no="3a 1")], "malformed_number"),
        ([changed(MACHINE, machine_code="123")], "malformed_code"),
        ([changed(MACHINE, power_kw=0.0)], "impossible_power"),
        ([changed(MACHINE, fuel="ELECTRIC")], "stage_and_fuel_differ"),
        ([changed(MACHINE, emission_stage="NO_ENGINE")], "stage_and_fuel_differ"),
        ([MACHINE, changed(SMOKE, opacity_m_1=None)], "nothing_measured"),
        ([MACHINE, changed(SMOKE, opacity_m_1=-1.0)], "impossible_smoke"),
        ([MACHINE, changed(SMOKE, ringelmann=float("nan"))], "impossible_smoke"),
        ([MACHINE, changed(ENTER, lat=None)], "impossible_position"),
        ([MACHINE, changed(ENTER, lat=116.0)], "impossible_position"),
        ([MACHINE, changed(ENTER, direction="LEFT")], "not_there"),
        ([MACHINE, ENTER, changed(ENTER, direction="LEFT", place_id="b")], "not_there"),
        ([MACHINE, SCRAP, ENTER], "illegal_step"),
        ([MACHINE, SCRAP, SCRAP], "illegal_step"),
        ([changed(ZONE, lats=[0.0])], "no_outline"),
        ([changed(ZONE, lons=[0.0, 0.0, 0.0], lats=[1.0, 1.0, 1.0])], "no_outline"),
        ([changed(ZONE, lats=[0.0, 0.0, 91.0])], "impossible_position"),
        ([changed(ZONE, in_force_until=date(2020, 1, 1))], "impossible_order"),
        ([changed(ZONE, minimum_stage="UNKNOWN")], "no_stage"),
    ],
)
def test_what_can_not_be_said_of_machinery_is_refused(steps: list[Command], code: str) -> None:
    assert refused(*steps) == code


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([changed(OPEN, account_id="issuer")], "malformed_account"),
        ([changed(OPEN, account_id="张三")], "malformed_account"),
        ([changed(OPEN, name="x")], "name_of_person"),
        ([OPEN, changed(OPEN, kind="MERCHANT")], "other_kind"),
        ([changed(WALK, kind="FLYING")], "unknown_kind"),
        ([changed(WALK, acted_on=date(2019, 1, 1))], "unknown_kind"),
        ([changed(WALK, unit="m")], "other_unit"),
        ([changed(WALK, amount=float("inf"))], "impossible_amount"),
        ([changed(WALK, amount=31.0)], "impossible_amount"),
        ([changed(WALK, acted_on=date(2022, 1, 4))], "in_the_future"),
        ([WALK, changed(WALK, amount=4.0)], "number_taken"),
        ([OPEN, SpendCoins(account_id="p", posting_no="1", merchant_id="m", coins=1, source="test")],
         "balance_too_low"),
        ([OPEN, SpendCoins(account_id="p", posting_no="1", merchant_id="p", coins=1, source="test")],
         "same_account"),
        ([OPEN, SpendCoins(account_id="p", posting_no="1", merchant_id="m", coins=0, source="test")],
         "impossible_coins"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_with_coins_is_refused(steps: list[Command], code: str) -> None:
    assert refused(*steps) == code


@pytest.mark.parametrize(("amount", "coins"), [(0.5, 1), (0.49, 0), (3.0, 6), (29.99, 59)])
def test_coins_are_rounded_down_exactly(amount: float, coins: int) -> None:
    assert low_carbon_actions()["WALKING"][0].coins(amount) == coins


def test_every_kind_of_action_is_reckoned() -> None:
    for kind, (how, *_) in low_carbon_actions().items():
        assert facts_of(changed(WALK, kind=kind, unit=how.unit, amount=how.most_per_action))
