"""Rows of sites that are not registered: kept where they are few, else counted in one entry of the file.

A nationwide file has a district's rows and those of all other cities, which nobody will ever register here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from ingest.quarantine import Submission
from ingest.report import Refusal, RefusedRow, Report, grouped, refused_rows
from ingest.tables import Table
from services.decider import Refused

UNKNOWN_SITE = "unknown_site"

_FEW = 1000
_NAMED = 2000


@dataclass
class _Site:
    rows: int = 0
    first_line: int = 0
    last_line: int = 0


@dataclass
class Strangers:
    """Of one file, which is known by its SHA-256, so that what is counted here can be found there again."""

    path: Path
    sha256: str
    report: Report
    count: int = 0
    sites: dict[str, _Site] = field(default_factory=dict)
    rows: list[RefusedRow] = field(default_factory=list)

    def add(self, table: Table, refused: Sequence[tuple[int, Refused]], sites: Mapping[int, str]) -> None:
        """Take rows of a table that were refused so; `sites` says of which site each is."""
        self.count += len(refused)
        if self.count <= _FEW:
            found = refused_rows(table, refused)
            self.rows += found
        else:
            self.rows = []
            found = [(table.numbers[row] + table.head + 1, b"", refusal) for row, refusal in refused]
        for (line, _, refusal), (row, _) in zip(found, refused, strict=True):
            self.report.refuse(f"{self.path.name}, line {line}", refusal)
            site = self.sites.setdefault(sites[row], _Site(first_line=line))
            site.rows, site.last_line = site.rows + 1, line

    def submissions(self) -> list[Refusal]:
        """What is to be kept of them, once the file is read."""
        if self.count <= _FEW:
            return grouped(self.path, self.rows)
        said: dict[str, Any] = {
            "file": self.path.name,
            "sha256": self.sha256,
            "rows": self.count,
            "sites": len(self.sites),
            "rows_by_site": {
                site: [found.rows, found.first_line, found.last_line]
                for site, found in list(self.sites.items())[:_NAMED]
            },
        }
        some = ", ".join(list(self.sites)[:5])
        refusal = Refused(
            UNKNOWN_SITE,
            f"{self.count} rows are of {len(self.sites)} sites that are not registered, as {some}; they are counted"
            " here, by site with their first and last line, and stand in the file of this SHA-256",
            "site_id",
            "Register those that are yours (--register enters all), and import the file again.",
        )
        origin = f"{self.path.name}, {self.count} rows of {len(self.sites)} sites"
        return [(Submission("import", origin, orjson.dumps(said, option=orjson.OPT_NON_STR_KEYS)), refusal)]
