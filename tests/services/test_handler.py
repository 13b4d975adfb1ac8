"""Commands carried out against a real log and real tables."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from eventlog.codec import drafts
from projections.database import Limits
from running.platform import Platform, open_platform
from services import handler as handler_module
from services.air.commands import RegisterStation
from services.air.machinery import InspectMachinery, RegisterMachinery
from services.decider import Command, Decider, Refused, latest
from services.deciders import all_deciders
from services.enforcement.commands import FileCase, RegisterEnterprise
from services.handler import Accepted, Handler, Superseded
from services.water.commands import RegisterLake
from tests.conftest import NOW
from tests.factories import lake

LAKE = RegisterLake(
    site_id="gantang-lake", name_zh="甘棠湖", name_en="Gantang", position_source="test", source="test"
)


def test_an_accepted_command_is_durable_and_folded(platform: Platform) -> None:
    accepted = platform.handler.handle(LAKE)
    assert accepted.subject == "lake/gantang-lake"
    assert platform.log.ends() == accepted.offsets
    assert [(site_id, *site[:2]) for site_id, site in platform.state.sites().items()] == [
        ("gantang-lake", "water", "lake")
    ]


def test_a_command_that_changes_nothing_records_nothing(platform: Platform) -> None:
    platform.handler.handle(LAKE)
    assert platform.handler.handle(LAKE).event_ids == []
    assert sum(platform.log.ends().values()) == 1


def test_a_history_names_its_own_past(platform: Platform) -> None:
    platform.handler.handle(LAKE)
    platform.handler.handle(RegisterLake(**{**vars(LAKE), "area_ha": 46.7}))
    (_, first), (_, second) = platform.state.history("lake/gantang-lake")
    assert (first["previous"], second["previous"]) == (None, first["event_id"])
    assert (first["sequence"], second["sequence"]) == (1, 2)


def test_of_two_handlers_with_the_same_view_one_is_superseded(platform: Platform) -> None:
    """The rival's event reaches the log between this handler's decision and its append."""

    class Rivalled(Handler):
        def _decide(self, *given):  # type: ignore[no-untyped-def]
            decided = super()._decide(*given)
            platform.log.append(drafts([lake("gantang-lake", name_zh="别人")]))
            return decided

    handler = Rivalled(platform.log, platform.state, platform.follower)
    with pytest.raises(Superseded, match="someone else's event was recorded first"):
        handler.handle(LAKE)
    assert len(platform.state.history("lake/gantang-lake")) == 1


def test_what_a_command_refers_to_must_exist(platform: Platform) -> None:
    case = FileCase(case_id="1", enterprise_id="nobody", cause="x", legal_basis="y", source="test")
    with pytest.raises(Refused, match="there is no enterprise 'nobody'") as refusal:
        platform.handler.handle(case)
    assert (refusal.value.code, refusal.value.where) == ("unknown_enterprise", "enterprise_id")
    platform.handler.handle(
        RegisterEnterprise(
            site_id="nobody", name_zh="x", name_en="x", industry="x", position_source="x", source="x"
        )
    )
    assert platform.handler.handle(case).event_ids


def test_the_future_has_not_happened(platform: Platform) -> None:
    with pytest.raises(Refused, match="occurred_at is 2026"):
        platform.handler.handle(RegisterLake(**{**vars(LAKE), "occurred_at": NOW + timedelta(minutes=1)}))


def test_a_value_outside_its_enum_is_refused_with_the_values_there_are(platform: Platform) -> None:
    station = RegisterStation(
        site_id="1", name_zh="x", name_en="x", position_source="x", network="GALACTIC", source="test"
    )
    with pytest.raises(Refused, match="NATIONAL, PROVINCIAL, DISTRICT"):
        platform.handler.handle(station)


def test_one_refusal_does_not_hold_up_the_others(platform: Platform) -> None:
    other = RegisterLake(**{**vars(LAKE), "site_id": "other", "lon": 999.0})
    refused, accepted = platform.handler.handle_all([other, LAKE])
    assert isinstance(refused, Refused)
    assert not isinstance(accepted, Exception)


MACHINE: dict[str, Any] = {"source": "test", "registration_no": "A1"}
REGISTER = RegisterMachinery(**MACHINE, kind="EXCAVATOR", fuel="DIESEL", emission_stage="III")


def inspections(count: int) -> list[Command]:
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(count)]
    return [InspectMachinery(**MACHINE, inspected_on=day, opacity_m_1=0.5, passed=True) for day in days]


def test_any_number_of_rows_about_one_thing_are_carried_out_together(platform: Platform) -> None:
    outcomes = platform.handler.handle_all([REGISTER, *inspections(30)])
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    history = platform.state.history("machinery/A1")
    assert len(history) == 31
    assert [fields["previous"] for _, fields in history[1:]] == [fields["event_id"] for _, fields in history[:-1]]
    assert sum(platform.log.ends().values()) == 31


def test_commands_together_come_to_what_they_come_to_one_by_one(platform: Platform, tmp_path: Path) -> None:
    commands: list[Command] = [
        *inspections(1),
        LAKE,
        REGISTER,
        LAKE,
        *inspections(3),
        replace(LAKE, area_ha=46.7),
        *inspections(2),
        LAKE,
    ]
    with open_platform(tmp_path / "alone", Limits(threads=1), lambda: NOW) as alone:
        one_by_one = [_outcome(alone.handler.handle_all([command])[0]) for command in commands]
    assert [_outcome(each) for each in platform.handler.handle_all(commands)] == one_by_one


def _outcome(outcome: Any) -> Any:
    return outcome.code if isinstance(outcome, Refused) else (type(outcome), outcome.event_ids)


def test_what_rests_on_an_event_that_does_not_count_does_not_count(platform: Platform) -> None:
    class Rivalled(Handler):
        def _decide(self, *given: Any) -> Any:
            decided = super()._decide(*given)
            if not platform.log.ends():
                platform.log.append(drafts([lake("gantang-lake", name_zh="别人")]))
            return decided

    handler = Rivalled(platform.log, platform.state, platform.follower, lambda: NOW)
    outcomes = handler.handle_all([LAKE, LAKE, replace(LAKE, area_ha=46.7), replace(LAKE, site_id="other")])
    assert [type(each) for each in outcomes] == [Superseded, Superseded, Superseded, Accepted]


def test_a_row_may_refer_to_what_an_earlier_row_registers(platform: Platform) -> None:
    case = FileCase(case_id="1", enterprise_id="e", cause="x", legal_basis="y", source="test")
    enterprise = RegisterEnterprise(
        site_id="e", name_zh="x", name_en="x", industry="x", position_source="x", source="x"
    )
    refused, *accepted = platform.handler.handle_all([case, enterprise, case])
    assert isinstance(refused, Refused)
    assert all(isinstance(outcome, Accepted) for outcome in accepted)


def test_a_command_that_meets_a_bug_costs_no_other(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def decide(*_: Any) -> Any:
        raise ZeroDivisionError("a bug")

    broken = {**all_deciders(), RegisterMachinery: Decider("machinery", lambda _: "A1", decide, latest)}
    monkeypatch.setattr(handler_module, "all_deciders", lambda: broken)
    refused, accepted = platform.handler.handle_all([REGISTER, LAKE])
    assert isinstance(refused, Refused)
    assert (refused.code, "ZeroDivisionError: a bug" in refused.message) == ("unexpected", True)
    assert isinstance(accepted, Accepted)
    with pytest.raises(ZeroDivisionError):
        platform.handler.handle(REGISTER)


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"area_ha": 10**400}, "impossible_value"), ({"name_zh": "\ud800"}, "does_not_fit_the_schema")],
)
def test_what_no_event_can_hold_is_refused_alone(platform: Platform, changed: dict[str, Any], code: str) -> None:
    refused, accepted = platform.handler.handle_all([replace(LAKE, site_id="x", **changed), LAKE])
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert isinstance(accepted, Accepted)
