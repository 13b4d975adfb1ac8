"""What `make bench-growth` asks: the last hours, days, months, the middle of history, one place and all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY = timedelta(days=1)
_XUNYANG = timedelta(hours=8)
_STATION = 'siteId: "bench-003"'
_LAKE = 'siteId: "water-00"'
_HOUR = "{ observedAt aqi level primaryPollutants so2UgM3 pm25UgM3 o3UgM3 }"

ALL = {"alarms, all places"}
"""Questions that return what all of history holds."""


@dataclass(frozen=True)
class Ends:
    """First microsecond and length of the series of air and of water."""

    air_us: int
    air_long_us: int
    water_us: int
    water_long_us: int


def questions(ends: Ends) -> Mapping[str, str]:
    """GraphQL documents, or paths of maps, by what they ask for."""
    air_end, water_end = _moment(ends.air_us + ends.air_long_us), _moment(ends.water_us + ends.water_long_us)
    return {**_air(air_end, _moment(ends.air_us + ends.air_long_us // 2)), **_quality(air_end), **_water(water_end)}


def _air(end: datetime, middle: datetime) -> dict[str, str]:
    day = (end + _XUNYANG - _DAY).date()
    week, hour, last_day = _in(end - 7 * _DAY, end), _in(end - _DAY / 24, end), _in(end - _DAY, end)
    middle_week = _in(middle, middle + 7 * _DAY)
    months = f'since: "{day - 62 * _DAY}", until: "{day}"'
    known = f'asOf: "{_text(end - 2 * _DAY)}"'
    before = _in(end - 9 * _DAY, end - 2 * _DAY)
    return {
        "airNow": "{ airNow { nodes { siteId observedAt aqi level primaryPollutants } } }",
        "airHours, the last one": f"{{ airHours({_STATION}, {hour}) {_HOUR} }}",
        "airHours, a week": f"{{ airHours({_STATION}, {week}) {_HOUR} }}",
        "airHours, a week in the middle": f"{{ airHours({_STATION}, {middle_week}) {_HOUR} }}",
        "airDays, 30": f'{{ airDays({_STATION}, since: "{day - 29 * _DAY}", until: "{day}") {{ day aqi level }} }}',
        "airRolling, a day": f"{{ airRolling({_STATION}, {last_day}) {{ endsAt pm2524hUgM3 }} }}",
        "airEvaluations, months of a station": '{ airEvaluations(scopeId: "bench-003", period: MONTH, '
        + months
        + ") { startsOn goodDays compositeIndex } }",
        "airExplain": f'{{ airExplain({_STATION}, observedAt: "{_text(end - _DAY)}") {{ aqi items {{ iaqi }} }} }}',
        "airDayExplain": f'{{ airDayExplain({_STATION}, day: "{day - _DAY}") {{ aqi items {{ iaqi }} }} }}',
        "readings, a day": f"{{ readings({_STATION}, {last_day}) {{ nodes {{ factor value }} }} }}",
        "sites": '{ sites(kind: "station") { nodes { siteId nameZh lon lat } } }',
        "map of the air": "/maps/air.geojson",
        "airHours, a week, asOf": f"{{ airHours({_STATION}, {before}, {known}) {_HOUR} }}",
        "airNow, asOf": f"{{ airNow({known}) {{ nodes {{ siteId aqi }} }} }}",
    }


def _quality(end: datetime) -> dict[str, str]:
    day = (end + _XUNYANG - 2 * _DAY).date()
    one = f'since: "{day}", until: "{day}"'
    at = f'at: "{_text(end)}", cleared: false, first: 100'
    rate = "{ nodes { siteId transmissionRate } }"
    return {
        "marks, a day of a place": f"{{ marks({_STATION}, {_in(end - _DAY, end)}) {{ nodes {{ factor mark }} }} }}",
        "transmission, a day of a place": f"{{ transmission(bySource: false, {_STATION}, {one}) {rate} }}",
        "transmission, a day of all places": f"{{ transmission(bySource: false, {one}) {rate} }}",
        "transmission, a day by sender": f"{{ transmission(bySource: true, {one}) {rate} }}",
        "alarms of a place": f"{{ alarms({_STATION}, {at}) {{ nodes {{ alarmId kind }} }} }}",
        "alarms, all places": f"{{ alarms({at}) {{ nodes {{ alarmId kind }} }} }}",
    }


def _water(end: datetime) -> dict[str, str]:
    week, day = _in(end - 7 * _DAY, end), (end + _XUNYANG).date()
    month = day.replace(day=1)
    one = f'since: "{month}", until: "{month}"'
    last_day = (end + _XUNYANG - 2 * _DAY).date()
    days, last = f'since: "{last_day}", until: "{last_day}"', _in(end - _DAY, end)
    at = f'at: "{_text(end)}", cleared: false, first: 100'
    return {
        "water: transmission, a day": f"{{ transmission(bySource: false, {days}) {{ nodes {{ siteId }} }} }}",
        "water: marks, a day of a place": f"{{ marks({_LAKE}, {last}) {{ nodes {{ factor mark }} }} }}",
        "water: alarms of a place": f"{{ alarms({_LAKE}, {at}) {{ nodes {{ alarmId kind }} }} }}",
        "trophicStates, a week": f"{{ trophicStates({week}) {{ nodes {{ siteId tli class }} }} }}",
        "sourceRates, a month": f"{{ sourceRates({one}) {{ nodes {{ span share }} }} }}",
        "sourceAssessments, a week": f"{{ sourceAssessments({week}) {{ nodes {{ siteId meetsStandard }} }} }}",
        "waterAlarms, a week": f"{{ waterAlarms({week}) {{ nodes {{ alarmId kind }} }} }}",
        "riverEvaluations, a month": f"{{ riverEvaluations({one}) {{ nodes {{ riverId class }} }} }}",
        "waterEvaluations, a month": f"{{ waterEvaluations({one}) {{ subjectId class }} }}",
        "waterClassShares, a month": f"{{ waterClassShares({one}) {{ nodes {{ indicatorId share }} }} }}",
        "waterAssessments, a week": f"{{ waterAssessments({week}) {{ nodes {{ siteId class }} }} }}",
        "map of surface water": "/maps/surface-water.geojson",
    }


def _moment(since_1970_us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=since_1970_us)


def _in(since: datetime, until: datetime) -> str:
    return f'since: "{_text(since)}", until: "{_text(until)}"'


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
