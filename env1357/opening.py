"""Opens the platform as the settings say, and shows on standard error what is being done."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from env1357.settings import Settings
from eventlog.opening import open_log
from running.platform import Platform, open_platform
from running.platform import Progress as Told

errors = Console(stderr=True)


def opened(settings: Settings, progress: Told, *, background: bool = False) -> AbstractContextManager[Platform]:
    """The platform that the settings say; with `background` what has to be built anew is built under the body."""
    return open_platform(
        settings.data,
        settings.limits,
        progress=progress,
        open_log=lambda path: open_log(settings.log, path, settings.schema_registry),
        heads_file=Path(settings.heads_file) if settings.heads_file else None,
        background=background,
        quarantine_bytes=settings.quarantine_bytes,
        import_bytes=settings.import_bytes,
    )


@contextmanager
def progress_bar() -> Iterator[Told]:
    """Shows what is being done, how far it is and how long it will take."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield told
