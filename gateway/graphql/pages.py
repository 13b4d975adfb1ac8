"""Pages of lists: the rows, a cursor behind each, and whether the tables moved since the first of them."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from typing import Any

import strawberry
from graphql import GraphQLError

from eventlog.log import Offsets
from gateway.graphql.context import Context, position
from projections.asked import Question, plain, valued
from projections.catalogue import catalogue
from schemas.contract import event_types

MOST_ROWS = 10_000
"""What a page holds at most, and where nothing else is asked."""


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more rows come behind the last one.")
    end_cursor: str | None = strawberry.field(
        description="Give it as `after`, with all else the same, for the page behind; null of an empty page."
    )
    moved: bool = strawberry.field(
        description="Whether anything was recorded since the first page that this list may follow from: rows that"
        " come or go shift no page, but rows before may have changed. With `asOf` nothing moves."
    )


@dataclass(frozen=True)
class Cursor:
    """A place behind a row: of which question, where the log stood at its first page, by what values."""

    asked: str
    began: str
    values: tuple[Any, ...]

    def text(self) -> str:
        said = json.dumps([self.asked, self.began, *map(plain, self.values)], ensure_ascii=False)
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_cursor(text: str, asked: str, terms: int) -> Cursor:
    """The cursor that a text is. Raises `GraphQLError` where it is none, or another question's."""
    try:
        found, began, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        cursor = Cursor(found, began, tuple(map(valued, values)))
    except (binascii.Error, ValueError, TypeError):  # a text that is no base64, no JSON, or none of ours
        raise _bad("it is no cursor of ours") from None
    if cursor.asked != asked or len(cursor.values) != terms or not isinstance(began, str):
        raise _bad("it belongs to another question, or to other arguments")
    return cursor


def _bad(why: str) -> GraphQLError:
    said = f"`after` can't be used: {why}; ask for the first page anew, and go on with its `endCursor`"
    return GraphQLError(said, extensions={"code": "BAD_CURSOR"})


def asked_by(question: Question, given: Mapping[str, Any]) -> str:
    """Names a question with its arguments."""
    said = repr((question.name, sorted((name, str(value)) for name, value in given.items() if value is not None)))
    return blake2b(said.encode(), digest_size=6).hexdigest()


def standing(question: Question, offsets: Offsets) -> str:
    """Names where those streams of the log stand that a question's table follows from."""
    topics = _topics(question.table)
    said = position({stream: offset for stream, offset in offsets.items() if stream[0] in topics})
    return blake2b(said.encode(), digest_size=6).hexdigest()


@cache
def _topics(table: str) -> frozenset[str]:
    known = catalogue()
    types = [known.events.get(name) or event_types().get(name) for name in known.closure({table})]
    return frozenset(each.topic for each in types if each)


class Page:
    """Rows of a list as GraphQL reads them: `nodes`, `edges`, `page_info` and `position`."""

    def __init__(self, nodes: list[Any], keys: Sequence[Sequence[Any]], more: bool, asked: str, began: str) -> None:
        """`keys` are the values of each row's order."""
        self.nodes = nodes
        self._keys, self._more, self._asked, self._began = keys, more, asked, began
        self.moved, self.position = False, ""

    @cached_property
    def edges(self) -> list["Edge"]:
        return [Edge(node, self._cursor(place)) for place, node in enumerate(self.nodes)]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self._more, end_cursor=self._cursor(-1) if self.nodes else None, moved=self.moved
        )

    def _cursor(self, place: int) -> str:
        return Cursor(self._asked, self._began, tuple(self._keys[place])).text()


@dataclass(frozen=True)
class Edge:
    """A row with the cursor behind it."""

    node: Any
    cursor: str


def stands(context: Context) -> str:
    """The log position of an operation's snapshot."""
    return position(context.offsets)
