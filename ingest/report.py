"""What becomes of an import: counts, the first refusals in words, and what of the file is kept in quarantine."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.quarantine import Submission
from ingest.tables import Table, cells
from services.decider import Refused

_SHOWN = 5
SHOWN_DRY = 10_000
_FEW = 100
_LARGE, _BEGINNING = 32 * 1024 * 1024, 1024 * 1024

Progress = Callable[[int, int], None]
"""Called with bytes read and bytes in all."""

Refusal = tuple[Submission, Refused]


RefusedRow = tuple[int, bytes, Refused]
"""Line, bytes as they came, why."""


@dataclass
class Report:
    """What became of an import, row by row in numbers, and the first refusals of each kind in words.

    `rows` are data rows, `statements` what they made; `refused` counts rows and files, of which many may share a
    submission. Each row is one of `rows_taken`, `rows_repeated` and `rows_refused`; `unaccounted` are those that
    are none, which is an error of ours. `items_refused` are single values that rows which were
    taken were left without; they count as `refused` too. `unkept` are submissions beyond the quota. `advice` says
    what to do where nothing was taken. `shown` is how many refusals of each kind are told in words: all of a
    dry run, nearly.
    """

    files: int = 0
    rows: int = 0
    statements: int = 0
    accepted: int = 0
    restated: int = 0
    repeated: int = 0
    refused: int = 0
    rows_taken: int = 0
    rows_repeated: int = 0
    rows_refused: int = 0
    items_refused: int = 0
    unaccounted: int = 0
    unkept: int = 0
    advice: str = ""
    refused_by_code: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    shown: int = _SHOWN

    def refuse(self, origin: str, refusal: Refused) -> None:
        """Count a row that is refused."""
        self.rows_refused += 1
        self._refuse(origin, refusal)

    def refuse_item(self, origin: str, refusal: Refused) -> None:
        """Count a single value that is refused, of a row that is taken."""
        self.items_refused += 1
        self._refuse(origin, refusal)

    def refuse_file(self, name: str, refusal: Refused) -> None:
        """Count a file that can't be read, or not to its end."""
        self._refuse(name, refusal)

    def close(self) -> None:
        """Sum up: what is accounted for nowhere, and what to do where nothing was taken."""
        self.unaccounted = self.rows - self.rows_taken - self.rows_repeated - self.rows_refused
        if self.unaccounted:
            self.refusals.insert(
                0, f"{self.unaccounted} of {self.rows} rows are in no count: that is an error here"
            )
        if not self.rows_taken and not self.rows_repeated:
            self.advice = _advice(self.refused_by_code)

    def _refuse(self, origin: str, refusal: Refused) -> None:
        self.refused += 1
        self.refused_by_code[refusal.code] = self.refused_by_code.get(refusal.code, 0) + 1
        if self.refused_by_code[refusal.code] <= self.shown:
            self.refusals.append(f"{origin}: {refusal}")


def _advice(refused_by_code: Mapping[str, int]) -> str:
    if not refused_by_code:
        return "there is no row in it"
    code = max(refused_by_code, key=lambda code: refused_by_code[code])
    if "unknown_site" in refused_by_code:
        return "its sites are not registered: --register enters them first, as the profile says, or register yours"
    if code in ("columns_missing", "unknown_format", "not_utf8"):
        return f"most is refused as {code}: check that it is of the kind that --as names, or --suggest a profile"
    return f"most is refused as {code}: correct that, or the profile, and import again"


def kept_file(path: Path, refusal: Refused) -> Refusal:
    """The submission to keep of a file that can't be read (on): all of it, or of a large one its beginning."""
    size = path.stat().st_size
    with path.open("rb") as file:
        content = file.read(_LARGE if size <= _LARGE else _BEGINNING)
        file.seek(0)
        sha256 = "" if size <= _LARGE else hashlib.file_digest(file, "sha256").hexdigest()
    if sha256:
        message = (
            f"{refusal.message}; of {size} bytes the first {len(content)} are kept, of the file of SHA-256 {sha256}"
        )
        refusal = Refused(refusal.code, message, refusal.where, refusal.remedy)
    return Submission("import", path.name, content), refusal


def kept_rows(
    path: Path,
    table: Table,
    refused: Sequence[tuple[int, Refused]],
    report: Report,
    items: Sequence[tuple[int, Refused]] = (),
) -> list[Refusal]:
    """The submissions to keep: rows one by one, or together where many are refused for the same reason.

    A row of which single `items` are refused is kept for those, too.
    """
    bad = [(bad.number, bad.raw, bad.refusal) for bad in table.bad]
    rows = sorted([*bad, *refused_rows(table, refused)], key=lambda row: row[0])
    for line, _, refusal in rows:
        report.refuse(f"{path.name}, line {line}", refusal)
    parts = refused_rows(table, items)
    for line, _, refusal in parts:
        report.refuse_item(f"{path.name}, line {line}", refusal)
    return grouped(path, sorted([*rows, *parts], key=lambda row: row[0]))


def refused_rows(table: Table, refused: Sequence[tuple[int, Refused]]) -> list[RefusedRow]:
    """Rows of a table with their lines and bytes."""
    sent, rows = table.sent(table.numbers[row] for row, _ in refused), list[RefusedRow]()
    for row, refusal in refused:
        number = table.numbers[row]
        line, raw = (
            (sent[number].number, sent[number].raw)
            if number in sent
            else (number + table.head + 1, cells(table, row))
        )
        rows.append((line, raw, refusal))
    return rows


def grouped(path: Path, rows: Sequence[RefusedRow]) -> list[Refusal]:
    """The submissions to keep of rows: those that are refused for the same reason together, where they are many."""
    alike: dict[tuple[str, str], list[RefusedRow]] = {}
    for line, raw, refusal in rows:
        alike.setdefault((refusal.code, refusal.where), []).append((line, raw, refusal))
    return [kept for group in alike.values() for kept in _submissions(path, group)]


def _submissions(path: Path, rows: Sequence[RefusedRow]) -> Iterator[Refusal]:
    if len(rows) <= _FEW:
        for (line, raw), refusal in {(line, raw): refusal for line, raw, refusal in reversed(rows)}.items():
            yield Submission("import", f"{path.name}, line {line}", raw), refusal
        return
    origin = f"{path.name}, {len(rows)} rows, lines {rows[0][0]} to {rows[-1][0]}"
    first = rows[0][2]
    together = Refused(first.code, f"{len(rows)} rows, the first: {first.message}", first.where, first.remedy)
    once = dict.fromkeys((line, raw) for line, raw, _ in rows)
    yield Submission("import", origin, b"".join(raw for _, raw in once)), together
