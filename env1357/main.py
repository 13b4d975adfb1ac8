"""The command line."""

import atexit
import gc
import os
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import duckdb
import typer

from env1357 import doctor as examination
from env1357 import hj212, listening, logging, serving, streams
from env1357.archiving import archive_command
from env1357.mqtt import mqtt_app
from env1357.opening import errors
from env1357.operating import operate
from env1357.output import Format, write
from env1357.settings import BadSetting, listed, read_settings
from env1357.token import token_app
from ingest.suggesting import suggest
from running import copies
from running.failures import EXPECTED_FAILURES
from running.platform import DataFolderInUse
from running.remote import OperationFailed

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(streams.log_app, name="log")
app.add_typer(streams.topics_app, name="topics")
app.add_typer(hj212.app, name="hj212")
app.add_typer(mqtt_app, name="mqtt")
app.add_typer(token_app, name="token")
app.command("archive")(archive_command)

_COLLECTED_AFTER = 50_000

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")]
Log = Annotated[str | None, typer.Option("--log", help="The log: `embedded`, or kafka://host:9092 (ENV1357_LOG).")]
Form = Annotated[Format, typer.Option("--format", help="How to write the result.")]


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"env1357 {version('env1357')}")
        raise typer.Exit


@app.callback()
def env1357(
    _: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Environmental data platform of a district."""


@app.command()
def serve(
    data: Data = None,
    log: Log = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load Xunyang and its 48 real hours first.")] = False,
) -> None:
    """Serve log, projections, GraphQL and the page, until stopped."""
    serving.serve(read_settings(data=data, log=log, host=host, port=port), demo=demo)


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="A district's folder.")], data: Data = None, log: Log = None
) -> None:
    """Record a district's reference data as events; what is there already is passed over."""
    report = operate(read_settings(data=data, log=log), "load", {"folder": str(folder.absolute())})
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
    suggested: Annotated[
        bool, typer.Option("--suggest", help="Only write a profile that might fit the first file, to be checked.")
    ] = False,
    data: Data = None,
    log: Log = None,
) -> None:
    """Take down the observations or records of files; what can't be accepted is kept in quarantine."""
    if suggested:
        typer.echo(suggest(files[0]), nl=False)
        return
    paths = [str(path.absolute()) for path in files]
    named = str(Path(kind).absolute()) if kind.endswith((".yaml", ".yml")) else kind
    arguments = {"files": paths, "kind": named, "register": register and not dry_run}
    arguments |= {"dry_run": dry_run, "again": again}
    report = operate(read_settings(data=data, log=log), "import", arguments)
    if register and not dry_run:
        entered = report["registered"]
        typer.echo(f"sites: {entered['recorded']} registered, {entered['unchanged']} there already")
        _refused(entered["refused"])
    typer.echo(
        f"{report['rows']} rows of {report['files']} files: {report['accepted']} accepted "
        f"({report['restated']} of them restatements), {report['repeated']} there already, "
        f"{report['refused']} refused" + (" (a dry run: nothing was recorded)" if dry_run else "")
    )
    typer.echo(
        f"rows: {report['rows_taken']} taken, {report['rows_repeated']} there already, "
        f"{report['rows_refused']} refused"
    )
    for code, count in report["refused_by_code"].items():
        typer.echo(f"  {count} × {code}")
    _refused(report["refusals"])
    if report["unkept"]:
        errors.print(f"{report['unkept']} submissions are beyond the quota of quarantine: counted, not kept")
    if report["unaccounted"]:
        errors.print(f"{report['unaccounted']} rows are in no count: an error of the platform, please report it")
        raise typer.Exit(1)
    if report["advice"]:
        errors.print(f"nothing was taken: {report['advice']}", highlight=False, markup=False)
        raise typer.Exit(_NOTHING_TAKEN)


@app.command()
def replay(
    until: Annotated[
        str | None, typer.Option(help="Only what was recorded by this time (UTC), into a side file.")
    ] = None,
    occurred_until: Annotated[
        str | None,
        typer.Option(help="Only what had happened by this time (UTC), as it is known today, into a side file."),
    ] = None,
    only: Annotated[str | None, typer.Option(help="Recompute one theme's tables in place: air, water, …")] = None,
    topic: Annotated[str | None, typer.Option(help="Only the streams of this topic, as `env1357.air`.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Only what was recorded from this time on.")] = None,
    from_offset: Annotated[int | None, typer.Option(help="Only what stands at this offset or behind.")] = None,
    into: Annotated[Path | None, typer.Option(help="Write it into this new side file, to look at.")] = None,
    data: Data = None,
    log: Log = None,
) -> None:
    """Rebuild the projections from the log beside the live ones, and swap them in.

    With --topic, --from or --from-offset, that part of the log is folded into a side file, or where none is
    named into the live tables once more: what they hold already stays as it is.
    """
    said = {
        "until": until,
        "occurred_until": occurred_until,
        "only": only,
        "topic": topic,
        "from": since,
        "from_offset": from_offset,
    }
    report = operate(
        read_settings(data=data, log=log), "replay", {**said, "into": str(into.absolute()) if into else None}
    )
    typer.echo(", ".join(f"{name}: {value}" for name, value in report.items()))


@app.command()
def snapshot(
    target: Annotated[Path, typer.Argument(help="The file to write, or with `--format parquet` the folder.")],
    form: Annotated[
        copies.Form,
        typer.Option("--format", help="`duckdb` for replicas and DuckDB 2 or newer; `parquet` for all."),
    ] = copies.Form.duckdb,
    data: Data = None,
    log: Log = None,
) -> None:
    """Copy the tables, with where in the log they stand: into a file for a new replica, or as Parquet to look at.

    The file is DuckDB's and opens in DuckDB 2 or newer. As Parquet each table is a file, which DuckDB 1, Polars and
    whatever reads Parquet can open, beside `manifest.json`; a replica can't start from it.
    """
    asked = {"target": str(target.absolute()), "format": form}
    report = operate(read_settings(data=data, log=log), "snapshot", asked)
    typer.echo(f"{report['written']}: {report['bytes']} bytes, standing at {report['position']}")
    opens = "DuckDB 2 or newer" if form is copies.Form.duckdb else "whatever reads Parquet"
    typer.echo(f"it opens in {opens}")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)],
    data: Data = None,
    log: Log = None,
) -> None:
    """Copy the log as it stands, with its head and whatever else no table can give back; works while `serve` runs.

    To restore it, start on it: `env1357 serve --data FOLDER`.
    """
    report = operate(read_settings(data=data, log=log), "backup", {"target": str(folder.absolute())})
    typer.echo(f"{report['written']}: a log of {report['bytes']} bytes, up to head\n{report['head']}")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that `snapshot` wrote.", exists=True, dir_okay=False)],
    data: Data = None,
) -> None:
    """Put a snapshot into a data folder, in place of its tables; `serve` then folds what came since."""
    read = read_settings(data=data)
    restored = copies.restore(source, read.data)
    typer.echo(f"{read.data} stands at {restored}; start `env1357 serve` on the log that the snapshot follows")


@app.command()
def verify(
    head: Annotated[str | None, typer.Option(help="A head noted earlier, which must stand in the chain.")] = None,
    data: Data = None,
    log: Log = None,
) -> None:
    """Check that the log is as it was written and that the live tables equal a replay."""
    report = operate(read_settings(data=data, log=log), "verify", {"head": head})
    if report["head"] and not report["batches"]:
        typer.echo("the log holds nothing, so nothing was verified. If it is a copy, it was not made by `backup`")
        raise typer.Exit(1)
    if report["head"]:
        typer.echo(
            f"hash chain: {report['batches']} batches intact, through {report['noted']} noted heads; "
            f"its head now is:\n{report['head']}"
        )
    else:
        typer.echo("the log has no hash chain: its brokers' checksums were verified while it was read")
    typer.echo(f"tables: {report['tables']} with {report['rows']} rows compared with a replay")
    for table in report["unequal"]:
        typer.echo(
            f"  {table['table']}: differs ({table['live_rows']} rows live, {table['replayed_rows']} replayed)"
        )
    if report["unequal"]:
        typer.echo("Run `env1357 replay` to rebuild them from the log.")
    if report["archives"]:
        whole = report["archives"] - len(report["bad_archives"])
        typer.echo(f"archive: {whole} of {report['archives']} files say what was archived")
    lacks = list(_lacking(report))
    for lack in lacks:
        typer.echo(lack)
    if report["unequal"] or lacks:
        raise typer.Exit(1)
    typer.echo("all equal")


def _lacking(report: dict[str, Any]) -> Iterator[str]:
    """What the tables lack of the log, and archives of what is said of them, a line each."""
    for each in report["bad_archives"]:
        yield f"{each['file']}: {each['reason']}. `env1357 archive --mend` writes it anew from the log"
    if report["lag"]:
        why = f": {report['why']}" if report["why"] else ""
        yield f"the tables lag: {report['lag']} events of the log are not folded{why}"
    for each in report["set_aside"]:
        yield f"set aside in {each['table']}: {each['message']}"
    if report["unreadable"]:
        yield f"{report['unreadable']} events of the log are in no table: see ops.unreadable and the quarantine"


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT.")],
    form: Form = Format.table,
    data: Data = None,
    log: Log = None,
) -> None:
    """Ask the projections in SQL, read-only; works while `serve` runs."""
    report = operate(read_settings(data=data, log=log), "sql", {"query": query})
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


def _refused(refusals: list[str]) -> None:
    for refusal in refusals:
        errors.print(f"refused: {refusal}", highlight=False, markup=False)


_NOTHING_TAKEN = 3
"""Exit code of an import that took nothing."""

_PORTS = (serving.PortInUse, listening.DevicePortInUse)


def _collect_garbage_seldom() -> None:
    """What is imported stays and need not be searched, and what a stream makes is freed by its counts.

    Python's own thresholds let all threads wait for a search through all objects several times a second under load.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # libraries count what is left at the end, and would take it for leaks
    gc.set_threshold(_COLLECTED_AFTER, 20, 100)


def main() -> None:
    """Run the command; what a user can mend is told in a line, without a traceback."""
    os.environ.setdefault("RUST_BACKTRACE", "0")
    os.umask(0o077)  # what the log holds is nobody else's to read
    logging.configure()
    _collect_garbage_seldom()
    try:
        app()
    except (BadSetting, DataFolderInUse, OperationFailed, *_PORTS, *EXPECTED_FAILURES) as failure:
        _fail(str(failure))
    except (duckdb.Error, sqlite3.Error) as failure:
        _fail(
            f"the log or the tables can't be read or written: {' '.join(str(failure).split())}. Nothing that was "
            "acknowledged is lost by that. `env1357 doctor` says what room the disk has and what else it finds; "
            "mend that and start again"
        )


def _fail(text: str) -> NoReturn:
    errors.print(f"env1357: {text}", highlight=False, markup=False, style="red", soft_wrap=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
