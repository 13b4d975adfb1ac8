"""What values a field may have beside what its type allows, as the contract says it.

"range": [0, 100]            numbers, or the numbers of a list, are from the first to the second
"form": "credit_code"        texts are of a form that `standards/form.csv` has, where they are such a code at all
"refers": "factor.factor"    texts stand in a column of a table of the standards
"past": true                 a local day has begun
"not_before": "from_year"    what it says is not less than what another field says
"names": "enterprise"        texts are ids of such things, which the command of a register must know
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from schemas.standards import rows

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Form:
    """The form of a code; `applies_to` says which texts mean to be one, all where it is None."""

    name: str
    pattern: re.Pattern[str]
    applies_to: re.Pattern[str] | None
    checked: bool
    words: str
    standard: str
    example: str

    def takes(self, text: str) -> bool:
        """Whether a text is of this form, or is no such code at all."""
        if self.applies_to and not self.applies_to.fullmatch(text):
            return True
        return bool(self.pattern.fullmatch(text)) and (not self.checked or credit_check(text[:-1]) == text[-1])


@cache
def forms() -> Mapping[str, Form]:
    """Every form of a code by its name."""
    return {row["form"]: _form(row) for row in rows("form")}


@cache
def column(name: str) -> tuple[str, ...]:
    """The values of a standards' column, which is called `<table>.<column>`, in their order."""
    table, _, field = name.partition(".")
    return tuple(dict.fromkeys(row[field] for row in rows(table)))


def credit_check(body: str) -> str:
    """The last character of a unified social credit code by the seventeen before it (GB 32100-2015, 5)."""
    weighted = sum(_CREDIT.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return _CREDIT[-weighted % 31]


def fault(field: Mapping[str, Any], value: Any) -> tuple[str, str] | None:
    """What is wrong with a field's value, and what to give instead; None where nothing is, as with null."""
    for each in value if isinstance(value, list) else [value]:
        found = _fault(field, each) if each is not None else None
        if found:
            return found
    return None


def _fault(field: Mapping[str, Any], value: Any) -> tuple[str, str] | None:
    lowest, highest = field.get("range", (None, None))
    if lowest is not None and not lowest <= value <= highest:
        return f"is {value}", f"Give a number from {lowest} to {highest}."
    form = forms()[field["form"]] if "form" in field else None
    if form and not form.takes(value):
        example = f", as {form.example}" if form.example else ""
        return f"is {value!r}, which is not {form.words} ({form.standard})", f"Give such a code{example}."
    known = column(field["refers"]) if "refers" in field else None
    if known is not None and value not in known:
        table = field["refers"].partition(".")[0]
        few = f"Use {', '.join(known)}." if len(known) <= 12 else f"Use a code of standards/{table}.csv."
        return f"has {value!r}, which is none of its values", few
    return None


def _form(row: Mapping[str, str]) -> Form:
    return Form(
        row["form"],
        re.compile(row["pattern"], re.ASCII),
        re.compile(row["applies_to"], re.ASCII) if row["applies_to"] else None,
        bool(row["check"]),
        row["words"],
        row["standard"],
        row["example"],
    )
