"""What commands on air's sources of pollution share: texts, quantities, days and steps that are refused."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from services.decider import Refused, require

_UTC_OFFSET = timedelta(hours=8)  # of the district's days


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
        day <= (now + _UTC_OFFSET).date(),
        "in_the_future",
        f"{where} is {day}, which has not begun",
        where,
        "Give the day on which it happened.",
    )


def expect_past(at: datetime, now: datetime, where: str) -> None:
    """Refuse a time that is still to come; a time that names no zone is UTC."""
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
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
