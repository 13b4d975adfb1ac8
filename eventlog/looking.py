"""Looks single events up in a log, by where they stand: for what no table keeps."""

from collections.abc import Collection
from contextlib import closing
from typing import Any

from eventlog.columns import UndecodableBatch, columns
from eventlog.log import Batch, EventLog, LogDamaged, Stream
from schemas.ids import UnknownSchema


def events_at(log: EventLog, stream: Stream, offsets: Collection[int]) -> dict[int, dict[str, Any]]:
    """The events at these offsets of a stream, by offset: their fields, as columns have them.

    It costs what reading from the first to the last of them costs.
    Raises `LogDamaged` where one is not there, and `UndecodableBatch` where it does not fit its schema.
    """
    found: dict[int, dict[str, Any]] = {}
    for batch in _batches(log, stream, offsets):
        here = [offset for offset in offsets if batch.base_offset <= offset < batch.end]
        frame = columns([batch])
        found.update((offset, frame.row(offset - batch.base_offset, named=True)) for offset in here)
    return found


def bytes_at(log: EventLog, stream: Stream, offset: int) -> bytes:
    """What stands at an offset, whether it can be read or not.

    That is the event's bytes where the log keeps events apart, else its fields as text, or where they can't be
    read the batch that it stands in.
    """
    (batch,) = _batches(log, stream, [offset])
    if batch.sizes is not None:
        at = offset - batch.base_offset
        return batch.part(at, at + 1).datums
    try:
        return repr(columns([batch]).row(offset - batch.base_offset, named=True)).encode()
    except (UndecodableBatch, UnknownSchema):
        return batch.datums


def _batches(log: EventLog, stream: Stream, offsets: Collection[int]) -> list[Batch]:
    wanted, found = set(offsets), list[Batch]()
    if not wanted:
        return []
    after = {**log.ends(), stream: min(wanted)}
    with closing(log.read(after)) as batches:  # type: ignore[type-var]  # an iterator of ours is a generator
        for batch in batches:
            here = {offset for offset in wanted if batch.base_offset <= offset < batch.end}
            if batch.stream == stream and here:
                found.append(batch)
                wanted -= here
                if not wanted:
                    return found
    raise LogDamaged(f"{stream} has nothing at offset {min(wanted)}, where the tables know an event")
