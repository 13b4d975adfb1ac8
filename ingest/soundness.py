"""What a statement must be to be taken down: of a known site, of known factors and marks, and not of the future."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ingest.statement import EPOCH, MICROSECOND, PERIODS, Statement, microseconds
from schemas.places import Site
from schemas.standards import factors, marks
from services.decider import Refused, require

_TOLERANCE = timedelta(minutes=5)
_OBSERVING = ("air", "water")
_WATCHED = ("dust_source", "catering")  # they observe nothing themselves: monitors watch them
_MIDNIGHT = 16 * PERIODS["HOUR"]
"""Of the district, UTC+8, behind a midnight of UTC."""
_EARLIEST = microseconds(datetime(1900, 1, 1, tzinfo=UTC))


class Soundness:
    """Judges statements by the register of sites and by the time that it is now."""

    def __init__(self, sites: Mapping[str, Site], now: datetime) -> None:
        """`sites` are the register's; `now` is UTC and aware."""
        self._themes = {
            site_id: site.theme
            for site_id, site in sites.items()
            if site.theme in _OBSERVING and site.kind not in _WATCHED
        }
        self._retired = {
            site_id: microseconds(site.retired_at.replace(tzinfo=UTC))
            for site_id, site in sites.items()
            if site.retired_at is not None
        }
        self._now = now
        self._latest = microseconds(now + _TOLERANCE)
        self._sources: dict[str, bool] = {}
        self._known: dict[tuple[str, tuple[str, ...], tuple[str, ...]], bool] = {}

    def subsystem(self, said: Statement) -> str | None:
        """The subsystem that a statement belongs to; None where it is not sound, and `refusal` says why.

        Says the same as `refusal`, at the cost of a few look-ups.
        """
        subsystem = self._themes.get(said.site_id)
        sound = (
            subsystem is not None
            and _EARLIEST <= said.observed_at <= self._latest
            and self._in_use(said)
            and _aligned(said)
            and self._readable(subsystem, said)
            and self._sayable(said.source)
            and math.isfinite(sum(value for value in said.values if value is not None))
        )
        return subsystem if sound else None

    def refusal(self, said: Statement) -> Refused:
        """Why a statement can't be taken down."""
        try:
            self._check(said)
        except Refused as refusal:
            return refusal
        return Refused("too_large", "its values sum up to no finite number", "values", "Give values as measured.")

    def _readable(self, subsystem: str, said: Statement) -> bool:
        shape = subsystem, said.factors, said.marks
        if shape not in self._known:
            self._known[shape] = (
                0 < len(set(said.factors)) == len(said.factors) == len(said.marks) == len(said.values)
                and all(f in factors() and subsystem in factors()[f].subsystems for f in said.factors)
                and marks() >= set(said.marks)
            )
        return self._known[shape]

    def _in_use(self, said: Statement) -> bool:
        return said.site_id not in self._retired or said.observed_at < self._retired[said.site_id]

    def _sayable(self, source: str) -> bool:
        if source not in self._sources:
            self._sources[source] = not any("\ud800" <= character <= "\udfff" for character in source)
        return self._sources[source]

    def _check(self, said: Statement) -> None:
        subsystem = self._themes.get(said.site_id)
        if subsystem is None:
            raise Refused(
                "unknown_site",
                f"there is no monitoring site {said.site_id!r}",
                "site_id",
                "Register the site first, or correct its code.",
            )
        require(
            said.period in PERIODS,
            "unknown_period",
            f"{said.period!r} is no period",
            "period",
            f"Use {', '.join(PERIODS)}.",
        )
        self._check_time(said)
        self._check_in_use(said)
        require(bool(said.factors), "empty", "it states no reading", "factors", "Give one reading at the least.")
        require(
            len(set(said.factors)) == len(said.factors),
            "repeated_factor",
            "a factor stands in it twice",
            "factors",
            "Give one reading for each factor, or statements of their own.",
        )
        require(
            self._sayable(said.source),
            "not_utf8",
            f"UTF-8 can't say {said.source!r}",
            "source",
            "Correct the name of the source.",
        )
        for code, value, mark in zip(said.factors, said.values, said.marks, strict=True):
            _check_reading(subsystem, code, value, mark)

    def _check_in_use(self, said: Statement) -> None:
        if not self._in_use(said):
            raise Refused(
                "retired_site",
                f"{said.site_id!r} was retired at {_told(self._retired[said.site_id])}, before the period starts",
                "observed_at",
                "Check the code and the time; reinstate the site where it is in use.",
            )

    def _check_time(self, said: Statement) -> None:
        at = _told(said.observed_at)
        require(
            said.observed_at >= _EARLIEST,
            "too_early",
            "the period starts before 1900",
            "observed_at",
            "Check its year.",
        )
        require(
            said.observed_at <= self._latest,
            "in_the_future",
            f"the period starts at {at}, and it is {self._now.isoformat()}",
            "observed_at",
            "Check the clock and the time zone of the sender.",
        )
        require(
            _aligned(said),
            "unaligned_start",
            f"{at} is no start of a period of kind {said.period}",
            "observed_at",
            "Give the start of the period: a full minute or hour, of a day the district's midnight, 16:00 UTC.",
        )


def _told(observed_at: int) -> str:
    try:
        return (EPOCH + observed_at * MICROSECOND).isoformat()
    except OverflowError:
        return f"{observed_at} µs of 1970"


def _aligned(said: Statement) -> bool:
    """Whether the start is one of its period; a day starts at a midnight, else it would count twice."""
    length = PERIODS.get(said.period)
    if length is None:
        return False
    return said.period == "REALTIME" or said.observed_at % length == (_MIDNIGHT if said.period == "DAY" else 0)


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
