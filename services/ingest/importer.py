"""Imports files of observations: restartable, since what is there already is not recorded twice."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from services.decider import Refused
from services.ingest.observations import ImportedFile, Observations
from services.ingest.profile import Profile, profile
from services.ingest.quarantine import Submission
from services.ingest.report import SHOWN_DRY, Progress, Refusal, Report, kept_rows
from services.ingest.rows import BadFile
from services.ingest.shaping import shaped
from services.ingest.tables import Table, names, tables


def import_files(
    paths: Sequence[Path],
    kind: str,
    observations: Observations,
    progress: Progress,
    *,
    dry_run: bool = False,
    again: bool = False,
) -> Report:
    """Take down all observations of the files; what can't be accepted is kept in quarantine.

    A file that was taken down before without a refusal is passed over, unless `again`: taken down twice, what it
    says would replace what was corrected since. With `dry_run` nothing is recorded: the report says what would be.
    Raises `Refused` where there is no such kind, `LogUnavailable` where the log can't take them: what was
    reported by then is durable, and the import can be run again.
    """
    how, report = profile(kind), Report(shown=SHOWN_DRY) if dry_run else Report()
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        identity = _identity(path, how)
        known = None if again else observations.imported(identity)
        if known is not None:
            report.rows, report.statements = report.rows + known.rows, report.statements + known.statements
            report.repeated += known.statements
        else:
            for done in _import(path, identity, how, observations, report, dry_run):
                progress(before + done, total)
        report.files += 1
        before += path.stat().st_size
        progress(before, total)
    return report


def _identity(path: Path, how: Profile) -> str:
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}-{how.fingerprint}"


def _import(
    path: Path, identity: str, how: Profile, observations: Observations, report: Report, dry_run: bool
) -> Iterator[int]:
    before = replace(report)
    try:
        how = how.within(names(path))
        for table in tables(path, how.columns, how.records, whole=how.readings is not None):
            _take(path, how, table, observations, report, dry_run)
            yield table.done
        if not dry_run:
            observations.note_import(
                ImportedFile(
                    file_id=identity,
                    file_name=path.name,
                    profile=how.kind,
                    rows=report.rows - before.rows,
                    statements=report.statements - before.statements,
                    accepted=report.accepted - before.accepted,
                    refused=report.refused - before.refused,
                ),
                how.source,
            )
    except BadFile as bad:
        report.refuse(path.name, bad.refusal)
        if not dry_run:
            observations.take([(bad.refusal, Submission("import", path.name, path.read_bytes()))], how.source)
        yield path.stat().st_size


def _take(
    path: Path, how: Profile, table: Table, observations: Observations, report: Report, dry_run: bool
) -> None:
    """Take down a table's statements, and keep the rows that are refused."""
    found = shaped(how, table.frame, path.name.partition(".")[0])

    def keep(unsound: Sequence[tuple[int, Refused]]) -> list[Refusal]:
        rows = [*found.refused, *((found.rows[number], refusal) for number, refusal in unsound)]
        return kept_rows(path, table, sorted(rows, key=lambda row: row[0]), report)

    report.rows += table.frame.height + len(table.bad)
    report.statements += len(found.statements)
    taken = observations.take_statements(found.statements, keep, how.source, dry_run=dry_run)
    report.accepted += taken.accepted
    report.restated += taken.restated
    report.repeated += taken.repeated
