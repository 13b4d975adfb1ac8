"""The commands `log` and `topics`: look at the log, take streams out and bring them in, and make Kafka's topics."""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from env1357.opening import progress_bar
from env1357.output import Format, write
from env1357.settings import BadSetting, Settings, read_settings
from eventlog import topics as kafka_topics
from eventlog import transfer
from eventlog.codec import decode, decode_envelopes
from eventlog.embedded import EmbeddedLog
from eventlog.kafka import Address
from eventlog.log import EventLog, Stream
from eventlog.opening import is_embedded, open_log
from running.platform import LOG_FILE
from schemas.ids import registry

log_app = typer.Typer(no_args_is_help=True, help="Look at the event log; works while `serve` runs.")
topics_app = typer.Typer(no_args_is_help=True, help="Make and check the topics of a Kafka log.")

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")]
Log = Annotated[str | None, typer.Option("--log", help="The log: `embedded`, or kafka://host:9092 (ENV1357_LOG).")]
Form = Annotated[Format, typer.Option("--format", help="How to write the result.")]
File = Annotated[Path, typer.Argument(help="An Avro file of streams.", dir_okay=False)]


@log_app.command()
def stats(form: Form = Format.table, data: Data = None, log: Log = None) -> None:
    """Count events by stream and type."""
    opened = _log(read_settings(data=data, log=log))
    rows = [(str(stream), _event(schema_id), *numbers) for stream, schema_id, *numbers in _summary(opened)]
    write(["stream", "event", "events", "batches", "bytes"], rows, form)
    opened.close()


@log_app.command()
def tail(
    count: Annotated[int, typer.Option("-n", help="How many of the latest events of each stream.")] = 10,
    topic: Annotated[str | None, typer.Option(help="Only this topic, as `env1357.air`.")] = None,
    data: Data = None,
    log: Log = None,
) -> None:
    """Write the latest events as JSON lines, with their offsets."""
    opened = _log(read_settings(data=data, log=log))
    ends = opened.ends()
    wanted = {stream: end for stream, end in ends.items() if topic in (None, stream.topic)}
    after = {stream: max(end - count, 0) if stream in wanted else end for stream, end in ends.items()}
    for batch in opened.read(after):
        event = _event(batch.schema_id)
        for offset, fields in enumerate(_decoded(batch), batch.base_offset):
            if offset >= after[batch.stream]:
                _line(batch.stream, offset, event, fields)
    opened.close()


@log_app.command()
def export(target: File, data: Data = None, log: Log = None) -> None:
    """Write every stream into a file: ids, times and order as they are."""
    opened = _log(read_settings(data=data, log=log))
    with progress_bar() as progress:
        written = transfer.export(opened, target, lambda done, total: progress("export", done, total))
    opened.close()
    typer.echo(f"{target}: {written} events")


@log_app.command("import")
def import_(source: File, data: Data = None, log: Log = None) -> None:
    """Append the streams of a file; an event that is there already is folded once."""
    read = read_settings(data=data, log=log)
    if is_embedded(read.log):
        read.data.mkdir(parents=True, exist_ok=True)
    opened = open_log(read.log, read.data / LOG_FILE, read.schema_registry)
    with progress_bar() as progress:
        appended = transfer.import_(opened, source, lambda done, total: progress("import", done, total))
    opened.close()
    typer.echo(f"{appended} events appended")


@topics_app.command()
def apply(
    partitions: Annotated[int, typer.Option(help="Partitions of each topic; they can't change later.")] = 3,
    replication: Annotated[int, typer.Option(help="Brokers that keep each partition.")] = 3,
    min_insync: Annotated[int, typer.Option(help="Brokers that must have an event before it is durable.")] = 2,
    log: Log = None,
) -> None:
    """Create the topics that are missing, and tell what differs in those that are there: it changes nothing."""
    read = read_settings(log=log)
    if is_embedded(read.log):
        raise BadSetting("the embedded log has no topics to make: name a Kafka log with --log kafka://host:9092")
    applied = kafka_topics.apply(Address.parse(read.log), kafka_topics.Wanted(partitions, replication, min_insync))
    for name in applied.created:
        typer.echo(f"created {name}")
    for line in applied.drift:
        typer.echo(f"differs: {line}")
    typer.echo(
        f"{len(applied.created)} created, {len(applied.present)} there already, {len(applied.drift)} differences"
    )
    raise typer.Exit(1 if applied.drift else 0)


def _summary(log: EventLog) -> list[tuple[Stream, int, int, int, int]]:
    """For each stream and schema: (stream, schema id, events, batches, bytes of datums)."""
    if isinstance(log, EmbeddedLog):
        return log.summary()
    sums: dict[tuple[Stream, int], tuple[int, int, int]] = {}
    for batch in log.read({}):
        events, batches, size = sums.get((batch.stream, batch.schema_id), (0, 0, 0))
        sums[batch.stream, batch.schema_id] = (events + batch.count, batches + 1, size + len(batch.datums))
    return [(*what, *numbers) for what, numbers in sorted(sums.items())]


def _decoded(batch: Any) -> list[dict[str, Any]]:
    """The events of a batch; of what can't be read only that it is so."""
    if batch.schema_id in registry().entries:
        try:
            return list(decode(batch.schema_id, batch.datums, batch.count))
        except (EOFError, ValueError, TypeError, IndexError, KeyError, OverflowError):
            return [fields or {"unreadable": True} for fields in decode_envelopes(batch)]
    return [{"unreadable": True}] * batch.count


def _event(schema_id: int) -> str:
    return registry().entry(schema_id).event if schema_id in registry().entries else f"unknown schema {schema_id}"


def _line(stream: Stream, offset: int, event: str, fields: dict[str, Any]) -> None:
    said = {"stream": str(stream), "offset": offset, "event": event, **fields}
    sys.stdout.buffer.write(orjson.dumps(said, default=_plain) + b"\n")


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _log(read: Settings) -> EventLog:
    if is_embedded(read.log) and not (read.data / LOG_FILE).exists():
        raise BadSetting(
            f"{read.data} holds no log: name the data folder with --data, or run `env1357 serve` first"
        )
    return open_log(read.log, read.data / LOG_FILE, read.schema_registry)
