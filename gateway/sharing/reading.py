"""Reads what is asked of a data set, a batch at a time, from one snapshot of the tables."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from eventlog.log import Offsets
from gateway.api.bodies import BadRequest
from gateway.graphql.allowance import Allowance
from gateway.graphql.context import position
from gateway.graphql.pages import standing
from gateway.sharing.asking import Asked, Cursor
from gateway.sharing.datasets import data_sets
from gateway.sharing.followed import Followed, changes
from projections.past import PastsBusy, Scope, TooMuchPast, lack_readings
from running.platform import Platform

_BATCH_ROWS = 16_384
_ALL = 1 << 60
_READINGS = {"base.reading", "base.reading_current"}


@dataclass
class Reading:
    """Rows that are being read: `batches` once, behind which is known whether more are there."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    offsets: Offsets
    stands: str
    lacks: Sequence[str] = ()
    more: bool = field(default=False)
    last: tuple[Any, ...] | None = field(default=None)
    since: str | None = None

    @property
    def position(self) -> str:
        """Where in the log the tables stand that are read."""
        return position(self.offsets)

    def cursor(self, asked: Asked) -> str | None:
        """The place behind the last row, where more come."""
        if not self.more or self.last is None:
            return None
        began = asked.after.began if asked.after else self.stands
        return Cursor(asked.rows_named, began, self.last).text()


@contextmanager
def reading_changes(
    platform: Platform, asked: Asked, allowance: Allowance, followed: Followed
) -> Iterator[Reading]:
    """What differs from what a follower has, and the token from which it goes on. Raises `BadRequest`, `Ended`."""
    with followed.before(asked) as before, platform.database.read() as snapshot, ExitStack() as held:
        held.enter_context(platform.database.answering())
        held.enter_context(allowance.reading(snapshot.connection))
        since = followed.keep(asked, snapshot.connection, position(snapshot.offsets))
        reader = changes(asked, before, snapshot.connection)
        schema = pa.schema([_zoned(each) for each in reader.schema])
        found = Reading(schema, iter(()), snapshot.offsets, stands(asked, snapshot.offsets), since=since)
        found.lacks = _lacks(platform, snapshot.connection, asked)
        found.batches = _batches(reader, found, None, allowance)
        yield found


@contextmanager
def reading(platform: Platform, asked: Asked, allowance: Allowance, *, placed: bool) -> Iterator[Reading]:
    """What is asked, with `place_lon` and `place_lat` where it is `placed`. Raises `BadRequest`, `Ended`."""
    data_set = asked.data_set
    places = ', "place_lon", "place_lat"' if placed else ""
    behind = asked.after.values if asked.after else None
    sql, params = asked.question.sql(
        data_set.selected + places,
        asked.given,
        behind,
        _ALL if asked.most is None else asked.most + 1,
        data_set.placed if placed else data_set.name,
    )
    with ExitStack() as held:
        snapshot = held.enter_context(platform.database.read())
        connection = snapshot.connection
        if asked.moment is not None:
            connection = held.enter_context(_past(platform, connection, asked, allowance, placed))
        held.enter_context(platform.database.answering())
        held.enter_context(allowance.reading(connection))
        reader = connection.sql(sql, params=params).to_arrow_reader(_BATCH_ROWS)
        terms = len(data_set.question.order)
        columns = list(reader.schema)[:-terms]
        found = Reading(
            pa.schema([_zoned(each) for each in columns]),
            iter(()),
            snapshot.offsets,
            stands(asked, snapshot.offsets),
        )
        found.lacks = _lacks(platform, connection, asked)
        found.batches = _batches(reader, found, asked.most, allowance)
        yield found


def stands(asked: Asked, offsets: Offsets) -> str:
    """Names where those streams of the log stand that the rows and their places follow from."""
    sites = standing(data_sets(asked.data_set.seen)["base.site"].question, offsets)
    return standing(asked.data_set.question, offsets) + sites


def _past(
    platform: Platform, live: duckdb.DuckDBPyConnection, asked: Asked, allowance: Allowance, placed: bool
) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    @contextmanager
    def made() -> Iterator[duckdb.DuckDBPyConnection]:
        tables = {asked.data_set.name} | ({"base.site"} if placed else set())
        assert asked.moment is not None  # noqa: S101  for types: asked by whoever asks for a past
        try:
            with (
                allowance.reading(live),
                platform.pasts.at(live, asked.moment, tables, Scope(), allowance.reading) as past,
            ):
                yield past.connection
        except TooMuchPast as refusal:
            remedy = "Ask without `asOf`, or rebuild the tables of that time: `env1357 replay --until`."
            raise BadRequest(422, "too_much_of_the_past", str(refusal), remedy) from refusal
        except PastsBusy as busy:
            after = str(busy.retry_after_s)
            raise BadRequest(503, "too_busy", str(busy), "Ask again then.", Retry_After=after) from busy

    return made()


def _lacks(platform: Platform, connection: duckdb.DuckDBPyConnection, asked: Asked) -> list[str]:
    """What is not among the rows though it should be, in words."""
    found = [each.message for each in platform.lagging.concerning({asked.data_set.name})]
    if asked.moment is None and asked.data_set.name in _READINGS and lack_readings(connection, Scope()):
        found.append(
            "fine readings that have left the tables for the archive: ask for them with `asOf`, or by GraphQL"
        )
    return found


def _batches(
    reader: pa.RecordBatchReader, found: Reading, most: int | None, allowance: Allowance
) -> Iterator[pa.RecordBatch]:
    left = _ALL if most is None else most
    for batch in reader:
        allowance.check()
        if batch.num_rows > left:
            batch, found.more = batch.slice(0, left), True
        left -= batch.num_rows
        if batch.num_rows:
            width = len(found.schema)
            keys = batch.columns[width:]
            found.last = tuple(_plain(each[-1].as_py()) for each in keys)
            columns = [each.cast(kind.type) for each, kind in zip(batch.columns[:width], found.schema, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=found.schema)
        if found.more:
            return


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _zoned(said: pa.Field) -> pa.Field:
    """A column with its times in UTC, which the tables have without saying so."""
    return said.with_type(pa.timestamp("us", tz="UTC")) if pa.types.is_timestamp(said.type) else said
