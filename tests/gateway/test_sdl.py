"""The schemas that clients are written against: committed, described to the last argument, and not broken."""

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema
from graphql.utilities import find_breaking_changes

from env1357.sdl import FOLDER, RELEASED, sdl, served
from projections.columns import columns

each_client = pytest.mark.parametrize("client", ["whole", "manager", "officer", "public"])


@each_client
def test_the_committed_schema_is_the_one_that_is_served(client: str) -> None:
    committed = (FOLDER / f"{client}.graphql").read_text(encoding="utf-8")
    assert committed == sdl(served()[client]), "write it anew: python -m env1357.sdl"


@each_client
def test_nothing_is_broken_that_was_released(client: str) -> None:
    released = build_schema((RELEASED / f"{client}.graphql").read_text(encoding="utf-8"))
    changes = find_breaking_changes(released, build_schema(sdl(served()[client])))
    assert [change.description for change in changes] == []


def test_what_is_taken_away_is_seen_as_broken() -> None:
    text = (RELEASED / "public.graphql").read_text(encoding="utf-8")
    without = text.replace("  aqi: Int\n", "  index: Int\n")
    assert without != text
    assert find_breaking_changes(build_schema(text), build_schema(without))


@each_client
def test_every_field_and_argument_is_described(client: str) -> None:
    silent = []
    for kind in served()[client]._schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        fields: Any = {}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            fields = kind.fields
        for name, field in fields.items():
            silent += [f"{kind.name}.{name}"] if not field.description else []
            arguments = getattr(field, "args", {}).items()
            silent += [f"{kind.name}.{name}({said})" for said, each in arguments if not each.description]
    assert silent == []


def test_the_public_schema_tells_nothing_that_is_not_public() -> None:
    public = served()["public"]._schema.type_map
    for kind, table in {"AirLatest": "air.latest", "AirArea": "air.area"}.items():
        told: Any = public[kind]
        closed = {name for name, column in columns(table).items() if column.disclosure != "public"}
        assert not {name.replace("_", "").lower() for name in closed} & {name.lower() for name in told.fields}
