"""What a table becomes: statements, and what of it is refused."""

from dataclasses import dataclass, field

from ingest.statement import Statement
from services.decider import Refused


@dataclass
class Shaped:
    """The statements of a table, and what of it is refused: row in the table, why.

    `rows` names for each statement the rows that it was made of; every row of the table is in there or `refused`.
    `items` are single values of rows that made a statement, which are not in it: row, why.
    """

    statements: list[Statement] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    items: list[tuple[int, Refused]] = field(default_factory=list)
