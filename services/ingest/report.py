"""What becomes of an import: counts, the first refusals in words, and what of the file is kept in quarantine."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from services.decider import Refused
from services.ingest.quarantine import Submission
from services.ingest.tables import Table, as_sent

_SHOWN = 5
SHOWN_DRY = 10_000
_FEW = 100

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes in all."""

Refusal = tuple[Submission, Refused]


@dataclass
class Report:
    """What became of an import, row by row in numbers, and the first refusals of each kind in words.

    `rows` are data rows, `statements` what they made; `refused` counts rows, of which many may share a submission.
    `shown` is how many refusals of each kind are told in words: all, within reason, of a dry run.
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
    shown: int = _SHOWN

    def refuse(self, origin: str, refusal: Refused) -> None:
        self.refused += 1
        self.refused_by_code[refusal.code] = self.refused_by_code.get(refusal.code, 0) + 1
        if self.refused_by_code[refusal.code] <= self.shown:
            self.refusals.append(f"{origin}: {refusal}")


def kept_rows(path: Path, table: Table, refused: Sequence[tuple[int, Refused]], report: Report) -> list[Refusal]:
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
