"""How far a question to a table reaches: which statements it can need, and what of sources is read at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gateway.graphql.context import Info
from gateway.moments import naive
from projections.asked import Question
from projections.catalogue import narrowed
from projections.past import Scope

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Reach:
    """`scope` is what a past is made from; `narrower` what stands for sources of a view, as in `narrowed`."""

    scope: Scope | None = None
    narrower: Mapping[str, str] | None = None

    def source(self, table: str) -> str:
        """What stands behind FROM."""
        return f"({narrowed(table, self.narrower)}\n)" if self.narrower else table


def reach_of(info: Info, question: Question, given: Given, moment: datetime | None) -> Reach:
    """How far a question reaches with what is given: to its site and window, or as is said for it here."""
    if of_its_own := _OF_THEIR_OWN.get(question.name):
        return of_its_own(info, given, moment)
    if question.time != "observed_at":
        return Reach()
    site = given.get("site_id")
    return Reach(Scope(None if site is None else [site], given.get("since"), given.get("until")))


def evaluated(info: Info, scope_id: str, since: date | None = None, until: date | None = None) -> Scope:
    """What months and years that begin on these days follow from: they are compared with the year before."""
    sql = "SELECT unnest(site_ids) AS site_id FROM base.evaluation_area_defined WHERE area_id = $scope"
    sites = info.context.frame(sql, {"scope": scope_id}, None)["site_id"].unique().to_list()
    first = naive(datetime(since.year - 1, 1, 1)) if since else None  # noqa: DTZ001  a margin covers the zone
    last = naive(datetime(until.year + 1, 1, 1)) if until else None  # noqa: DTZ001
    return Scope([scope_id, *sites], first, last)


def water_scope(info: Info, since: date | None, until: date) -> Scope:
    """All statements of water sites in the local years that the days lie in; from the first on, without `since`."""
    sites = info.context.frame("SELECT site_id FROM base.site WHERE theme = 'water'", {}, None)
    first = naive(datetime(since.year - 1, 12, 31, 16)) if since else None  # noqa: DTZ001  local midnight in UTC
    last = naive(datetime(until.year, 12, 31, 16))  # noqa: DTZ001
    return Scope(sites["site_id"].to_list(), first, last)


_LOOKED_BACK = timedelta(days=7)
_LATEST_KNOWN = (
    "SELECT max(observed_at) AS at FROM base.observation"
    " WHERE recorded_at <= $moment AND observed_at <= recorded_at AND topic = 'env1357.air' AND period = 'HOUR'"
)


def _looking_back(info: Info, _given: Given, moment: datetime | None) -> Reach:
    """The days before the latest hour that was known at a moment; a clock that runs ahead does not count."""
    if moment is None:
        return Reach()
    params, lately = {"moment": naive(moment)}, "observed_at >= $moment - INTERVAL 7 DAYS"
    (latest,) = info.context.frame(f"{_LATEST_KNOWN} AND {lately}", params, None)["at"]
    if latest is None:  # of nothing that late is anything known, so all is looked at
        (latest,) = info.context.frame(_LATEST_KNOWN, params, None)["at"]
    return Reach(Scope() if latest is None else Scope(None, naive(latest) - _LOOKED_BACK))


def _its_area(info: Info, given: Given, _moment: datetime | None) -> Reach:
    return Reach(evaluated(info, given["area_id"]))


def _its_years(narrower: Mapping[str, str] | None = None) -> Callable[[Info, Given, datetime | None], Reach]:
    def reach(info: Info, given: Given, _moment: datetime | None) -> Reach:
        since, until = (at.date() if isinstance(at, datetime) else at for at in (given["since"], given["until"]))
        return Reach(water_scope(info, since, until), narrower)

    return reach


def _all_before(info: Info, given: Given, _moment: datetime | None) -> Reach:
    """Whether an alarm began depends on the sampling before; what is heard of no water raises none of theirs."""
    of_others = {table: f"FROM {table} WHERE false" for table in _TURNS if not table.startswith(_OF_WATER)}
    return Reach(water_scope(info, None, given["until"].date()), of_others)


def _its_turns(_info: Info, given: Given, _moment: datetime | None) -> Reach:
    """What raises and clears the alarms of one site, or of all."""
    if given.get("site_id") is None:
        return Reach()
    return Reach(None, {table: f"FROM {table} WHERE site_id = $site_id" for table in _TURNS})


def _its_days(_info: Info, given: Given, _moment: datetime | None) -> Reach:
    """What transmission on the local days from $since to $until is made of, of one site or of all."""
    sites = "true" if given.get("site_id") is None else "site_id = $site_id"
    days = f"day BETWEEN $since AND $until AND {sites}"
    times = f"observed_at >= day_start($since) AND observed_at < day_start($until) + INTERVAL 1 DAY AND {sites}"
    within = "greatest(first_day, $since) AS first_day, least(last_day, $until) AS last_day"
    narrower = {
        "monitor.heard": f"FROM monitor.heard WHERE {days}",
        "monitor.heard_span": f"SELECT * REPLACE ({within}) FROM monitor.heard_span WHERE {sites}",
        "base.reading": f"FROM base.reading WHERE {days}",
        "base.barred": f"FROM base.barred WHERE {times}",
    }
    return Reach(None, narrower)


_THEIR_SPANS = {"water.evaluation": "FROM water.evaluation WHERE starts_on BETWEEN $since AND $until"}
_THEIR_SAMPLINGS = {
    "water.sampling": "FROM water.sampling"
    " WHERE observed_at >= day_start($since) AND observed_at < day_start(least($until, DATE '9000-01-01') + 366)"
}
_OF_WATER = ("water.", "monitor.sampling_turn")
_TURNS = (
    "air.daily",
    "monitor.heard",
    "monitor.heard_year",
    "monitor.sampling_turn",
    "monitor.source_turn",
    "monitor.stuck",
    "water.trophic",
)
"""What alarms are made of. All are tables: their windows and joins let no filter through."""
_OF_THEIR_OWN: Mapping[str, Callable[[Info, Given, datetime | None], Reach]] = {
    "air_now": _looking_back,
    "air_forecasts": _its_area,
    "warning_recommendations": _its_area,
    "river_evaluations": _its_years(_THEIR_SPANS),
    "water_class_shares": _its_years(),
    "trophic_states": _its_years(),
    "source_rates": _its_years(_THEIR_SAMPLINGS),
    "alarms": _its_turns,
    "water_alarms": _all_before,
    "transmission": _its_days,
}
