"""Every list that can be asked for has a limit, in every schema, and says when it was cut."""

from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, get_named_type
from starlette.testclient import TestClient

from eventlog.codec import drafts
from gateway.graphql.operation import SnapshotSchema
from gateway.graphql.schema import build_schema
from mobile_api.manager import manager_schema
from mobile_api.officer import officer_schema
from mobile_api.public import public_schema
from running.platform import Platform
from tests.factories import observation
from tests.journeys.steps import fold


def is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


@pytest.mark.parametrize("build", [build_schema, manager_schema, officer_schema, public_schema])
def test_every_list_of_a_query_has_a_limit(build: Any) -> None:
    schema: SnapshotSchema = build()
    query = schema._schema.query_type
    assert query is not None
    lists = {name: field for name, field in query.fields.items() if is_list(field.type)}
    assert lists
    assert [name for name, field in lists.items() if "limit" not in field.args] == []
    pages = {n: f for n, f in query.fields.items() if get_named_type(f.type).name.endswith("Connection")}
    assert pages
    assert [name for name, field in pages.items() if not {"first", "after", "asOf"} <= field.args.keys()] == []


@pytest.mark.parametrize(("limit", "cut"), [(2, {"airNow": 2}), (3, None)])
def test_a_list_that_was_cut_says_so(
    platform: Platform, server: TestClient, limit: int, cut: dict[str, int] | None
) -> None:
    platform.log.append(drafts([observation(site) for site in ("a", "b", "c")]))
    fold(platform)
    answer = server.post(
        "/graphql", json={"query": f"{{ airNow(first: {limit}) {{ nodes {{ siteId }} }} }}"}
    ).json()
    assert len(answer["data"]["airNow"]["nodes"]) == limit
    assert answer["extensions"].get("cut") == cut
