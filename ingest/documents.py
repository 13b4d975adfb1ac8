"""JSON documents and lines of JSON as records, one after the other: a document is never held as a whole."""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import ijson
import orjson

from ingest.rows import BadFile, BadRow, refusal

_LONGEST = 8 * 1024 * 1024
_PIECE = 1 << 16
_DEEPEST = 500

Record = dict[str, str]


@dataclass
class Progress:
    """How many bytes of a document are read."""

    read: int = 0


def records(path: Path, steps: Sequence[str], progress: Progress) -> Iterator[Record]:
    """The objects that stand at the end of the steps in a JSON document; a list on the way is gone through.

    Raises `BadFile`, behind the last record that could be read, where it is no JSON.
    """
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        try:
            for record in _found(file, list(steps)):
                progress.read = file.tell()
                yield record
        except (ijson.JSONError, UnicodeDecodeError, ValueError, RecursionError) as error:
            reason = f"it can't be read as json: {str(error).splitlines()[0]}"
            raise BadFile(refusal("unreadable_file", reason, "Check that it is whole and of its kind.")) from None


def lines(path: Path, progress: Progress) -> Iterator[Record | BadRow]:
    """The objects of a file that has one in each line; a line that is none is told by itself."""
    done = number = 0
    with path.open("rb") as file:
        while line := file.readline(_LONGEST + 1):
            number, done = number + 1, done + len(line)
            progress.read = done
            if len(line) > _LONGEST:
                found = f"a line is longer than {_LONGEST} bytes"
                raise BadFile(refusal("line_too_long", found, "Write an object in each line."))
            said = line.removeprefix(codecs.BOM_UTF8).strip()
            if not said:
                continue
            try:
                record = orjson.loads(said)
            except orjson.JSONDecodeError as error:
                yield BadRow(
                    number, line, refusal("not_json", str(error), "Send a JSON object in each line."), done
                )
                continue
            if isinstance(record, dict):
                yield {name.strip(): text(value) for name, value in record.items()}
            else:
                yield BadRow(number, line, refusal("not_json", "it is no object", "Send a JSON object."), done)


def text(value: Any) -> str:
    """A value of a record as a text; null is empty."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, str) else orjson.dumps(value, default=float).decode()


def _found(file: IO[bytes], steps: list[str]) -> Iterator[Record]:
    """Walks through a document, along the keys of what is open, and builds the objects at the end of the steps."""
    events = ijson.basic_parse(file, use_float=False, buf_size=_PIECE)
    way: list[str | None] = []
    key: str | None = None
    for event, value in events:
        named = [name for name in (*way, key) if name is not None]
        if event == "map_key":
            key = value
        elif event in ("start_map", "start_array"):
            if event == "start_map" and named == steps:
                yield {name.strip(): text(said) for name, said in _object(events).items()}
            elif named == steps[: len(named)]:
                way.append(key)
                _expect_shallow(way)
            else:
                _pass_over(events)
            key = None
        elif event in ("end_map", "end_array"):
            way.pop()
            key = None
        elif named == steps:
            raise ValueError("its records are no objects")


def _expect_shallow(way: Sequence[str | None]) -> None:
    if len(way) > _DEEPEST:
        raise ValueError("it is nested too deeply")


def _object(events: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    found, key = dict[str, Any](), ""
    for event, value in events:
        if event == "map_key":
            key = value
        elif event == "end_map":
            break
        else:
            found[key] = _value(event, value, events)
    return found


def _value(event: str, value: Any, events: Iterator[tuple[str, Any]]) -> Any:
    if event == "start_map":
        return _object(events)
    if event == "start_array":
        found = []
        for inner, said in events:
            if inner == "end_array":
                break
            found.append(_value(inner, said, events))
        return found
    return value


def _pass_over(events: Iterator[tuple[str, Any]]) -> None:
    """Read on to the end of what has just begun."""
    depth = 1
    for event, _ in events:
        depth += event in ("start_map", "start_array")
        depth -= event in ("end_map", "end_array")
        if depth == 0:
            return
