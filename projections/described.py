"""`docs/catalogue/`: every event and every table with its columns, as contract and SQL files say them.

python -m projections.described     # after a change of either
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from projections.asked import Question, questions
from projections.catalogue import Projection, catalogue
from projections.columns import Column, columns
from schemas.contract import ENVELOPE, AvroSchema, EventType, event_types

FOLDER = Path(__file__).parent.parent / "docs" / "catalogue"

_EVENTS = """# Events

What can be said, as `schemas/avro/` has it; `python -m projections.described` makes this page.
Each event begins with the same fields: {envelope}.
A type that may be null says so by `?`.
"""
_TABLES = """# Tables of {folder}

What follows from events and standards, as `projections/{folder}/` has it; `python -m projections.described`
makes this page. {count}. A column that may be null says so by `?`.
"""


def pages() -> Mapping[str, str]:
    """Every page by the name of its file."""
    folders = sorted({name.partition(".")[0] for name in catalogue().projections})
    found = {f"{folder}.md": _page(folder) for folder in folders}
    return {"events.md": _joined(_events()), **found}


def write(folder: Path) -> None:
    """Write every page and remove those of what is no more."""
    folder.mkdir(parents=True, exist_ok=True)
    written = pages()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    for stale in {path.name for path in folder.glob("*.md")} - written.keys():
        (folder / stale).unlink()


def _events() -> Iterator[str]:
    yield _EVENTS.format(envelope=", ".join(f"`{name}`" for name in ENVELOPE))
    for event in event_types().values():
        yield from _event(event)


def _event(event: EventType) -> Iterator[str]:
    yield f"## {event.name}\n"
    yield f"{event.schema['doc']}\n"
    whose = f"Of the life of a {event.aggregate}." if event.aggregate else "A statement; it has no life."
    yield f"{whose}{' It enters a place in the register.' if event.place else ''}\n"
    yield "| field | type | who may see it | what it is |\n|---|---|---|---|"
    for name in event.payload:
        field = event.fields[name]
        yield _row(name, _type(field["type"]), event.disclosure(name), _said(field))
    yield ""


def _type(kind: AvroSchema | list[AvroSchema | str] | str) -> str:
    if isinstance(kind, list):
        return " or ".join(_type(each) for each in kind if each != "null") + ("?" if "null" in kind else "")
    if isinstance(kind, str):
        return kind
    match kind["type"]:
        case "enum":
            return ", ".join(kind["symbols"])
        case "array":
            return f"list of {_type(kind['items'])}"
        case "record":
            return str(kind["name"])
        case other:
            return str(kind.get("logicalType", other))


def _said(field: AvroSchema) -> str:
    """The words, and which values are possible where the contract says that."""
    rules = [f"{rule}: `{field[rule]}`" for rule in ("range", "form", "refers") if rule in field]
    return " ".join([str(field.get("doc", "")), *(f"({rule})" for rule in rules)]).strip()


def _page(folder: str) -> str:
    here = [each for name, each in sorted(catalogue().projections.items()) if name.startswith(f"{folder}.")]
    views = sum(each.kind == "view" for each in here)
    count = f"{len(here)} tables, {views} of them views"
    return _joined([_TABLES.format(folder=folder, count=count), *(line for each in here for line in _table(each))])


def _table(projection: Projection) -> Iterator[str]:
    yield f"## {projection.name}\n"
    yield f"{projection.grain[0].upper()}{projection.grain[1:]}.\n"
    yield f"By {', '.join(f'`{name}`' for name in projection.key)}; from {', '.join(projection.sources)}.\n"
    for question in questions(projection.name):
        yield f"Asked by {_question(question)}\n"
    yield "| column | type | who may see it | what it is |\n|---|---|---|---|"
    for column in columns(projection.name).values():
        yield from _column(column, "")
    yield ""


def _question(question: Question) -> str:
    arguments = ", ".join(f"{each.name}{'' if each.required else '?'}" for each in question.arguments)
    return f"`{question.name}({arguments})`: {question.words}"


def _column(column: Column, above: str) -> Iterator[str]:
    kind = ("list of " if column.kind.endswith("[]") else "") + "parts" if column.parts else column.kind.lower()
    shown = ", ".join(column.enum.values) if column.enum else kind
    yield _row(
        f"{above}{column.name}", f"{shown}{'' if column.never_null else '?'}", column.disclosure, column.words
    )
    for part in column.parts:
        yield from _column(part, f"{above}{column.name}.")


def _row(name: str, *cells: str) -> str:
    return f"| `{name}` | " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _joined(lines: Iterator[str] | list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    write(FOLDER)
