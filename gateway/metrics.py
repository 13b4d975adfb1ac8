"""What `/metrics` tells Prometheus; read from the platform at each scrape, so nothing is counted twice."""

from collections.abc import Callable, Iterator
from dataclasses import asdict

import duckdb
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from eventlog.log import LogUnavailable, Offsets
from ingest.quota import Quota
from projections.database import DatabaseUnavailable
from running.platform import ARCHIVE_FOLDER, LOG_FILE, Platform, free_bytes
from running.sizes import size_of

_MOST_CODES = 100
_OPEN = (
    "SELECT code, count(*), sum(bytes) FROM ops.quarantine WHERE state IN ('OPEN', 'CORRECTED')"
    f" GROUP BY code ORDER BY count(*) DESC, code LIMIT {_MOST_CODES}"
)
_ARCHIVED = "SELECT count(*), coalesce(CAST(sum(readings) AS BIGINT), 0) FROM base.history_archived"
_OUTAGES = (LogUnavailable, DatabaseUnavailable, duckdb.Error, OSError)


class PlatformCollector(Collector):
    """Where the log ends, how far it is folded, what came of what was sent, and how the disk is.

    A part that can't be asked now is left out and named by `env1357_scrape_failed`; the others are told.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def collect(self) -> Iterator[Metric]:
        failed = GaugeMetricFamily("env1357_scrape_failed", "1 where a part could not be asked.", labels=["part"])
        parts: dict[str, Callable[[], Iterator[Metric]]] = {
            "streams": self._streams,
            "parts": self._parts,
            "commands": self._commands,
            "quarantine": self._quarantine,
            "archive": self._archive,
            "disk": self._disk,
        }
        for name, look in parts.items():
            try:
                found = list(look())
            except _OUTAGES:
                found = []
                failed.add_metric([name], 1)
            else:
                failed.add_metric([name], 0)
            yield from found
        yield failed

    def _streams(self) -> Iterator[Metric]:
        follower, ends = self._platform.follower, self._platform.log.ends()
        yield _by_stream("env1357_log_end_offset", "Offset behind the last event of a stream.", ends)
        folded = {stream: follower.offsets.get(stream, 0) for stream in ends}
        yield _by_stream("env1357_folded_offset", "Offset behind the last folded event of a stream.", folded)
        yield GaugeMetricFamily("env1357_lag_events", "Events not folded yet.", follower.lag())

    def _parts(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "env1357_folding_failed",
            "1 where the last fold failed and is tried again.",
            int(self._platform.follower.failure is not None),
        )
        yield from self._rebuild()
        yield self._troubles()
        yield self._set_aside()
        for (part, name), value in self._platform.meters.counts().items():
            yield CounterMetricFamily(f"env1357_{part}_{name}", f"{part}: {name.replace('_', ' ')}.", value)
        for (part, name), value in self._platform.meters.levels().items():
            yield GaugeMetricFamily(f"env1357_{part}_{name}", f"{part}: {name.replace('_', ' ')} now.", value)
        yield from _refused(self._platform.observations.quota)

    def _commands(self) -> Iterator[Metric]:
        family = CounterMetricFamily("env1357_commands", "Commands by what became of them.", labels=["outcome"])
        for outcome, count in asdict(self._platform.handler.counts).items():
            family.add_metric([outcome], count)
        yield family

    def _quarantine(self) -> Iterator[Metric]:
        count = GaugeMetricFamily(
            "env1357_quarantine_open",
            f"What waits in quarantine, by reason; the {_MOST_CODES} most frequent.",
            labels=["code"],
        )
        size = GaugeMetricFamily("env1357_quarantine_open_bytes", "Its bytes, by reason.", labels=["code"])
        with self._platform.database.read() as snapshot:
            for code, things, held in snapshot.connection.execute(_OPEN).fetchall():
                count.add_metric([code], things)
                size.add_metric([code], held or 0)
        yield from (count, size)

    def _archive(self) -> Iterator[Metric]:
        with self._platform.database.read() as snapshot:
            ((files, readings),) = snapshot.connection.execute(_ARCHIVED).fetchall()
        held = [path.stat().st_size for path in (self._platform.data / ARCHIVE_FOLDER).rglob("*.parquet")]
        yield GaugeMetricFamily("env1357_archive_files", "Files that fine readings left the tables for.", files)
        yield GaugeMetricFamily("env1357_archive_files_found", "Files that stand in the archive.", len(held))
        yield GaugeMetricFamily("env1357_archive_bytes", "Bytes of the files in the archive.", sum(held))
        yield GaugeMetricFamily("env1357_archive_readings", "Readings that left the tables.", readings)

    def _disk(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "env1357_disk_free_bytes", "Room for the data folder.", free_bytes(self._platform.data)
        )
        for name, path in (("log", self._platform.data / LOG_FILE), ("projections", self._platform.database.path)):
            if path.exists():
                yield GaugeMetricFamily(
                    f"env1357_{name}_file_bytes",
                    f"Size of the {name} file with its write-ahead log.",
                    size_of(path),
                )

    def _rebuild(self) -> Iterator[Metric]:
        database = self._platform.database
        text = "1 where the tables are being built anew from the log; /readyz says why."
        yield GaugeMetricFamily("env1357_rebuild_under_way", text, int(database.due is not None))
        folded, total = database.built
        text = "Events that the last rebuild since the start has folded so far."
        yield GaugeMetricFamily("env1357_rebuild_folded_events", text, folded)
        yield GaugeMetricFamily("env1357_rebuild_events", "Events that it is to fold.", total)

    def _set_aside(self) -> GaugeMetricFamily:
        text = "Rows of a table that can't be computed and are left out."
        family = GaugeMetricFamily("env1357_set_aside_rows", text, labels=["table"])
        for each in self._platform.lagging.set_aside():
            family.add_metric([each.table], each.keys)
        return family

    def _troubles(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "env1357_trouble", "1 where a part is not well; /readyz says how.", labels=["part"]
        )
        ailing = {trouble.part for trouble in self._platform.health.troubles()}
        for part in sorted({*self._platform.health.parts(), *ailing}):
            family.add_metric([part], int(part in ailing))
        return family


def exposition(platform: Platform, requests: CollectorRegistry | None = None) -> bytes:
    """The metrics in Prometheus's text format: the platform's, the requests' and the process's own."""
    registry = CollectorRegistry()
    registry.register(PlatformCollector(platform))
    ProcessCollector(registry=registry)
    return generate_latest(registry) + (generate_latest(requests) if requests else b"")


def _refused(quota: Quota) -> Iterator[CounterMetricFamily]:
    """What was refused since the start: kept in quarantine, or beyond its sender's quota and only counted."""
    number = CounterMetricFamily(
        "env1357_refused_submissions", "Submissions refused since the start.", labels=["channel", "content"]
    )
    size = CounterMetricFamily(
        "env1357_refused_bytes", "Bytes of submissions refused since the start.", labels=["channel", "content"]
    )
    for channel, count in sorted(quota.counts.items()):
        number.add_metric([channel, "kept"], count.kept)
        number.add_metric([channel, "counted"], count.counted)
        size.add_metric([channel, "kept"], count.kept_bytes)
        size.add_metric([channel, "counted"], count.counted_bytes)
    yield number
    yield size


def _by_stream(name: str, text: str, offsets: Offsets) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=["topic", "partition"])
    for stream, offset in sorted(offsets.items()):
        family.add_metric([stream.topic, str(stream.partition)], offset)
    return family
