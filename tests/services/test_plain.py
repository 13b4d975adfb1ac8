"""Commands are found by folder, and those of plain registers are made of their events' schemas."""

import dataclasses
import typing
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from schemas.contract import event_types
from services.decider import Command, Decider, latest
from services.deciders import _once, all_deciders, decided_in, deciders
from services.plain import plain
from tests.conftest import ROOT, Ask
from tests.journeys.steps import command

PLAIN = [kind for kind in deciders() if hasattr(kind, "decider")]


def test_no_module_that_decides_is_left_out() -> None:
    files = [path for path in (ROOT / "services").glob("*/*.py") if "DECIDERS: " in path.read_text("utf-8")]
    found = {kind.__module__ for kind in deciders()}
    assert len(files) >= 20
    assert {f"services.{path.parent.name}.{path.stem}" for path in files} <= found
    assert len(PLAIN) >= 15


def test_what_the_platform_notes_of_itself_can_not_be_sent() -> None:
    own = {kind.__name__ for kind in all_deciders().keys() - deciders().keys()}
    assert own == {"NoteResent", "IssueKey", "BeginDelivery", "NoteDelivery"}


def test_a_name_stands_for_one_command() -> None:
    one, other = (type("Say", (Command,), {}) for _ in "ab")
    decider = Decider("x", lambda _: "x", lambda *_: [], latest)
    with pytest.raises(ValueError, match="Say is decided in b and in a"):
        _once([("a", {one: decider}), ("b", {other: decider})])


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.__name__)
def test_a_plain_command_has_the_fields_of_its_event(kind: type[Any]) -> None:
    states = [e for e in event_types().values() if e.schema["doc"] == kind.__doc__]
    (event,) = states
    assert {f.name for f in dataclasses.fields(kind)} - {"source", "occurred_at"} == set(event.payload)
    assert kind.decider.aggregate == event.aggregate
    assert typing.get_type_hints(kind)


def test_types_defaults_and_words_are_those_of_the_schema() -> None:
    kind = plain("Said", "district.evaluation_area_defined")
    fields = {f.name: f for f in dataclasses.fields(kind)}
    assert typing.get_type_hints(kind)["site_ids"] == Sequence[str]
    assert typing.get_type_hints(kind)["note"] == str | None
    assert fields["note"].default is None
    assert (
        fields["site_ids"].metadata["doc"]
        == event_types()["district.evaluation_area_defined"].fields["site_ids"]["doc"]
    )
    with pytest.raises(TypeError, match="site_ids"):
        kind(area_id="a", name_zh="a", name_en="a", source="test")


def test_what_a_field_names_must_be_there(ask: Ask) -> None:
    area = {"areaId": "a", "nameZh": "甲", "nameEn": "a", "siteIds": ["there", "nowhere"]}
    place = {"nameZh": "甲", "nameEn": "a", "positionSource": "test"}
    command(ask, "registerStation", siteId="there", network="DISTRICT", **place)
    answer = command(ask, "defineEvaluationArea", **area)
    assert (answer["code"], answer["where"]) == ("unknown_station", "site_ids")
    assert command(ask, "defineEvaluationArea", **{**area, "siteIds": ["there"]})["eventIds"]


def test_a_module_may_be_asked_alone() -> None:
    module = ModuleType("made")
    module.Say = plain("Say", "soil.well_registered")  # type: ignore[attr-defined]  # a module that is made
    assert [kind.__name__ for kind in decided_in(module)] == ["Say"]
