"""What a document may ask for: judged before it is validated, in time that grows with its text alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

_ENOUGH = 10**9
"""Counts stop here: what fragments spread into grows like a power of their number."""


@dataclass(frozen=True)
class DocumentLimits:
    """The most that a document may have; fragments count wherever they are spread."""

    characters: int = 100_000
    tokens: int = 5_000
    depth: int = 12
    introspection_depth: int = 20
    aliases: int = 50
    questions: int = 100
    fields: int = 3_000


@dataclass(frozen=True)
class Weight:
    """What an operation or a fragment comes to with all that it spreads.

    `depth` counts fields with selections within each other, without introspection's, which is counted by itself;
    `questions` are its fields at the top, `fields` all of them.
    """

    depth: int = 0
    introspection_depth: int = 0
    questions: int = 0
    fields: int = 0


class Judged(NamedTuple):
    """The first limit that a document breaks, None where it keeps all; and how many selections were looked at."""

    error: GraphQLError | None
    looked_at: int


def judge(document: DocumentNode, limits: DocumentLimits) -> Judged:
    """Hold a document against the limits. Every selection is looked at once, however often it is spread."""
    scale = _Scale({d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)})
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    weights = [scale.weigh(operation.selection_set) for operation in operations]
    broken = _broken(scale, operations, weights, limits)
    return Judged(GraphQLError(broken[0], broken[1]) if broken else None, scale.looked_at)


def _broken(
    scale: "_Scale",
    operations: Sequence[OperationDefinitionNode],
    weights: Sequence[Weight],
    limits: DocumentLimits,
) -> tuple[str, OperationDefinitionNode | None] | None:
    if scale.aliases > limits.aliases:
        return f"the document has {scale.aliases} aliases, and {limits.aliases} are allowed: ask in parts", None
    for operation, weight in zip(operations, weights, strict=True):
        for name in (each.name for each in fields(Weight)):
            found, allowed = getattr(weight, name), getattr(limits, name)
            if found > allowed:
                said = name.replace("_", " ")
                count = "far more" if found >= _ENOUGH else str(found)
                return f"the operation's {said}, fragments included: {count}, and {allowed} is allowed", operation
    return None


class _Scale:
    """Weighs selections, and remembers what each fragment weighs."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Weight] = {}
        self.aliases = self.looked_at = 0

    def weigh(self, selections: SelectionSetNode) -> Weight:
        """The weight of an operation: of each fragment that it spreads first, the innermost before the others."""
        whole = self._look_through(selections)
        waiting = [("", whole, iter(whole.spreads))]
        begun = {"", *self._known}
        while waiting:
            name, contents, spreads = waiting[-1]
            below = next((s.name for s in spreads if s.name in self._fragments and s.name not in begun), None)
            if below is None:  # one that spreads itself weighs nothing within itself: validation refuses it
                self._known[name] = contents.weight(self._known)
                waiting.pop()
            else:
                begun.add(below)
                found = self._look_through(self._fragments[below].selection_set)
                waiting.append((below, found, iter(found.spreads)))
        return self._known.pop("")

    def _look_through(self, selections: SelectionSetNode) -> "_Contents":
        contents = _Contents()
        self._add(contents, selections, _Place())
        return contents

    def _add(
        self, contents: "_Contents", selections: SelectionSetNode, place: "_Place", seen: set[str] | None = None
    ) -> None:
        spread_here = set[str]() if seen is None else seen
        for selection in selections.selections:
            self.looked_at += 1
            if isinstance(selection, FieldNode):
                self.aliases += selection.alias is not None
                below = place.below(selection)
                contents.count(below, place)
                if selection.selection_set:
                    self._add(contents, selection.selection_set, below)
            elif isinstance(selection, FragmentSpreadNode):
                if selection.name.value not in spread_here:
                    spread_here.add(selection.name.value)
                    contents.spreads.append(_Spread(selection.name.value, place))
            else:
                self._add(contents, selection.selection_set, place, spread_here)  # type: ignore[attr-defined]


class _Place(NamedTuple):
    """How deep something stands in its definition, and whether within introspection."""

    depth: int = 0
    introspection_depth: int = 0

    def below(self, selected: FieldNode) -> "_Place":
        if self.introspection_depth or selected.name.value in ("__schema", "__type"):
            return _Place(self.depth, self.introspection_depth + 1)
        return _Place(self.depth + (selected.selection_set is not None), 0)


class _Spread(NamedTuple):
    """A fragment that is spread at a place."""

    name: str
    place: _Place


@dataclass
class _Contents:
    """What stands in one definition itself, and what it spreads."""

    depth: int = 0
    introspection_depth: int = 0
    questions: int = 0
    fields: int = 0
    spreads: list[_Spread] = field(default_factory=list)

    def count(self, found: _Place, place: _Place) -> None:
        self.depth = max(self.depth, found.depth)
        self.introspection_depth = max(self.introspection_depth, found.introspection_depth)
        self.questions += place == _Place()
        self.fields += 1

    def weight(self, known: Mapping[str, Weight]) -> Weight:
        depth, inside, questions, count = self.depth, self.introspection_depth, self.questions, self.fields
        for name, place in self.spreads:
            spread = known.get(name, Weight())
            deepest = max(spread.depth, spread.introspection_depth)
            if place.introspection_depth:
                inside = max(inside, place.introspection_depth + deepest)
            else:
                depth = max(depth, place.depth + spread.depth)
                inside = max(inside, spread.introspection_depth)
            questions += spread.questions if place == _Place() else 0
            count += spread.fields
        return Weight(min(depth, _ENOUGH), min(inside, _ENOUGH), min(questions, _ENOUGH), min(count, _ENOUGH))
