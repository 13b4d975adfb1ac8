"""`env1357 archive`, and the same by itself while `serve` runs: old fine readings leave the tables."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer

from env1357.operating import operate
from env1357.settings import read_settings
from running.archive import archive, kept_from
from running.health import failing
from running.operations import EXPECTED_FAILURES
from running.platform import Platform
from services.checks import local_day

_EVERY_S = 6 * 3600.0
_AGAIN_AFTER_S = 300.0

_logger = structlog.get_logger(__name__)


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


@contextmanager
def archiving(platform: Platform, months: int) -> Iterator[None]:
    """Archive what is older than so many months now and every few hours under the body; 0 does nothing."""
    keeper = Keeper(platform, months)
    if months:
        platform.health.watch("archive", failing("archive", lambda: keeper.failure))
        keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class Keeper:
    """A thread that archives; `failure` says why it could not, until it could."""

    def __init__(self, platform: Platform, months: int) -> None:
        self._platform, self._months = platform, months
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
        self.failure: str | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End behind the day at hand."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            before = kept_from(local_day(self._platform.clock()), self._months)
            try:
                archive(self._platform, before, lambda *_: None, self._stopping.is_set)
                self.failure = None
            except EXPECTED_FAILURES as failure:
                self.failure = str(failure)
                _logger.warning("fine readings could not be archived", reason=self.failure)
            self._stopping.wait(_AGAIN_AFTER_S if self.failure else _EVERY_S)
