"""The OpenAPI document is valid, covers every route that programs use, and says what the server does."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from gateway.api.openapi import document

SPECIFICATION = json.loads(Path(__file__).with_name("openapi-3.1.json").read_text(encoding="utf-8"))
NOT_FOR_PROGRAMS = {
    "/graphql": "GraphQL describes itself",
    "/mobile/public/graphql": "GraphQL describes itself",
    "/mobile/officer/graphql": "GraphQL describes itself",
    "/mobile/manager/graphql": "GraphQL describes itself",
    "/ops/{operation}": "of the command alone, by the key in its data folder",
    "/": "the page",
    **dict.fromkeys(
        (
            "/ogc",
            "/ogc/",
            "/ogc/conformance",
            "/ogc/api",
            "/ogc/collections",
            "/ogc/collections/{collection}",
            "/ogc/collections/{collection}/items",
            "/ogc/collections/{collection}/items/{feature}",
        ),
        "/ogc/api describes them, as OGC API Features wants",
    ),
}
CHANGES = {"PUT", "DELETE"}
"""The registry refuses them by name; nothing can be asked so."""


def routes(found: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Each path, as OpenAPI writes it, with each method."""
    for route in found:
        if isinstance(route, Mount):
            yield from routes(list(route.routes), before + route.path)
        elif isinstance(route, Route):
            path = re.sub(r":\w+\}", "}", before + route.path)
            yield from ((path, method.lower()) for method in (route.methods or ()) if method != "HEAD")


def every_schema(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        if "schema" in node and "properties" not in node:
            yield node["schema"]
        for child in node.values():
            yield from every_schema(child)
    elif isinstance(node, list):
        for child in node:
            yield from every_schema(child)


def test_it_is_openapi() -> None:
    errors = Draft202012Validator(SPECIFICATION).iter_errors(document())
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_its_shapes_are_json_schemas_and_what_they_refer_to_is_there() -> None:
    said = document()
    for schema in [*every_schema(said["paths"]), *said["components"]["schemas"].values()]:
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(said)):
        assert reference in said["components"]["schemas"]


def test_operations_have_names_of_their_own_and_every_parameter_of_their_path() -> None:
    names = []
    for path, item in document()["paths"].items():
        for operation in item.values():
            names.append(operation["operationId"])
            said = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
            assert said == set(re.findall(r"{(\w+)}", path)), path
    assert len(names) == len(set(names))


def test_every_route_that_programs_use_is_described(server: TestClient) -> None:
    served = {(path, method) for path, method in routes(server.app.routes) if path not in NOT_FOR_PROGRAMS}  # type: ignore[attr-defined]
    described = {(path, method) for path, item in document()["paths"].items() for method in item}
    refused = {(path, method) for path, method in served if method.upper() in CHANGES}
    refused.add(("/registry/subjects/{subject}/versions", "post"))
    assert served - refused == described


@pytest.mark.parametrize(
    "path", [path for path, item in document()["paths"].items() if "get" in item and "{" not in path]
)
def test_what_is_described_is_answered_so(server: TestClient, path: str) -> None:
    answer = server.get(path)
    ((media_type, content),) = document()["paths"][path]["get"]["responses"]["200"]["content"].items()
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    said = answer.json() if "json" in media_type else answer.text
    Draft202012Validator(content["schema"]).validate(said)
