"""Schemas by their ids, from a committed file: an id, once given, means the same schema for ever."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

REGISTRY_FILE = Path(__file__).parent / "registry.json"


@dataclass(frozen=True)
class Entry:
    """One registered schema: `id` is global, `version` counts within `subject` from 1."""

    id: int
    event: str
    subject: str
    version: int
    fingerprint: str
    schema: dict[str, Any]


class UnknownSchema(LookupError):
    """A schema id or event type that the registry does not hold."""


class Registry:
    """Looks up schemas by id and ids by event type."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries: Mapping[int, Entry] = {entry.id: entry for entry in entries}
        self._newest: Mapping[str, Entry] = {entry.event: entry for entry in entries}

    def entry(self, schema_id: int) -> Entry:
        try:
            return self.entries[schema_id]
        except KeyError:
            raise UnknownSchema(
                f"schema id {schema_id} is not in {REGISTRY_FILE.name}: the event was written by another "
                "tool or a newer version; register its schema or update this installation"
            ) from None

    def newest(self, event: str) -> Entry:
        """The entry that events of this type are written with."""
        try:
            return self._newest[event]
        except KeyError:
            raise UnknownSchema(
                f"event type {event!r} is not registered: run `python -m schemas.registry`"
            ) from None


@cache
def registry() -> Registry:
    """The committed registry."""
    rows = json.loads(REGISTRY_FILE.read_text(encoding="utf-8"))
    return Registry([Entry(**row) for row in rows])
