"""Which columns each class of callers may see."""

from collections.abc import Iterable

from projections.columns import Column
from schemas.contract import OPEN_TO, Disclosure


def told(columns: Iterable[Column], seen: Disclosure) -> list[Column]:
    """Of these columns those that have words and may be seen; of a struct at least one part."""
    return [
        each
        for each in columns
        if each.words and each.disclosure in OPEN_TO[seen] and (not each.parts or told(each.parts, seen))
    ]
