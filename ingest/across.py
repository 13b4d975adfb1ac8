"""Tables across: columns that are rather rows, as one for each station, or for each hour from 1 to 24."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

_ROW = "\ufdd0row"


@dataclass(frozen=True)
class Across:
    """Columns whose names match `pattern` as a whole become rows: the name in `name`, the cell in `value`.

    Where the pattern has a group, that is the name. Columns that the profile names otherwise are none of them.
    """

    pattern: str = ".+"
    name: str = "name"
    value: str = "value"

    @property
    def made(self) -> tuple[str, str]:
        """The columns that come of it."""
        return self.name, self.value

    def columns(self, names: Sequence[str], others: Collection[str]) -> list[str]:
        """Those of a file that are rather rows."""
        return [name for name in names if name not in others and re.fullmatch(self.pattern, name)]

    def rows(
        self, frame: pl.DataFrame, numbers: Sequence[int], others: Collection[str]
    ) -> tuple[pl.DataFrame, list[int]]:
        """The table with a row for each cell of those columns that is not empty, and the number of its row."""
        names = self.columns(frame.columns, others)
        kept = [name for name in frame.columns if name not in names]
        long = frame.with_columns(pl.Series(_ROW, list(numbers), pl.Int64)).unpivot(
            names, index=[*kept, _ROW], variable_name=self.name, value_name=self.value
        )
        long = long.filter(pl.col(self.value).str.strip_chars() != "").sort(_ROW, maintain_order=True)
        long = long.with_columns(pl.col(self.name).str.extract(self._grouped, 1))
        return long.drop(_ROW), long[_ROW].to_list()

    @property
    def _grouped(self) -> str:
        grouped = re.compile(self.pattern).groups
        return f"^(?:{self.pattern})$" if grouped else f"^({self.pattern})$"
