"""Imports files of observations: restartable, since what is there already is not recorded twice."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from services.decider import Refused
from services.ingest.observations import ImportedFile, Observations, Taken
from services.ingest.profile import Profile, profile
from services.ingest.quarantine import Submission
from services.ingest.rows import BadFile
from services.ingest.shaping import shaped
from services.ingest.tables import Table, as_sent, names, tables

_SHOWN = 5
_FEW = 100

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes in all."""

Refusal = tuple[Submission, Refused]


@dataclass
class Report:
    """What became of an import, row by row in numbers, and the first refusals of each kind in words.

    `rows` are data rows, `statements` what they made; `refused` counts rows, of which many may share a submission.
    """

    files: int = 0
    rows: int = 0
    statements: int = 0
    accepted: int = 0
    restated: int = 0
    repeated: int = 0
    refused: int = 0
    refused_by_code: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        self.accepted += taken.accepted
        self.restated += taken.restated
        self.repeated += taken.repeated

    def refuse(self, origin: str, refusal: Refused) -> None:
        self.refused += 1
        self.refused_by_code[refusal.code] = self.refused_by_code.get(refusal.code, 0) + 1
        if self.refused_by_code[refusal.code] <= _SHOWN:
            self.refusals.append(f"{origin}: {refusal}")


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
    how, report = profile(kind), Report()
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        identity = _identity(path, how)
        known = None if again else observations.imported(identity)
        if known is not None:
            report.rows, report.statements = report.rows + known.rows, report.statements + known.statements
            report.repeated += known.statements
        else:
            for done in _import(path, how, observations, report, dry_run):
                progress(before + done, total)
        report.files += 1
        before += path.stat().st_size
        progress(before, total)
    return report


def _identity(path: Path, how: Profile) -> str:
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}-{how.fingerprint}"


def _import(path: Path, how: Profile, observations: Observations, report: Report, dry_run: bool) -> Iterator[int]:
    before = replace(report)
    identity, kind = _identity(path, how), how.kind
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
                    profile=kind,
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
        return _kept(path, table, sorted(rows, key=lambda row: row[0]), report)

    report.rows += table.frame.height + len(table.bad)
    report.statements += len(found.statements)
    report.add(observations.take_statements(found.statements, keep, how.source, dry_run=dry_run))


def _kept(path: Path, table: Table, refused: Sequence[tuple[int, Refused]], report: Report) -> list[Refusal]:
    """The submissions to keep: rows one by one, or together where many are refused for the same reason."""
    sent = as_sent(path, (table.numbers[row] for row, _ in refused))
    rows = [(bad.number, bad.raw, bad.refusal) for bad in table.bad]
    for row, refusal in refused:
        number = table.numbers[row]
        line, raw = (sent[number].number, sent[number].raw) if number in sent else (number + 2, _cells(table, row))
        rows.append((line, raw, refusal))
    alike: dict[tuple[str, str], list[tuple[int, bytes, Refused]]] = {}
    for line, raw, refusal in sorted(rows, key=lambda row: row[0]):
        report.refuse(f"{path.name}, line {line}", refusal)
        alike.setdefault((refusal.code, refusal.where), []).append((line, raw, refusal))
    return [kept for group in alike.values() for kept in _submissions(path, group)]


def _submissions(path: Path, rows: Sequence[tuple[int, bytes, Refused]]) -> Iterator[Refusal]:
    if len(rows) <= _FEW:
        for line, raw, refusal in rows:
            yield Submission("import", f"{path.name}, line {line}", raw), refusal
        return
    origin = f"{path.name}, {len(rows)} rows, lines {rows[0][0]} to {rows[-1][0]}"
    first = rows[0][2]
    together = Refused(first.code, f"{len(rows)} rows, the first: {first.message}", first.where, first.remedy)
    yield Submission("import", origin, b"".join(raw for _, raw, _ in rows)), together


def _cells(table: Table, row: int) -> bytes:
    """A row of a file that has no lines, as JSON."""
    return orjson.dumps(table.frame.row(row, named=True), option=orjson.OPT_APPEND_NEWLINE)
