"""Scalars of our own."""

from typing import NewType

import strawberry

# Anything is let in here, so that what is no number is refused with a reason and kept, not dropped by the parser.
Stated = NewType("Stated", object)
StatedScalar = strawberry.scalar(
    name="Stated",
    description="A number, or the text of one; null where there is no value.",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)
