"""Every question that can be asked as of a moment gives, as of a moment to come, what it gives now."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
)
from starlette.testclient import TestClient

from env1357.serving import play_demo
from gateway.app import build_app
from gateway.graphql.schema import build_schema
from mobile_api.manager import manager_schema
from mobile_api.officer import officer_schema
from mobile_api.public import public_schema
from projections.database import Limits
from running.platform import open_platform, silent
from tests.conftest import NOW

_DEPTH = 4
_TO_COME = 'asOf: "2027-01-01T00:00:00Z"'
_TIMES = {
    "since": {"DateTime": '"2022-01-03T00:00:00Z"', "Date": '"2021-12-30"'},
    "until": {"DateTime": '"2026-12-30T00:00:00Z"', "Date": '"2026-12-30"'},
}
_SAID = {
    "siteId": '"1803A"',
    "scopeId": '"1803A"',
    "period": "MONTH",
    "observedAt": '"2022-01-03T04:00:00Z"',
    "day": '"2022-01-03"',
    "on": '"2026-01-01"',
    "pollutant": "PM25",
    "areaId": '"xunyang"',
    "at": '"2026-12-30T00:00:00Z"',
    "year": "2025",
    "status": '"OPEN"',
    "what": "LOG",
}
_ANY = {"Int": "8", "Boolean": "false", "String": '"x"'}
_WATER = """{ waterAssessments(since: "2000-01-01T00:00:00Z", until: "2030-01-01T00:00:00Z") { nodes {
  siteId observedAt period } } }"""

SCHEMAS = {"public": public_schema(), "officer": officer_schema(), "manager": manager_schema()}
DOORS = {"/graphql": build_schema(), **{f"/mobile/{name}/graphql": schema for name, schema in SCHEMAS.items()}}
FIELDS = {
    (door, name): field
    for door, schema in DOORS.items()
    if (query := schema._schema.query_type)
    for name, field in query.fields.items()
}
OF_NO_PAST = {"quarantinedContent", "setAside"}
"""What the process keeps beside the log's tables: bytes that were refused, and tables that lag."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The demo."""
    folder = tmp_path_factory.mktemp("demo")
    with open_platform(folder, Limits(), lambda: NOW) as platform:
        play_demo(platform, 1357, silent)
        with TestClient(build_app(platform, "key", folder / "no-page", SCHEMAS)) as client:
            yield client


def answer(served: TestClient, document: str, door: str = "/graphql") -> Any:
    said = served.post(door, json={"query": document}).json()
    assert "errors" not in said, said["errors"]
    return said["data"]


@pytest.mark.slow
@pytest.mark.parametrize(("door", "name"), [each for each in FIELDS if each[1] not in OF_NO_PAST])
def test_a_question_as_of_a_moment_to_come_is_answered_as_it_is_now(
    served: TestClient, door: str, name: str
) -> None:
    asked = _arguments(FIELDS[door, name])
    if name == "waterExplain":
        first = answer(served, _WATER)["waterAssessments"]["nodes"][0]
        asked = [f'{argument}: "{first[argument]}"' for argument in ("siteId", "observedAt", "period")]
    selected = _selection(get_named_type(FIELDS[door, name].type), _DEPTH)
    given, then = f"({', '.join(asked)})" if asked else "", ", ".join([*asked, _TO_COME])
    expected = answer(served, f"{{ {name}{given} {selected} }}", door)
    assert answer(served, f"{{ {name}({then}) {selected} }}", door) == expected


def test_every_question_can_be_asked_as_of_a_moment() -> None:
    assert len(FIELDS) > 130
    assert {name for (_, name), field in FIELDS.items() if "asOf" not in field.args} == OF_NO_PAST


def _arguments(field: GraphQLField) -> list[str]:
    needed = [(n, a) for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull) and n != "asOf"]
    return [f"{name}: {_value(name, get_named_type(argument.type).name)}" for name, argument in needed]


def _value(name: str, kind: str) -> str:
    return _TIMES[name][kind] if name in _TIMES else _SAID.get(name, _ANY.get(kind, '""'))


def _selection(kind: Any, depth: int) -> str:
    if not isinstance(kind, GraphQLObjectType):
        return "{ __typename }" if not isinstance(kind, GraphQLScalarType | GraphQLEnumType) else ""
    found = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if field.args or name in ("knownAt", "pageInfo", "edges"):
            continue
        if isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            found.append(name)
        elif depth and (selected := _selection(inner, depth - 1)):
            found.append(f"{name} {selected}")
    return f"{{ {' '.join(found)} }}" if found else ""
