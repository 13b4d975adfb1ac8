"""The log of a district that has outgrown one machine: topics of a Kafka cluster, by way of kafka-python."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError, LogTruncationError, OffsetOutOfRangeError

from eventlog import wire
from eventlog.confluent import Ids
from eventlog.fetching import Fetched, Reader, consumer_settings
from eventlog.log import NOTHING, Batch, Draft, LogDamaged, LogTruncated, LogUnavailable, Offsets, Stream
from schemas.contract import topics

_POLL_S = 0.05
_ANSWER_MS = 8_000
_DURABLE_MS = 20_000
_UNACKNOWLEDGED = 20_000
_NO_PROGRESS_S = 15.0
_SHORTER_S = 10.0
_SETTINGS: Mapping[str, Any] = {
    "request_timeout_ms": 5_000,
    "reconnect_backoff_max_ms": 1_000,
    "metadata_max_age_ms": 30_000,
}

_DURABLY: Mapping[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "delivery_timeout_ms": _DURABLE_MS,
    "max_block_ms": _ANSWER_MS,
    "batch_size": 512 * 1024,
    "linger_ms": 1,
    "max_request_size": 8 * 1024 * 1024,
}


@dataclass(frozen=True)
class Address:
    """A cluster's brokers, and what stands before the names of our topics there."""

    servers: tuple[str, ...]
    prefix: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """`kafka://host:9092,host:9092` or `kafka://host:9092/prefix`. Raises `ValueError`."""
        scheme, _, rest = url.partition("://")
        hosts, _, prefix = rest.partition("/")
        servers = tuple(filter(None, hosts.split(",")))
        if scheme != "kafka" or not servers or not all(_is_server(server) for server in servers):
            raise ValueError(f"{url!r} is no Kafka log: it looks like kafka://host:9092,host:9092 or with /prefix")
        return cls(servers, prefix)

    def broker_topic(self, topic: str) -> str:
        return f"{self.prefix}.{topic}" if self.prefix else topic

    def partition(self, stream: Stream) -> Any:
        return TopicPartition(self.broker_topic(stream.topic), stream.partition)

    def __str__(self) -> str:
        return f"kafka://{','.join(self.servers)}" + (f"/{self.prefix}" if self.prefix else "")


class KafkaLog:
    """`EventLog` on a Kafka cluster. It is in no consumer group: whoever reads knows where it stands."""

    def __init__(self, address: Address, names: Sequence[str] | None = None, ids: Ids | None = None) -> None:
        """Connect. `names` are the topics meant, ours where silent; `ids` those of an external registry.

        Raises `LogUnavailable` where no broker answers or topics are missing.
        """
        self.address, self._ids = address, ids or Ids()
        self._closed, self._first = False, 0
        self._asking, self._readers_lock = threading.Lock(), threading.Lock()
        self._readers: list[Reader] = []
        self._grown = threading.Condition()
        self._writing = threading.Lock()
        self._producer: Any = None
        self._asker: Any = None
        with self._translated():
            self._asker = self._connected()
            self.streams = self._find_streams(names or topics())

    def append(self, drafts: Sequence[Draft]) -> Offsets:
        self._refuse_closed()
        written: dict[Stream, int] = {}
        with self._translated(), self._producing() as producer:
            waiting = list[tuple[str, Any]]()
            for draft in drafts:
                schema_id = self._ids.outside(draft.schema_id)
                topic = self.address.broker_topic(draft.topic)
                for key, datum in zip(draft.keys, draft.datums, strict=True):
                    headers, moment = wire.attributes(draft.schema_id, datum)
                    said = wire.value(schema_id, datum)
                    sent = producer.send(topic, said, key.encode(), headers=headers, timestamp_ms=moment)
                    waiting.append((draft.topic, sent))
                    if len(waiting) >= _UNACKNOWLEDGED:
                        _acknowledged(waiting, written)
            _acknowledged(waiting, written)
        with self._grown:
            self._grown.notify_all()
        return written

    def read(self, after: Offsets) -> Iterator[Batch]:
        ends = self._ends_behind(after)
        while self._behind(after, ends):
            wanted = {stream: after.get(stream, 0) for stream in self.streams}
            with self._reading() as reader, self._translated(after):
                reader.stand_at({self.address.partition(s): offset for s, offset in wanted.items()})
                yield from self._read_until(reader, wanted, ends)
            after, ends = wanted, self._ends_behind(wanted)

    def ends(self) -> Offsets:
        return {stream: end for stream, end in self._ask("end_offsets").items() if end > 0}

    def beginnings(self) -> Offsets:
        """The offset of the first event that each stream still keeps."""
        return self._ask("beginning_offsets")

    def wait(self, seen: Offsets, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while not self._behind(seen, self._ends_behind(seen)):
            left = deadline - time.monotonic()
            if left <= 0 or self._closed:
                return False
            with self._grown:
                self._grown.wait(min(left, _POLL_S))
        return True

    def since(self, moment: datetime) -> Offsets:
        milliseconds = int(moment.timestamp() * 1000)
        with self._asking, self._translated():
            asked = {self.address.partition(stream): milliseconds for stream in self.streams}
            found = self._asker.offsets_for_times(asked)
        ends = self.ends()
        said = {stream: found.get(self.address.partition(stream)) for stream in ends}
        return {stream: ends[stream] if at is None else int(at.offset) for stream, at in said.items()}

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._producer is not None:
            _give_up(self._producer)
        self._ids.close()
        with self._asking:
            self._asker.close()
        with self._readers_lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()

    def _connect(self, make: Callable[[list[str]], Any]) -> Any:
        """A client, made by way of another broker each time.

        A broker that is cut off from the others goes on answering by what it knew, and kafka-python goes on
        asking the broker that it is connected with: only a client that began elsewhere learns better.
        """
        self._first += 1
        start = self._first % len(self.address.servers)
        servers = [*self.address.servers[start:], *self.address.servers[:start]]
        for server in servers[:-1]:
            try:
                return make([server])
            except KafkaError:
                continue
        return make(servers[-1:])

    def _connected(self) -> Any:
        return self._connect(
            lambda servers: KafkaConsumer(bootstrap_servers=servers, **_SETTINGS, **consumer_settings())
        )

    def _find_streams(self, names: Sequence[str]) -> tuple[Stream, ...]:
        found = {name: self._asker.partitions_for_topic(self.address.broker_topic(name)) for name in names}
        missing = [self.address.broker_topic(name) for name, partitions in found.items() if not partitions]
        if missing:
            raise LogUnavailable(
                f"{self.address} has no topic {', '.join(missing)}: create what is missing with "
                f"`env1357 topics apply --log {self.address}`"
            )
        return tuple(Stream(name, number) for name, partitions in found.items() for number in sorted(partitions))

    @contextmanager
    def _producing(self) -> Iterator[Any]:
        """The producer; one that failed is given up, since it may hold on to a leader that is none any more."""
        producer = self._open_producer()
        try:
            yield producer
        except KafkaError:
            with self._writing:
                if self._producer is producer:
                    self._producer = None
            _give_up(producer)
            raise

    def _open_producer(self) -> Any:
        with self._writing:
            if self._producer is None:
                self._producer = self._connect(
                    lambda servers: KafkaProducer(bootstrap_servers=servers, **_SETTINGS, **_DURABLY)
                )
        return self._producer

    def _read_until(self, reader: Reader, standing: dict[Stream, int], ends: Offsets) -> Iterator[Batch]:
        """Batches up to `ends` or beyond; `standing` is brought to where they end."""
        streams = {self.address.partition(stream): stream for stream in self.streams}
        moved_at = time.monotonic()
        while self._behind(standing, ends):
            self._refuse_closed()
            for partition, fetched in reader.poll(_ANSWER_MS // 30).items():
                stream, moved_at = streams[partition], time.monotonic()
                for batch in self._batches(stream, standing[stream], fetched):
                    standing[stream] = batch.end
                    yield batch
            if time.monotonic() - moved_at > _NO_PROGRESS_S:
                raise LogUnavailable(f"{self.address} gave nothing for {_NO_PROGRESS_S:.0f} s; it is asked again")

    def _batches(self, stream: Stream, at: int, fetched: Sequence[Fetched]) -> Iterator[Batch]:
        for part in fetched:
            if part.base_offset > at:
                yield Batch(stream, at, NOTHING, part.base_offset - at, b"")
            for batch in wire.batches(stream, part.base_offset, part.values):
                schema_id = self._ids.inside(batch.schema_id)
                yield Batch(stream, batch.base_offset, schema_id, batch.count, batch.datums, batch.sizes)
            at = max(at, part.end)

    def _ask(self, verb: str) -> dict[Stream, int]:
        self._refuse_closed()
        with self._asking, self._translated():
            partitions = {self.address.partition(stream): stream for stream in self.streams}
            try:
                found = answered(lambda: getattr(self._asker, verb)(list(partitions), timeout_ms=_ANSWER_MS))
            except KafkaError:
                former, self._asker = self._asker, self._connected()
                former.close(autocommit=False)
                raise
        return {stream: found[partition] for partition, stream in partitions.items()}

    def _behind(self, standing: Offsets, ends: Offsets) -> bool:
        return any(end > standing.get(stream, 0) for stream, end in ends.items())

    def _ends_behind(self, standing: Offsets) -> Offsets:
        """The ends, none of them before what a reader has.

        A leader that does not know yet what its predecessor had is asked again; raises `LogDamaged` where it
        stays so.
        """
        deadline = time.monotonic() + _SHORTER_S
        while True:
            ends = self.ends()
            short = [(s, offset) for s, offset in standing.items() if offset > ends.get(s, 0)]
            if not short:
                return ends
            if time.monotonic() > deadline:
                stream, offset = short[0]
                raise self._shorter(stream, offset, ends.get(stream, 0))
            time.sleep(_POLL_S)

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        """A consumer of this read's own; one that another read is done with, where there is one."""
        with self._readers_lock:
            reader = self._readers.pop() if self._readers else None
        if reader is None:
            with self._translated():
                reader = Reader(self._connected())
        sound = False
        try:
            yield reader
            sound = True
        except GeneratorExit:
            sound = True
            raise
        finally:
            with self._readers_lock:
                if sound and not self._closed:
                    self._readers.append(reader)
                else:
                    reader.close()

    @contextmanager
    def _translated(self, after: Offsets | None = None) -> Iterator[None]:
        try:
            yield
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            raise self._lost(after or {}, error) from error
        except KafkaError as error:
            raise LogUnavailable(
                f"{self.address}: {type(error).__name__}: {error}. Check that the brokers run; then send again"
            ) from error

    def _lost(self, after: Offsets, error: KafkaError) -> LogDamaged:
        """Why a stream can't be read from where its reader stands."""
        kept, ends = self.beginnings(), self._ask("end_offsets")
        for stream, first in kept.items():
            if after.get(stream, 0) < first:
                return LogTruncated(
                    f"{stream}: the tables stand at offset {after.get(stream, 0)}, and {self.address} keeps events "
                    f"from {first} on only: its retention removed what lies between. Restore a snapshot that was "
                    "taken later (`env1357 restore`), and set the topic's retention to forever "
                    "(`env1357 topics apply` tells what differs)"
                )
            if after.get(stream, 0) > ends[stream]:
                return self._shorter(stream, after[stream], ends[stream])
        return LogDamaged(f"{self.address}: {type(error).__name__}: {error}")

    def _shorter(self, stream: Stream, standing: int, end: int) -> LogDamaged:
        return LogDamaged(
            f"{stream}: the tables stand at offset {standing}, and {self.address} ends at {end}: the topic was "
            "made anew or lost its end. Name the log that the tables follow, or remove projections.duckdb to have "
            "them follow this one"
        )

    def _refuse_closed(self) -> None:
        if self._closed:
            raise LogUnavailable(f"{self.address} is closed")


def _give_up(producer: Any) -> None:
    """Close a producer. What it could not send by now was acknowledged to nobody."""
    try:
        producer.close(timeout=1)
    except KafkaError:
        producer._sender.force_close()
        producer._closed = True


def answered(ask: Callable[[], dict[Any, int]], patience_s: float = _ANSWER_MS / 1000) -> dict[Any, int]:
    """What brokers answer about partitions; asked again while a leader changes, raises `KafkaTimeoutError` then.

    The client fails with a KeyError where the answer lacks a partition, as it does while one has no leader.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return ask()
        except KeyError as missing:
            if time.monotonic() > deadline:
                raise KafkaTimeoutError(f"nobody answered for {missing}") from missing
            time.sleep(_POLL_S)


def _acknowledged(waiting: list[tuple[str, Any]], written: dict[Stream, int]) -> None:
    """Wait until all of them are durable, note where their streams then end, and forget them."""
    for topic, sent in waiting:
        durable = sent.get(timeout=_DURABLE_MS / 1000 + 10)
        stream = Stream(topic, durable.partition)
        written[stream] = max(written.get(stream, 0), durable.offset + 1)
    waiting.clear()


def _is_server(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal()
