"""The command line."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from env1357 import doctor as examination
from env1357 import hj212, logging, serving
from env1357.mqtt import mqtt_app
from env1357.operating import errors, operate
from env1357.output import Format, write
from env1357.settings import BadSetting, Settings, listed, read_settings
from env1357.token import token_app
from eventlog.codec import decode
from eventlog.embedded import EmbeddedLog
from eventlog.log import Stream
from gateway.operations import EXPECTED_FAILURES
from gateway.platform import LOG_FILE, DataFolderInUse
from gateway.remote import OperationFailed
from schemas.registry import registry

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Environmental data platform of a district.")
log_app = typer.Typer(no_args_is_help=True, help="Look at the event log; works while `serve` runs.")
app.add_typer(log_app, name="log")
app.add_typer(hj212.app, name="hj212")
app.add_typer(mqtt_app, name="mqtt")
app.add_typer(token_app, name="token")

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")]
Form = Annotated[Format, typer.Option("--format", help="How to write the result.")]


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load Xunyang and its 48 real hours first.")] = False,
) -> None:
    """Serve log, projections, GraphQL and the page, until stopped."""
    serving.serve(read_settings(data=data, host=host, port=port), demo=demo)


@app.command()
def load(folder: Annotated[Path, typer.Argument(help="A district's folder.")], data: Data = None) -> None:
    """Record a district's reference data as events; what is there already is passed over."""
    report = operate(read_settings(data=data), "load", {"folder": str(folder.absolute())})
    typer.echo(
        f"{report['recorded']} recorded, {report['unchanged']} there already, {len(report['refused'])} refused"
    )
    _refused(report["refused"])


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV, Excel, Parquet or JSON.", exists=True, dir_okay=False)],
    kind: Annotated[
        str, typer.Option("--as", help="What kind of files, or a profile (YAML) of your own.")
    ] = "cnemc",
    register: Annotated[
        bool, typer.Option("--register", help="Enter the files' sites in the register first.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing: say what would be.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Take down files that were taken down before.")] = False,
    data: Data = None,
) -> None:
    """Take down the observations of files; what can't be accepted is kept in quarantine."""
    paths = [str(path.absolute()) for path in files]
    named = str(Path(kind).absolute()) if kind.endswith((".yaml", ".yml")) else kind
    arguments = {"files": paths, "kind": named, "register": register and not dry_run}
    arguments |= {"dry_run": dry_run, "again": again}
    report = operate(read_settings(data=data), "import", arguments)
    if register and not dry_run:
        entered = report["registered"]
        typer.echo(f"sites: {entered['recorded']} registered, {entered['unchanged']} there already")
        _refused(entered["refused"])
    typer.echo(
        f"{report['rows']} rows of {report['files']} files: {report['accepted']} accepted "
        f"({report['restated']} of them restatements), {report['repeated']} there already, "
        f"{report['refused']} refused" + (" (a dry run: nothing was recorded)" if dry_run else "")
    )
    for code, count in report["refused_by_code"].items():
        typer.echo(f"  {count} × {code}")
    _refused(report["refusals"])


@app.command()
def replay(
    until: Annotated[
        str | None, typer.Option(help="Only what was recorded by this time, into a side file.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="Recompute one theme's tables in place: air, water, …")] = None,
    data: Data = None,
) -> None:
    """Rebuild the projections from the log beside the live ones, and swap them in."""
    report = operate(read_settings(data=data), "replay", {"until": until, "only": only})
    typer.echo(", ".join(f"{name}: {value}" for name, value in report.items()))


@app.command()
def verify(
    head: Annotated[str | None, typer.Option(help="A head noted earlier, which must stand in the chain.")] = None,
    data: Data = None,
) -> None:
    """Check that the log is as it was written and that the live tables equal a replay."""
    report = operate(read_settings(data=data), "verify", {"head": head})
    typer.echo(
        f"hash chain: {report['batches']} batches intact; note its head to prove it later:\n{report['head']}"
    )
    typer.echo(f"tables: {report['tables']} with {report['rows']} rows compared with a replay")
    for table in report["unequal"]:
        typer.echo(
            f"  {table['table']}: differs ({table['live_rows']} rows live, {table['replayed_rows']} replayed)"
        )
    if report["unequal"]:
        typer.echo("Run `env1357 replay` to rebuild them from the log.")
        raise typer.Exit(1)
    typer.echo("all equal")


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT.")], form: Form = Format.table, data: Data = None
) -> None:
    """Ask the projections in SQL, read-only; works while `serve` runs."""
    report = operate(read_settings(data=data), "sql", {"query": query})
    write(report["columns"], report["rows"], form)


@app.command()
def settings(form: Form = Format.table, data: Data = None) -> None:
    """List every setting with its value."""
    write(["variable", "value", "default", "what it is"], listed(read_settings(data=data)), form)


@app.command()
def doctor(data: Data = None) -> None:
    """Check the installation and the data folder."""
    findings = list(examination.examine(read_settings(data=data)))
    for finding in findings:
        typer.echo(
            f"{'ok  ' if finding.well else 'BAD '} {finding.what}"
            + ("" if finding.well else f" — {finding.remedy}")
        )
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


@log_app.command()
def stats(form: Form = Format.table, data: Data = None) -> None:
    """Count events by stream and type."""
    log = _log(read_settings(data=data))
    rows = [(str(stream), registry().entry(schema).event, *numbers) for stream, schema, *numbers in log.summary()]
    write(["stream", "event", "events", "batches", "bytes"], rows, form)
    log.close()


@log_app.command()
def tail(
    count: Annotated[int, typer.Option("-n", help="How many of the latest events of each stream.")] = 10,
    topic: Annotated[str | None, typer.Option(help="Only this topic, as `env1357.air`.")] = None,
    data: Data = None,
) -> None:
    """Write the latest events as JSON lines, with their offsets."""
    log = _log(read_settings(data=data))
    wanted = {stream: end for stream, end in log.ends().items() if topic in (None, stream.topic)}
    after = {stream: end - count if stream in wanted else end for stream, end in log.ends().items()}
    for batch in log.read(after):
        event = registry().entry(batch.schema_id).event
        for offset, fields in enumerate(decode(batch.schema_id, batch.datums, batch.count), batch.base_offset):
            if offset >= after[batch.stream]:
                _line(batch.stream, offset, event, fields)
    log.close()


def _line(stream: Stream, offset: int, event: str, fields: dict[str, Any]) -> None:
    said = {"stream": str(stream), "offset": offset, "event": event, **fields}
    sys.stdout.buffer.write(orjson.dumps(said, default=_plain) + b"\n")


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _log(read: Settings) -> EmbeddedLog:
    if not (read.data / LOG_FILE).exists():
        raise BadSetting(
            f"{read.data} holds no log: name the data folder with --data, or run `env1357 serve` first"
        )
    return EmbeddedLog(read.data / LOG_FILE)


def _refused(refusals: list[str]) -> None:
    for refusal in refusals:
        errors.print(f"refused: {refusal}", highlight=False, markup=False)


_PORTS = (serving.PortInUse, hj212.DevicePortInUse)


def main() -> None:
    """Run the command; what a user can mend is told in a line, without a traceback."""
    os.environ.setdefault("RUST_BACKTRACE", "0")
    logging.configure()
    try:
        app()
    except (BadSetting, DataFolderInUse, OperationFailed, *_PORTS, *EXPECTED_FAILURES) as failure:
        errors.print(f"env1357: {failure}", highlight=False, markup=False, style="red", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
