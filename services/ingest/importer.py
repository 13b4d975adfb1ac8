"""Imports files of observations: restartable, since what is there already is not recorded twice."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from services.decider import Refused
from services.ingest.observations import Observation, Observations, Taken
from services.ingest.profile import Profile, profile
from services.ingest.quarantine import Submission
from services.ingest.tables import BadFile, BadRow, Row, rows

_BATCH_ROWS = 5000
_SHOWN = 20

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes in all."""


@dataclass
class Report:
    """What became of an import, row by row in numbers, and the first refusals in words."""

    files: int = 0
    rows: int = 0
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
        self.refused += len(taken.refused)
        for submission, refusal in taken.refused:
            self.refused_by_code[refusal.code] = self.refused_by_code.get(refusal.code, 0) + 1
            if len(self.refusals) < _SHOWN:
                self.refusals.append(f"{submission.origin}: {refusal}")


def import_files(paths: Sequence[Path], kind: str, observations: Observations, progress: Progress) -> Report:
    """Take down all observations of the files; what can't be accepted is kept in quarantine.

    Raises `Refused` where there is no such kind, `LogUnavailable` where the log can't take them: what was
    reported by then is durable, and the import can be run again.
    """
    how, report = profile(kind), Report()
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        for batch, done in _batches(path, how):
            report.rows += len(batch)
            report.add(observations.take(batch, how.source))
            progress(before + done, total)
        report.files += 1
        before += path.stat().st_size
        progress(before, total)
    return report


Sent = tuple[Observation | Refused, Submission]


def _batches(path: Path, how: Profile) -> Iterator[tuple[list[Sent], int]]:
    found = rows(path, how.columns)
    try:
        while batch := list(islice(found, _BATCH_ROWS)):
            yield [_sent(path, how, row) for row in batch], batch[-1].done
    except BadFile as bad:
        whole = Submission("import", path.name, path.read_bytes())
        yield [(bad.refusal, whole)], path.stat().st_size


def _sent(path: Path, how: Profile, row: Row | BadRow) -> Sent:
    submission = Submission("import", f"{path.name}, line {row.number}", row.raw)
    try:
        return how.observation(row.values) if isinstance(row, Row) else row.refusal, submission
    except Refused as refusal:
        return refusal, submission
