"""What a GraphQL operation works with: one snapshot of the tables for all its fields, and the platform."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import duckdb
import polars as pl
import pyarrow as pa
import strawberry
from graphql import GraphQLError

from eventlog.log import Offsets
from gateway.graphql.allowance import Allowance, OperationLimits
from gateway.graphql.crew import Crews
from gateway.graphql.notices import Notices
from gateway.graphql.rows import field_names, objects, select_of
from gateway.kept import Kept, Shared, tables_in
from gateway.moments import naive
from projections.aside import SetAside
from projections.catalogue import catalogue, narrowed
from projections.database import Snapshot
from projections.past import END, Past, PastsBusy, Scope, TooMuchPast, lack_readings, tables_read
from running.platform import Platform

_BATCH_ROWS = 16_384
_MOST_ROWS = 50_000

Row = TypeVar("Row")


@dataclass(frozen=True)
class Desk:
    """What an operation is carried out with, whichever schema it belongs to."""

    platform: Platform
    crews: Crews
    notices: Notices
    kept: Kept
    shared: Shared[Any] = field(default_factory=Shared)


def open_desk(platform: Platform, limits: OperationLimits) -> Desk:
    """The desk of a platform."""
    return Desk(
        platform,
        Crews(limits),
        Notices(platform.follower.listen),
        Kept(platform.database, limits.answers_kept_bytes),
    )


class Context:
    """One operation's. Its snapshot is taken at the first read and let go by `close`; one thread uses it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.allowance = Allowance(desk.crews.limits)
        self.tables = set[str]()
        self._asked: set[str] = set()
        self.etag: str | None = None
        self.reads_beyond_tables = False
        self._held = ExitStack()
        self._snapshot: Snapshot | None = None
        self._pasts: list[Past] = []
        self.cut: dict[str, int] = {}

    def anew(self) -> "Context":
        """The context of another operation at the same desk."""
        return Context(self.desk)

    @property
    def platform(self) -> Platform:
        """What commands are carried out by. Raises `Ended` where the operation's time is over."""
        self.allowance.check()
        self.reads_beyond_tables = True
        return self.desk.platform

    @property
    def lacking(self) -> list[SetAside]:
        """What is set aside in the tables that were asked so far, or in what they follow from."""
        lagging = self.desk.platform.lagging
        if not lagging.set_aside():
            return []
        return lagging.concerning({table for sql in self._asked for table in tables_read(sql)})

    def frame(
        self,
        sql: str,
        params: Mapping[str, Any],
        moment: datetime | None,
        scope: Scope | None = None,
    ) -> pl.DataFrame:
        """The answer to a question: as the tables that it reads are, or as was known at `moment`."""
        self._asked.add(sql)
        connection = self._now().connection
        if moment is not None:
            connection = self._past(naive(moment), sql, scope or Scope())
        elif scope is not None and "base.reading" in sql and lack_readings(connection, scope):
            connection = self._past(END, sql, scope)
        self.tables |= tables_in(sql)
        used = {name: value for name, value in params.items() if f"${name}" in sql}
        bounded = sql if re.search(r"\bLIMIT\b", sql) else f"{sql}\nLIMIT {_MOST_ROWS + 1}"
        with self.desk.platform.database.answering(), self.allowance.reading(connection):
            frame = self._read(connection.sql(bounded, params=used))
        if frame.height > _MOST_ROWS:
            self.note_cut(", ".join(sorted(tables_read(sql))), _MOST_ROWS)
            frame = frame.head(_MOST_ROWS)
        return frame.with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))

    def _read(self, answered: duckdb.DuckDBPyRelation) -> pl.DataFrame:
        """All rows of an answer, as long as the operation may have more. Raises `Ended`."""
        reader: pa.RecordBatchReader = answered.to_arrow_reader(_BATCH_ROWS)
        batches = []
        for batch in reader:
            self.allowance.spend(batch.num_rows * batch.num_columns)
            batches.append(batch)
        return pl.DataFrame(pa.Table.from_batches(batches, reader.schema))

    def rows(
        self,
        kind: type[Row],
        table: str,
        rest: str,
        params: Mapping[str, Any],
        moment: datetime | None,
        scope: Scope | None = None,
        narrower: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """Rows of a table as objects of a GraphQL type; `rest` is what its SELECT says behind the table's name.

        `narrower` says what of a view's sources is read at all, as for `catalogue.narrowed`.
        """
        source = f"({narrowed(table, narrower)}\n)" if narrower else table
        sql = f"SELECT {select_of(kind)} FROM {source} {rest}"
        return objects(kind, self.frame(sql, params, moment, scope))

    def note_cut(self, what: str, limit: int) -> None:
        """Note that a list holds more than was returned."""
        self.cut[what] = limit

    @property
    def offsets(self) -> Offsets:
        """Where in the log this operation's snapshot stands."""
        return self._now().offsets

    @property
    def has_read(self) -> bool:
        """Whether a snapshot was taken."""
        return self._snapshot is not None

    def close(self) -> None:
        """Let go of the snapshot."""
        self._held.close()
        self._snapshot, self._pasts = None, []

    def _now(self) -> Snapshot:
        if self._snapshot is None:
            self._snapshot = self._held.enter_context(self.desk.platform.database.read())
        return self._snapshot

    def _past(self, moment: datetime, sql: str, scope: Scope) -> duckdb.DuckDBPyConnection:
        """What the question reads, as known at the moment; made once where another of its past's tables will do."""
        needed = catalogue().closure(set(tables_read(sql)))
        for past in self._pasts:
            if (past.moment, past.scope) == (moment, scope) and needed <= past.tables:
                return past.connection
        live, reading = self._now().connection, self.allowance.reading
        try:
            with reading(live):
                made = self.desk.platform.pasts.at(live, moment, needed, scope, reading)
                self._pasts.append(self._held.enter_context(made))
        except TooMuchPast as refusal:
            code = "TOO_MUCH_OF_THE_PAST"
            raise GraphQLError(str(refusal), extensions={"code": code, "remedy": refusal.remedy}) from refusal
        except PastsBusy as busy:
            after = busy.retry_after_s
            raise GraphQLError(str(busy), extensions={"code": "UNAVAILABLE", "retryAfterS": after}) from busy
        return self._pasts[-1].connection


Info = strawberry.Info[Context, None]


def rows_as(kind: type[Row], frame: pl.DataFrame) -> list[Row]:
    """The rows of a frame as objects of a GraphQL type, by the names of its fields."""
    return [kind(**row) for row in frame.iter_rows(named=True)]


def columns_of(kind: type[Any]) -> str:
    """The columns that a GraphQL type is made of, for a SELECT."""
    return ", ".join(f'"{name}"' for name in field_names(kind))


def position(offsets: Offsets) -> str:
    """A log position as text: the stamp of a response, the same on every replica that stands there."""
    return ",".join(f"{stream}:{offset}" for stream, offset in sorted(offsets.items()))
