"""The last word on each thing: a file that is nothing else, and `last(base.x)` inside a statement, spelt out.

A file of `-- kind: last` is a header alone, and its table is keyed. Its columns are the fields of its event, in
their order and never null where the contract has them so, then `source` and `recorded_at`; of a place, the last
word of the register that its id was claimed for. Words, and columns that follow from others, stand in the header:

    -- column quantity_t: Tonnes; null where a volume was stated.
    -- column issued_at = occurred_at: When it was issued.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

_WORDS = re.compile(r"^-- column (?P<name>\w+)(?: = (?P<made>.+?))?: ?(?P<said>.*)$", re.MULTILINE)
_LAST = re.compile(r"\blast\(base\.(?P<event>\w+)\)")
_BEHIND = ("source", "recorded_at")


class Event(Protocol):
    """What is asked of an event type of the contract, whose `EventType` is one."""

    @property
    def event(self) -> str: ...
    @property
    def key(self) -> tuple[str, ...]: ...
    @property
    def payload(self) -> tuple[str, ...]: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def place(self) -> bool: ...
    @property
    def aggregate(self) -> str | None: ...


def file_in_full(header: str, source: str, events: Iterable[Event]) -> str:
    """The SQL of a file of `-- kind: last` over a base table. Raises ValueError where there is no such event."""
    event = _event(events, source.partition(".")[2])
    said = {found["name"]: found for found in _WORDS.finditer(header)}
    made = [name for name, found in said.items() if found["made"]]
    names = (*event.payload, *made, *_BEHIND)
    code = [f"{said[name]['made']} AS {name}" if name in made else name for name in names]
    listed = "\n".join(
        f"  {each}{',' if name != names[-1] else ''}  --{_words(event, name, said)}"
        for each, name in zip(code, names, strict=True)
    )
    rows = f"place({event.aggregate})" if event.place else f"last({source})"
    return f"{_WORDS.sub('--', header).rstrip()}\nSELECT\n{listed}\nFROM {rows}\n"


def spelt_out(line: str, key: tuple[str, ...], keyed: bool, events: Iterable[Event]) -> str:
    """A line of SQL with what `last(base.x)` says; in a keyed table with such a key, of the wanted alone."""

    def last(found: re.Match[str]) -> str:
        event = _event(events, found["event"])
        wanted = f" SEMI JOIN wanted USING ({', '.join(key)})" if keyed and set(key) <= set(event.key) else ""
        return (
            f"(FROM base.{event.event}{wanted} QUALIFY row_number() OVER"
            f" (PARTITION BY {', '.join(event.key)} ORDER BY sequence DESC, event_id) = 1)"
        )

    return _LAST.sub(last, line)


def _words(event: Event, name: str, said: dict[str, re.Match[str]]) -> str:
    field = event.fields.get(name)
    never_null = field is not None and not (isinstance(field["type"], list) and "null" in field["type"])
    words = said[name]["said"] if name in said else ""
    return f"{' !' if never_null and not words.startswith('!') else ''} {words}".rstrip()


def _event(events: Iterable[Event], name: str) -> Event:
    found = [event for event in events if event.event == name and event.aggregate]
    if not found:
        raise ValueError(f"base.{name} keeps the events of no life or register")
    return found[0]
