"""What the `.avsc` files say: the event types, their topics, aggregates, fields and disclosure."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

AVRO_FOLDER = Path(__file__).parent / "avro"
ENVELOPE = ("event_id", "subject", "occurred_at", "recorded_at", "source", "previous")

Disclosure = Literal["public", "internal", "restricted"]
AvroSchema = dict[str, Any]

OPEN_TO: Mapping[Disclosure, Collection[Disclosure]] = {
    "public": {"public"},
    "internal": {"public", "internal"},
    "restricted": {"public", "internal", "restricted"},
}
"""What each class of callers may see."""


@dataclass(frozen=True)
class EventType:
    """One kind of event, as its newest `.avsc` file declares it.

    `name` is `<subsystem>.<event>`, the same from folder to GraphQL. `aggregate` names the kind of thing
    whose life the event belongs to; it is None for observations, which are statements and have no life.
    """

    name: str
    aggregate: str | None
    schema: AvroSchema

    @property
    def subsystem(self) -> str:
        return self.name.partition(".")[0]

    @property
    def event(self) -> str:
        return self.name.partition(".")[2]

    @property
    def topic(self) -> str:
        return f"env1357.{self.subsystem}"

    @property
    def place(self) -> bool:
        """Whether it enters a place in a register: it claims its `site_id` for the kind that its aggregate is."""
        return bool(self.schema.get("place"))

    @property
    def registry_subject(self) -> str:
        """Subject in the schema registry, by Confluent's TopicRecordNameStrategy."""
        return f"{self.topic}-{self.schema['namespace']}.{self.schema['name']}"

    @cached_property
    def fields(self) -> Mapping[str, AvroSchema]:
        return {field["name"]: field for field in self.schema["fields"]}

    @property
    def payload(self) -> tuple[str, ...]:
        """Names of the fields behind the envelope, in order."""
        return tuple(name for name in self.fields if name not in ENVELOPE)

    @property
    def key(self) -> tuple[str, ...]:
        """The fields that the id of what it is about is made of: `key` of the schema, or the first one."""
        return tuple(self.schema.get("key", self.payload[:1]))

    def disclosure(self, field: str) -> Disclosure:
        """Who may see a field; `internal` where the schema is silent."""
        said: Disclosure = self.fields[field].get("disclosure", "internal")
        return said


@cache
def event_types() -> Mapping[str, EventType]:
    """Every event type by name, newest major version of each, in order of name."""
    newest: dict[str, tuple[int, EventType]] = {}
    for path in sorted(AVRO_FOLDER.glob("*/*.avsc")):
        event, _, version = path.stem.rpartition(".v")
        schema = json.loads(path.read_text(encoding="utf-8"))
        name = f"{path.parent.name}.{event}"
        if name not in newest or int(version) > newest[name][0]:
            newest[name] = (
                int(version),
                EventType(name, schema.get("aggregate"), schema),
            )
    return {name: event_type for name, (_, event_type) in sorted(newest.items())}


@cache
def place_kinds() -> Mapping[str, EventType]:
    """The event that enters a place in a register, by the kind of the place."""
    return {str(kind.aggregate): kind for kind in event_types().values() if kind.place}


@cache
def topics() -> tuple[str, ...]:
    """Every topic, in order of name."""
    return tuple(sorted({event_type.topic for event_type in event_types().values()}))
