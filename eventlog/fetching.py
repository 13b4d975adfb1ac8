"""Takes record batches as a whole out of kafka-python's consumer, which knows leaders, retries and truncation.

Its own way makes an object for each record. Here one object stands for a batch; the batch's header is read and
its checksum verified as ever, and its records go on as a table.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
from kafka.consumer.fetcher import Fetcher
from kafka.errors import CorruptRecordError

from eventlog import wire

_FETCH_BYTES = 8 * 1024 * 1024
_BATCHES_A_POLL = 512


class Fetched(NamedTuple):
    """Values at consecutive offsets from `base_offset` on."""

    base_offset: int
    values: pl.Series

    @property
    def end(self) -> int:
        return self.base_offset + self.values.len()


class _Whole(NamedTuple):
    """What stands for a batch where the consumer has records; `offset` is its last."""

    offset: int
    batch: Any
    """None for a batch without events: a mark of a transaction, or one that was given up."""


class _WholeBatches(Fetcher.PartitionRecords):  # type: ignore[misc]  # kafka-python has no types
    """The batches of a fetch; as its ancestor, but for what it makes of each batch."""

    def _unpack_records(self, tp: Any, records: Any, *_deserializers: Any) -> Iterator[_Whole]:
        while (batch := records.next_batch()) is not None:
            if self.check_crcs and not batch.validate_crc():
                raise CorruptRecordError(f"{tp}: the batch at offset {batch.base_offset} fails its checksum")
            if batch.magic != 2:
                raise CorruptRecordError(f"{tp}: the batch at offset {batch.base_offset} is of an old format")
            self.leader_epoch = batch.leader_epoch
            self.next_fetch_offset = batch.next_offset
            self.records_read += batch.records_count
            self.bytes_read += batch.size_in_bytes
            yield _Whole(batch.last_offset, None if self._is_void(batch) else batch)
        self.drain()

    def _is_void(self, batch: Any) -> bool:
        """Whether a batch holds no events that count: a control batch, or a transaction's that was aborted."""
        if batch.has_producer_id():
            self._consume_aborted_transactions_up_to(batch.last_offset)
            if self._contains_abort_marker(batch):
                self.aborted_producer_ids.discard(batch.producer_id)
            elif self._is_batch_aborted(batch):
                return True
        return bool(batch.is_control_batch)


class Reader:
    """A consumer that stands where it is told. One thread at a time may use it."""

    def __init__(self, consumer: Any) -> None:
        """Take over a `KafkaConsumer` that was made with `consumer_settings`."""
        self._consumer = consumer
        self._consumer._fetcher.PartitionRecords = _WholeBatches
        self._standing: dict[Any, int] = {}

    def stand_at(self, offsets: Mapping[Any, int]) -> None:
        """Go on reading from these offsets; what is fetched already and still fits is kept."""
        if offsets.keys() != self._standing.keys():
            self._consumer.assign(list(offsets))
            self._standing = {}
        for partition, offset in offsets.items():
            if self._standing.get(partition) != offset:
                self._consumer.seek(partition, offset)
                self._standing[partition] = offset

    def poll(self, timeout_ms: int) -> Mapping[Any, Sequence[Fetched]]:
        """What came next of each partition, empty parts where offsets hold no event."""
        found = {}
        for partition, wholes in self._consumer.poll(timeout_ms, max_records=_BATCHES_A_POLL).items():
            found[partition] = list(_fetched(wholes))
            self._standing[partition] = wholes[-1].offset + 1
        return found

    def close(self) -> None:
        self._consumer.close(autocommit=False)


def consumer_settings() -> dict[str, Any]:
    """How a consumer is set that only reads: no group, nothing committed, nothing skipped in silence."""
    return {
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_committed",
        "max_partition_fetch_bytes": _FETCH_BYTES,
        "fetch_max_wait_ms": 200,
        "retry_backoff_ms": 20,
        "allow_auto_create_topics": False,
    }


def _fetched(wholes: Sequence[_Whole]) -> Iterator[Fetched]:
    """Neighbouring batches as one part, as long as they can be read as one table."""
    sections: list[wire.Section] = []
    for whole in wholes:
        section = _section(whole)
        if section is not None and (not sections or section.base_offset == _end(sections[-1])):
            sections.append(section)
            continue
        yield from _read(sections)
        sections = [] if section is None else [section]
        if section is None:
            yield from _one_by_one(whole)
    yield from _read(sections)


def _section(whole: _Whole) -> wire.Section | None:
    """The records of a batch that has one at each of its offsets."""
    batch = whole.batch
    if batch is None or batch.records_count != batch.last_offset_delta + 1:
        return None
    batch._maybe_uncompress()
    return wire.Section(batch.base_offset, batch.records_count, bytes(memoryview(batch._buffer)[batch._pos :]))


def _read(sections: Sequence[wire.Section]) -> Iterator[Fetched]:
    if not sections:
        return
    values = wire.values(sections)
    if values is not None:
        yield Fetched(sections[0].base_offset, values)
    elif len(sections) > 1:
        yield from _read(sections[: len(sections) // 2])
        yield from _read(sections[len(sections) // 2 :])
    else:
        (section,) = sections
        yield Fetched(section.base_offset, wire.values_one_by_one(section))


def _one_by_one(whole: _Whole) -> Iterator[Fetched]:
    """A batch in which offsets are missing: each of its records by itself, then an empty part at its end."""
    for record in whole.batch or ():
        yield Fetched(record.offset, pl.Series([record.value], dtype=pl.Binary))
    yield Fetched(whole.offset + 1, pl.Series([], dtype=pl.Binary))


def _end(section: wire.Section) -> int:
    return section.base_offset + section.events
