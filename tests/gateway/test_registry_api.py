"""The registry as Confluent's own client and others ask it: paths, errors in its form, real compatibility."""

import copy
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import uvicorn
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gateway import registry
from schemas.ids import registry as committed
from tests.waiting import eventually

SUBJECT = next(iter(committed().entries.values())).subject
NEWEST = [entry for entry in committed().entries.values() if entry.subject == SUBJECT][-1]
MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


@pytest.fixture(scope="module")
def asked() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[registry.routes("/registry")]), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def client() -> Iterator[SchemaRegistryClient]:
    """Confluent's client of a server on a free port."""
    app = Starlette(routes=[registry.routes("/registry")])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    running = threading.Thread(target=server.run)
    running.start()
    eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    with SchemaRegistryClient({"url": f"http://127.0.0.1:{port}/registry"}) as connected:
        yield connected
    server.should_exit = True
    running.join(20)


def grown(**field: Any) -> dict[str, Any]:
    """The newest schema of the subject with one field more."""
    schema = copy.deepcopy(dict(NEWEST.schema))
    schema["fields"].append({"name": "added", **field})
    return schema


def test_confluents_client_asks_all_that_it_can_read(client: SchemaRegistryClient) -> None:
    assert SUBJECT in client.get_subjects()
    latest = client.get_latest_version(SUBJECT)
    assert (latest.schema_id, latest.version) == (NEWEST.id, NEWEST.version)
    assert json.loads(client.get_schema(NEWEST.id).schema_str) == NEWEST.schema
    assert client.lookup_schema(SUBJECT, latest.schema).schema_id == NEWEST.id
    assert client.get_compatibility(SUBJECT) == client.get_compatibility() == "BACKWARD"
    assert client.get_mode(SUBJECT) == client.get_global_mode() == "READONLY"
    assert client.get_contexts() == ["."]
    assert client.get_schema_types() == ["AVRO"]
    assert client.get_schema_versions(NEWEST.id)[0].subject == SUBJECT
    assert client.get_referenced_by(SUBJECT, NEWEST.version) == []


def test_confluents_client_tests_compatibility(client: SchemaRegistryClient) -> None:
    def compatible(schema: dict[str, Any]) -> bool:
        candidate = Schema(json.dumps(schema), "AVRO")
        one, by_level = (
            client.test_compatibility(SUBJECT, candidate),
            client.test_compatibility_all_versions(SUBJECT, candidate),
        )
        assert one == by_level
        return bool(one)

    assert compatible(dict(NEWEST.schema))
    assert compatible(grown(type=["null", "string"], default=None))
    assert not compatible(grown(type="string"))


def test_confluents_client_is_told_that_nothing_can_be_registered(client: SchemaRegistryClient) -> None:
    with pytest.raises(SchemaRegistryError) as refused:
        client.register_schema("new", Schema('"string"', "AVRO"))
    assert (refused.value.http_status_code, refused.value.error_code) == (422, 42205)


ERRORS: list[tuple[str, str, Any, int, int]] = [
    ("GET", "/subjects/none/versions", None, 404, 40401),
    ("GET", "/subjects/none/versions/1", None, 404, 40401),
    ("GET", "/config/none", None, 404, 40401),
    ("GET", "/mode/none", None, 404, 40401),
    ("GET", f"/subjects/{SUBJECT}/versions/999", None, 404, 40402),
    ("GET", f"/subjects/{SUBJECT}/versions/999/schema", None, 404, 40402),
    ("GET", "/schemas/ids/999999", None, 404, 40403),
    ("GET", "/schemas/ids/999999/versions", None, 404, 40403),
    ("POST", f"/subjects/{SUBJECT}", {"schema": '"string"'}, 404, 40403),
    ("POST", f"/subjects/{SUBJECT}", {"schema": '{"type": "recor"}'}, 422, 42201),
    ("POST", f"/subjects/{SUBJECT}", {"schema": "[" * 50_000}, 422, 42201),
    ("POST", f"/subjects/{SUBJECT}", [], 422, 42201),
    ("POST", f"/compatibility/subjects/{SUBJECT}/versions/latest", {"schema": '{"type": "recor"}'}, 422, 42201),
    (
        "POST",
        f"/compatibility/subjects/{SUBJECT}/versions/latest",
        {"schema": "{}", "schemaType": "JSON"},
        422,
        42201,
    ),
    ("POST", "/compatibility/subjects/none/versions/latest", {"schema": '"int"'}, 404, 40401),
    ("GET", f"/subjects/{SUBJECT}/versions/first", None, 422, 42202),
    ("GET", f"/subjects/{SUBJECT}/versions/0", None, 422, 42202),
    ("POST", "/subjects/new/versions", {"schema": '"int"'}, 422, 42205),
    ("PUT", "/config", {"compatibility": "NONE"}, 422, 42205),
    ("PUT", f"/mode/{SUBJECT}", {"mode": "READWRITE"}, 422, 42205),
    ("DELETE", f"/subjects/{SUBJECT}", None, 422, 42205),
    ("DELETE", f"/subjects/{SUBJECT}/versions/1", None, 422, 42205),
    ("GET", "/nowhere", None, 404, 404),
    ("GET", "/schemas/ids/one", None, 404, 404),
    ("PATCH", "/config", None, 405, 405),
]


def test_what_can_not_be_answered_is_told_as_confluent_tells_it(asked: TestClient) -> None:
    for method, path, body, status, code in ERRORS:
        answer = asked.request(method, f"/registry{path}", json=body)
        assert (answer.status_code, answer.json()["error_code"]) == (status, code), (method, path, answer.text)
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["message"]


@pytest.mark.parametrize(
    "path", ["", "/config", f"/config/{SUBJECT}", "/mode", "/subjects", "/schemas/types", "/schemas"]
)
def test_a_slash_at_the_end_makes_no_difference(asked: TestClient, path: str) -> None:
    plain, slashed = asked.get(f"/registry{path}" if path else "/registry/"), asked.get(f"/registry{path}/")
    assert plain.status_code == slashed.status_code == 200
    assert plain.json() == slashed.json()
    assert slashed.headers["content-type"] == MEDIA_TYPE


def test_schemas_are_listed_by_prefix_and_newest(asked: TestClient) -> None:
    every = asked.get("/registry/schemas").json()
    newest = asked.get("/registry/schemas?latestOnly=true").json()
    assert len(every) == len(committed().entries)
    assert [each["subject"] for each in newest] == list(dict.fromkeys(each["subject"] for each in every))
    assert {each["subject"] for each in asked.get(f"/registry/schemas?subjectPrefix={SUBJECT}").json()} == {SUBJECT}


def compatible(asked: TestClient, schema: dict[str, Any], entry: Any = NEWEST) -> tuple[bool, list[str]]:
    path = f"/registry/compatibility/subjects/{entry.subject}/versions/{entry.version}?verbose=true"
    answer: httpx2.Response = asked.post(path, json={"schema": json.dumps(schema)})
    return answer.json()["is_compatible"], answer.json()["messages"]


def test_schema_resolution_decides_what_is_compatible(asked: TestClient) -> None:
    first = NEWEST.schema["fields"][0]
    cases: list[tuple[str, dict[str, Any], bool]] = [
        ("a field with a default", grown(type="int", default=0), True),
        ("a field without one", grown(type="int"), False),
        ("a field less", {**NEWEST.schema, "fields": NEWEST.schema["fields"][1:]}, True),
        ("a wider type", {**NEWEST.schema, "fields": [{**first, "type": ["null", first["type"]]}]}, True),
        (
            "another type",
            {**NEWEST.schema, "fields": [{**first, "type": {"type": "array", "items": "int"}}]},
            False,
        ),
        ("another name", {**NEWEST.schema, "name": "Other", "namespace": "elsewhere"}, False),
    ]
    for what, schema, expected in cases:
        found, messages = compatible(asked, schema)
        assert found is expected, (what, messages)
        assert bool(messages) is not expected, what


def test_every_registered_version_reads_the_one_before(asked: TestClient) -> None:
    by_subject: dict[str, Any] = {}
    for entry in committed().entries.values():
        former = by_subject.get(entry.subject)
        assert compatible(asked, entry.schema, former or entry) == (True, [])
        by_subject[entry.subject] = entry
