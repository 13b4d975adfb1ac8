"""Commands carried out against a real log and real tables."""

from datetime import timedelta

import pytest

from eventlog.codec import drafts
from gateway.platform import Platform
from services.air.commands import RegisterStation
from services.decider import Refused
from services.enforcement.commands import FileCase, RegisterEnterprise
from services.handler import Handler, Superseded
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
    assert platform.state.sites() == {"gantang-lake": ("water", "lake")}


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
