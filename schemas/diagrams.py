"""`docs/lives.md`: each life as a diagram with its rules; `python -m schemas.diagrams` writes it."""

from collections.abc import Iterator
from pathlib import Path

from schemas.contract import event_types
from schemas.lives import NEW, Life, Step, lives

FILE = Path(__file__).parent.parent / "docs" / "lives.md"

_OPENING = """# Lives

What goes through steps, as `schemas/standards/life_step.csv`, `life_quantity.csv` and `time_limit.csv` say it;
`python -m schemas.diagrams` makes this page of them. A step is refused where the thing does not stand as it must,
and where it would have happened before the step that it follows. How well a law is known stands in its file.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_OPENING, *(line for life in lives().values() for line in _section(life))])


def standings(step: Step) -> tuple[str, ...]:
    """Every standing that a step can lead to."""
    if step.to.startswith("="):
        return tuple(event_types()[step.event].fields[step.to[1:]]["type"]["symbols"])
    return tuple(step.to.partition("?")[2].split(":")) if "?" in step.to else (step.to,)


def _section(life: Life) -> Iterator[str]:
    yield f"## {life.name}\n"
    yield f"By {', '.join(f'`{name}`' for name in life.key)}.\n"
    yield "```mermaid\nstateDiagram-v2"
    for step in life.steps.values():
        for at in step.at:
            for to in standings(step):
                yield f"    {'[*]' if at == NEW else at} --> {to}: {step.event.partition('.')[2]}"
    yield "```\n"
    for rule in life.quantities:
        unless = f", unless `{rule.unless}` says why" if rule.unless else ""
        margin = f" (±{rule.tolerance:.0%})" if rule.tolerance else ""
        relation = {"AT_MOST": "at most", "AT_LEAST": "at least", "SAME": "the same as"}[rule.relation]
        other = f"`{rule.of_field}` of `{rule.of_event}`"
        yield f"- `{rule.field}` of `{rule.event}` is {relation} {other}{margin}{unless}."
    for limit in life.time_limits:
        counted = " or ".join(f"`{event}`" for event in limit.counted_from)
        ended = " or ".join(f"`{event}`" for event in limit.ended_by) or "nothing that is recorded yet"
        yield f"- {limit.what} is due after {counted}, done by {ended}: `{limit.column}`."
    yield ""


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
