"""Enters the sites of a file in the register, as its profile says, so that its observations can be taken down."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from ingest.bounds import Bounds
from ingest.profile import profile
from ingest.rows import BadFile
from ingest.tables import tables
from services.decider import Refused
from services.handler import Handler
from services.load import BATCH, COMMANDS, LoadReport, carry_out, command

_BOUNDS = Bounds()


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
    rows = [row for path in paths for row in _sites(path, how.register_columns, how.records, bounds)]
    found = {}
    for row in rows:
        fields = {
            name: row[said["column"]] if isinstance(said, dict) else said
            for name, said in how.register["fields"].items()
        }
        found[fields["site_id"]] = _command(how.register["command"], {**fields, "source": how.source}, kind)
    report = LoadReport()
    carry_out(f"{kind}, first", first, handler, report)
    commands = list(found.values())
    for start in range(0, len(commands), BATCH):
        carry_out(f"{kind}, site", commands[start : start + BATCH], handler, report, start + 1)
    return report


def _sites(path: Path, columns: Sequence[str], records: str | None, bounds: Bounds) -> list[dict[str, str]]:
    try:
        frames = [
            table.frame.unique(maintain_order=True) for table in tables(path, columns, records, bounds=bounds)
        ]
    except BadFile as bad:
        raise bad.refusal from None
    return pl.concat(frames).unique(maintain_order=True).to_dicts() if frames else []


def _command(name: str, fields: Mapping[str, Any], origin: str) -> Any:
    if name not in COMMANDS:
        raise Refused(
            "bad_profile", f"{name!r} is no command", "--as", f"Use one of {', '.join(sorted(COMMANDS))}."
        )
    return command(COMMANDS[name], {key: str(value) for key, value in fields.items()}, f"profile {origin}")
