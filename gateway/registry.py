"""The read side of the Confluent Schema Registry API, so that standard tools decode our Kafka topics.

Schemas get their ids in the committed registry, so nothing can be registered, set or deleted here. What can't be
answered is told in Confluent's form: `error_code` and `message`.
"""

import json
from typing import Any

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from avro.schema import Schema, make_avsc_object
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from schemas.ids import Entry, registry
from schemas.registry import schema_fingerprint

_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_NO_SUBJECT, _NO_VERSION, _NO_SCHEMA = 40401, 40402, 40403
_BAD_SCHEMA, _BAD_VERSION, _READ_ONLY = 42201, 42202, 42205
_LEVEL = {"compatibilityLevel": "BACKWARD"}
_MODE = {"mode": "READONLY"}


class Answer(JSONResponse):
    """JSON under the registry's own media type."""

    media_type = _MEDIA_TYPE


def routes(path: str) -> Mount:
    """The registry under a path; a slash at the end of a path makes no difference."""
    served = Starlette(
        routes=[
            Route("/", lambda _: Answer({})),
            Route("/contexts", lambda _: Answer(["."])),
            Route("/schemas", all_schemas),
            Route("/schemas/types", lambda _: Answer(["AVRO"])),
            Route("/schemas/ids/{id:int}", schema_by_id),
            Route("/schemas/ids/{id:int}/schema", bare_schema),
            Route("/schemas/ids/{id:int}/versions", versions_of_id),
            Route("/schemas/ids/{id:int}/subjects", subjects_of_id),
            Route("/subjects", subjects),
            Route("/subjects/{subject}", look_up, methods=["POST"]),
            Route("/subjects/{subject}", read_only, methods=["DELETE"]),
            Route("/subjects/{subject}/versions", versions),
            Route("/subjects/{subject}/versions", read_only, methods=["POST"]),
            Route("/subjects/{subject}/versions/{version}", version),
            Route("/subjects/{subject}/versions/{version}", read_only, methods=["DELETE"]),
            Route("/subjects/{subject}/versions/{version}/schema", schema_of_version),
            Route("/subjects/{subject}/versions/{version}/referencedby", referenced_by),
            Route("/compatibility/subjects/{subject}/versions", check, methods=["POST"]),
            Route("/compatibility/subjects/{subject}/versions/{version}", check, methods=["POST"]),
            Route("/config", lambda _: Answer(_LEVEL)),
            Route("/config/{subject}", config_of_subject),
            Route("/mode", lambda _: Answer(_MODE)),
            Route("/mode/{subject}", mode_of_subject),
            *[
                Route(f"/{name}{subject}", read_only, methods=["PUT", "DELETE"])
                for name in ("config", "mode")
                for subject in ("", "/{subject}")
            ],
        ],
        exception_handlers={HTTPException: unanswerable},
    )
    return Mount(path, app=_WithoutSlash(served))


class _WithoutSlash:
    """Gives a path that ends in a slash to the route without it: clients don't follow a redirect of a POST."""

    def __init__(self, app: Starlette) -> None:
        self._app, self.routes = app, app.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope["path"].endswith("/") and scope["path"] != f"{root}/":
            scope["path"] = scope["path"].rstrip("/")
        await self._app(scope, receive, send)


class Unanswerable(HTTPException):
    """What is asked for isn't there, or can't be done; `error_code` is Confluent's."""

    def __init__(self, error_code: int, message: str) -> None:
        super().__init__(error_code // 100, message)
        self.error_code = error_code


async def unanswerable(_request: Request, error: Exception) -> Response:
    """The answer in the registry's form."""
    if not isinstance(error, HTTPException):
        raise error
    code = error.error_code if isinstance(error, Unanswerable) else error.status_code
    return Answer({"error_code": code, "message": error.detail}, error.status_code, error.headers)


def read_only(_request: Request) -> Response:
    raise Unanswerable(_READ_ONLY, "schemas are registered by `python -m schemas.registry` and a commit only")


def all_schemas(request: Request) -> Response:
    prefix = request.query_params.get("subjectPrefix", "")
    found = [entry for entry in _entries() if entry.subject.startswith(prefix)]
    if request.query_params.get("latestOnly") == "true":
        found = list({entry.subject: entry for entry in found}.values())
    return Answer([_told(entry) for entry in found])


def schema_by_id(request: Request) -> Response:
    return Answer({"schema": json.dumps(_by_id(request).schema)})


def bare_schema(request: Request) -> Response:
    return Answer(_by_id(request).schema)


def versions_of_id(request: Request) -> Response:
    entry = _by_id(request)
    return Answer([{"subject": entry.subject, "version": entry.version}])


def subjects_of_id(request: Request) -> Response:
    return Answer([_by_id(request).subject])


def subjects(request: Request) -> Response:
    prefix = request.query_params.get("subjectPrefix", "")
    return Answer(sorted({entry.subject for entry in _entries() if entry.subject.startswith(prefix)}))


def versions(request: Request) -> Response:
    return Answer([entry.version for entry in _of_subject(request)])


def version(request: Request) -> Response:
    return Answer(_told(_of_version(request)))


def schema_of_version(request: Request) -> Response:
    return Answer(_of_version(request).schema)


def referenced_by(request: Request) -> Response:
    """No schema of ours refers to another."""
    _of_version(request)
    return Answer([])


def config_of_subject(request: Request) -> Response:
    _of_subject(request)
    return Answer(_LEVEL)


def mode_of_subject(request: Request) -> Response:
    _of_subject(request)
    return Answer(_MODE)


async def look_up(request: Request) -> Response:
    """The id and version that a schema has under a subject: a question, although it is sent by POST."""
    entries, sent = _of_subject(request), await _sent_schema(request)
    try:
        mark = schema_fingerprint(sent)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _bad(error) from error
    for entry in entries:
        if entry.fingerprint == mark:
            return Answer(_told(entry))
    raise Unanswerable(_NO_SCHEMA, "the subject has no such schema")


async def check(request: Request) -> Response:
    """Whether events that a version of the subject wrote can be read by the schema that is sent."""
    written = _of_version(request) if "version" in request.path_params else _of_subject(request)[-1]
    reader = _avro(await _sent_schema(request))
    try:
        checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
        found = checker.get_compatibility(reader, _avro(written.schema))
    except (AvroException, RecursionError) as error:
        raise _bad(error) from error
    said: dict[str, Any] = {"is_compatible": found.compatibility is SchemaCompatibilityType.compatible}
    if request.query_params.get("verbose", "").lower() == "true":
        said["messages"] = sorted(found.messages)
    return Answer(said)


async def _sent_schema(request: Request) -> Any:
    try:
        said = await request.json()
        if said.get("schemaType", "AVRO") != "AVRO" or said.get("references"):
            raise Unanswerable(_BAD_SCHEMA, "only Avro schemas without references are known here")
        return json.loads(said["schema"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _bad(error) from error


def _avro(schema: Any) -> Schema:
    try:
        return make_avsc_object(schema)
    except (AvroException, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _bad(error) from error


def _bad(error: Exception) -> Unanswerable:
    return Unanswerable(_BAD_SCHEMA, f"that is no Avro schema: {error}")


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
    if asked in ("latest", "-1"):
        return entries[-1]
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:12]) < 2**31):
        raise Unanswerable(_BAD_VERSION, f"{asked!r} is no version: use a number from 1 on, or latest")
    for entry in entries:
        if str(entry.version) == asked:
            return entry
    raise Unanswerable(_NO_VERSION, f"the subject has no version {asked}")
