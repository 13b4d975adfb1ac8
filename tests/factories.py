"""Plain factories: events, batches and tables for tests."""

import csv
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from eventlog.codec import Event, drafts
from eventlog.log import Batch, Draft, Stream
from projections.engine import Engine
from projections.incoming import chunk_of, recalling
from projections.replay import contents

SIX = {"SO2": 10.0, "NO2": 40.0, "CO": 0.8, "O3": 60.0, "PM10": 80.0, "PM2.5": 40.0}
NOON = datetime(2022, 1, 3, 4, 0, tzinfo=UTC)  # 12:00 in Xunyang


def envelope(subject: str, previous: str | None = None, **changed: Any) -> dict[str, Any]:
    said = changed.pop("event_id", None) or str(uuid.uuid5(uuid.NAMESPACE_OID, repr((subject, previous, changed))))
    return {
        "event_id": said,
        "subject": subject,
        "occurred_at": NOON,
        "recorded_at": NOON,
        "source": "test",
        "previous": previous,
        **changed,
    }


def observation(
    site_id: str = "1803A",
    observed_at: datetime = NOON,
    readings: Mapping[str, float | None] | None = None,
    *,
    subsystem: str = "air",
    period: str = "HOUR",
    marks: dict[str, str] | None = None,
    statement: int = 1,
    recorded_at: datetime | None = None,
    source: str = "test",
    reviewed: bool = False,
) -> Event:
    values = SIX if readings is None else readings
    said = [
        subsystem,
        site_id,
        period,
        observed_at,
        sorted(values.items()),
        sorted((marks or {}).items()),
        statement,
        *(["reviewed"] if reviewed else []),
    ]
    return Event(
        f"{subsystem}.observation_recorded",
        {
            **envelope(
                site_id,
                event_id=str(uuid.uuid5(uuid.NAMESPACE_OID, repr(said))),
                occurred_at=observed_at + timedelta(hours=1),
                recorded_at=recorded_at or observed_at + timedelta(hours=1, minutes=statement),
                source=source,
            ),
            "site_id": site_id,
            "period": period,
            "observed_at": observed_at,
            "statement": statement,
            "factors": list(values),
            "values": list(values.values()),
            "marks": [(marks or {}).get(factor, "") for factor in values],
            "reviewed": reviewed,
        },
    )


def place(event: str, aggregate: str, site_id: str, previous: str | None = None, **fields: Any) -> Event:
    """A registration; what the kind of place needs beside its position goes into `fields`."""
    said = repr((event, site_id, previous, sorted(fields.items())))
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, said))
    source = fields.pop("source", "test")
    return Event(
        event,
        {
            **envelope(f"{aggregate}/{site_id}", previous, event_id=event_id, source=source),
            "site_id": site_id,
            "name_zh": fields.pop("name_zh", site_id),
            "name_en": fields.pop("name_en", site_id),
            "lon": 116.0,
            "lat": 29.7,
            "position_quality": "SURVEYED",
            "position_source": "test",
            **fields,
        },
    )


def lake(site_id: str = "gantang-lake", previous: str | None = None, **fields: Any) -> Event:
    empty = dict.fromkeys(("area_ha", "depth_m", "flood_depth_m", "mean_level_m", "target_class", "remark"))
    return place("water.lake_registered", "lake", site_id, previous, **{**empty, **fields})


def section(site_id: str = "hedong-intake", previous: str | None = None, **fields: Any) -> Event:
    given = {"water_body_id": "yangtze", "water_body_kind": "RIVER", "control": "UNSTATED", "target_class": None}
    source = {"drinking_water_source": True}
    return place("water.section_registered", "section", site_id, previous, **{**given, **source, **fields})


def outfall(site_id: str = "outfall-a", previous: str | None = None, **fields: Any) -> Event:
    names = ("responsible_body", "code", "category", "sign_erected_on", "discharge_standard", "discharge_scope")
    empty = dict.fromkeys((*names, "discharge_level", "built_on"))
    given = {"water_body_id": "yangtze", "automatic_monitor": True}
    return place("water.outfall_registered", "outfall", site_id, previous, **{**empty, **given, **fields})


def source_monitor(site_id: str = "m", watches: str = "STACK", source_id: str = "e", **more: Any) -> Event:
    empty = dict.fromkeys(("stack_no", "standard", "scope", "level", "subdistrict_id", "operator"))
    given = {**empty, "watches": watches, "source_id": source_id, **more}
    return place("air.source_monitor_registered", "source_monitor", site_id, **given)


def batches(drafted: Iterable[Draft], ends: dict[Stream, int] | None = None) -> list[Batch]:
    """The drafts as a log would hand them out, each as one batch."""
    ends = {} if ends is None else ends
    found = []
    for draft in drafted:
        stream = Stream(draft.topic)
        base = ends.get(stream, 0)
        found.append(Batch(stream, base, draft.schema_id, len(draft.datums), b"".join(draft.datums)))
        ends[stream] = found[-1].end
    return found


@dataclass
class Tables:
    """Tables in memory that events are folded into."""

    connection: duckdb.DuckDBPyConnection
    engine: Engine
    ends: dict[Stream, int] = field(default_factory=dict)
    said: list[Batch] = field(default_factory=list)

    @classmethod
    def copied(cls, laid_out: Path, target: Path) -> "Tables":
        """Empty tables in a copy of a file that is laid out. The caller closes the connection."""
        connection = duckdb.connect(shutil.copy(laid_out, target), config={"threads": 1})
        return cls(connection, Engine(connection))

    def given(self, *events: Event) -> "Tables":
        """Fold events, as they would stand in a log."""
        fresh = batches(drafts(events), self.ends)
        self.said.extend(fresh)
        self.engine.recall = recalling(Listed(self.said))  # type: ignore[arg-type]  # it is only read
        self.engine.fold(chunk_of(fresh, self.engine.offsets()))
        return self

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:
        """The only row."""
        (row,) = self.rows(sql)
        return row

    def contents(self) -> dict[str, tuple[int, int]]:
        return contents(self.connection)


@dataclass(frozen=True)
class Listed:
    """A log to be read, of batches that are there."""

    batches: Sequence[Batch]

    def read(self, after: Mapping[Stream, int]) -> Iterator[Batch]:
        yield from (batch for batch in self.batches if batch.end > after.get(batch.stream, 0))

    def ends(self) -> dict[Stream, int]:
        return {batch.stream: batch.end for batch in self.batches}


def _identity(*said: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(said)))


def archived(day: date, offsets: Mapping[int, int], subsystem: str = "air", part: int = 1, **more: Any) -> Event:
    """Fine readings of a day leave the tables, as far as the offsets of the stream's partitions."""
    said = {
        "subsystem": subsystem,
        "day": day,
        "part": part,
        "partitions": list(offsets),
        "offsets": list(offsets.values()),
        **dict.fromkeys(("statements", "readings"), 0),
        **dict.fromkeys(("sha256", "file"), ""),
    }
    previous = more.pop("previous", None)
    subject = f"archive/{subsystem}-{day}"
    return Event(
        "district.history_archived",
        {**envelope(subject, previous, event_id=_identity("archive", said, previous)), **said, **more},
    )


def hours(start: datetime, count: int) -> Sequence[datetime]:
    return [start + timedelta(hours=hour) for hour in range(count)]


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
