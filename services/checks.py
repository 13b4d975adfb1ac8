"""What commands share: texts, quantities, days, steps and standards that are refused."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from services.decider import Refused, require

_DISTRICT = timezone(timedelta(hours=8))


def local_day(moment: datetime) -> date:
    """The district's day at a time; a time that names no zone is UTC."""
    return _aware(moment).astimezone(_DISTRICT).date()


def expect_texts(command: object, *names: str) -> None:
    """Refuse fields that are empty, or lists that hold an empty text."""
    for name in names:
        said = getattr(command, name)
        texts = [said] if isinstance(said, str) else said
        require(all(text.strip() for text in texts), "empty", f"{name} is empty", name, "Give it a text.")


def expect_quantities(command: object, *names: str, at_most: float = math.inf) -> None:
    """Refuse numbers, or lists of them, outside 0 to `at_most`; null is none."""
    for name in names:
        said = getattr(command, name)
        for number in said if isinstance(said, Sequence) else [said]:
            require(
                number is None or (math.isfinite(number) and 0 <= number <= at_most),
                "impossible_quantity",
                f"{name} is {number}",
                name,
                "Give a number from 0 on." if at_most == math.inf else f"Give a number from 0 to {at_most}.",
            )


def expect_above_zero(command: object, *names: str) -> None:
    """Refuse numbers that are not above 0, or not finite; null is none."""
    for name in names:
        number = getattr(command, name)
        require(
            number is None or 0 < number < math.inf,
            "impossible_quantity",
            f"{name} is {number}",
            name,
            "Give a number above 0.",
        )


def expect_one_of(value: str | None, known: Sequence[str], where: str) -> None:
    """Refuse a value that is none of its values; null is none."""
    require(
        value is None or value in known,
        "unknown_value",
        f"{value!r} is none of its values",
        where,
        f"Use {', '.join(known)}.",
    )


def expect_past_day(day: date, now: datetime, where: str) -> None:
    """Refuse a local day that has not begun."""
    require(
        day <= local_day(now),
        "in_the_future",
        f"{where} is {day}, which has not begun",
        where,
        "Give the day on which it happened.",
    )


def expect_past(at: datetime, now: datetime, where: str) -> None:
    """Refuse a time that is still to come; a time that names no zone is UTC."""
    at = _aware(at)
    require(
        at <= now,
        "in_the_future",
        f"{where} is {at.isoformat()}, and it is {now.isoformat()}",
        where,
        "Give the time at which it happened, with its offset from UTC.",
    )


def expect_step(allowed: bool, what: str, standing: str, where: str) -> None:
    """Refuse a step that what it is about does not allow as it stands."""
    if not allowed:
        raise Refused(
            "illegal_step",
            f"{what} is {standing}",
            where,
            "Check the code, and which step comes next.",
        )


def expect_standard(
    known: Mapping[str, Mapping[str, Collection[str]]],
    said: Mapping[str, str | None],
    whose: str,
) -> None:
    """Refuse a standard that has no limits here, and a level or scope that is not printed in it.

    `known` has the scopes of each level of each standard; `said` names standard, level and scope, in this order, by
    the fields that they stand in. Without a standard nothing is asked.
    """
    (of_standard, standard), (of_level, level), (of_scope, scope) = said.items()
    if standard is None:
        return
    levels = known.get(standard)
    if levels is None:
        raise Refused(
            "unknown_standard",
            f"{standard!r} has no limits here for {whose}",
            of_standard,
            f"Use {', '.join(known)}.",
        )
    require(
        level in levels,
        "unknown_level",
        f"{standard} has no level {level!r}",
        of_level,
        f"Use {', '.join(levels)}.",
    )
    scopes = levels.get(level or "", ())
    require(
        scope is None or scope in scopes,
        "unknown_scope",
        f"{standard} has no scope {scope!r} on that level",
        of_scope,
        f"Leave it out, or use {', '.join(sorted(scopes))}.",
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
