"""The schema registry in a committed file: an id, once given, means the same schema for ever.

`python -m schemas.registry` gives ids to new schemas and to new versions of known ones.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.contract import AvroSchema, EventType, event_types

REGISTRY_FILE = Path(__file__).parent / "registry.json"

_SAID_BESIDE = ("doc", "disclosure", "aggregate", "place", "range", "form", "refers")


@dataclass(frozen=True)
class Entry:
    """One registered schema: `id` is global, `version` counts within `subject` from 1."""

    id: int
    event: str
    subject: str
    version: int
    fingerprint: str
    schema: AvroSchema


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


def resolving_form(schema: AvroSchema) -> AvroSchema:
    """The schema without what decoding does not need, as `doc` and `disclosure`."""

    def strip(node: Any) -> Any:
        if isinstance(node, dict):
            return {k: strip(v) for k, v in node.items() if k not in _SAID_BESIDE}
        return [strip(item) for item in node] if isinstance(node, list) else node

    stripped: AvroSchema = strip(schema)
    return stripped


def schema_fingerprint(schema: AvroSchema) -> str:
    """SHA-256 of the Parsing Canonical Form (Avro specification, "Schema Fingerprints"), in hex."""
    return fingerprint(to_parsing_canonical_form(schema), "sha256")


def registered(entries: Sequence[Entry], types: Mapping[str, EventType]) -> list[Entry]:
    """The entries and, behind them, one for each event type whose schema is new or has changed."""
    grown = list(entries)
    newest = {entry.event: entry for entry in entries}
    for name, event_type in types.items():
        schema, known = resolving_form(event_type.schema), newest.get(name)
        if known is None or known.schema != schema:
            grown.append(
                Entry(
                    id=len(grown) + 1,
                    event=name,
                    subject=event_type.registry_subject,
                    version=1 if known is None else known.version + 1,
                    fingerprint=schema_fingerprint(schema),
                    schema=schema,
                )
            )
    return grown


def main() -> None:
    known = list(registry().entries.values()) if REGISTRY_FILE.exists() else []
    rows = [json.dumps(vars(entry), ensure_ascii=False) for entry in registered(known, event_types())]
    REGISTRY_FILE.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
    print(f"{REGISTRY_FILE}: {len(rows)} schemas, {len(rows) - len(known)} of them new")


if __name__ == "__main__":
    main()
