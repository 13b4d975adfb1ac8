"""Gives ids to new schemas and to new versions of known ones: `python -m schemas.registry`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.contract import AvroSchema, EventType, event_types
from schemas.ids import REGISTRY_FILE, Entry, registry

_SAID_BESIDE = (
    "doc",
    "disclosure",
    "aggregate",
    "place",
    "key",
    "range",
    "form",
    "refers",
    "names",
    "not_before",
    "past",
)


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
