"""The OpenAPI document of the API for programs; its shapes are those that bodies are read by."""

from functools import cache
from typing import Any

import msgspec

from gateway.api.described import paths
from gateway.api.observations import AVRO, JSON, MOST_BYTES
from gateway.sharing import spoken
from ingest.sent import SentObservation

_REFERENCE = "#/components/schemas/"
_ERROR = {
    "type": "object",
    "required": ["code", "message", "remedy"],
    "properties": {name: {"type": "string"} for name in ("code", "message", "remedy")},
}
_REFUSED = {
    "type": "object",
    "required": ["index", "code", "message", "where", "remedy", "submission_id"],
    "properties": {
        "index": {"type": ["integer", "null"], "description": "Number of the item from 0; null: the whole body."},
        **{name: {"type": "string"} for name in ("code", "message", "where", "remedy")},
        "submission_id": {
            "type": "string",
            "description": "Where it is kept in quarantine; empty: the quota is used up.",
        },
    },
}
_TAKEN = {
    "type": "object",
    "required": ["accepted", "restated", "repeated", "refused", "position"],
    "properties": {
        **{name: {"type": "integer"} for name in ("accepted", "restated", "repeated")},
        "refused": {"type": "array", "items": {"$ref": f"{_REFERENCE}Refused"}},
        "position": {"type": "string", "description": "The log position behind what was taken down."},
    },
}
_ABOUT = (
    "What programs send and ask: observations, files, data sets, maps, the registry of schemas, health, metrics. "
    "Everything else is asked by GraphQL at /graphql, which describes itself."
)
_WORDS = {
    "200": ("All is durable: new, restated or there already.", "Taken"),
    "207": ("Some of it is durable; the rest is in quarantine.", "Taken"),
    "401": ("No key that is in force.", "Error"),
    "413": ("Too large, or too many items.", "Error"),
    "415": ("Neither JSON nor Avro, or encoded.", "Error"),
    "422": ("Nothing of it could be accepted; it is in quarantine. Or the Idempotency-Key can't be used.", None),
    "429": ("Too much at once: send it again after `Retry-After` seconds.", "Error"),
    "503": ("The log can't take anything now: nothing was recorded.", None),
}


@cache
def document() -> dict[str, Any]:
    """The document, as OpenAPI 3.1."""
    (observation,), shapes = msgspec.json.schema_components([SentObservation], ref_template=_REFERENCE + "{name}")
    one_or_many = {"oneOf": [observation, {"type": "array", "items": observation}]}
    number = {"type": "string", "maxLength": 255}
    said = "The sender's own number of this delivery: sent again with it, it gets the same answer."
    return {
        "openapi": "3.1.0",
        "info": {"title": "env1357", "version": "1", "description": _ABOUT},
        "security": [{"key": []}],
        "paths": {
            **paths(),
            **spoken.paths(),
            "/api/v1/observations": {
                "post": {
                    "operationId": "sendObservations",
                    "summary": f"Send statements, one or many, up to {MOST_BYTES} bytes.",
                    "parameters": [
                        {"name": "Idempotency-Key", "in": "header", "schema": number, "description": said}
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {
                            JSON: {"schema": one_or_many},
                            AVRO: {"schema": {"type": "string", "format": "binary"}},
                        },
                    },
                    "responses": {status: _response(*words) for status, words in _WORDS.items()},
                }
            },
        },
        "components": {
            "schemas": {**shapes, "Taken": _TAKEN, "Refused": _REFUSED, "Error": _ERROR},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _response(words: str, shape: str | None) -> dict[str, Any]:
    if shape is None:
        return {"description": words}
    return {"description": words, "content": {JSON: {"schema": {"$ref": _REFERENCE + shape}}}}
