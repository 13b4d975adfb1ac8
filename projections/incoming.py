"""From the log's batches to chunks of columns that one transaction folds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from eventlog.columns import UndecodableBatch, columns
from eventlog.log import NOTHING, Batch, LogDamaged, Offsets
from projections.chunk import Chunk, Unreadable
from projections.soundness import sorted_out
from schemas.contract import event_types
from schemas.registry import UnknownSchema, registry

CHUNK_EVENTS = 131_072
"""Enough for the columns to pay, few enough for a chunk to stay well below 200 MB."""

CHUNK_BYTES = 32 * 1024 * 1024
"""The same for events that are large."""


def chunks(
    batches: Iterable[Batch], before: Offsets, until: Offsets | None = None, size: int = CHUNK_EVENTS
) -> Iterator[Chunk]:
    """Cut a log's batches, read from `before` on, into chunks of about `size` events, as far as `until`.

    A chunk whose events weigh `CHUNK_BYTES` is cut before.
    """
    standing, waiting, count, weight = dict(before), list[Batch](), 0, 0
    for batch in batches:
        if until is not None and batch.base_offset >= until.get(batch.stream, 0):
            continue
        waiting.append(batch)
        count += batch.count
        weight += len(batch.datums)
        if count >= size or weight >= CHUNK_BYTES:
            chunk = chunk_of(waiting, standing, until)
            yield chunk
            standing, waiting, count, weight = {**standing, **chunk.after}, [], 0, 0
    if waiting:
        yield chunk_of(waiting, standing, until)


def chunk_of(batches: Sequence[Batch], before: Offsets, until: Offsets | None = None) -> Chunk:
    """Decode batches, without the events before `before`, which are folded already, and from `until` on.

    Raises `LogDamaged` where events are missing between `before` and a batch.
    """
    chunk = Chunk(before=dict(before))
    alike: dict[tuple[int, bool], list[Batch]] = {}
    cut: list[tuple[Batch, int, int]] = []
    for batch in batches:
        known = chunk.after.get(batch.stream, before.get(batch.stream, 0))
        end = batch.end if until is None else min(batch.end, until.get(batch.stream, 0))
        _refuse_gap(batch, known)
        if end <= known:
            continue
        chunk.after[batch.stream] = end
        if batch.schema_id == NOTHING:
            continue
        whole = (known, end) == (batch.base_offset, batch.end)
        if batch.sizes is not None and not whole:
            batch, whole = batch.part(known - batch.base_offset, end - batch.base_offset), True
        if whole:
            alike.setdefault((batch.schema_id, batch.sizes is not None), []).append(batch)
        else:
            cut.append((batch, known - batch.base_offset, end - known))
    found = [pair for same in alike.values() for pair in _decoded(chunk, same)]
    for batch, start, length in cut:
        found += [(name, frame.slice(start, length)) for name, frame in _decoded(chunk, [batch])]
    chunk.frames.update(_by_type((name, _sound(chunk, name, frame)) for name, frame in found))
    return chunk


def ahead(chunks_to_come: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks, each decoded in another thread while the one before it is folded."""
    with ThreadPoolExecutor(1, thread_name_prefix="decoder") as decoder:
        following = decoder.submit(next, chunks_to_come, None)
        while (chunk := following.result()) is not None:
            following = decoder.submit(next, chunks_to_come, None)
            yield chunk


def _refuse_gap(batch: Batch, known: int) -> None:
    if batch.base_offset > known:
        raise LogDamaged(
            f"{batch.stream}: the log has nothing between offsets {known} and {batch.base_offset}, where the "
            "projections stand. Restore a snapshot that was taken later, or the log from a backup"
        )


def _decoded(chunk: Chunk, batches: Sequence[Batch]) -> list[tuple[str, pl.DataFrame]]:
    """The batches, all of one schema, as one frame; without those that can't be read."""
    try:
        frame = columns(batches)
    except (UndecodableBatch, UnknownSchema) as error:
        parts = list(_parted(batches))
        if parts:
            return [pair for part in parts for pair in _decoded(chunk, [part])]
        (batch,) = batches
        if batch.base_offset >= chunk.before.get(batch.stream, 0):  # else it was set aside with its first part
            chunk.unreadable.append(Unreadable(batch.stream, batch.base_offset, str(error), batch.datums))
        return []
    return [(registry().entry(batches[0].schema_id).event, frame)]


def _parted(batches: Sequence[Batch]) -> Iterator[Batch]:
    """What can be tried by itself where the whole can't be read; nothing where it can't be parted."""
    if len(batches) > 1:
        yield from batches
    elif batches[0].sizes is not None and batches[0].count > 1:
        middle = batches[0].count // 2
        yield batches[0].part(0, middle)
        yield batches[0].part(middle, batches[0].count)


def _sound(chunk: Chunk, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    sound, unreadable = sorted_out(event_types()[name], frame)
    chunk.unreadable.extend(unreadable)
    return sound


def _by_type(pairs: Iterable[tuple[str, pl.DataFrame]]) -> Mapping[str, pl.DataFrame]:
    collected: dict[str, list[pl.DataFrame]] = {}
    for name, frame in pairs:
        collected.setdefault(name, []).append(frame)
    return {
        name: pl.concat(frames).sort("topic", "partition", "log_offset") if len(frames) > 1 else frames[0]
        for name, frames in collected.items()
    }
