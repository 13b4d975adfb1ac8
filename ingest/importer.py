"""Imports files of observations: restartable, since what is there already is not recorded twice."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.bounds import Bounds
from ingest.gathered import arranged
from ingest.observations import ImportedFile, Observations
from ingest.profile import Profile, profile
from ingest.report import SHOWN_DRY, Progress, Refusal, Report, kept_file, kept_rows
from ingest.rows import BadFile
from ingest.shaping import shaped_soundly
from ingest.strangers import UNKNOWN_SITE, Strangers
from ingest.tables import Table, opened
from services.decider import Refused

_BOUNDS = Bounds()


def import_files(
    paths: Sequence[Path],
    kind: str,
    observations: Observations,
    progress: Progress,
    *,
    dry_run: bool = False,
    again: bool = False,
    bounds: Bounds = _BOUNDS,
) -> Report:
    """Take down all observations of the files; what can't be accepted is kept in quarantine.

    A file that was taken down before without a refusal is passed over, unless `again`: taken down twice, what it
    says would replace what was corrected since. With `dry_run` nothing is recorded: the report says what would be.
    What `progress` raises ends it behind the batch at hand.
    Raises `Refused` where there is no such kind, `LogUnavailable` where the log can't take them: what was
    reported by then is durable, and the import can be run again.
    """
    how, report = profile(kind), Report(shown=SHOWN_DRY) if dry_run else Report()
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        sha256 = _sha256(path)
        known = None if again else observations.imported(f"{sha256}-{how.fingerprint}")
        if known is not None:
            report.rows, report.statements = report.rows + known.rows, report.statements + known.statements
            report.repeated += known.statements
            report.rows_repeated += known.rows
        else:
            for done in _Import(path, sha256, how, observations, report, dry_run, bounds).run():
                progress(before + done, total)
        report.files += 1
        before += path.stat().st_size
        progress(before, total)
    report.close()
    return report


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Import:
    """One file on its way in."""

    def __init__(
        self,
        path: Path,
        sha256: str,
        how: Profile,
        observations: Observations,
        report: Report,
        dry_run: bool,
        bounds: Bounds,
    ) -> None:
        self._path, self._sha256, self._how, self._report = path, sha256, how, report
        self._observations, self._dry_run, self._bounds = observations, dry_run, bounds
        self._strangers = Strangers(path, sha256, report)

    def run(self) -> Iterator[int]:
        """Take the file down; gives the bytes read so far."""
        before = replace(self._report)
        shapes = self._how.shapes
        try:
            with opened(self._path, [shape.choice for shape in shapes], self._how.hints, self._bounds) as source:
                how = shapes[source.choice].within(source.names)
                how = replace(how, separators=how.separators and source.separators)
                for table in arranged(how, source, self._site, self._path.stat().st_size):
                    self._take(how, table)
                    yield table.done
            self._keep(self._strangers.submissions())
            if not self._dry_run:
                self._note(before)
        except BadFile as bad:
            self._report.refuse_file(self._path.name, bad.refusal)
            self._keep(self._strangers.submissions())
            self._keep([kept_file(self._path, bad.refusal)])
            yield self._path.stat().st_size

    @property
    def _site(self) -> str:
        """The site that the file's name names."""
        return self._path.name.partition(".")[0]

    def _take(self, how: Profile, table: Table) -> None:
        """Take down a table's statements, and keep the rows and items that are refused."""
        found, report = shaped_soundly(how, table.frame, self._site), self._report
        refused: dict[int, Refused] = {}

        def keep(unsound: Sequence[tuple[int, Refused]]) -> list[Refusal]:
            refused.update(unsound)
            rows = [*found.refused, *((row, why) for number, why in unsound for row in found.rows[number])]
            rows.sort(key=lambda row: row[0])
            sites = {row: found.statements[number].site_id for number, _ in unsound for row in found.rows[number]}
            ours = [(row, why) for row, why in rows if why.code != UNKNOWN_SITE]
            strangers = [(row, why) for row, why in rows if why.code == UNKNOWN_SITE]
            self._strangers.add(table, strangers, sites)
            lost = {row for row, _ in rows}
            items = [(row, why) for row, why in found.items if row not in lost]
            return kept_rows(self._path, table, ours, report, items)

        report.rows += table.frame.height + len(table.bad)
        report.statements += len(found.statements)
        taken = self._observations.take_statements(
            found.statements, keep, self._how.source, dry_run=self._dry_run, bulk=True
        )
        report.accepted += taken.accepted
        report.restated += taken.restated
        report.repeated += taken.repeated
        report.unkept += len(taken.unkept)
        repeats = set(taken.repeats)
        for number, rows in enumerate(found.rows):
            report.rows_repeated += len(rows) * (number in repeats)
            report.rows_taken += len(rows) * (number not in repeats and number not in refused)

    def _keep(self, submissions: Sequence[Refusal]) -> None:
        if submissions and not self._dry_run:
            taken = self._observations.take(
                [(why, submission) for submission, why in submissions], self._how.source
            )
            self._report.unkept += len(taken.unkept)

    def _note(self, before: Report) -> None:
        report = self._report
        self._observations.note_import(
            ImportedFile(
                file_id=f"{self._sha256}-{self._how.fingerprint}",
                file_name=self._path.name,
                profile=self._how.kind,
                rows=report.rows - before.rows,
                statements=report.statements - before.statements,
                accepted=report.accepted - before.accepted,
                refused=report.refused - before.refused,
            ),
            self._how.source,
        )
