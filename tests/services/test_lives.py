"""Lives are tables: any commands, in any order and at any times, lead nowhere that the table does not allow."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventlog.codec import Event
from schemas.contract import event_types
from schemas.diagrams import FILE, page, standings
from schemas.lives import NEW, Life, lives
from services.decider import Command, Fact, Refused
from services.deciders import deciders
from tests.factories import Tables, envelope, lake
from tests.services import life_commands

DAY = datetime(2022, 1, 3, 4, tzinfo=UTC)
TABLES = {
    "manifest": "soil.manifest", "ship_receipt": "water.ship_receipt", "warning": "air.warning",
    "incident": "risk.incident", "case": "enforcement.case", "ghg_report": "air.ghg_report",
    "voc_measure": "air.voc_measure", "tank_inspection": "air.tank_inspection", "site": "base.site",
    "alarm": "monitor.alarm_handling",
}  # fmt: skip

each_life = pytest.mark.parametrize("life", lives().values(), ids=lambda life: life.name)


def lived(commands: list[Command]) -> tuple[list[Fact], list[str]]:
    """What the commands lead to, one after the other: facts with their times, and the codes of refusals."""
    facts, refusals = list[Fact](), list[str]()
    for command in commands:
        decider = deciders()[type(command)]
        asked = [Fact(*each) for each in decider.beside(command, life_commands.ALONE)]
        at = command.occurred_at
        try:
            stated = decider.decide(command, decider.state([*facts, *asked]), DAY + timedelta(days=400))
            facts += [Fact(fact.event, {**fact.fields, "occurred_at": at}) for fact in stated]
        except Refused as refusal:
            refusals.append(refusal.code)
    return facts, refusals


def standing_at_each(life: Life, facts: list[Fact]) -> list[str]:
    return [NEW, *(life.steps[fact.event].standing(fact.fields) for fact in facts)]


@each_life
@given(data=st.data())
def test_no_order_of_commands_and_times_leads_past_the_table(life: Life, data: st.DataObject) -> None:
    facts, _ = lived(data.draw(st.lists(life_commands.of(life.name), max_size=12)))
    for fact, before in zip(facts, standing_at_each(life, facts), strict=False):
        assert before in life.steps[fact.event].at
    times = [fact.fields["occurred_at"] for fact in facts]
    assert times == sorted(times)
    last: dict[str, Mapping[str, Any]] = {}
    for fact in facts:
        for rule in life.quantities:
            if rule.event == fact.event and not (rule.unless and fact.fields[rule.unless]):
                said, bound = fact.fields[rule.field], last[rule.of_event][rule.of_field]
                assert rule.relation == "AT_LEAST" or said <= bound * (1 + rule.tolerance) * (1 + 1e-9)
                assert rule.relation == "AT_MOST" or said >= bound * (1 - rule.tolerance) * (1 - 1e-9)
        last[fact.event] = fact.fields


@each_life
def test_every_standing_can_be_reached(life: Life) -> None:
    facts, refusals = lived(life_commands.whole(life.name))
    assert refusals == []
    reached = set(standing_at_each(life, facts))
    assert {step.event for step in life.steps.values()} == {fact.event for fact in facts} | life_commands.ASIDE[
        life.name
    ]
    assert reached <= {NEW, *(to for step in life.steps.values() for to in standings(step))}


@each_life
def test_every_table_says_the_standing_that_the_decider_has(life: Life, tables: Tables) -> None:
    facts, _ = lived(life_commands.whole(life.name))
    events, previous = list[Event](), None
    tables.given(lake("s"))
    identity = "/".join(str(facts[0].fields[name]) for name in life.key)
    for fact in facts:
        at = fact.fields["occurred_at"]
        begun = envelope(f"{life.name}/{identity}", previous, occurred_at=at, recorded_at=at)
        empty = dict.fromkeys(event_types()[fact.event].fields)
        events.append(Event(fact.event, {**empty, **fact.fields, **begun}))
        previous = begun["event_id"]
        tables.given(events[-1])
        column = "state" if life.name == "tank_inspection" else "status"
        assert tables.row(f"SELECT {column} FROM {TABLES[life.name]}") == (
            life.steps[fact.event].standing(fact.fields),
        )


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("manifest", {1: {"quantity_t": 30.0}}, "impossible_quantity"),
        ("manifest", {3: {"quantity_t": 3.0}}, "reason_missing"),
        ("manifest", {0: {"receiver_id": "g"}}, "same_party"),
        ("case", {3: {"fine_yuan": 900_000.0}}, "impossible_quantity"),
        ("case", {4: {"paid_yuan": 1.0}}, "impossible_quantity"),
        ("case", {4: {"paid_yuan": 200_001.0}}, "impossible_quantity"),
        *((name, {1: {"occurred_at": DAY - timedelta(seconds=1)}}, "before_the_last_step") for name in lives()),
    ],
)
def test_what_can_not_follow_is_refused(name: str, changes: dict[int, dict[str, Any]], code: str) -> None:
    commands = life_commands.whole(name)
    for number, fields in changes.items():
        commands[number] = type(commands[number])(**{**vars(commands[number]), **fields})
    assert lived(commands[: max(changes) + 1])[1] == [code]


def test_a_second_warning_of_an_area_is_refused_while_the_first_is_in_force() -> None:
    issue = life_commands.whole("warning")[0]
    decider = deciders()[type(issue)]
    other = life_commands.Beside(
        "warning", [("air.warning_issued", {"warning_id": "other", "area_id": "a", "level": "RED"})]
    )
    with pytest.raises(Refused) as refusal:
        decider.decide(issue, decider.state(Fact(*each) for each in decider.beside(issue, other)), DAY)
    assert refusal.value.code == "warned_already"
    lifted = life_commands.Beside(
        "warning", [*other.said, ("air.warning_lifted", {"warning_id": "other", "reason": "x"})]
    )
    assert decider.decide(issue, decider.state(Fact(*each) for each in decider.beside(issue, lifted)), DAY)


@pytest.mark.parametrize(
    ("filed", "due"),
    [(date(2022, 1, 3), date(2022, 4, 3)), (date(2020, 1, 3), date(2020, 4, 3)), (date(2000, 1, 3), None)],
)
def test_a_time_limit_is_that_of_the_law_in_force_on_the_day(tables: Tables, filed: date, due: date | None) -> None:
    fields = dict.fromkeys(event_types()["enforcement.case_filed"].fields)
    said = {"case_id": "1", "enterprise_id": "e", "cause": "x", "legal_basis": "y", "evidence_ids": []}
    at = datetime(filed.year, filed.month, filed.day, 2, tzinfo=UTC)
    tables.given(
        Event("enforcement.case_filed", {**fields, **said, **envelope("case/1", occurred_at=at, recorded_at=at)})
    )
    assert tables.row("SELECT decision_due_on, decided_late FROM enforcement.case") == (due, None)


def test_an_escalated_incident_is_to_be_reported_by_its_graver_level(tables: Tables) -> None:
    facts, _ = lived(life_commands.whole("incident")[:2])
    previous = None
    for fact in facts:
        at = fact.fields["occurred_at"]
        begun = envelope("incident/i", previous, occurred_at=at, recorded_at=at)
        empty = dict.fromkeys(event_types()[fact.event].fields)
        tables.given(Event(fact.event, {**empty, **fact.fields, **begun}))
        previous = begun["event_id"]
    due_at = (facts[1].fields["occurred_at"] + timedelta(hours=2)).replace(tzinfo=None)
    assert tables.row("SELECT report_due_at FROM risk.incident") == (due_at,)


def test_the_page_about_lives_is_made_from_their_tables() -> None:
    assert FILE.read_text(encoding="utf-8") == page()
