"""From the log's batches to chunks of columns that one transaction folds; statements called back from the log."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import polars as pl

from eventlog.columns import UndecodableBatch, columns
from eventlog.log import NOTHING, Batch, EventLog, LogDamaged, Offsets, Stream
from projections.chunk import Chunk, Unreadable
from projections.soundness import sorted_out
from schemas.contract import event_types
from schemas.ids import UnknownSchema, registry

CHUNK_EVENTS = 131_072
"""Enough for the columns to pay, few enough for a chunk to stay well below 200 MB."""

CHUNK_BYTES = 32 * 1024 * 1024
"""The same for events that are large."""

Positions = Mapping[Stream, Sequence[int]]
"""For each stream offsets in it, ascending."""

_TOGETHER = 20_000


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


def positions_of(frame: pl.DataFrame) -> dict[Stream, list[int]]:
    """The positions that a frame of `topic`, `partition`, `log_offset` names."""
    found = dict[Stream, list[int]]()
    for (topic, partition), part in frame.group_by("topic", "partition"):
        found[Stream(str(topic), int(str(partition)))] = part["log_offset"].sort().to_list()
    return found


def recalling(log: EventLog) -> Callable[[pl.DataFrame], Iterator[pl.DataFrame]]:
    """What gives the statements of a log at the positions that a frame names."""
    return lambda positions: statements_at(log, positions_of(positions))


def statements_at(log: EventLog, positions: Positions) -> Iterator[pl.DataFrame]:
    """The statements at these positions, some at a time, by their newest shape; in each stream's order.

    It costs what reading from the first to the last of them costs. Raises `LogDamaged` where one is not there.
    """
    missing = {stream: len(offsets) for stream, offsets in positions.items() if offsets}
    if not missing:
        return
    after = {**log.ends(), **{stream: positions[stream][0] for stream in missing}}
    waiting, count = list[Batch](), 0
    with closing(log.read(after)) as batches:  # type: ignore[type-var]  # an iterator of ours is a generator
        for batch in batches:
            here = _count_between(positions.get(batch.stream, ()), batch.base_offset, batch.end)
            if not here:
                continue
            waiting.append(batch)
            count += batch.count
            missing[batch.stream] -= here
            if count >= _TOGETHER:
                yield from _called_back(waiting, positions)
                waiting, count = [], 0
            if not any(missing.values()):
                break
    yield from _called_back(waiting, positions)
    for stream, lacking in missing.items():
        if lacking:
            raise LogDamaged(f"{stream} lacks {lacking} statements where the tables know them: restore the log")


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


def _count_between(offsets: Sequence[int], start: int, end: int) -> int:
    return bisect_left(offsets, end) - bisect_left(offsets, start)


def _called_back(batches: Sequence[Batch], positions: Positions) -> Iterator[pl.DataFrame]:
    """What of the batches stands at the positions; they may have gaps between them."""
    for batch in _runs(batches):
        offsets = positions[batch[0].stream]
        first, last = batch[0].base_offset, batch[-1].end
        wanted = offsets[bisect_left(offsets, first) : bisect_right(offsets, last - 1)]
        for frame in chunk_of(batch, {batch[0].stream: first}).frames.values():
            yield frame.filter(pl.col("log_offset").is_in(list(wanted)))


def _runs(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """The batches in runs of one stream without gaps."""
    run = list[Batch]()
    for batch in sorted(batches, key=lambda batch: (batch.stream, batch.base_offset)):
        if run and (run[-1].stream, run[-1].end) != (batch.stream, batch.base_offset):
            yield run
            run = []
        run.append(batch)
    if run:
        yield run
