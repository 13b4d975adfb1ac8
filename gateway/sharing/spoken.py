"""Data sets as OpenAPI has them: what the public is offered, for whoever generates a client."""

from collections.abc import Mapping
from typing import Any

from gateway.sharing.datasets import data_sets
from gateway.sharing.formats import FORMATS

_TEXT = {"type": "string"}
_ROWS = {
    "type": "object",
    "required": ["rows", "data_set", "position", "as_of", "count", "truncated", "next", "moved", "lacks"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "data_set": _TEXT,
        "position": {"type": "string", "description": "Where in the log the tables stood."},
        "as_of": {"type": ["string", "null"]},
        "count": {"type": "integer", "description": "How many rows these are."},
        "truncated": {"type": "boolean", "description": "Whether more rows are behind these."},
        "next": {"type": ["string", "null"], "description": "Where those rows are to be had."},
        "moved": {
            "type": "boolean",
            "description": "Whether anything was recorded since the first page that the rows may follow from.",
        },
        "since": {"type": "string", "description": "Of changes: from where the next are asked for."},
        "lacks": {"type": "array", "items": _TEXT, "description": "What is missing though it should be there."},
    },
}
_QUERY: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "format": ({"type": "string", "enum": list(FORMATS), "default": "json"}, "geojson where it has a place."),
    "first": ({"type": "integer", "minimum": 1}, "How many rows at most; all where it is not given."),
    "after": (_TEXT, "The place that `next` of the page before names; all else stays the same."),
    "asOf": ({"type": "string", "format": "date-time"}, "As it was known at this moment."),
    "changedSince": (
        _TEXT,
        "Only rows that differ, each with its `change`: NEW, CORRECTED or WITHDRAWN (the key alone). `start`, and"
        " from then on `since` of the answer before.",
    ),
    "sums": ({"type": "boolean"}, "Not the rows: their count, bytes and SHA-256."),
}
_WORDS = {
    "206": "The part of the file that `Range` asks for; with `If-Range` of its ETag that very file goes on.",
    "304": "The file has not changed.",
    "401": "The key is not in force.",
    "404": "There is no such data set for the caller.",
    "410": "What changed since then can't be told any more: start anew.",
    "422": "A parameter can't be read, or the format can't hold so much; `message` says which.",
    "503": "Too much at once, or the tables can't be read now.",
}
_LD = "application/ld+json"
_LINE = {
    "type": "object",
    "required": ["name", "title", "rows", "about"],
    "properties": dict.fromkeys(("name", "title", "rows", "about"), _TEXT),
}
_INDEX = {
    "type": "object",
    "required": ["data_sets"],
    "properties": {"data_sets": {"type": "array", "items": _LINE}},
}
_ABOUT = (
    "Beside these, each column is a parameter that rows are asked for by; of times and days `<column>_since` and"
    " `<column>_until` too."
)


def paths() -> dict[str, dict[str, Any]]:
    """The path items of data sets."""
    names = {"type": "string", "enum": list(data_sets("public"))}
    content = {
        form.media_type.partition(";")[0]: {
            "schema": _ROWS if name == "json" else {"type": "string", "format": "binary"}
        }
        for name, form in FORMATS.items()
    }
    return {
        "/dcat": {"get": _told("catalogue", "The data sets by DCAT 3, as JSON-LD.", {"type": "object"}, _LD)},
        "/api/v1/": {"get": _told("dataSets", "The data sets, with a line about each.", _INDEX)},
        "/api/v1/{data_set}/about": {
            "get": {
                **_told("aboutDataSet", "All that is to be said of a data set.", {"type": "object"}),
                "parameters": [{"name": "data_set", "in": "path", "required": True, "schema": names}],
            }
        },
        "/api/v1/{data_set}": {
            "get": {
                "operationId": "rowsOfDataSet",
                "summary": "The rows of a data set as a file.",
                "description": _ABOUT,
                "security": [{}, {"key": []}],
                "parameters": [
                    {"name": "data_set", "in": "path", "required": True, "schema": names},
                    *(
                        {"name": name, "in": "query", "schema": schema, "description": words}
                        for name, (schema, words) in _QUERY.items()
                    ),
                ],
                "responses": {
                    "200": {
                        "description": "The rows, with their count and sum in the headers.",
                        "content": content,
                    },
                    **{status: {"description": words} for status, words in _WORDS.items()},
                },
            }
        },
    }


def _told(
    name: str, summary: str, answer: Mapping[str, Any], media_type: str = "application/json"
) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "security": [{}, {"key": []}],
        "responses": {
            "200": {"description": summary, "content": {media_type: {"schema": answer}}},
            "401": {"description": _WORDS["401"]},
        },
    }
