"""Reads a time in a source's own form, one way for every kind of file; what is ambiguous is refused.

Where a profile names no form, a time is ISO 8601, or year, month and day with an hour behind them that may have no
minutes (`2024年6月11日 5时`, `2024-6-11 5`, `2024061105`), or a serial number of Excel. An hour of 24 is the end of
its day. A span of hours says its start and its end, of which the profile's label tells the one that is meant.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

FORMS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f",
)  # fmt: skip
"""Forms that Polars reads where a profile names none; what else is read is told more slowly."""

_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_ALIKE = frozenset("YmdHMS%")
_HOURS = re.compile(r"[T ]\d{1,2}(?::\d\d)? ?-\d{1,2}(?::?\d\d)?$", re.ASCII)
"""`08:00-20:00`: a span of hours, or a time with an offset from UTC; with seconds it is only that."""
_CLOCK = r"(\d{1,2})(?: ?[:时点] ?(?:(\d{1,2})(?: ?[:分] ?(?:(\d{1,2})(?:\.(\d{1,6})\d*)? ?秒?)?)?)?)?"
_OFFSET = r"(?: ?(Z|UTC|[+-]\d\d:?\d\d|[+-]\d\d))?"
_SAID = re.compile(
    r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?(?:(?:T| ?)(?<=[T 日])" + _CLOCK + _OFFSET + ")?",
    re.ASCII,
)
_DIGITS = re.compile(
    r"((?:19|20|21)\d\d)(\d\d)(\d\d)(?:[T ]?(\d\d|(?<=[T ])\d)(?::?(\d\d)(?::?(\d\d))?)?)?", re.ASCII
)
_SERIAL = re.compile(r"([2-7]\d{4})(\.\d+)?", re.ASCII)
_SPAN = re.compile(r"(.*?[T 日]) ?(\d{1,2}[\d:时点分]*) ?(?:~|～|—+|–|至|到|-+) ?(\d{1,2}[\d:时点分]*)", re.ASCII)
_SECONDS_AND_OFFSET = re.compile(r":\d\d:\d\d(?:\.\d+)? ?[+-]\d\d(?::?\d\d)?$", re.ASCII)
_DAY = re.compile(r"\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?|\d{8}", re.ASCII)
_DAY_S = 86_400


def local_moment(text: str, form: str, zone: tzinfo, *, end: bool = False, spans: bool = False) -> datetime:
    """The aware time that a text says, of the zone where it names no offset; any known form where `form` is empty.

    Of a span of hours it is the start, or the `end`; `08:00-20:00` is one where the source has `spans`.
    Raises `ValueError` where it is none, or two.
    """
    if not form and (span := _span(text, spans=spans)):
        return _of_span(span, zone, end=end)
    if not form and _HOURS.search(text):
        raise ValueError("it may be a span of hours or a time with its offset from UTC: write seconds, or one time")
    moment = _by_form(text, form) if form else _said(text)
    return moment if moment.tzinfo is not None else _at(moment, zone)


def span_s(text: str, *, spans: bool = False) -> int | None:
    """How many seconds a text spans that is a span of hours; None where it is none. Raises `ValueError`."""
    span = _span(text, spans=spans)
    if not span:
        return None
    start, end = (_of_span(span, UTC, end=which) for which in (False, True))
    return round((end - start).total_seconds())


def names_hour(text: str) -> bool:
    """Whether a text that is a time in a known form says more than a day."""
    return not _DAY.fullmatch(text)


def _span(text: str, *, spans: bool) -> re.Match[str] | None:
    if _SECONDS_AND_OFFSET.search(text):
        return None
    return _SPAN.fullmatch(text) if spans or not _HOURS.search(text) else None


def _of_span(span: re.Match[str], zone: tzinfo, *, end: bool) -> datetime:
    start, until = (_said(f"{span[1]}{span[number]}") for number in (2, 3))
    if until <= start:
        until += timedelta(days=1)
    return _at(until if end else start, zone)


def _at(moment: datetime, zone: tzinfo) -> datetime:
    early, late = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise ValueError(f"it comes twice or never in {zone}, when the clocks change")
    return early


def _by_form(text: str, form: str) -> datetime:
    """By `strptime`; an hour of 24 is the end of its day."""
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError as error:
        for found in re.finditer("24", text):
            last = f"{text[: found.start()]}23{text[found.end() :]}"
            try:
                moment = datetime.strptime(last, form)  # noqa: DTZ007
            except ValueError:
                continue
            if (moment.hour, moment.minute, moment.second) == (23, 0, 0):
                return moment + timedelta(hours=1)
        raise error from None


def _said(text: str) -> datetime:
    """By any form that is known here."""
    found = _SAID.fullmatch(text)
    digits = None if found else _DIGITS.fullmatch(text)
    if found or digits:
        groups = found.groups() if found else (*digits.groups(), None, None)  # type: ignore[union-attr]
        year, month, day, hour, minute, second, fraction, offset = groups
        clock = (int(hour or 0), int(minute or 0), int(second or 0), int(f"{fraction or 0:0<6}"))
        return _composed((int(year), int(month), int(day)), clock, offset)
    if serial := _SERIAL.fullmatch(text):
        seconds = round(float(serial[2] or 0) * _DAY_S)
        return datetime(1899, 12, 30) + timedelta(days=int(serial[1]), seconds=seconds)  # noqa: DTZ001
    return datetime.fromisoformat(text)


def _composed(day: tuple[int, int, int], clock: tuple[int, int, int, int], offset: str | None) -> datetime:
    late = clock[0] == 24
    if late and any(clock[1:]):
        raise ValueError("no hour comes behind 24:00")
    moment = datetime(*day, *((0, 0, 0, 0) if late else clock))  # noqa: DTZ001
    moment += timedelta(days=late)
    return moment.replace(tzinfo=_zone(offset)) if offset else moment


def _zone(offset: str) -> timezone:
    if offset in ("Z", "UTC"):
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[3:].strip(":") or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def day_zone(zone: ZoneInfo, period: str) -> tzinfo:
    """The zone that a period's start is reckoned in.

    A day is the district's, who has kept UTC+8 through the summer times of 1986 to 1991, as the tables reckon days.
    """
    return timezone(timedelta(hours=8)) if period == "DAY" and zone.key == "Asia/Shanghai" else zone


@cache
def read_alike(form: str) -> bool:
    """Whether Polars reads a form as `strptime` does, and at all."""
    said = set(_DIRECTIVE.findall(form))
    return (
        said <= _ALIKE
        and ("H" in said) == ("M" in said)
        and {"Y", "m", "d"} <= said
        and (said >= {"H"} or "S" not in said)
    )


@cache
def expect_form(form: str) -> None:
    """Raise `ValueError` where no time can be read by a form, or not without guessing."""
    said = set(_DIRECTIVE.findall(form))
    if "Z" in said:
        raise ValueError(
            f"{form!r}: names of zones are ambiguous; give the offset (%z), or the zone of the profile"
        )
    if ("I" in said) != ("p" in said):
        raise ValueError(f"{form!r}: hours to twelve (%I) and their half of the day (%p) need each other")
    whole = said & {"c", "x", "D"} or (said & {"Y", "y"} and ("j" in said or ("d" in said and said & set("mbBh"))))
    if not whole:
        raise ValueError(f"{form!r} names no day: it needs %Y, %m and %d")
    try:
        datetime.strptime("", form)  # noqa: DTZ007
    except ValueError as error:
        if "does not match" not in str(error):
            raise ValueError(f"{form!r}: {error}") from None
