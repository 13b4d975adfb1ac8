"""Which columns each class of callers may see."""

from collections.abc import Collection, Iterable, Mapping

from projections.columns import Column
from schemas.contract import Disclosure

OPEN_TO: Mapping[Disclosure, Collection[Disclosure]] = {
    "public": {"public"},
    "internal": {"public", "internal"},
    "restricted": {"public", "internal", "restricted"},
}
"""What each class of callers may see."""


def told(columns: Iterable[Column], seen: Disclosure) -> list[Column]:
    """Of these columns those that have words and may be seen; of a struct at least one part."""
    return [
        each
        for each in columns
        if each.words and each.disclosure in OPEN_TO[seen] and (not each.parts or told(each.parts, seen))
    ]
