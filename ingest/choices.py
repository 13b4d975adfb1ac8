"""What a source says of its files before they are read: which columns of which shape, and what they don't tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hints:
    """What a profile says of its files where that is not told by themselves; `header` is its row, from 1."""

    encoding: str = ""
    delimiter: str = ""
    header: int = 0
    sheet: str = ""
    fill_down: Sequence[str] = ()


NO_HINTS = Hints()
"""Where all is told by the files themselves."""


@dataclass(frozen=True)
class Choice:
    """One way to read a file: `columns` gives, of a header's names, those to read; None where it lacks some.

    `expected` are named where none is found; `records` says where in a JSON document the rows stand.
    """

    columns: Callable[[Sequence[str]], Sequence[str] | None]
    expected: Sequence[str] = ()
    records: str | None = None
