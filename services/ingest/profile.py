"""Profiles: small YAML files that say which column of a source's files means what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml

from services.decider import Refused
from services.ingest.observations import Observation

_FOLDER = Path(__file__).parent / "profiles"
_LENGTHS = {"MINUTE": timedelta(minutes=1), "HOUR": timedelta(hours=1), "DAY": timedelta(days=1)}


@dataclass(frozen=True)
class Profile:
    """How to read one source's tables.

    `label` says whether a time names the start or the end of its period; ours names the start.
    """

    kind: str
    title: str
    source: str
    site_column: str
    time_column: str
    zone: ZoneInfo
    label: Literal["start", "end"]
    period: str
    factor_columns: Mapping[str, str]
    missing: frozenset[str]

    @property
    def columns(self) -> list[str]:
        """The columns that a file must have."""
        return [self.site_column, self.time_column, *self.factor_columns.values()]

    def observation(self, row: Mapping[str, str]) -> Observation:
        """What a row states. Raises `Refused`."""
        readings = {code: (self._value(row, column), "") for code, column in self.factor_columns.items()}
        return Observation(row[self.site_column].strip(), self.period, self._start(row), readings, self.source)

    def _start(self, row: Mapping[str, str]) -> datetime:
        text = row[self.time_column].strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Refused(
                "not_a_time",
                f"{text!r} is no time",
                self.time_column,
                "Write it as 2022-01-03T01:00:00, with an offset from UTC where it is not of the source's zone.",
            ) from None
        local = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        return local.astimezone(UTC) - (_LENGTHS[self.period] if self.label == "end" else timedelta(0))

    def _value(self, row: Mapping[str, str], column: str) -> float | None:
        text = row[column].strip()
        if text in self.missing:
            return None
        try:
            return float(text)
        except ValueError:
            raise Refused(
                "not_a_number",
                f"{text!r} is no number",
                column,
                "Correct the value, or leave it empty where there is none, and import the row again.",
            ) from None


def kinds() -> list[str]:
    """The kinds of files that there are profiles for."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def profile(kind: str) -> Profile:
    """The profile of a kind. Raises `Refused` where there is none."""
    path = _FOLDER / f"{kind}.yaml"
    if kind not in kinds():
        raise Refused("unknown_kind", f"there is no profile {kind!r}", "--as", f"Use {', '.join(kinds())}.")
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Profile(
        kind=kind,
        title=said["title"],
        source=said["source"],
        site_column=said["site"],
        time_column=said["time"]["column"],
        zone=ZoneInfo(said["time"]["zone"]),
        label=said["time"]["label"],
        period=said["time"]["period"],
        factor_columns=said["factors"],
        missing=frozenset(said["missing"]),
    )
