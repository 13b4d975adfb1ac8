"""Enters the sites of a file in the register, as its profile says, so that its observations can be taken down."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from ingest.bounds import Bounds
from ingest.choices import Choice
from ingest.profile import Profile, profile
from ingest.rows import BadFile
from ingest.tables import opened
from services.decider import Refused
from services.handler import Handler
from services.load import BATCH, COMMANDS, LoadReport, carry_out, command

_BOUNDS = Bounds()
_NAMES = ("name_zh", "name_en")


def register_sites(paths: Sequence[Path], kind: str, handler: Handler, bounds: Bounds = _BOUNDS) -> LoadReport:
    """Register every site that the files name; those that are entered just so already are passed over.

    Raises `Refused` where the profile does not say how, or a file can't be read as what it says.
    """
    how = profile(kind)
    if not how.register:
        raise Refused(
            "no_register",
            f"the profile {kind!r} has no `register`",
            "--register",
            "Register its sites by commands.",
        )
    first = [_command(said["command"], said["fields"], kind) for said in how.register.get("first", ())]
    found = {}
    for path in paths:
        for shape, row in _sites(path, how, bounds):
            fields = _fields(shape.register["fields"], row)
            found[fields["site_id"]] = _command(shape.register["command"], {**fields, "source": how.source}, kind)
    report = LoadReport()
    carry_out(f"{kind}, first", first, handler, report)
    commands = list(found.values())
    for start in range(0, len(commands), BATCH):
        carry_out(f"{kind}, site", commands[start : start + BATCH], handler, report, start + 1)
    return report


def _fields(said: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, str]:
    """A site as its row says; one that is not named is named by its id."""
    fields = {
        name: row.get(how["column"], "").strip() if isinstance(how, dict) else str(how)
        for name, how in said.items()
    }
    return {name: text or (fields["site_id"] if name in _NAMES else "") for name, text in fields.items()}


def _sites(path: Path, how: Profile, bounds: Bounds) -> Iterator[tuple[Profile, dict[str, str]]]:
    """The shape of a file, and what it says of each site; it may lack what is not the site's id."""
    shapes = how.shapes
    try:
        with opened(path, [_choice(shape) for shape in shapes], how.hints, bounds) as source:
            shape = shapes[source.choice]
            site = shape.register["fields"]["site_id"]["column"]
            if shape.across and site == shape.across.name:
                columns = shape.across.columns(source.names, shape.within(source.names).columns)
                yield from ((shape, {site: name}) for name in columns)
                return
            frames = [table.frame.unique(maintain_order=True) for table in source.tables]
    except BadFile as bad:
        raise bad.refusal from None
    rows = pl.concat(frames).unique(maintain_order=True).to_dicts() if frames else []
    yield from ((shape, row) for row in rows)


def _choice(shape: Profile) -> Choice:
    """What is read of a file of a shape to register its sites."""
    read = shape.choice

    def columns(names: Sequence[str]) -> Sequence[str] | None:
        there = [column for column in shape.register_columns if column in names]
        return None if read.columns(names) is None else there or [names[0]]

    return Choice(columns, read.expected, read.records)


def _command(name: str, fields: Mapping[str, Any], origin: str) -> Any:
    if name not in COMMANDS:
        raise Refused(
            "bad_profile", f"{name!r} is no command", "--as", f"Use one of {', '.join(sorted(COMMANDS))}."
        )
    return command(COMMANDS[name], {key: str(value) for key, value in fields.items()}, f"profile {origin}")
