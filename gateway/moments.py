"""Times as requests say them, and as the tables have them: UTC, without saying so."""

from datetime import UTC, datetime


def naive(moment: datetime) -> datetime:
    """A time as the tables have it: UTC, without saying so. A time that names no zone is UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def moment_of(text: str) -> datetime:
    """A time of a query string as tables have it: UTC where it names no zone. Raises `ValueError`."""
    try:
        return naive(datetime.fromisoformat(text.replace(" ", "+")))  # a plus that was not escaped
    except OverflowError as error:
        raise ValueError(f"{text[:40]!r} is beyond the years that there are") from error
