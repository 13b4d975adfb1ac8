"""Values that can't be are refused, by what the contract says of their fields."""

import json
import math
from typing import Any

import pytest

from running.platform import Platform
from schemas.contract import AVRO_FOLDER, event_types
from schemas.possible import column, credit_check, fault, forms
from services.decider import ANY_PLACE, EITHER, Fact, Refused
from services.possible import expect_possible
from tests.conftest import NOW, Ask
from tests.contract.avro_values import plain
from tests.journeys.steps import command

FIELDS = {
    f"{name}.{field}": event.fields[field]
    for name, event in event_types().items()
    if event.aggregate
    for field in event.payload
}
PLACE = {"nameZh": "甲", "nameEn": "a", "positionSource": "test"}
SHORE = {"waterBodyId": "s", "usedBy": "x", "purpose": "x", "state": "IDLE"}
PROJECT = {"projectId": "1", "number": 1, "contentZh": "x", "unitZh": "x", "categoryZh": "x", "budgetYuan": 1.0}


def is_number(field: Any) -> bool:
    said = json.dumps(field["type"])
    return any(f'"{kind}"' in said for kind in ("int", "long", "double")) and "logicalType" not in said


def with_value(name: str, value: Any) -> Fact:
    """A fact that says next to nothing but for one field."""
    event, _, field = name.rpartition(".")
    kind = event_types()[event]
    told = {each: plain(kind.fields[each]["type"]) for each in (field,)}
    listed = '"array"' in json.dumps(kind.fields[field]["type"])
    return Fact(event, {**told, field: [value] if listed else value})


def test_every_number_says_from_where_to_where_it_can_be() -> None:
    assert [name for name, field in FIELDS.items() if is_number(field) and "range" not in field] == []
    assert [name for name, field in FIELDS.items() if not is_number(field) and "range" in field] == []


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if "range" in field])
def test_a_number_beyond_its_range_is_refused_and_one_within_is_not(name: str) -> None:
    lowest, highest = FIELDS[name]["range"]
    for value in (lowest, highest, None):
        expect_possible([with_value(name, value)], NOW)
    for value in (lowest - 1, highest + 1, math.nan, math.inf, -math.inf):
        with pytest.raises(Refused) as refused:
            expect_possible([with_value(name, value)], NOW)
        assert (refused.value.code, refused.value.where) == ("impossible_value", name.rpartition(".")[2])


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if "refers" in field])
def test_a_code_that_the_standards_do_not_have_is_refused(name: str) -> None:
    for known in column(FIELDS[name]["refers"]):
        expect_possible([with_value(name, known)], NOW)
    with pytest.raises(Refused) as refused:
        expect_possible([with_value(name, "PM9")], NOW)
    assert refused.value.code == "unknown_value"


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if "form" in field])
def test_a_code_of_another_form_is_refused(name: str) -> None:
    form = forms()[FIELDS[name]["form"]]
    expect_possible([with_value(name, form.example)], NOW)
    if form.applies_to is None:
        for text in ("", form.example + "0" * 9, form.example[:-1] + "!", "１２３"):
            with pytest.raises(Refused, match=form.standard.split()[0]):
                expect_possible([with_value(name, text)], NOW)


def test_a_credit_code_is_checked_by_its_last_character() -> None:
    form, code = forms()["credit_code"], "91130200699229617X"
    assert form.takes(code)
    assert form.takes("a code of the district's own")
    for place, character in enumerate(code):
        for other in "0123456789ABX":
            assert form.takes(code[:place] + other + code[place + 1 :]) == (other == character), (place, other)
    assert credit_check("91350211M00013FUU"[:17]) in "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_what_the_contract_says_is_understood() -> None:
    known = {ANY_PLACE, *(event.aggregate for event in event_types().values())}
    for path in AVRO_FOLDER.glob("*/*.avsc"):
        for field in json.loads(path.read_text(encoding="utf-8"))["fields"]:
            fault(field, None)
            if "form" in field:
                assert field["form"] in forms(), path
            if "refers" in field:
                assert column(field["refers"]), path
            if "names" in field:
                assert set(field["names"].split(EITHER)) <= known, path


@pytest.mark.parametrize(
    ("name", "given", "code", "where"),
    [
        ("registerLake", {"targetClass": 7}, "impossible_value", "target_class"),
        ("registerLake", {"areaHa": -1.0}, "impossible_value", "area_ha"),
        ("registerRiver", {"lengthKm": -11.26}, "impossible_value", "length_km"),
        ("registerOutfall", {"waterBodyId": "r", "code": "outfall 7"}, "malformed_code", "code"),
        ("registerOutfall", {"waterBodyId": "s"}, "unknown_river_or_lake_or_urban_water", "water_body_id"),
        ("registerOutfall", {"waterBodyId": "p"}, "unknown_river_or_lake_or_urban_water", "water_body_id"),
        ("registerShorelineUse", SHORE, "unknown_river_or_lake_or_urban_water", "water_body_id"),
        ("registerWell", {"lon": 116.0}, "half_a_position", "lat"),
        ("registerParcel", {"lat": 29.7, "landUse": "FARMLAND"}, "half_a_position", "lon"),
        ("registerEnterprise", {"industry": "x", "siteId": "911302006992296170"}, "malformed_code", "site_id"),
        ("registerSubdistrict", {"siteId": "Penpu"}, "malformed_code", "site_id"),
        ("registerStation", {"network": "NATIONAL", "factors": ["PM3"]}, "unknown_value", "factors"),
    ],
)
def test_places_that_can_not_be_are_refused(
    ask: Ask, platform: Platform, name: str, given: dict[str, Any], code: str, where: str
) -> None:
    command(ask, "registerRiver", siteId="r", **PLACE)
    command(ask, "registerParcel", siteId="p", landUse="FARMLAND", **PLACE)
    before = platform.log.ends()
    answer = command(ask, name, **{"siteId": "a", **PLACE, **given})
    assert (answer["code"], answer["where"]) == (code, where)
    assert platform.log.ends() == before


def test_a_project_does_not_end_before_it_begins(ask: Ask) -> None:
    named = {**PROJECT, "nameZh": "甲", "nameEn": "a"}
    answer = command(ask, "planProject", **named, fromYear=2023, untilYear=2022)
    assert (answer["code"], answer["where"]) == ("impossible_order", "until_year")
    assert command(ask, "planProject", **named, fromYear=2023, untilYear=2023)["eventIds"]


@pytest.mark.parametrize("km", [11.27, 99.0])
def test_nothing_lies_beyond_a_river(ask: Ask, km: float) -> None:
    command(ask, "registerRiver", siteId="r", lengthKm=11.26, shorelineKm=11.692, **PLACE)
    command(ask, "registerOutfall", siteId="o", waterBodyId="r", **PLACE)
    ends = {
        "connectionId": "c",
        "fromKind": "outfall",
        "fromId": "o",
        "toKind": "river",
        "toId": "r",
        "medium": "EFFLUENT",
    }
    answer = command(ask, "registerConnection", **ends, entersAtKm=km)
    assert (answer["code"], answer["where"]) == ("beyond_the_river", "enters_at_km")
    assert command(ask, "registerConnection", **ends, entersAtKm=11.26)["__typename"] == "Accepted"
    shore = {"siteId": "s", "waterBodyId": "r", "usedBy": "PORT", "purpose": "x", "state": "IN_USE", **PLACE}
    answer = command(ask, "registerShorelineUse", **shore, lengthM=km * 1050)
    assert (answer["code"], answer["where"]) == ("beyond_the_river", "length_m")
