"""Reads a time in a source's own form, one way for every kind of file; what is ambiguous is refused."""

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

FORMS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f",
)  # fmt: skip
"""Forms that Polars reads where a profile names none; ISO 8601 is what else is read then."""

_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_ALIKE = frozenset("YmdHMS%")
_HOURS = re.compile(r"[T ]\d{1,2}(?::\d\d)?-\d{1,2}(?::?\d\d)?$")
"""`08:00-20:00`: a span of hours, or a time with an offset from UTC; with seconds it is only that."""


def local_moment(text: str, form: str, zone: ZoneInfo) -> datetime:
    """The aware time that a text says, of the zone where it names no offset; ISO 8601 where the form is empty.

    Raises `ValueError` where it is none, or two.
    """
    if not form and _HOURS.search(text):
        raise ValueError("it may be a span of hours or a time with its offset from UTC: write seconds, or one time")
    moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
    if moment.tzinfo is not None:
        return moment
    early, late = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise ValueError(f"it comes twice or never in {zone}, when the clocks change")
    return early


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
