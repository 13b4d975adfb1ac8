"""Imports files of records: each row is a command, its fields told by a profile; what is refused is quarantined.

A field is a column, or `{text: …}`, or `{column: …}` with a `prefix`, a `separator` of lists, or a `scale`; where
the scale depends on a unit, `by` names its column and `scales` gives the fractions. With `tonnes` a mass in any
unit that is commonly spelled becomes tonnes, and a volume leaves the field out, since it never becomes a mass;
any other unit is refused by name. `columns` instead of `column` make a list. `values` say what texts
stand for, and `zone` in which zone a time is; its form is `format` as for strptime, ISO 8601 where there is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.bounds import Bounds
from ingest.moments import expect_form, local_moment
from ingest.observations import Observations
from ingest.profile import said_by
from ingest.quantities import quantity
from ingest.report import SHOWN_DRY, Progress, Report, kept_file, kept_rows
from ingest.rows import BadFile
from ingest.tables import Table, tables
from ingest.units import tonnes
from services.decider import Command, Refused
from services.handler import Handler
from services.load import BATCH, COMMANDS, BadDistrict, command
from services.unexpected import guarded

_BOUNDS = Bounds()


def is_of_records(kind: str) -> bool:
    """Whether a profile's rows are records. Raises `Refused` where there is no such profile."""
    return "record" in said_by(kind)


def import_records(
    paths: Sequence[Path],
    kind: str,
    handler: Handler,
    observations: Observations,
    progress: Progress,
    *,
    dry_run: bool = False,
    bounds: Bounds = _BOUNDS,
) -> Report:
    """Carry out every row of the files; a record that is there as it is is passed over.

    With `dry_run` rows are only read and shaped. Raises as `import_files` does.
    """
    said, report = _readable(said_by(kind)), Report(shown=SHOWN_DRY) if dry_run else Report()
    total, before = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        try:
            for table in tables(path, _columns(said["fields"]), bounds=bounds):
                _take(path, said, table, handler, observations, report, dry_run)
                progress(before + table.done, total)
        except BadFile as bad:
            report.refuse_file(path.name, bad.refusal)
            if not dry_run:
                whole, refusal = kept_file(path, bad.refusal)
                report.unkept += len(observations.take([(refusal, whole)], said["source"]).unkept)
        report.files += 1
        before += path.stat().st_size
        progress(before, total)
    report.close()
    return report


def _readable(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The profile, if its forms of times can be read. Raises `Refused`."""
    try:
        for how in said["fields"].values():
            if isinstance(how, dict) and how.get("format"):
                expect_form(how["format"])
    except (ValueError, AttributeError) as error:
        raise Refused("bad_profile", str(error), "--as", "Correct the profile.") from None
    return said


def _take(
    path: Path,
    said: Mapping[str, Any],
    table: Table,
    handler: Handler,
    observations: Observations,
    report: Report,
    dry_run: bool,
) -> None:
    report.rows += table.frame.height + len(table.bad)
    commands: list[tuple[int, Command]] = []
    refused: list[tuple[int, Refused]] = []
    for row, texts in enumerate(table.frame.iter_rows(named=True)):
        try:
            commands.append((row, _soundly(said, texts)))
        except Refused as refusal:
            refused.append((row, refusal))
    report.statements += len(commands)
    if dry_run:
        report.accepted += len(commands)
        report.rows_taken += len(commands)
    else:
        refused += _carried_out(commands, handler, report)
    kept = kept_rows(path, table, sorted(refused, key=lambda each: each[0]), report)
    if kept and not dry_run:
        taken = observations.take([(refusal, submission) for submission, refusal in kept], said["source"])
        report.unkept += len(taken.unkept)


def _carried_out(
    commands: Sequence[tuple[int, Command]], handler: Handler, report: Report
) -> Iterator[tuple[int, Refused]]:
    """Carry the commands out, many with one append; gives the rows that are refused."""
    for start in range(0, len(commands), BATCH):
        batch = commands[start : start + BATCH]
        for (row, _), outcome in zip(batch, handler.handle_all([c for _, c in batch]), strict=True):
            if isinstance(outcome, Refused):
                yield row, outcome
            elif isinstance(outcome, Exception):
                yield row, Refused("superseded", str(outcome), "record", "Import the file again.")
            else:
                new = len(outcome.event_ids) > 0
                report.accepted, report.rows_taken = report.accepted + new, report.rows_taken + new
                report.repeated, report.rows_repeated = (
                    report.repeated + (not new),
                    report.rows_repeated + (not new),
                )


def _soundly(said: Mapping[str, Any], texts: Mapping[str, str]) -> Command:
    """The command of a row; a bug in reading it is the row's refusal."""

    def refuse(refusal: Refused) -> Command:
        raise refusal

    return guarded(lambda: _command(said, texts), refuse)


def _command(said: Mapping[str, Any], texts: Mapping[str, str]) -> Command:
    if said["record"] not in COMMANDS:
        raise Refused("bad_profile", f"{said['record']!r} is no command", "--as", "Correct the profile.")
    missing = frozenset(map(str, said["missing"]))
    fields = {name: _field(how, texts, missing) for name, how in said["fields"].items()}
    try:
        return command(COMMANDS[said["record"]], {**fields, "source": said["source"]}, "row")
    except BadDistrict as error:
        where = str(error).removeprefix("row: ").partition(":")[0]
        raise Refused("does_not_fit", str(error), where, "Correct the row and import it again.") from None


def _field(how: Any, texts: Mapping[str, str], missing: frozenset[str]) -> str:
    if isinstance(how, str):
        return _there(texts[how], missing)
    if "text" in how:
        return str(how["text"])
    if "columns" in how:
        return "|".join(_number(how, texts, texts[column], missing) for column in how["columns"])
    text = texts[how["column"]]
    if "scale" in how or "by" in how:
        return _number(how, texts, text, missing)
    if "zone" in how:
        return _moment(how, _there(text, missing))
    if "values" in how:
        return _meant(how, _there(text, missing))
    if "separator" in how:
        return "|".join(part.strip() for part in text.split(how["separator"]) if part.strip())
    return str(how.get("prefix", "")) + _there(text, missing)


def _there(text: str, missing: frozenset[str]) -> str:
    return "" if text.strip() in missing else text.strip()


def _meant(how: Mapping[str, Any], text: str) -> str:
    """What a text stands for; `""` among the values says what an empty one does."""
    if text and text not in how["values"]:
        raise Refused(
            "unknown_value",
            f"{text!r} is not known",
            how["column"],
            f"Use {', '.join(filter(None, how['values']))}.",
        )
    return str(how["values"].get(text, ""))


def _moment(how: Mapping[str, Any], text: str) -> str:
    """A local time as one that says its offset from UTC; empty where there is none."""
    if not text:
        return ""
    try:
        return local_moment(text, how.get("format", ""), ZoneInfo(how["zone"])).isoformat()
    except (ValueError, OverflowError) as error:
        raise Refused("not_a_time", f"{text!r} is no time: {error}", how["column"], "Correct it.") from None


def _number(how: Mapping[str, Any], texts: Mapping[str, str], text: str, missing: frozenset[str]) -> str:
    """A number brought to our unit, as text; empty where there is none, or a volume where a mass is meant."""
    where = how.get("column", "columns")
    if text.strip() in missing:
        return ""
    ratio = _ratio(how, texts)
    if ratio is None:
        return ""
    said = quantity(text.strip())
    if said is None or said.value is None or said.mark or said.unit:
        raise Refused("not_a_number", f"{text!r} is no number", where, "Correct it.")
    return repr(said.value * ratio.numerator / ratio.denominator)


def _ratio(how: Mapping[str, Any], texts: Mapping[str, str]) -> Fraction | None:
    """What a number is multiplied by. Raises `Refused` where its unit is none that is known."""
    if "by" not in how:
        return Fraction(str(how["scale"]))
    unit, scales = texts[how["by"]].strip(), how.get("scales", {})
    if unit in scales:
        return None if scales[unit] is None else Fraction(str(scales[unit]))
    try:
        if not how.get("tonnes"):
            raise ValueError(f"{unit!r} is no unit that is known")
        return tonnes(unit)
    except ValueError as error:
        remedy = "Correct the unit, or add it to the profile's scales."
        raise Refused("unknown_unit", str(error), how["by"], remedy) from None


def _columns(fields: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for how in fields.values():
        if isinstance(how, str):
            found.append(how)
        else:
            found += [*how.get("columns", ()), *filter(None, [how.get("column"), how.get("by")])]
    return list(dict.fromkeys(found))
