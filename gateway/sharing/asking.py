"""What is asked of a data set, read from a query string."""

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from gateway.api.bodies import BadRequest
from gateway.moments import moment_of
from gateway.sharing.datasets import DataSet
from projections.asked import Argument, Question, plain, valued

OF_ALL = ("format", "first", "after", "asOf", "sums", "changedSince")
"""Parameters that every data set takes beside its columns; no column is called so."""

START = "start"
"""What a follower says who has nothing yet."""

Values = tuple[Any, ...]

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


@dataclass(frozen=True, eq=False)
class Asked:
    """Which rows of a data set in which format: `given` by the question's arguments, `moment` naive UTC.

    Where `since` is said, only what differs from what a follower had then.
    """

    data_set: DataSet
    format: str
    given: Mapping[str, Any]
    most: int | None
    after: "Cursor | None"
    moment: datetime | None
    sums: bool
    since: str | None = None
    extra: tuple[Argument, ...] = ()

    @property
    def question(self) -> Question:
        """Rows by the data set's columns, and by the extra conditions."""
        asked = self.data_set.question
        return replace(asked, arguments=(*asked.arguments, *self.extra))

    @property
    def rows_named(self) -> str:
        """Names the rows that are asked for, whatever page of them and in whatever format."""
        said = repr((self.data_set.name, self.data_set.seen, sorted(self.given.items()), self.moment))
        return blake2b(said.encode(), digest_size=9).hexdigest()

    @property
    def named(self) -> str:
        """Names what is asked for whole."""
        said = repr((self.rows_named, self.format, self.most, self.after, self.since))
        return blake2b(said.encode(), digest_size=9).hexdigest()


@dataclass(frozen=True)
class Cursor:
    """A place behind a row: of which rows, where the log stood at the first page, by what values of the key."""

    rows_named: str
    began: str
    values: Values

    def text(self) -> str:
        said = json.dumps([self.rows_named, self.began, *map(plain, self.values)], ensure_ascii=False)
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_asked(
    data_set: DataSet,
    said: list[tuple[str, str]],
    formats: Collection[str],
    extra: tuple[Argument, ...] = (),
    with_them: Mapping[str, Any] = {},
) -> Asked:
    """What a query string asks for, in one of the formats. Raises `BadRequest`, which names the parameter.

    `extra` are conditions that the caller sets beside, `with_them` what they are compared with.
    """
    question = data_set.question
    arguments = {argument.name: argument for argument in question.arguments}
    own: dict[str, str] = {}
    given: dict[str, Any] = dict(with_them)
    for name, text in said:
        if name in own or name in given:
            raise _refused(name, "it is given twice", "Give each parameter once.")
        if name in OF_ALL:
            own[name] = text
        elif name in arguments:
            given[name] = _value(arguments[name], text)
        else:
            remedy = f"It takes {', '.join([*OF_ALL, *arguments])}."
            raise _refused(name, f"{data_set.name} is not asked by {name!r}", remedy)
    most = _count(own["first"]) if "first" in own else None
    moment = _moment("asOf", own["asOf"]) if "asOf" in own else None
    asked = Asked(
        data_set, _format(data_set, own, formats), given, most, None, moment, own.get("sums") == "true", extra=extra
    )
    if "changedSince" in own:
        return _following(asked, own)
    return _behind(asked, own["after"], len(question.order)) if own.get("after") else asked


def _following(asked: Asked, own: Mapping[str, str]) -> Asked:
    for name in ("first", "after", "asOf"):
        if name in own:
            raise _refused("changedSince", f"it can't be asked with {name}", "Ask with the columns alone.")
    if asked.format == "geojson":
        raise _refused("changedSince", "a row that is withdrawn has no place", "Ask for another format.")
    return replace(asked, since=own["changedSince"])


def _behind(asked: Asked, text: str, terms: int) -> Asked:
    remedy = "Ask for the first page anew, and go on with its `next`."
    try:
        named, began, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        cursor = Cursor(named, str(began), tuple(map(valued, values)))
    except (ValueError, TypeError):
        raise _refused("after", "it is no cursor of ours", remedy) from None
    if cursor.rows_named != asked.rows_named or len(cursor.values) != terms:
        raise _refused("after", "it belongs to another data set, or to other parameters", remedy)
    return replace(asked, after=cursor)


def _format(data_set: DataSet, own: Mapping[str, str], formats: Collection[str]) -> str:
    name = own.get("format", "json")
    possible = [each for each in formats if each != "geojson" or data_set.place != "none"]
    if name not in possible:
        why = f"{data_set.name} has no place" if name in formats else f"there is no format {name!r}"
        raise _refused("format", why, f"Ask for {', '.join(possible)}.")
    return name


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= 1_000_000_000):
        raise _refused("first", f"{text[:40]!r} is no number of rows", "Give a number from 1, or leave it out.")
    return int(text)


def _value(argument: Argument, text: str) -> Any:
    """The value of an argument. Raises `BadRequest` where it is none of its type."""
    try:
        match argument.kind:
            case "BOOLEAN":
                return {"true": True, "false": False}[text]
            case "DATE":
                return date.fromisoformat(text)
            case "TIMESTAMP":
                return _moment(argument.name, text)
            case "DOUBLE":
                return float(text)
            case "VARCHAR" | "UUID":
                return text
        number = int(text)
        if not _LOWEST <= number <= _HIGHEST:
            raise ValueError(text)
        return number
    except (ValueError, KeyError):
        kind = argument.kind.lower()
        raise _refused(argument.name, f"{text[:40]!r} is no {kind}", f"Give a {kind}.") from None


def _moment(name: str, text: str) -> datetime:
    try:
        return moment_of(text)
    except ValueError:
        remedy = "Give it by ISO 8601, as in 2026-03-01T00:00:00Z."
        raise _refused(name, f"{text[:40]!r} is no time", remedy) from None


def _refused(where: str, message: str, remedy: str) -> BadRequest:
    return BadRequest(422, "bad_parameter", f"{where}: {message}", remedy)
