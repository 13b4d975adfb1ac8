"""What else programs ask, as OpenAPI has it: files, maps, the registry of schemas, health and metrics."""

from collections.abc import Mapping
from typing import Any, NamedTuple

_JSON, _TEXT, _GEOJSON = "application/json", "text/plain", "application/geo+json"
_REGISTRY_JSON = "application/vnd.schemaregistry.v1+json"
_BINARY = "application/octet-stream"

Shape = Mapping[str, Any]

_TEXT_OF = {"type": "string"}
_ARRAY, _OBJECT, _INTEGER = {"type": "array"}, {"type": "object"}, {"type": "integer"}
_STRINGS = {"type": "array", "items": _TEXT_OF}
_INTEGERS = {"type": "array", "items": _INTEGER}


def _object(**properties: Shape) -> Shape:
    return {"type": "object", "required": list(properties), "properties": properties}


class _Asked(NamedTuple):
    """An operation that needs no key: its path and method, name, what it is, and what its answer is."""

    path: str
    method: str
    name: str
    summary: str
    answer: Shape
    media_type: str = _JSON
    answers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: str = ""


_PROFILE = _object(kind=_TEXT_OF, title=_TEXT_OF)
_MAP = _object(id=_TEXT_OF, title_zh=_TEXT_OF, title_en=_TEXT_OF, href=_TEXT_OF)
_TROUBLE = _object(part=_TEXT_OF, message=_TEXT_OF, stops={"type": "boolean"})
_READY = _object(status=_TEXT_OF, lag_events=_INTEGER, troubles={"type": "array", "items": _TROUBLE})
_REPORT = _object(
    rows=_INTEGER, files=_INTEGER, accepted=_INTEGER, restated=_INTEGER, repeated=_INTEGER, refused=_INTEGER
)
_TURNED_AWAY = {
    "413": "Too large; `remedy` says what to do.",
    "415": "Not the file's bytes, or encoded.",
    "422": "No profile of that kind, or no name.",
    "429": "Too much at once: send it again after `Retry-After` seconds.",
}

_PLATFORM = (
    _Asked(
        "/api/v1/files",
        "post",
        "sendFile",
        "Import a file, or with `dry_run` see what would become of it.",
        _REPORT,
        answers=_TURNED_AWAY,
        query={"kind": "A profile, as /api/v1/profiles lists them.", "name": "The file's name.", "dry_run": "true"},
        body=_BINARY,
    ),
    _Asked(
        "/api/v1/profiles",
        "get",
        "profiles",
        "The kinds of files that can be imported.",
        {**_ARRAY, "items": _PROFILE},
    ),
    _Asked("/api/v1/openapi.json", "get", "openapi", "This document.", _OBJECT),
    _Asked("/maps", "get", "maps", "The network maps.", {**_ARRAY, "items": _MAP}),
    _Asked(
        "/maps/{name}.geojson",
        "get",
        "map",
        "A map as GeoJSON (RFC 7946). Its ETag is the log position, for `If-None-Match`.",
        _OBJECT,
        _GEOJSON,
        {
            "304": "It has not changed.",
            "400": "`asOf` is no time.",
            "404": "There is no such map.",
            "422": "What was known then is too much to be made for one answer.",
            "503": "The tables can't be read now.",
        },
        query={"asOf": "As it was known at this moment; now where it is not given."},
    ),
    _Asked("/healthz", "get", "alive", "Whether the process answers.", _object(status=_TEXT_OF)),
    _Asked(
        "/readyz",
        "get",
        "ready",
        "Whether the tables have caught up and every part is well.",
        _READY,
        answers={"503": "It must not be relied on now; `troubles` says why."},
    ),
    _Asked("/metrics", "get", "metrics", "Metrics in Prometheus's text format.", _TEXT_OF, _TEXT),
)

_SCHEMA = _object(subject=_TEXT_OF, version=_INTEGER, id=_INTEGER, schemaType=_TEXT_OF, schema=_TEXT_OF)
_VERSION_OF = {"type": "array", "items": _object(subject=_TEXT_OF, version=_INTEGER)}
_SENT = "a schema"
_FILTER = {
    "subjectPrefix": "Only subjects that begin so.",
    "latestOnly": "`true`: only the newest of each subject.",
}
_LEVEL, _MODE = _object(compatibilityLevel=_TEXT_OF), _object(mode=_TEXT_OF)
_COMPATIBLE = {
    **_object(is_compatible={"type": "boolean"}),
    "properties": {"is_compatible": {"type": "boolean"}, "messages": _STRINGS},
}
_CHECKED = "Whether a schema reads what was written by"
_VERBOSE = {"verbose": "`true`: with the reasons."}


def _read(path: str, name: str, summary: str, answer: Shape, query: Mapping[str, str] = {}) -> _Asked:
    answers = {"404": "It is not there."} if "{" in path else {}
    return _Asked(f"/registry{path}", "get", name, summary, answer, _REGISTRY_JSON, answers, query)


def _sent(path: str, name: str, summary: str, answer: Shape, query: Mapping[str, str] = {}) -> _Asked:
    answers = {"404": "The subject, version or schema is not there.", "422": "That is no Avro schema."}
    return _Asked(f"/registry{path}", "post", name, summary, answer, _REGISTRY_JSON, answers, query, _SENT)


_REGISTRY = (
    _read("/", "registry", "Nothing: the registry is here.", _OBJECT),
    _read("/contexts", "contexts", "The only context.", _STRINGS),
    _read("/schemas", "schemas", "All schemas.", {"type": "array", "items": _SCHEMA}, _FILTER),
    _read("/schemas/types", "schemaTypes", "The kinds of schemas.", _STRINGS),
    _read("/schemas/ids/{id}", "schemaById", "The schema of an id.", _object(schema=_TEXT_OF)),
    _read("/schemas/ids/{id}/schema", "bareSchemaById", "The same without an envelope.", {}),
    _read("/schemas/ids/{id}/versions", "versionsById", "Where an id stands.", _VERSION_OF),
    _read("/schemas/ids/{id}/subjects", "subjectsById", "The subject of an id.", _STRINGS),
    _read("/subjects", "subjects", "The subjects.", _STRINGS, {"subjectPrefix": _FILTER["subjectPrefix"]}),
    _sent("/subjects/{subject}", "lookUpSchema", "The id and version of a schema under a subject.", _SCHEMA),
    _read("/subjects/{subject}/versions", "versions", "The versions of a subject.", _INTEGERS),
    _read("/subjects/{subject}/versions/{version}", "version", "A version, or `latest`.", _SCHEMA),
    _read("/subjects/{subject}/versions/{version}/schema", "schemaOfVersion", "Its schema alone.", {}),
    _read(
        "/subjects/{subject}/versions/{version}/referencedby", "referencedBy", "None: no schema refers.", _INTEGERS
    ),
    _sent(
        "/compatibility/subjects/{subject}/versions",
        "checkNewest",
        f"{_CHECKED} the newest.",
        _COMPATIBLE,
        _VERBOSE,
    ),
    _sent(
        "/compatibility/subjects/{subject}/versions/{version}",
        "checkVersion",
        f"{_CHECKED} a version.",
        _COMPATIBLE,
        _VERBOSE,
    ),
    _read("/config", "config", "What new versions must be: BACKWARD compatible.", _LEVEL),
    _read("/config/{subject}", "configOfSubject", "The same of a subject.", _LEVEL),
    _read("/mode", "mode", "READONLY: schemas are registered by a commit.", _MODE),
    _read("/mode/{subject}", "modeOfSubject", "The same of a subject.", _MODE),
)


def paths() -> dict[str, dict[str, Any]]:
    """The path items of all this."""
    items: dict[str, dict[str, Any]] = {}
    for asked in (*_PLATFORM, *_REGISTRY):
        items.setdefault(asked.path, {})[asked.method] = _operation(asked)
    return items


def _operation(asked: _Asked) -> dict[str, Any]:
    content = {asked.media_type: {"schema": asked.answer}}
    responses = {"200": {"description": asked.summary, "content": content}}
    responses |= {status: {"description": words} for status, words in asked.answers.items()}
    said: dict[str, Any] = {
        "operationId": asked.name,
        "summary": asked.summary,
        "security": [],
        "responses": responses,
    }
    if parameters := [*map(_in_path, _names(asked.path)), *[_in_query(*each) for each in asked.query.items()]]:
        said["parameters"] = parameters
    if asked.body:
        said["requestBody"] = {"required": True, "content": _body(asked.body)}
    return said


def _body(kind: str) -> dict[str, Any]:
    if kind == _BINARY:
        return {_BINARY: {"schema": {"type": "string", "format": "binary"}}}
    return {
        _JSON: {"schema": {**_object(schema=_TEXT_OF), "properties": {"schema": _TEXT_OF, "schemaType": _TEXT_OF}}}
    }


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _INTEGER if name == "id" else _TEXT_OF}


def _in_query(name: str, words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": _TEXT_OF, "description": words}
