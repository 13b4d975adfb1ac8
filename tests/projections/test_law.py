"""The law of the house: any order of topics, any batching, any duplication, any number of crashes gives the
same tables as one replay from zero."""

import random
import shutil
import uuid
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event, drafts
from eventlog.log import Batch, Stream
from projections.chunk import Chunk
from projections.engine import Engine
from projections.incoming import chunk_of, recalling
from projections.replay import contents
from schemas.contract import event_types, place_kinds
from schemas.ids import registry
from tests.contract.avro_values import values
from tests.factories import (
    NOON,
    SIX,
    Listed,
    archived,
    envelope,
    lake,
    observation,
    outfall,
    section,
    source_monitor,
)
from tests.projections.domain import as_written, of_any_version
from tests.scratch import scratch

LIVES: dict[str, list[str]] = {}
for _name, _type in event_types().items():
    if _type.aggregate:
        LIVES.setdefault(_type.aggregate, []).append(_name)
ALONE = [str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in "abc"]
VALUES = st.sampled_from([None, -999.0, 0.0, 34.5, 75.0, 120.0, 900.0])


@st.composite
def air(draw: st.DrawFn) -> Event:
    return observation(
        draw(st.sampled_from(["1803A", "1804A", "stack"])),
        NOON + timedelta(hours=draw(st.integers(0, 30))),
        {**SIX, "PM2.5": draw(VALUES), "SO2_stack": draw(VALUES)},
        statement=draw(st.integers(1, 3)),
        period=draw(st.sampled_from(["HOUR", "HOUR", "MINUTE"])),
        marks={"PM10": draw(st.sampled_from(["", "N", "D"]))},
        source=draw(st.sampled_from(["cnemc", "simulator"])),
        reviewed=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def water(draw: st.DrawFn) -> Event:
    readings = {"TP": draw(st.sampled_from([0.01, 0.09, 0.3])), "COD": draw(VALUES)}
    return observation(
        draw(st.sampled_from(["hedong-intake", "gantang-lake", "outfall-a"])),
        NOON + timedelta(days=draw(st.sampled_from([0, 0, 1, 40]))),
        readings,
        subsystem="water",
        period=draw(st.sampled_from(["HOUR", "DAY", "REALTIME"])),
        marks={"TP": draw(st.sampled_from(["", "<", "D"]))},
        statement=draw(st.integers(1, 2)),
    )


@st.composite
def archive(draw: st.DrawFn) -> Event:
    """Fine readings of a day leave: of streams that there are or not, as far as anywhere."""
    day = draw(st.sampled_from([NOON, NOON + timedelta(days=1)])).date()
    offsets = draw(st.dictionaries(st.integers(0, 2), st.integers(0, 12), min_size=1, max_size=3))
    return archived(day, offsets, draw(st.sampled_from(["air", "water"])))


@st.composite
def review(draw: st.DrawFn) -> Event:
    """A reviewer's word on readings of any period."""
    site_id = draw(st.sampled_from(["1803A", "hedong-intake"]))
    marked = {
        "site_id": site_id,
        "review_id": "a-review",
        "factors": draw(st.sampled_from([[], ["PM2.5", "TP"]])),
        "period": draw(st.sampled_from(["HOUR", "MINUTE", "REALTIME"])),
        "since": NOON,
        "until": NOON + timedelta(hours=draw(st.integers(1, 30))),
        "verdict": draw(st.sampled_from(["VALID", "INVALID"])),
        "reason": "so",
    }
    said = envelope(f"review/{site_id}/a-review", event_id=str(uuid.uuid5(uuid.NAMESPACE_OID, repr(marked))))
    return Event("district.readings_marked", {**said, **marked})


@st.composite
def registration(draw: st.DrawFn) -> Event:
    """Entries of which the first in the log counts: what was sampled is judged whenever they come."""
    level = draw(st.sampled_from(["一级A", "二级"]))
    discharge = outfall(discharge_standard="GB 18918-2002", discharge_level=level)
    fuel = draw(st.sampled_from(["燃煤", "燃气"]))
    stack = source_monitor("stack", source_id="1803A", standard="GB 13271-2014", scope="锅炉 新建", level=fuel)
    return draw(st.sampled_from([discharge, section(), lake(), stack]))


@st.composite
def life(draw: st.DrawFn) -> list[Event]:
    """Events of one thing, of any kind there is: some follow each other, some are rivals of which one counts."""
    aggregate, types = draw(st.sampled_from(sorted(LIVES.items())))
    identity = draw(st.sampled_from(["hedong-intake", "gantang-lake", "1803A"]))
    events: list[Event] = []
    for _ in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from(types))
        fields = draw(values(registry().newest(name).schema))
        named = {field: identity for field in fields if field.endswith(("_id", "_no"))}
        previous = draw(st.sampled_from([None, *(event.fields["event_id"] for event in events)]))
        life_of = {"subject": f"{aggregate}/{identity}", "previous": previous, "event_id": fields["event_id"]}
        said = st.just(Event(name, {**fields, **named, **life_of}))
        events.append(draw(of_any_version(said)))
    return events


@st.composite
def alone(draw: st.DrawFn) -> Event:
    """A statement that is a subject of its own, of any kind; the same may be taken down again, later."""
    name = draw(st.sampled_from([name for names in LIVES.values() for name in names]))
    event_id = draw(st.sampled_from(ALONE))
    fields = draw(values(registry().newest(name).schema))
    recorded_at = draw(st.sampled_from([NOON, NOON + timedelta(hours=1)]))
    said_at = draw(st.sampled_from([recorded_at, NOON - timedelta(hours=1)]))
    subject = f"{event_types()[name].aggregate}/{event_id}"
    own = {
        "subject": subject,
        "event_id": event_id,
        "previous": draw(st.sampled_from([None, None, None, ALONE[0]])),
    }
    return Event(name, {**fields, **own, "occurred_at": said_at, "recorded_at": recorded_at})


@st.composite
def claim(draw: st.DrawFn) -> Event:
    """A registration of an id that several kinds of place claim, at one time or another; or its end."""
    kind = draw(st.sampled_from(["station", "source_monitor", "section", "outfall", "dust_source", "site"]))
    name = "district.site_retired" if kind == "site" else place_kinds()[kind].name
    fields = draw(values(registry().newest(name).schema))
    own = {"site_id": "1804A", "subject": f"{kind}/1804A", "previous": None}
    return Event(name, {**fields, **own, "recorded_at": NOON + timedelta(hours=draw(st.integers(0, 2)))})


HISTORIES = st.tuples(
    st.lists(
        of_any_version(
            st.one_of(air(), air(), water(), water(), archive(), review(), registration(), claim(), alone())
        ),
        max_size=25,
    ),
    st.lists(life(), max_size=5),
).map(lambda parts: [*parts[0], *(event for life in parts[1] for event in life)])


@contextmanager
def database(laid_out: Path, folder: Path, name: str) -> Iterator[Path]:
    yield Path(shutil.copy(laid_out, folder / f"{name}.duckdb"))


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        yield connection


def one_replay(path: Path, batches: list[Batch]) -> dict[str, tuple[int, int]]:
    with opened(path) as connection:
        engine_of(connection, batches).fold(chunk_of(batches, {}))
        return contents(connection)


def engine_of(connection: duckdb.DuckDBPyConnection, batches: list[Batch], kind: type[Engine] = Engine) -> Engine:
    """An engine that folds a log of these batches."""
    engine = kind(connection)
    engine.recall = recalling(Listed(batches))  # type: ignore[arg-type]  # it is only read
    return engine


def as_batches(events: list[Event], sizes: random.Random, partitions: int = 1) -> list[Batch]:
    """The events of each topic in order, cut into batches of any size.

    Each subject's are in one of so many partitions; batches may say where their events end, as Kafka's do.
    """
    found, ends = [], dict[Stream, int]()
    for draft in as_written(events):
        shared: dict[Stream, list[bytes]] = {}
        for key, datum in zip(draft.keys, draft.datums, strict=True):
            shared.setdefault(Stream(draft.topic, zlib.crc32(key.encode()) % partitions), []).append(datum)
        for stream, rest in shared.items():
            while rest:
                size = sizes.randint(1, 4)
                part, rest = rest[:size], rest[size:]
                lengths = array("q", map(len, part)) if sizes.random() < 0.5 else None
                base = ends.get(stream, 0)
                found.append(Batch(stream, base, draft.schema_id, len(part), b"".join(part), lengths))
                ends[stream] = found[-1].end
    return found


def interleaved(batches: list[Batch], order: random.Random) -> list[Batch]:
    """The same batches, each stream in its order, the streams shuffled into each other."""
    streams = {stream: [b for b in batches if b.stream == stream] for stream in {b.stream for b in batches}}
    found = []
    while any(streams.values()):
        stream = order.choice(sorted(s for s, rest in streams.items() if rest))
        found.append(streams[stream].pop(0))
    return found


class Crash(Exception):
    """The process dies here."""


class Dying(Engine):
    """An engine whose process may die in the middle of a transaction."""

    dies = False

    def _remember(self, offsets: dict[Stream, int]) -> None:  # type: ignore[override]
        super()._remember(offsets)
        if self.dies:
            raise Crash


def fold_badly(path: Path, batches: list[Batch], chance: random.Random) -> dict[str, tuple[int, int]]:
    """Fold with repeated deliveries, any chunking, and crashes in mid-transaction and between."""
    position = 0
    while True:
        with opened(path) as connection:
            engine = engine_of(connection, batches, Dying)
            assert isinstance(engine, Dying)
            while position < len(batches):
                size, again = chance.randint(1, 5), chance.randint(0, 2)
                delivered = batches[max(0, position - again) : position + size]
                engine.dies = chance.random() < 0.3
                try:
                    engine.fold(chunk_of(delivered, engine.offsets()))
                except Crash:
                    break
                position += size
            else:
                return contents(connection)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    events=HISTORIES,
    repeated=st.lists(st.integers(0, 100), max_size=4),
    seed=st.integers(0, 2**32),
    partitions=st.integers(1, 3),
)
def test_any_way_of_folding_gives_the_tables_of_one_replay(
    laid_out: Path,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Event],
    repeated: list[int],
    seed: int,
    partitions: int,
) -> None:
    chance = random.Random(seed)
    # an author who isn't sure that an event arrived appends it again: it stands in the log twice
    log = events + [events[n % len(events)] for n in repeated if events]
    with scratch(tmp_path_factory, "law") as folder:
        with database(laid_out, folder, "replay") as path:
            expected = one_replay(path, as_batches(log, random.Random(0), partitions))
        batches = interleaved(as_batches(log, chance, partitions), chance)
        with database(laid_out, folder, "live") as path:
            assert fold_badly(path, batches, chance) == expected


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=HISTORIES, partitions=st.integers(2, 5))
def test_partitions_do_not_show_in_any_thematic_table(
    laid_out: Path, tmp_path_factory: pytest.TempPathFactory, events: list[Event], partitions: int
) -> None:
    said = []
    with scratch(tmp_path_factory, "partitions") as folder:
        for number in (1, partitions):
            with database(laid_out, folder, f"of-{number}") as path:
                tables = one_replay(path, as_batches(events, random.Random(0), number))
                said.append(
                    {name: rows for name, rows in tables.items() if name.partition(".")[0] not in ("base", "ops")}
                )
    assert said[0] == said[1]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=HISTORIES, seed=st.integers(0, 2**32), partitions=st.integers(1, 3))
def test_keys_are_unique(
    laid_out: Path, tmp_path_factory: pytest.TempPathFactory, events: list[Event], seed: int, partitions: int
) -> None:
    from projections.catalogue import catalogue

    with (
        scratch(tmp_path_factory, "keys") as folder,
        database(laid_out, folder, "live") as path,
        opened(path) as connection,
    ):
        batches = as_batches(events, random.Random(seed), partitions)
        engine_of(connection, batches).fold(chunk_of(batches, {}))
        for projection in catalogue().projections.values():
            if projection.name not in _RECOMPUTED_BY_LESS_THAN_THEIR_GRAIN:
                key = ", ".join(projection.key)
                twice = connection.execute(f"SELECT {key} FROM {projection.name} GROUP BY ALL HAVING count(*) > 1")
                assert twice.fetchall() == [], projection.name


_RECOMPUTED_BY_LESS_THAN_THEIR_GRAIN = {
    "air.daily_statistic",
    "air.source_exceedance",
    "base.check_mark",
    "base.review_mark",
    "monitor.fine_hour",
    "monitor.sampling_turn",
    "monitor.source_turn",
    "monitor.stuck",
}


def test_a_chunk_is_folded_whole_or_not_at_all(laid_out: Path, tmp_path: Path) -> None:
    with database(laid_out, tmp_path, "live") as path, opened(path) as connection:
        before = contents(connection)
        engine = Dying(connection)
        engine.dies = True
        with pytest.raises(Crash):
            engine.fold(chunk_of(as_batches([observation(), section()], random.Random(0)), {}))
        assert contents(connection) == before


def test_a_chunk_knows_how_many_events_it_brings() -> None:
    chunk: Chunk = chunk_of(as_batches([observation(), section()], random.Random(0)), {Stream("env1357.air"): 1})
    assert chunk.events == 1
    assert list(chunk.frames) == ["water.section_registered"]


def test_bytes_that_fit_no_schema_are_set_aside_and_the_stream_goes_on(laid_out: Path, tmp_path: Path) -> None:
    good = drafts([observation()])[0]
    unknown = Batch(Stream("env1357.air"), 0, 999, 1, b"poison")
    garbage = Batch(Stream("env1357.air"), 1, good.schema_id, 1, b"\xff")
    sound = Batch(Stream("env1357.air"), 2, good.schema_id, 1, good.datums[0])
    with database(laid_out, tmp_path, "live") as path, opened(path) as connection:
        Engine(connection).fold(chunk_of([unknown, garbage, sound], {}))
        kept = connection.execute(
            "SELECT log_offset, content_bytes FROM ops.unreadable ORDER BY log_offset"
        ).fetchall()
        assert kept == [(0, 6), (1, 1)]
        assert connection.execute("SELECT count(*) FROM ops.quarantine").fetchall() == [(2,)]
        assert connection.execute("SELECT count(*) FROM air.hourly").fetchall() == [(1,)]


def test_a_statement_whose_arrays_are_not_parallel_is_set_aside(laid_out: Path, tmp_path: Path) -> None:
    event = observation()
    crooked = Event(event.type, {**event.fields, "values": [1.0]})
    with database(laid_out, tmp_path, "live") as path, opened(path) as connection:
        Engine(connection).fold(chunk_of(as_batches([crooked], random.Random(0)), {}))
        assert (
            connection.execute("SELECT reason FROM ops.unreadable").fetchall()[0][0].startswith("factors, values")
        )
        assert connection.execute("SELECT count(*) FROM base.reading").fetchall() == [(0,)]
