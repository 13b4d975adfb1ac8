"""`env1357 archive`: old fine readings leave the tables."""

from pathlib import Path
from typing import Annotated

import typer

from env1357.operating import operate
from env1357.settings import read_settings


def archive_command(
    months: Annotated[
        int | None, typer.Option("--months", min=1, help="Months that stay (ENV1357_FINE_MONTHS where silent).")
    ] = None,
    mend: Annotated[
        bool, typer.Option("--mend", help="Write files that are missing or altered anew, from the log.")
    ] = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder (ENV1357_DATA; ./data where silent).")
    ] = None,
    log: Annotated[str | None, typer.Option("--log", help="The log (ENV1357_LOG).")] = None,
) -> None:
    """Let readings of minutes and in real time leave the tables for Parquet files, where they are old.

    Whole months of them stay; hours and days stay for ever. No figure changes by it, the log keeps all that was
    stated, and what is corrected later is reckoned with as ever. `SELECT … FROM reading_archived` finds them.
    """
    settings = read_settings(data=data, log=log)
    report = operate(settings, "archive", {"months": months or settings.fine_months, "mend": mend})
    if mend:
        typer.echo(f"{len(report['mended'])} files written anew from the log")
        for each in report["bad"]:
            typer.echo(f"{each['file']}: {each['reason']}")
        raise typer.Exit(1 if report["bad"] else 0)
    typer.echo(
        f"{report['readings']} readings of {report['statements']} statements, from before {report['before']}, "
        f"left the tables for {len(report['files'])} files"
    )
