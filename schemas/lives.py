"""The lives that things go through, as tables: steps, quantities that may not grow, and what becomes due.

`standards/life_step.csv` says at what standings a step is allowed and where the thing then stands;
`life_quantity.csv` how a step's quantity is held to an earlier one's; `time_limit.csv` by when, by the law in force
on that day, which steps must follow. Deciders, the status and due columns of tables and the diagrams in
`docs/lives.md` follow from them.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "standards"

NEW = "NEW"
"""How a thing stands before its first step."""

Relation = Literal["AT_MOST", "AT_LEAST", "SAME"]


@dataclass(frozen=True)
class Step:
    """One step: it is allowed where the thing stands `at` one of these; where it then stands is said by `to`.

    `to` is a standing, `=field` where a field of the event says it, or `field?THIS:THAT` by a boolean field.
    """

    event: str
    at: tuple[str, ...]
    to: str

    def standing(self, fields: Mapping[str, Any]) -> str:
        """Where the thing stands behind an event with these fields."""
        if self.to.startswith("="):
            return str(fields[self.to[1:]])
        if "?" in self.to:
            field, _, choice = self.to.partition("?")
            return choice.split(":")[0 if fields[field] else 1]
        return self.to


@dataclass(frozen=True)
class Quantity:
    """How a step's `field` is held to the `of_field` of the last `of_event`; `unless` names what may excuse it.

    `tolerance` is a share: 0.05 lets AT_MOST be five percent more.
    """

    event: str
    field: str
    relation: Relation
    of_event: str
    of_field: str
    tolerance: float
    unless: str | None
    clause: str


@dataclass(frozen=True)
class TimeLimit:
    """What becomes due when `counted_from` happens, done by one of `ended_by`; rows of it say by which law.

    `needs` is a field of that event that must be above 0; `of_field` one that the amount depends on.
    """

    what: str
    counted_from: tuple[str, ...]
    ended_by: tuple[str, ...]
    needs: str | None
    of_field: str | None
    hourly: bool

    @property
    def column(self) -> str:
        """The name of its column: a time where it is counted in hours, or else a local day."""
        return f"{self.what}_due_{'at' if self.hourly else 'on'}"


@dataclass(frozen=True)
class Life:
    """The life of one kind of thing, which `key` identifies among its kind."""

    name: str
    key: tuple[str, ...]
    steps: Mapping[str, Step]
    quantities: tuple[Quantity, ...]
    time_limits: tuple[TimeLimit, ...]


@cache
def lives() -> Mapping[str, Life]:
    """Every life by its name, which is the aggregate of its events."""
    names = dict.fromkeys(row["life"] for row in _rows("life_step"))
    return {name: _life(name) for name in names}


def _life(name: str) -> Life:
    steps = [row for row in _rows("life_step") if row["life"] == name]
    return Life(
        name=name,
        key=tuple(steps[0]["key"].split("|")),
        steps={row["event"]: Step(row["event"], tuple(row["at"].split("|")), row["to"]) for row in steps},
        quantities=tuple(_quantity(row) for row in _rows("life_quantity") if row["life"] == name),
        time_limits=tuple(_time_limits(row for row in _rows("time_limit") if row["life"] == name)),
    )


def _quantity(row: Mapping[str, str]) -> Quantity:
    relations: dict[str, Relation] = {"AT_MOST": "AT_MOST", "AT_LEAST": "AT_LEAST", "SAME": "SAME"}
    return Quantity(
        event=row["event"],
        field=row["field"],
        relation=relations[row["relation"]],
        of_event=row["of_event"],
        of_field=row["of_field"],
        tolerance=float(row["tolerance"]),
        unless=row["unless"] or None,
        clause=row["clause"],
    )


def _time_limits(found: Iterable[Mapping[str, str]]) -> Iterable[TimeLimit]:
    by_what: dict[str, list[Mapping[str, str]]] = {}
    for row in found:
        by_what.setdefault(row["what"], []).append(row)
    for what, alike in by_what.items():
        yield TimeLimit(
            what=what,
            counted_from=tuple(dict.fromkeys(row["counted_from"] for row in alike)),
            ended_by=tuple(event for event in alike[0]["ended_by"].split("|") if event),
            needs=alike[0]["needs"] or None,
            of_field=alike[0]["of_field"] or None,
            hourly=alike[0]["unit"] == "hour",
        )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
