"""Documents as they are asked with: each text is parsed, judged and validated once."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, Source, ValidationContext, parse, specified_rules
from graphql.validation import OverlappingFieldsCanBeMergedRule
from graphql.validation.rules.max_introspection_depth_rule import MaxIntrospectionDepthRule
from graphql.validation.validate import ValidationAbortedError
from strawberry.schema.schema import validate_document
from strawberry.types.graphql import OperationType
from strawberry.utils.operation import get_operation_type

from gateway.graphql.limits import DocumentLimits, judge

_KEPT_CHARACTERS = 200_000
_ERRORS_TOLD = 20
_MOST_COMPARISONS = 100_000
_TOO_MANY_TO_COMPARE = "the document has too many fragments or fields to compare, or too many errors: ask in parts"


class _FieldsCanBeMerged(OverlappingFieldsCanBeMergedRule):
    """Compares every fragment with every other, so of all rules it alone needs a bound of its own."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = _MOST_COMPARISONS


_RULES = (
    *(
        rule
        for rule in specified_rules
        if rule not in (OverlappingFieldsCanBeMergedRule, MaxIntrospectionDepthRule)
    ),
    _FieldsCanBeMerged,
    MaxIntrospectionDepthRule,
)


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a document, and where; holds nothing of the document itself."""

    message: str
    positions: Sequence[int]


@dataclass(frozen=True)
class Prepared:
    """A document that can be run, or what is wrong with it."""

    text: str
    document: DocumentNode | None
    wrong: Sequence[Wrong] = ()

    @property
    def errors(self) -> list[GraphQLError]:
        """What is wrong, made anew for each answer, since answers add to it."""
        source = Source(self.text)
        return [GraphQLError(each.message, None, source, each.positions or None) for each in self.wrong]

    def kind(self, operation: str | None) -> OperationType | None:
        """What kind of operation it has by this name, or first where none is named; None where it has none."""
        try:
            return get_operation_type(self.document, operation) if self.document else None
        except RuntimeError:
            return None


class Documents:
    """The documents that one schema is asked with, those asked for lately by heart. Any threads may use it."""

    def __init__(self, schema: GraphQLSchema, limits: DocumentLimits, keep: int = _KEPT_CHARACTERS) -> None:
        """Keep as many as have `keep` characters together."""
        self._schema, self._limits, self._keep = schema, limits, keep
        self._known = OrderedDict[str, Prepared]()
        self._characters = 0
        self._lock = threading.Lock()

    def known(self, text: str) -> Prepared | None:
        """A document that was prepared before, at once; or None."""
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
            return self._known.get(text)

    def prepare(self, text: str) -> Prepared:
        """A document, prepared once however often it is asked with."""
        found = self.known(text)
        if found is None:
            found = self._prepared(text)
            self._remember(found)
        return found

    def _prepared(self, text: str) -> Prepared:
        most = self._limits
        if len(text) > most.characters:
            message = f"the document has {len(text)} characters, and {most.characters} are allowed: ask in parts"
            return Prepared("", None, [Wrong(message, ())])
        try:
            document = parse(text, max_tokens=most.tokens)
        except GraphQLError as error:
            return Prepared(text, None, [_wrong(error)])
        broken = judge(document, most).error
        errors = [broken] if broken else validate_document(self._schema, document, _RULES)
        if errors:
            return Prepared(text, None, [_wrong(error) for error in errors[:_ERRORS_TOLD]])
        return Prepared(text, document)

    def _remember(self, prepared: Prepared) -> None:
        with self._lock:
            if prepared.text and prepared.text not in self._known:
                self._known[prepared.text] = prepared
                self._characters += len(prepared.text)
            while self._characters > self._keep:
                forgotten, _ = self._known.popitem(last=False)
                self._characters -= len(forgotten)


def _wrong(error: GraphQLError) -> Wrong:
    message = _TOO_MANY_TO_COMPARE if isinstance(error, ValidationAbortedError) else error.message
    return Wrong(message, tuple(error.positions or ()))
