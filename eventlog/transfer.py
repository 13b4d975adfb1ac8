"""Moves streams between logs by way of a file: one Avro record for each event, its bytes as they are."""

import io
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from fastavro import parse_schema, reader, schemaless_reader, writer

from eventlog.codec import envelope
from eventlog.log import NOTHING, Batch, Draft, EventLog
from schemas.ids import registry

Progress = Callable[[int, int], None]
"""Called with the number of events moved and the number in all."""

_APPENDED_AT_ONCE = 20_000
_RECORD = parse_schema(
    {
        "type": "record",
        "name": "Recorded",
        "namespace": "env1357.log",
        "doc": "An event as it stood in a log, in the order of its stream",
        "fields": [
            {"name": "topic", "type": "string"},
            {"name": "partition", "type": "int"},
            {"name": "offset", "type": "long"},
            {"name": "schema_id", "type": "int"},
            {"name": "datum", "type": "bytes"},
        ],
    }
)
_CONTRACT = "env1357.registry"


def export(log: EventLog, target: Path, progress: Progress) -> int:
    """Write all that stands in a log into a file; the number of events."""
    total, written = sum(log.ends().values()), 0

    def records() -> Iterator[dict[str, Any]]:
        nonlocal written
        for batch in log.read({}):
            for offset, datum in enumerate(apart(batch), batch.base_offset):
                yield {**batch.stream._asdict(), "offset": offset, "schema_id": batch.schema_id, "datum": datum}
                written += 1
            progress(written, max(total, written))

    fresh = target.with_name(target.name + ".partial")
    with fresh.open("wb") as file:
        writer(file, _RECORD, records(), codec="deflate", metadata={_CONTRACT: json.dumps(_fingerprints())})
    fresh.replace(target)
    return written


def import_(log: EventLog, source: Path, progress: Progress) -> int:
    """Append all that a file holds, in its order; how many events. Raises `ValueError` for another contract."""
    appended = 0
    with source.open("rb") as file:
        records: Any = reader(file)
        total = _expect_same_contract(records.metadata, source) or 0
        waiting: list[dict[str, Any]] = []
        for record in records:
            waiting.append(record)
            if len(waiting) == _APPENDED_AT_ONCE:
                log.append(list(_drafts(waiting)))
                appended += len(waiting)
                waiting = []
                progress(appended, max(total, appended))
        log.append(list(_drafts(waiting)))
    return appended + len(waiting)


def apart(batch: Batch) -> Iterator[bytes]:
    """The datums of a batch one by one. One that can't be cut into its events comes whole."""
    if batch.schema_id == NOTHING:
        return
    if batch.sizes is None and batch.count > 1:
        sizes = list(_sizes(batch))
    else:
        sizes = list(batch.sizes or [len(batch.datums)])
    at = 0
    for size in sizes:
        yield batch.datums[at : at + size]
        at += size


def _sizes(batch: Batch) -> Iterator[int]:
    source, schema = io.BytesIO(batch.datums), parse_schema(dict(registry().entry(batch.schema_id).schema))
    at = 0
    for _ in range(batch.count):
        schemaless_reader(source, schema, None)
        yield source.tell() - at
        at = source.tell()


def _drafts(records: list[dict[str, Any]]) -> Iterator[Draft]:
    """Neighbours of one topic and schema as one draft; what can't be read by itself, so that it spoils nothing."""
    subjects = [_subject(record) for record in records]
    paired = list(zip(records, subjects, strict=True))

    def alike(pair: tuple[dict[str, Any], str | None]) -> Any:
        record, subject = pair
        return record["topic"], record["schema_id"], None if subject is not None else record["offset"]

    for (topic, schema_id, _), run in groupby(paired, key=alike):
        found = list(run)
        yield Draft(topic, schema_id, [subject or "" for _, subject in found], [r["datum"] for r, _ in found])


def _subject(record: dict[str, Any]) -> str | None:
    fields = envelope(record["schema_id"], record["datum"])
    return None if fields is None else fields["subject"]


def _fingerprints() -> dict[str, str]:
    return {str(entry.id): entry.fingerprint for entry in registry().entries.values()}


def _expect_same_contract(metadata: Any, source: Path) -> int | None:
    said = metadata.get(_CONTRACT)
    ours = _fingerprints()
    theirs = json.loads(said) if said else None
    if theirs is None or any(ours.get(number) != mark for number, mark in theirs.items()):
        raise ValueError(
            f"{source} was not written by `env1357 log export` of this contract or an older one: its schema ids "
            "mean something else here. Export it with the version of the platform that wrote the log"
        )
    return None
