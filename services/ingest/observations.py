"""Takes down what sites observed: checks each statement, numbers it, and makes it durable.

The id of a statement follows from what it says and from its number among those on the same site, period and
time, so a statement that is sent again is the same event, and one that differs is the next statement.
"""

import math
import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import polars as pl

from eventlog.codec import Event, drafts
from eventlog.log import EventLog, Offsets
from schemas.standards import factors, marks
from services.decider import Refused, require
from services.handler import utc_now
from services.ingest.quarantine import Submission, quarantined
from services.ports import Clock, Folding, ReadState

_STATEMENTS = uuid.UUID("1357e7a0-0000-5000-8000-000000000002")
_TOLERANCE = timedelta(minutes=5)
_PERIODS = {
    "REALTIME": timedelta(0),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
}

Key = tuple[str, str, datetime]
"""site_id, period, observed_at"""

Statement = tuple[int, str]
"""number, event_id"""


@dataclass(frozen=True)
class Observation:
    """What a site states on a period: `observed_at` is its start, UTC and aware; values in the factors' units."""

    site_id: str
    period: str
    observed_at: datetime
    readings: Mapping[str, tuple[float | None, str]]
    source: str

    @property
    def key(self) -> Key:
        return self.site_id, self.period, self.observed_at


@dataclass
class Taken:
    """What became of observations that were sent together."""

    accepted: int = 0
    restated: int = 0
    repeated: int = 0
    refused: list[tuple[Submission, Refused]] = field(default_factory=list)
    offsets: Offsets = field(default_factory=dict)


class Observations:
    """Takes observations down in a log."""

    def __init__(self, log: EventLog, state: ReadState, folding: Folding, clock: Clock = utc_now) -> None:
        self._log, self._state, self._folding, self._clock = log, state, folding, clock
        self._one_at_a_time = threading.Lock()
        self._not_folded: deque[tuple[Offsets, dict[Key, Statement]]] = deque()

    def take(self, sent: Sequence[tuple[Observation | Refused, Submission]], source: str) -> Taken:
        """Take down what can be accepted and quarantine the rest; all is durable on return.

        Each comes with the submission that it was read from, or is a refusal already.
        Raises `LogUnavailable` when nothing of it was recorded.
        """
        with self._one_at_a_time:
            now, taken = self._clock(), Taken()
            sound = self._sorted_out(sent, now, taken)
            said: dict[Key, Statement] = {}
            events = self._numbered(sound, now, taken, said)
            for submission, refusal in taken.refused:
                events.extend(quarantined(submission, refusal, source, now))
            if events:
                taken.offsets = self._log.append(drafts(events))
                self._not_folded.append((taken.offsets, said))
            return taken

    def _sorted_out(
        self, sent: Sequence[tuple[Observation | Refused, Submission]], now: datetime, taken: Taken
    ) -> list[tuple[Observation, str]]:
        """The sound observations with their subsystems; the others are noted as refused."""
        sites, sound = self._state.sites(), []
        for item, submission in sent:
            try:
                if isinstance(item, Refused):
                    raise item
                sound.append((item, check(item, sites, now)))
            except Refused as error:
                taken.refused.append((submission, error))
        return sound

    def _numbered(
        self, sound: Sequence[tuple[Observation, str]], now: datetime, taken: Taken, said: dict[Key, Statement]
    ) -> list[Event]:
        """The statements that are new, as events; `said` gets the last on each key."""
        last = self._last_statements([observation.key for observation, _ in sound])
        events: list[Event] = []
        for observation, subsystem in sound:
            number, event_id = last.get(observation.key, (0, ""))
            content = _content(observation)
            if number and _statement_id(content, number) == event_id:
                taken.repeated += 1
                continue
            statement = (number + 1, _statement_id(content, number + 1))
            last[observation.key] = said[observation.key] = statement
            # one microsecond apart, so that statements on the same thing can be told apart by their time
            recorded_at = now + timedelta(microseconds=len(events))
            events.append(_event(observation, subsystem, statement, recorded_at))
            taken.accepted += 1
            taken.restated += number > 0
        return events

    def _last_statements(self, keys: Sequence[Key]) -> dict[Key, Statement]:
        """The last statement on each key: as folded, or as taken down here and not folded yet."""
        while self._not_folded and self._folding.wait_for(self._not_folded[0][0], 0):
            self._not_folded.popleft()
        asked = pl.DataFrame(
            [(site, period, at.replace(tzinfo=None)) for site, period, at in keys],
            schema={"site_id": pl.String, "period": pl.String, "observed_at": pl.Datetime("us")},
            orient="row",
        )
        last = {
            (site, period, at.replace(tzinfo=UTC)): (number, event_id)
            for site, period, at, number, event_id in self._state.last_statements(asked).iter_rows()
        }
        for _, said in self._not_folded:
            last.update((key, said[key]) for key in keys if key in said)
        return last


def check(observation: Observation, sites: Mapping[str, tuple[str, str]], now: datetime) -> str:
    """The subsystem that a sound observation belongs to. Raises `Refused`."""
    subsystem, _kind = sites.get(observation.site_id, ("", ""))
    require(
        subsystem in ("air", "water"),
        "unknown_site",
        f"there is no monitoring site {observation.site_id!r}",
        "site_id",
        "Register the site first, or correct its code.",
    )
    require(
        observation.period in _PERIODS,
        "unknown_period",
        f"{observation.period!r} is no period",
        "period",
        f"Use {', '.join(_PERIODS)}.",
    )
    require(
        observation.observed_at <= now + _TOLERANCE,
        "in_the_future",
        f"the period starts at {observation.observed_at.isoformat()}, and it is {now.isoformat()}",
        "observed_at",
        "Check the clock and the time zone of the sender.",
    )
    _check_start(observation)
    require(
        bool(observation.readings), "empty", "it states no reading", "factors", "Give one reading at the least."
    )
    for code, (value, mark) in observation.readings.items():
        _check_reading(subsystem, code, value, mark)
    return subsystem


def _check_start(observation: Observation) -> None:
    at, hours = observation.observed_at, observation.period == "HOUR"
    whole = at.second == at.microsecond == 0 and (not hours or at.minute == 0)
    require(
        observation.period in ("REALTIME", "DAY") or whole,
        "unaligned_start",
        f"{at.isoformat()} is no start of a period of kind {observation.period}",
        "observed_at",
        "Give the start of the period: a full hour or minute.",
    )


def _check_reading(subsystem: str, code: str, value: float | None, mark: str) -> None:
    factor = factors().get(code)
    require(
        factor is not None and subsystem in factor.subsystems,
        "unknown_factor",
        f"{code!r} is no factor of {subsystem}",
        "factors",
        "Use a code of standards/factor.csv; units must be those given there.",
    )
    require(
        value is None or math.isfinite(value),
        "not_a_number",
        f"{code} is {value}",
        "values",
        "Give a finite number, or none with a mark that says why.",
    )
    require(
        mark in marks(), "unknown_mark", f"{mark!r} is no data mark", "marks", "Use a code of standards/mark.csv."
    )


def _content(observation: Observation) -> str:
    readings = sorted((code, repr(value), mark) for code, (value, mark) in observation.readings.items())
    return f"{observation.key}\n{observation.source}\n{readings}"


def _statement_id(content: str, number: int) -> str:
    return str(uuid.uuid5(_STATEMENTS, f"{content}\n{number}"))


def _event(observation: Observation, subsystem: str, statement: Statement, recorded_at: datetime) -> Event:
    number, event_id = statement
    readings = sorted(observation.readings.items())
    return Event(
        f"{subsystem}.observation_recorded",
        {
            "event_id": event_id,
            "subject": observation.site_id,
            "occurred_at": observation.observed_at + _PERIODS[observation.period],
            "recorded_at": recorded_at,
            "source": observation.source,
            "previous": None,
            "site_id": observation.site_id,
            "period": observation.period,
            "observed_at": observation.observed_at,
            "statement": number,
            "factors": [code for code, _ in readings],
            "values": [value for _, (value, _) in readings],
            "marks": [mark for _, (_, mark) in readings],
        },
    )
