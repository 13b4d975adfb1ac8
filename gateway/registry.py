"""The read side of the Confluent Schema Registry API, so that standard tools decode our Kafka topics.

Schemas get their ids in the committed registry, so nothing can be registered here.
"""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from schemas.registry import Entry, registry, schema_fingerprint

_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_NO_SUBJECT, _NO_VERSION, _NO_SCHEMA = 40401, 40402, 40403
_BAD_SCHEMA, _READ_ONLY = 42201, 42205


class Answer(JSONResponse):
    """JSON under the registry's own media type."""

    media_type = _MEDIA_TYPE


def routes(path: str) -> Mount:
    """The registry under a path."""
    return Mount(
        path,
        routes=[
            Route("/schemas/types", lambda _: Answer(["AVRO"])),
            Route("/schemas/ids/{id:int}", schema_by_id),
            Route("/schemas/ids/{id:int}/schema", bare_schema),
            Route("/schemas/ids/{id:int}/versions", versions_of_id),
            Route("/schemas/ids/{id:int}/subjects", subjects_of_id),
            Route("/subjects", lambda _: Answer(sorted({entry.subject for entry in _entries()}))),
            Route("/subjects/{subject}", look_up, methods=["POST"]),
            Route("/subjects/{subject}/versions", versions, methods=["GET", "POST"]),
            Route("/subjects/{subject}/versions/{version}", version),
            Route("/subjects/{subject}/versions/{version}/schema", schema_of_version),
            Route("/config", lambda _: Answer({"compatibilityLevel": "BACKWARD"})),
            Route("/config/{subject}", lambda _: Answer({"compatibilityLevel": "BACKWARD"})),
            Route("/mode", lambda _: Answer({"mode": "READONLY"})),
            Route("/", lambda _: Answer({})),
        ],
    )


class Unanswerable(HTTPException):
    """What is asked for isn't there, or can't be done; `error_code` is Confluent's."""

    def __init__(self, error_code: int, message: str) -> None:
        super().__init__(error_code // 100, message)
        self.error_code = error_code


async def unanswerable(_request: Request, error: Exception) -> Response:
    """The answer in the registry's form."""
    if not isinstance(error, Unanswerable):
        raise error
    return Answer({"error_code": error.error_code, "message": error.detail}, error.status_code)


def schema_by_id(request: Request) -> Response:
    return Answer({"schema": json.dumps(_by_id(request).schema)})


def bare_schema(request: Request) -> Response:
    return Answer(_by_id(request).schema)


def versions_of_id(request: Request) -> Response:
    entry = _by_id(request)
    return Answer([{"subject": entry.subject, "version": entry.version}])


def subjects_of_id(request: Request) -> Response:
    return Answer([_by_id(request).subject])


def versions(request: Request) -> Response:
    if request.method == "POST":
        raise Unanswerable(_READ_ONLY, "schemas are registered by `python -m schemas.registry` and a commit only")
    return Answer([entry.version for entry in _of_subject(request)])


def version(request: Request) -> Response:
    return Answer(_told(_of_version(request)))


def schema_of_version(request: Request) -> Response:
    return Answer(_of_version(request).schema)


async def look_up(request: Request) -> Response:
    """The id and version that a schema has under a subject: a question, although it is sent by POST."""
    try:
        mark = schema_fingerprint(json.loads((await request.json())["schema"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unanswerable(_BAD_SCHEMA, f"that is no Avro schema: {error}") from error
    for entry in _of_subject(request):
        if entry.fingerprint == mark:
            return Answer(_told(entry))
    raise Unanswerable(_NO_SCHEMA, "the subject has no such schema")


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "subject": entry.subject,
        "version": entry.version,
        "id": entry.id,
        "schemaType": "AVRO",
        "schema": json.dumps(entry.schema),
    }


def _entries() -> list[Entry]:
    return list(registry().entries.values())


def _by_id(request: Request) -> Entry:
    number = request.path_params["id"]
    if number not in registry().entries:
        raise Unanswerable(_NO_SCHEMA, f"there is no schema with id {number}")
    return registry().entries[number]


def _of_subject(request: Request) -> list[Entry]:
    found = [entry for entry in _entries() if entry.subject == request.path_params["subject"]]
    if not found:
        raise Unanswerable(_NO_SUBJECT, f"there is no subject {request.path_params['subject']!r}")
    return found


def _of_version(request: Request) -> Entry:
    entries, asked = _of_subject(request), request.path_params["version"]
    for entry in reversed(entries):
        if asked in ("latest", "-1", str(entry.version)):
            return entry
    raise Unanswerable(_NO_VERSION, f"the subject has no version {asked}")
