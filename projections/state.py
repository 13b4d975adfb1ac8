"""What command handlers ask of the read side: the life of a subject, the register of sites, the last statements."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from eventlog.log import EventLog, Stream
from eventlog.looking import bytes_at, events_at
from projections.database import Database
from projections.heads import Head
from schemas.contract import event_types
from schemas.places import Site

_SITES = "SELECT site_id, theme, kind, claimed_at, retired_at FROM base.site"
_PART = "district.device_part_received"

History = list[tuple[str, Mapping[str, Any]]]
"""(event type, fields) of a subject's events that count, oldest first."""


class ReadState:
    """Answers from a database; each answer is as of the log position that the tables stand at."""

    def __init__(self, database: Database, log: EventLog) -> None:
        """What tables don't keep is read from the log that they follow."""
        self._database, self._log = database, log
        self._sites: tuple[tuple[Path, int], Mapping[str, Site]] | None = None

    def history(self, subject: str) -> History:
        """The events of a subject that count, oldest first."""
        aggregate = subject.partition("/")[0]
        with self._database.read() as snapshot:
            head = snapshot.heads.of(snapshot.connection, [subject]).get(subject)
            if head is None:
                return []
            said = [
                row
                for name, kind in event_types().items()
                if kind.aggregate == aggregate
                for row in _named(snapshot.connection, name, "subject", subject, head)
            ]
            return sorted(said, key=lambda row: row[1]["sequence"])

    def naming(self, event: str, field: str, identity: str) -> History:
        """The events of a type that count and name `identity` in a field, in no order."""
        with self._database.read() as snapshot:
            return _named(snapshot.connection, event, field, identity)

    def exists(self, subject: str) -> bool:
        """Whether anything that counts was ever said of a subject; `observation/<event_id>` is a statement."""
        aggregate, _, identity = subject.partition("/")
        if aggregate == "observation":
            return bool(
                self._rows(
                    "SELECT 1 FROM base.observation WHERE event_id = TRY_CAST(? AS UUID) LIMIT 1", [identity]
                )
            )
        with self._database.read() as snapshot:
            if subject in snapshot.heads.of(snapshot.connection, [subject]):
                return True
        if aggregate == "alarm":
            return self._raised(identity)
        submission = identity.removesuffix("/1")  # what no table could take has no event that says so
        return aggregate == "submission" and bool(
            self._rows("SELECT 1 FROM ops.unreadable WHERE submission_id = ? LIMIT 1", [submission])
        )

    def _raised(self, alarm_id: str) -> bool:
        """Whether there is an alarm of this name by what is folded; one that was handled before has a life."""
        parts = alarm_id.split("/")
        asked: list[object] = ["/".join(parts[1:-2]), alarm_id]
        return bool(self._rows("SELECT 1 FROM monitor.alarm WHERE site_id = ? AND alarm_id = ? LIMIT 1", asked))

    def counted(self, subject: str, event_id: str) -> bool:
        """Whether a folded event of a subject counts; False where it is superseded or not there."""
        with self._database.read() as snapshot:
            head = snapshot.heads.of(snapshot.connection, [subject]).get(subject)
        if head is None or head.event_id == event_id:
            return head is not None
        return any(str(fields["event_id"]) == event_id for _, fields in self.history(subject))

    def sites(self) -> Mapping[str, Site]:
        """Every registered site by its id; read anew when the register has moved."""
        revision = self._database.revision("base.site")
        if self._sites is None or self._sites[0] != revision:
            with self._database.read() as snapshot:
                rows = snapshot.connection.execute(_SITES).fetchall()
            self._sites = revision, {site_id: Site(*said) for site_id, *said in rows}
        return self._sites[1]

    def last_statements(self, keys: pl.DataFrame) -> pl.DataFrame:
        """For each `site_id`, `period`, `observed_at` that has been stated: the last `statement` and `event_id`."""
        with self._database.read() as snapshot:
            snapshot.connection.register("asked", keys)
            found: pl.DataFrame = snapshot.connection.sql(
                "SELECT site_id, period, observed_at, CAST(max(statement) AS BIGINT) AS statement,"
                " CAST(arg_max(event_id, statement) AS VARCHAR) AS event_id"
                " FROM base.observation SEMI JOIN asked USING (site_id, period, observed_at) GROUP BY ALL"
            ).pl()
        return found

    def devices(self) -> list[dict[str, Any]]:
        """Every device of the register, as `monitor.device` has it."""
        return self._rows("SELECT * FROM monitor.device ORDER BY mn")

    def open_device_commands(self) -> list[dict[str, Any]]:
        """Commands to devices that have not ended, the oldest first."""
        return self._rows(
            "SELECT command_id, CAST(request_id AS VARCHAR) AS request_id, mn, cn, st, parameters, expires_at"
            " FROM monitor.device_command WHERE status = 'PENDING' ORDER BY requested_at, command_id"
        )

    def device_parts(self, since: datetime) -> list[bytes]:
        """Frames that were parts of messages and were recorded since, in that order."""
        moment = since.astimezone(UTC).replace(tzinfo=None)
        rows = self._rows(
            "SELECT partition, log_offset FROM base.device_part_received WHERE recorded_at >= ?"
            " ORDER BY log_offset",
            [moment],
        )
        found: dict[tuple[int, int], bytes] = {}
        for partition in {row["partition"] for row in rows}:
            stream = Stream(event_types()[_PART].topic, partition)
            offsets = [row["log_offset"] for row in rows if row["partition"] == partition]
            events = events_at(self._log, stream, offsets)
            found.update(((partition, offset), events[offset]["content"]) for offset in offsets)
        return [found[row["partition"], row["log_offset"]] for row in rows]

    def content(self, event: str, fields: Mapping[str, Any]) -> bytes:
        """What the field `content` of a folded event holds. Raises `LogUnavailable`, `LogDamaged`."""
        stream, offset = Stream(event_types()[event].topic, fields["partition"]), fields["log_offset"]
        return bytes(events_at(self._log, stream, [offset])[offset]["content"])

    def unreadable(self, submission_id: str) -> bytes | None:
        """The bytes of an event of the log that does not fit its schema; None where there is no such."""
        rows = self._rows(
            "SELECT topic, partition, log_offset FROM ops.unreadable WHERE submission_id = ?", [submission_id]
        )
        return (
            bytes_at(self._log, Stream(rows[0]["topic"], rows[0]["partition"]), rows[0]["log_offset"])
            if rows
            else None
        )

    def _rows(self, sql: str, values: list[object] | None = None) -> list[dict[str, Any]]:
        with self._database.read() as snapshot:
            cursor = snapshot.connection.execute(sql, values or [])
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _named(
    connection: duckdb.DuckDBPyConnection, event: str, field: str, identity: str, head: Head | None = None
) -> History:
    """The events of a type, all of which count, whose field says `identity`; of a head's life, if one is given."""
    values: list[object] = [identity]
    condition = f'"{field}" = ?'
    if head is not None:
        condition, values = (
            f"{condition} AND log_offset BETWEEN ? AND ?",
            [identity, head.first_offset, head.last_offset],
        )
    cursor = connection.execute(f"SELECT * FROM base.{event_types()[event].event} WHERE {condition}", values)
    names = [column[0] for column in cursor.description]
    return [(event, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
