"""An id belongs to one kind of place, and what is retired observes nothing: at every door."""

import dataclasses
import typing
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from eventlog.codec import drafts
from running.platform import Platform
from schemas.contract import place_kinds
from services.decider import Refused
from services.deciders import deciders
from services.district.sites import ReinstateSite, RetireSite
from services.handler import Handler, Superseded
from services.registers import PlaceCommand
from tests.conftest import Ask
from tests.factories import NOON
from tests.ingest.test_observations import STATION, said, take
from tests.journeys.steps import command
from tests.projections.test_places import entry

NAMED = {"name_zh": "甲", "name_en": "a", "position_source": "test", "source": "test"}
REGISTERS = {decider.aggregate: kind for kind, decider in deciders().items() if issubclass(kind, PlaceCommand)}


def asked(kind: str, site_id: str, **given: Any) -> PlaceCommand:
    """The command that registers a kind of place, with fields that say next to nothing but what is given."""
    register = REGISTERS[kind]
    hints = typing.get_type_hints(register)
    needed = [f.name for f in dataclasses.fields(register) if f.default is dataclasses.MISSING]
    fields: dict[str, Any] = {name: _plain(hints[name]) for name in needed}
    return register(**{**fields, "site_id": site_id, **given})


def _plain(hint: Any) -> Any:
    return hint() if hint in (str, bool, int, float) else [] if typing.get_origin(hint) else NOON.date()


def test_there_is_a_command_for_every_kind_of_place() -> None:
    assert REGISTERS.keys() == place_kinds().keys()


def test_no_kind_takes_an_id_that_another_has_claimed(platform: Platform) -> None:
    platform.log.append(drafts([entry(kind, kind) for kind in place_kinds()]))
    assert platform.follower.wait_for(platform.log.ends(), 30)
    before = platform.log.ends()
    for first, second in permutations(place_kinds(), 2):
        with pytest.raises(Refused) as refused:
            platform.handler.handle(asked(second, first))
        assert refused.value.code == "claimed_by_another_kind", (first, second)
        assert f"is a {first.replace('_', ' ')} since 2022-01-03 04:00" in refused.value.message
    assert platform.log.ends() == before


def test_commands_of_one_call_claim_ids_from_each_other(platform: Platform) -> None:
    lake = asked("lake", "1803A", **NAMED)
    _, refused = platform.handler.handle_all([STATION, lake])
    assert isinstance(refused, Refused)
    assert refused.code == "claimed_by_another_kind"


def test_who_claims_an_id_second_is_told_though_neither_saw_the_other(platform: Platform) -> None:
    class Rivalled(Handler):
        def _decide(self, *given):  # type: ignore[no-untyped-def]
            decided = super()._decide(*given)
            platform.log.append(drafts([entry("lake", "1803A")]))
            return decided

    handler = Rivalled(platform.log, platform.state, platform.follower)
    with pytest.raises(Superseded):
        handler.handle(STATION)


def test_what_is_named_must_be_of_its_kind(platform: Platform) -> None:
    platform.handler.handle(STATION)
    section = asked("section", "s", **NAMED, water_body_id="1803A", water_body_kind="LAKE")
    with pytest.raises(Refused, match="there is no lake '1803A'; '1803A' is a station"):
        platform.handler.handle(section)


def test_readings_from_its_retirement_on_are_refused_with_the_reason(platform: Platform) -> None:
    platform.handler.handle(STATION)
    platform.handler.handle(RetireSite(site_id="1803A", reason="moved", source="x", occurred_at=NOON))
    before, since = said(at=NOON - timedelta(hours=1)), said(at=NOON)
    taken = take(platform, before, since)
    assert taken.accepted == 1
    ((_, refusal),) = taken.refused
    assert (refusal.code, refusal.where) == ("retired_site", "observed_at")
    platform.handler.handle(ReinstateSite(site_id="1803A", reason="it was the other one", source="x"))
    assert take(platform, since).accepted == 1


@pytest.mark.parametrize("kind", sorted(place_kinds()))
def test_a_place_of_any_kind_is_retired_once(platform: Platform, kind: str) -> None:
    platform.log.append(drafts([entry(kind, "a")]))
    assert platform.follower.wait_for(platform.log.ends(), 30)
    platform.handler.handle(RetireSite(site_id="a", reason="x", source="x"))
    assert platform.state.sites()["a"].retired_at is not None
    with pytest.raises(Refused, match="is RETIRED"):
        platform.handler.handle(RetireSite(site_id="a", reason="x", source="x"))


def test_what_is_not_registered_can_not_be_retired(ask: Ask) -> None:
    answer = command(ask, "retireSite", siteId="nothing", reason="x")
    assert (answer["code"], answer["where"]) == ("unknown_place", "site_id")


def test_lists_show_what_is_retired_and_second_claims(ask: Ask, platform: Platform) -> None:
    platform.log.append(drafts([entry("station", "a"), entry("section", "a", 1)]))
    assert platform.follower.wait_for(platform.log.ends(), 30)
    assert command(ask, "retireSite", siteId="a", reason="x")["__typename"] == "Accepted"
    assert ask("{ sites { nodes { siteId kind status } } secondClaims { nodes { siteId kind firstKind } } }") == {
        "sites": {"nodes": [{"siteId": "a", "kind": "station", "status": "RETIRED"}]},
        "secondClaims": {"nodes": [{"siteId": "a", "kind": "section", "firstKind": "station"}]},
    }
