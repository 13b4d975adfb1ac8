"""Loads a district's reference data: one CSV file for each kind of command, its columns the command's fields."""

import csv
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from services.decider import Command
from services.deciders import deciders
from services.handler import Accepted, Handler
from services.numerals import decimal, whole

COMMANDS = {kind.__name__: kind for kind in deciders()}
"""Every kind of command by its name."""

BATCH = 500
"""Commands that are carried out with one append."""

Progress = Callable[[int, int], None]
"""Called with commands carried out and commands in all."""


@dataclass
class LoadReport:
    """What became of the rows: recorded, already there as they are, or refused, in words."""

    recorded: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)


class BadDistrict(Exception):
    """The folder is no district's reference data."""


def load(folder: Path, handler: Handler, progress: Progress) -> LoadReport:
    """Carry out every row of the files that `district.yaml` lists, in its order. Idempotent.

    Raises `BadDistrict` before anything is recorded, where a file can't be understood.
    """
    batches = [(name, _commands(folder / f"{name}.csv", name)) for name in _listed(folder)]
    total, done, report = sum(len(commands) for _, commands in batches), 0, LoadReport()
    for name, commands in batches:
        for start in range(0, len(commands), BATCH):
            batch = commands[start : start + BATCH]
            carry_out(f"{name}.csv, line", batch, handler, report, start + 2)
            done += len(batch)
            progress(done, total)
    return report


def carry_out(
    origin: str, commands: Sequence[Command], handler: Handler, report: LoadReport, first: int = 1
) -> None:
    """Carry out commands with one append, and note what became of each; they are counted from `first` on."""
    for number, outcome in enumerate(handler.handle_all(commands), first):
        _note(report, f"{origin} {number}", outcome)


def _note(report: LoadReport, origin: str, outcome: Accepted | Exception) -> None:
    if isinstance(outcome, Exception):
        report.refused.append(f"{origin}: {outcome}")
    elif outcome.event_ids:
        report.recorded += 1
    else:
        report.unchanged += 1


def _listed(folder: Path) -> Sequence[str]:
    index = folder / "district.yaml"
    if not index.exists():
        raise BadDistrict(f"{folder} has no district.yaml: name a folder like deploy/districts/xunyang")
    listed: list[str] = yaml.safe_load(index.read_text(encoding="utf-8"))["load"]
    return listed


def _commands(path: Path, name: str) -> list[Command]:
    """The rows of a file as commands; `register_station.csv` holds `RegisterStation` commands."""
    kind = COMMANDS.get("".join(word.capitalize() for word in name.split("_")))
    if kind is None or not path.exists():
        raise BadDistrict(f"{path}: there is no such file, or no command is called {name!r}")
    with path.open(encoding="utf-8", newline="") as file:
        return [command(kind, row, f"{path}, line {line}") for line, row in enumerate(csv.DictReader(file), 2)]


def command(kind: type[Command], row: Mapping[str, str], origin: str) -> Command:
    """A row of texts as a command; an empty text is a field left out, lists are divided by `|`.

    Raises `BadDistrict` with `origin`, where a text is not what its field needs.
    """
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for each in fields(kind):
        text = row.get(each.name) or ""
        needed = each.default is MISSING and each.default_factory is MISSING
        if text or (needed and hints[each.name] is str):
            try:
                values[each.name] = _value(hints[each.name], text)
            except ValueError as error:
                raise BadDistrict(f"{origin}: {each.name}: {error}") from None
        elif needed:
            raise BadDistrict(f"{origin}: {each.name} is missing")
    unknown = row.keys() - hints.keys()
    if unknown:
        raise BadDistrict(f"{origin}: {', '.join(sorted(map(str, unknown)))}: no field of {kind.__name__}")
    return kind(**values)


def _value(hint: Any, text: str) -> Any:
    if isinstance(hint, types.UnionType):
        hint = next(h for h in typing.get_args(hint) if h is not type(None))
    if typing.get_origin(hint) is Sequence:
        (item,) = typing.get_args(hint)
        return [_value(item, part) for part in text.split("|")]
    if hint is bool:
        if text not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return text == "true"
    if hint is date:
        return date.fromisoformat(text)
    if hint is datetime:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(f"{text!r} does not say its offset from UTC")
        return moment
    if hint is float:
        return decimal(text)
    return whole(text) if hint is int else hint(text)
