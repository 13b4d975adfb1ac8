"""What programs send: statements as JSON, or as Avro in Confluent's wire format, one or many."""

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Annotated, Any

import msgspec
from fastavro import parse_schema, schemaless_reader

from ingest.statement import Statement, microseconds
from schemas.ids import UnknownSchema, registry
from services.decider import Refused
from services.unexpected import guarded

_SHAPE = "does_not_fit_the_schema"
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},"]', re.DOTALL)


class SentReading(msgspec.Struct, forbid_unknown_fields=True):
    """What is stated on one factor, in the unit of standards/factor.csv; null with a mark that says why."""

    factor: str
    value: float | None
    mark: str = ""


class SentObservation(msgspec.Struct, forbid_unknown_fields=True):
    """What a site observed over a period that starts at `observed_at`; `source` is the sender where silent."""

    site_id: str
    period: Annotated[str, msgspec.Meta(description="REALTIME, MINUTE, HOUR or DAY")]
    observed_at: Annotated[datetime, msgspec.Meta(description="UTC, where it names no offset")]
    readings: list[SentReading]
    source: str = ""
    reviewed: Annotated[bool, msgspec.Meta(description="Whether people have checked it; false: provisional")] = (
        False
    )


@dataclass(frozen=True)
class Item:
    """One of the statements that were sent together, the bytes it was sent as, and where from, if that is known."""

    said: Statement | Refused
    content: bytes
    origin: str = ""


def from_json(body: bytes, sender: str) -> list[Item]:
    """The statements of a JSON document: one object, or a list of them. Raises `Refused` where it is neither.

    An item that is no JSON, or no UTF-8, is refused alone, as long as it can be told where it ends.
    """
    return [Item(_one(each, sender), each) for each in _split(body)]


def from_avro(body: bytes, sender: str) -> list[Item]:
    """The statements of messages in Confluent's wire format, one behind the other.

    Of each event what was observed is taken; its identity and number are given by the platform. Where a message
    can't be read, it can't be told where the next begins: the rest is refused as one item.
    Raises `Refused` where there is none.
    """
    source, items = io.BytesIO(body), list[Item]()
    while (start := source.tell()) < len(body):
        said = guarded(partial(_read, source, start, sender), lambda refusal: refusal)
        if isinstance(said, Refused) and said.where != "factors":
            source.seek(len(body))
        items.append(Item(said, body[start : source.tell()]))
    if not items:
        raise Refused("empty", "there is no message", "body", "Send one message at the least.")
    return items


def _read(source: io.BytesIO, start: int, sender: str) -> Statement | Refused:
    try:
        return _from_fields(_message(source, start), sender)
    except Refused as refusal:
        return refusal


def _split(body: bytes) -> list[bytes]:
    try:
        raw = bytes(msgspec.json.decode(body, type=msgspec.Raw))
        return list(map(bytes, msgspec.json.decode(raw, type=list[msgspec.Raw]))) if raw[:1] == b"[" else [raw]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        pieces = _pieces(body)
        if pieces is None:
            raise Refused("not_json", str(error), "body", "Send a JSON object, or a list of objects.") from None
        return pieces


def _pieces(body: bytes) -> list[bytes] | None:
    """The items of a list of which not all are JSON, by brackets and quotes alone; None where those don't match."""
    depth, begin, found = 0, 0, list[bytes]()
    for token in _TOKEN.finditer(body):
        mark = token.group()
        if depth == 0 and (mark != b"[" or body[: token.start()].strip() or found):
            return None
        if mark in (b"[", b"{"):
            depth += 1
            begin = token.end() if depth == 1 else begin
        elif mark in (b"]", b"}"):
            depth -= 1
        elif mark == b'"':
            return None
        if depth == 0 or (depth == 1 and mark == b","):
            found.append(body[begin : token.start()].strip())
            begin = token.end()
    return None if depth or body[begin:].strip() or not found else found


def _one(raw: bytes, sender: str) -> Statement | Refused:
    return guarded(lambda: _from_object(raw, sender), lambda refusal: refusal)


def _from_object(raw: bytes, sender: str) -> Statement | Refused:
    try:
        said = msgspec.json.decode(raw, type=SentObservation)
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8: {error.reason}"
        return Refused("not_utf8", reason, "item", "Encode it as UTF-8.")
    except (msgspec.DecodeError, RecursionError) as error:
        if not isinstance(error, msgspec.ValidationError):
            return Refused("not_json", str(error), "item", "Send a JSON object.")
        message, _, where = str(error).partition(" - at `$")
        return Refused(_SHAPE, message, where.strip("`.") or "item", "Compare it with /api/v1/openapi.json.")
    readings = sorted(said.readings, key=lambda reading: reading.factor)
    return Statement(
        said.site_id,
        said.period,
        _since_1970(said.observed_at),
        said.source or sender,
        tuple(reading.factor for reading in readings),
        tuple(reading.value for reading in readings),
        tuple(reading.mark for reading in readings),
        said.reviewed,
    )


def _from_fields(fields: dict[str, Any], sender: str) -> Statement | Refused:
    columns = fields["factors"], fields["values"], fields["marks"]
    if len({len(column) for column in columns}) != 1:
        return Refused(
            _SHAPE, "factors, values and marks are not of one length", "factors", "Send parallel arrays."
        )
    readings = sorted(zip(*columns, strict=True), key=lambda reading: str(reading[0]))
    codes, values, marks = zip(*readings, strict=True) if readings else ((), (), ())
    return Statement(
        fields["site_id"],
        fields["period"],
        _since_1970(fields["observed_at"]),
        fields["source"] or sender,
        tuple(codes),
        tuple(values),
        tuple(marks),
        fields.get("reviewed", False),
    )


def _message(source: io.BytesIO, start: int) -> dict[str, Any]:
    head = source.read(5)
    if len(head) < 5 or head[0] != 0:
        raise Refused("not_avro", f"no message begins at byte {start}", "body", "Send zero, schema id and datum.")
    try:
        fields: Any = schemaless_reader(source, _parsed(int.from_bytes(head[1:], "big")), None)
    except UnknownSchema as error:
        raise Refused(
            "unknown_schema", str(error), f"byte {start}", "Use the ids of schemas/registry.json."
        ) from None
    except (EOFError, IndexError, ValueError, TypeError, OverflowError, KeyError) as error:
        raise Refused(
            "not_avro", f"the datum does not fit its schema: {error}", f"byte {start}", "Encode it by its schema."
        ) from None
    return fields  # type: ignore[no-any-return]


@cache
def _parsed(schema_id: int) -> Any:
    entry = registry().entry(schema_id)
    if not entry.event.endswith(".observation_recorded"):
        raise UnknownSchema(f"schema {schema_id} is of {entry.event}, which is no observation")
    return parse_schema(json.loads(json.dumps(entry.schema)))


def _since_1970(moment: datetime) -> int:
    return microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def refusals(items: Sequence[Item]) -> Iterator[tuple[int, Refused]]:
    """Those of the items that are refused already, with their numbers from 0."""
    for number, item in enumerate(items):
        if isinstance(item.said, Refused):
            yield number, item.said
