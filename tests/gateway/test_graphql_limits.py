"""What a GraphQL document may ask for is judged in time that grows with its text, once for each text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from graphql import get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from gateway.graphql import documents
from gateway.graphql.documents import Documents
from gateway.graphql.limits import DocumentLimits, judge
from gateway.graphql.schema import build_schema

PATHS = ["/graphql", "/mobile/public/graphql", "/mobile/officer/graphql", "/mobile/manager/graphql"]
KINDS = ["Query", "PublicQuery", "OfficerQuery", "ManagerQuery"]
LIMITS = DocumentLimits()


def spreading(levels: int, kind: str, within: str = "{below}", last: str = "__typename") -> str:
    """Fragments on a type, each of which spreads the next one twice."""
    parts = ["query { ...F0 }"]
    for level in range(levels):
        twice = " ".join(within.format(below=f"...F{level + 1}", n=n) for n in range(2))
        parts.append(f"fragment F{level} on {kind} {{ {twice} }}")
    return " ".join([*parts, f"fragment F{levels} on {kind} {{ {last} }}"])


@pytest.mark.parametrize("within", ["{below}", "a{n}: x {{ {below} }}", "... on Q {{ y {{ {below} }} }}"])
def test_judging_looks_at_each_selection_once_however_often_it_is_spread(within: str) -> None:
    looks = {n: judge(parse(spreading(n, "Q", within)), LIMITS).looked_at for n in (10, 20, 40, 60)}
    steps = [(looks[b] - looks[a]) / (b - a) for a, b in ((10, 20), (20, 40), (40, 60))]
    assert len(set(steps)) == 1  # a constant for each level
    assert looks[60] <= 6 * 60 + 10


Selections = list[Any]


def written(selections: Selections) -> str:
    parts = [s if isinstance(s, str) else f"{s[0]} {{ {written(s[1])} }}" for s in selections]
    return " ".join(parts)


def documents_of(levels: int) -> st.SearchStrategy[list[Selections]]:
    """Definitions, each of which may spread those behind it."""

    def of(level: int) -> st.SearchStrategy[Selections]:
        leaf = st.sampled_from(["x", "y", *(f"...F{n}" for n in range(level, levels))])
        inner = st.recursive(leaf, lambda s: st.tuples(st.sampled_from("fg"), st.lists(s, min_size=1, max_size=3)))
        return st.lists(inner, min_size=1, max_size=4)

    return st.tuples(*map(of, range(levels + 1))).map(list)


def naive(selections: Selections, fragments: Mapping[str, Selections]) -> tuple[int, int]:
    """Depth and fields, every fragment written out; what is spread twice in one place is so once."""
    depth = fields = 0
    for selection in dict.fromkeys(s for s in selections if isinstance(s, str) and s[0] == "."):
        below = naive(fragments[selection], fragments)
        depth, fields = max(depth, below[0]), fields + below[1]
    for selection in selections:
        if isinstance(selection, tuple):
            below = naive(selection[1], fragments)
            depth, fields = max(depth, 1 + below[0]), fields + 1 + below[1]
        elif selection[0] != ".":
            fields += 1
    return depth, fields


@given(definitions=documents_of(3))
def test_depth_and_fields_are_those_of_the_document_with_its_fragments_written_out(
    definitions: list[Selections],
) -> None:
    first, *rest = definitions
    text = f"{{ {written(first)} }}" + "".join(
        f" fragment F{n} on Q {{ {written(s)} }}" for n, s in enumerate(rest)
    )
    depth, fields = naive(first, {f"...F{n}": s for n, s in enumerate(rest)})
    document = parse(text)
    assert judge(document, DocumentLimits(depth=depth, fields=fields)).error is None
    assert judge(document, DocumentLimits(depth=depth, fields=fields - 1)).error is not None
    if depth:
        assert judge(document, DocumentLimits(depth=depth - 1, fields=fields)).error is not None


TOO_MUCH = {
    "characters": "{ __typename } #" + "x" * LIMITS.characters,
    "tokens": "{ __typename " + "@skip(if: true) " * LIMITS.tokens + "}",
    "aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(LIMITS.aliases + 1)) + " }",
    "questions": "{ " + "__typename " * (LIMITS.questions + 1) + "}",
    "depth": "{ " + "a { " * (LIMITS.depth + 1) + "b" + " }" * (LIMITS.depth + 2),
    "introspection depth": "{ __schema { types { "
    + "ofType { " * LIMITS.introspection_depth
    + "name"
    + " }" * (LIMITS.introspection_depth + 3),
    "fields": "{ __schema { types { " + "name " * LIMITS.fields + "} } }",
    "fields of fragments": spreading(11, "Q", "f{n} {{ {below} }}", "x"),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("limit", TOO_MUCH)
def test_every_schema_says_which_limit_a_document_breaks(server: TestClient, path: str, limit: str) -> None:
    answer = server.post(path, json={"query": TOO_MUCH[limit]}).json()
    assert answer["data"] is None
    assert limit.split()[0] in json.dumps(answer["errors"])
    assert "allowed" in json.dumps(answer["errors"]) or "tokens" in json.dumps(answer["errors"])


@pytest.mark.parametrize(("path", "kind"), [*zip(PATHS, KINDS, strict=True)])
def test_fragments_that_spread_into_one_field_are_answered(server: TestClient, path: str, kind: str) -> None:
    asked = spreading(60, kind)
    assert server.post(path, json={"query": asked}).json() == {"data": {"__typename": kind}}
    assert server.get(path, params={"query": asked}).json() == {"data": {"__typename": kind}}


@pytest.mark.parametrize("path", PATHS)
def test_tools_may_ask_for_the_whole_schema(server: TestClient, path: str) -> None:
    answer = server.post(path, json={"query": get_introspection_query(input_value_deprecation=True)}).json()
    assert "errors" not in answer


@pytest.mark.parametrize("text", ["{ __typename }", "{ nothing }", "{ __typename", TOO_MUCH["depth"]])
def test_a_text_is_parsed_judged_and_validated_once(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    counted = list[str]()

    def counting(name: str) -> Callable[..., Any]:
        real = getattr(documents, name)

        def call(*given: Any, **named: Any) -> Any:
            counted.append(name)
            return real(*given, **named)

        return call

    for name in ("parse", "judge", "validate_document"):
        monkeypatch.setattr(documents, name, counting(name))
    known = Documents(build_schema()._schema, LIMITS)
    first = known.prepare(text)
    once = list(counted)
    assert [known.prepare(text) for _ in range(3)] == [first] * 3
    assert counted == once


def test_documents_that_are_kept_have_a_bound() -> None:
    known = Documents(build_schema()._schema, LIMITS, keep=100)
    texts = [f"{{ __typename }} #{n:04}" for n in range(20)]
    for text in texts:
        known.prepare(text)
    assert [text for text in texts if known.known(text)] == texts[-5:]
