"""Commands, purely: given facts, when a command, then facts or a refusal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.decider import Command, Fact, Refused
from services.deciders import deciders
from services.enforcement.commands import (
    CloseCase,
    DecideCase,
    FileCase,
    FulfilCase,
    GrantPermit,
    InvestigateCase,
    NotifyCase,
    RecordInspection,
)
from services.registers import PlaceCommand
from services.risk.commands import CloseIncident, EscalateIncident, RegisterRiskSource, ReportIncident
from services.soil.commands import DeliverManifest, IssueManifest, LoadManifest, ReceiveManifest, VoidManifest
from services.water.commands import RegisterLake

AT = datetime(2022, 1, 3, tzinfo=UTC)
NO = "20223604000001"
ISSUE = IssueManifest(
    manifest_no=NO, generator_id="g", carrier_id="c", receiver_id="r", waste_category="HW12",
    waste_code="900-252-12", waste_name="漆渣", hazards=["T"], form="SOLID", packages=1, quantity_t=2.0,
    source="test",
)  # fmt: skip
LOAD = LoadManifest(manifest_no=NO, vehicle_plate="赣G1", quantity_t=2.0, source="test")
DELIVER = DeliverManifest(manifest_no=NO, vehicle_plate="赣G1", source="test")
ACCEPT = ReceiveManifest(manifest_no=NO, decision="ACCEPTED", quantity_t=2.0, source="test")
VOID = VoidManifest(manifest_no=NO, reason="x", source="test")
REPORT = ReportIncident(incident_id="1", title_zh="甲", title_en="a", level=3, reported_by="x", source="test")
FILE = FileCase(case_id="1", enterprise_id="e", cause="x", legal_basis="y", source="test")
STEPS: Sequence[Command] = [
    FILE,
    InvestigateCase(case_id="1", conclusion="x", source="test"),
    NotifyCase(case_id="1", intended_fine_yuan=100, source="test"),
    DecideCase(case_id="1", decision="PENALTY", decision_no="1", fine_yuan=100, source="test"),
    FulfilCase(case_id="1", paid_yuan=100, source="test"),
    CloseCase(case_id="1", reason="x", source="test"),
]


def facts_of(*commands: Command) -> list[Fact]:
    """What the commands state, one after the other."""
    facts: list[Fact] = []
    for command in commands:
        decider = deciders()[type(command)]
        facts += decider.decide(command, decider.state(facts), AT)
    return facts


def refused(*commands: Command) -> str:
    """The code that the last of the commands is refused with."""
    facts = facts_of(*commands[:-1])
    decider = deciders()[type(commands[-1])]
    with pytest.raises(Refused) as refusal:
        decider.decide(commands[-1], decider.state(facts), AT)
    assert refusal.value.message
    assert refusal.value.remedy
    return refusal.value.code


def changed(command: Any, **fields: Any) -> Any:
    return type(command)(**{**vars(command), **fields})


def test_a_manifest_goes_from_issue_to_receipt() -> None:
    events = [fact.event for fact in facts_of(ISSUE, LOAD, DELIVER, ACCEPT)]
    assert events == [f"soil.manifest_{step}" for step in ("issued", "loaded", "delivered", "received")]


@pytest.mark.parametrize(
    "steps",
    [
        [LOAD], [DELIVER], [ACCEPT], [VOID], [ISSUE, ISSUE], [ISSUE, DELIVER], [ISSUE, ACCEPT], [ISSUE, LOAD, LOAD],
        [ISSUE, LOAD, ACCEPT], [ISSUE, LOAD, VOID], [ISSUE, VOID, LOAD], [ISSUE, LOAD, DELIVER, ACCEPT, ACCEPT],
    ],
)  # fmt: skip
def test_illegal_steps_of_a_manifest_are_refused(steps: list[Command]) -> None:
    assert refused(*steps) == "illegal_step"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (changed(ISSUE, manifest_no="123"), "malformed_number"),
        (changed(ISSUE, waste_code="900-252-13"), "malformed_waste_code"),
        (changed(ISSUE, quantity_t=0), "impossible_quantity"),
    ],
)
def test_a_manifest_that_can_not_be_is_refused(command: Command, code: str) -> None:
    assert refused(command) == code


@pytest.mark.parametrize(
    ("receipt", "code"),
    [
        (changed(ACCEPT, quantity_t=2.1), "impossible_quantity"),
        (changed(ACCEPT, decision="REJECTED"), "impossible_quantity"),
        (changed(ACCEPT, decision="REJECTED", quantity_t=0), "reason_missing"),
        (changed(ACCEPT, decision="PARTLY_ACCEPTED", quantity_t=1), "reason_missing"),
    ],
)
def test_a_receipt_must_fit_what_was_loaded_and_say_why_it_differs(receipt: Command, code: str) -> None:
    assert refused(ISSUE, LOAD, DELIVER, receipt) == code


def test_another_vehicle_can_not_deliver() -> None:
    assert refused(ISSUE, LOAD, changed(DELIVER, vehicle_plate="赣G2")) == "other_vehicle"


def test_an_incident_is_escalated_only_to_graver_levels_and_while_it_is_open() -> None:
    graver = EscalateIncident(incident_id="1", level=2, reason="x", source="test")
    close = CloseIncident(incident_id="1", conclusion="x", source="test")
    assert [fact.event for fact in facts_of(REPORT, graver, close)][-1] == "risk.incident_closed"
    assert refused(REPORT, changed(graver, level=3)) == "not_graver"
    assert refused(REPORT, graver, changed(graver, level=4)) == "not_graver"
    assert refused(REPORT, close, graver) == refused(REPORT, close, close) == refused(graver) == "illegal_step"
    assert refused(changed(REPORT, level=5)) == "unknown_level"


def test_a_case_goes_from_filing_to_closing() -> None:
    assert len(facts_of(*STEPS)) == 6


@pytest.mark.parametrize("missing", range(5))
def test_no_step_of_a_case_may_be_left_out(missing: int) -> None:
    steps = [step for number, step in enumerate(STEPS[:-1]) if number != missing]
    if missing == 4:
        assert refused(*steps, STEPS[-1]) == "fine_unpaid"
    else:
        assert refused(*steps[: missing + 1]) == "illegal_step"


def test_a_case_may_be_closed_early_but_not_twice() -> None:
    assert len(facts_of(FILE, STEPS[-1])) == 2
    assert refused(FILE, STEPS[-1], STEPS[-1]) == refused(STEPS[-1]) == "illegal_step"


def test_a_fine_goes_with_a_penalty_and_with_nothing_else() -> None:
    before = STEPS[:3]
    assert refused(*before, changed(STEPS[3], fine_yuan=0)) == "impossible_fine"
    assert refused(*before, changed(STEPS[3], decision="NO_PENALTY")) == "impossible_fine"


def test_a_permit_has_a_period_and_a_limit_for_each_factor() -> None:
    permit = GrantPermit(
        permit_no="1", enterprise_id="e", management="KEY", valid_from=date(2022, 1, 1),
        valid_until=date(2026, 12, 31), factors=["COD"], limits=[50.0], source="test",
    )  # fmt: skip
    assert len(facts_of(permit)) == 1
    assert refused(changed(permit, valid_until=date(2022, 1, 1))) == "empty_period"
    assert refused(changed(permit, limits=[])) == "unequal_lengths"


def test_an_inspection_needs_two_officers() -> None:
    inspection = RecordInspection(
        inspection_id="1", enterprise_id="e", inspectors=["甲", "甲"], findings="x", violation=False, source="test"
    )
    assert refused(inspection) == "too_few_inspectors"


LAKE = RegisterLake(site_id="l", name_zh="湖", name_en="Lake", position_source="test", source="test")


def test_an_entry_is_stated_again_only_where_it_changed() -> None:
    assert [fact.fields["area_ha"] for fact in facts_of(LAKE, LAKE, changed(LAKE, area_ha=3.0))] == [None, 3.0]


@pytest.mark.parametrize(("field", "value"), [("lon", 181.0), ("lat", -91.0), ("name_zh", " "), ("site_id", "")])
def test_a_place_that_can_not_be_is_refused(field: str, value: Any) -> None:
    assert refused(changed(LAKE, **{field: value})) in ("impossible_position", "empty")


def test_a_risk_source_has_a_quantity_for_each_substance() -> None:
    place = {name: value for name, value in vars(LAKE).items() if name in PlaceCommand.__dataclass_fields__}
    assert refused(RegisterRiskSource(**place, substances=["苯"], quantities_t=[])) == "unequal_lengths"


@pytest.mark.parametrize("kind", list(deciders()), ids=lambda kind: kind.__name__)
def test_every_command_says_what_it_is_for(kind: type[Command]) -> None:
    assert kind.__doc__
    assert kind.__doc__.endswith(".")
