"""How an operation is run: in a thread of a crew, on one snapshot, within limits."""

import json
from collections.abc import AsyncGenerator, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from eventlog.log import LogUnavailable
from gateway.graphql.allowance import Ended
from gateway.graphql.context import Context, position
from gateway.graphql.described import describe
from gateway.graphql.documents import Documents, Prepared
from gateway.graphql.limits import DocumentLimits
from gateway.graphql.list_limits import limit_lists
from gateway.graphql.scalars import Stated, StatedScalar
from gateway.kept import Answer
from ingest.quarantine import Submission
from projections.database import DatabaseUnavailable
from services.decider import Refused
from services.handler import VerdictPending

_CONFIG = StrawberryConfig(scalar_map={Stated: StatedScalar})
_CHECKED_EVERY = 256
_RECORDING = "recordObservations"
_EVERY_KIND = frozenset(OperationType)
_NO_QUERY = "there is no `query`"
_SUBSCRIBE = (
    "a subscription is answered over WebSocket (graphql-transport-ws) at this address, or as a stream of events: "
    "send it with `Accept: text/event-stream`"
)
_NOT_HERE = "there is no operation of this name, or none of a kind that is answered here"


class SnapshotSchema(strawberry.Schema):
    """Runs each operation in a thread of a crew, so that the tables' work never holds up the event loop.

    All fields of an operation see one snapshot; `extensions.position` says where in the log it stands, and
    `extensions.setAside` what it lacks, where tables that it was made of have rows that can't be computed;
    `extensions.cut` says which lists hold more than was returned.
    Whatever schema it is, its documents are judged before they are validated, and its operations end in time.
    """

    def __init__(self, query: type, mutation: type | None = None, subscription: type | None = None) -> None:
        limit_lists(query)
        super().__init__(
            query,
            mutation,
            subscription,
            config=_CONFIG,
            extensions=[_Prepared],
            execution_context_class=_CheckedExecution,
        )
        describe(self._schema)
        self.documents = Documents(self._schema, DocumentLimits())

    async def prepared(self, query: str | None, context: Context) -> Prepared:
        """A document, from memory or prepared in a thread. Raises `MissingQueryError`, or `Ended` (BUSY)."""
        if not query:
            raise MissingQueryError
        if known := self.documents.known(query):
            return known
        return await context.desk.crews.readers.do(partial(self.documents.prepare, query))

    async def execute(  # type: ignore[override]
        self,
        query: str | None,
        *,
        context_value: Context,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        **named: Any,
    ) -> ExecutionResult:
        """Answer a query or carry out a mutation; whatever goes wrong with it is in the answer.

        Raises what Strawberry's raises where there is no document, or no operation of a kind that is allowed.
        """
        crews = context_value.desk.crews
        try:
            prepared = await self.prepared(query, context_value)
            if prepared.document is None:
                turned_down = partial(self._turned_down, prepared, str(query), context_value, named)
                return await crews.commands.do(turned_down)
            kind = prepared.kind(operation_name)
            if kind is None:
                raise CannotGetOperationTypeError(operation_name)
            if kind not in (allowed_operation_types or _EVERY_KIND):
                raise InvalidOperationTypeError(kind)
            named |= {"query": query, "operation_name": operation_name}
            if kind is OperationType.SUBSCRIPTION:
                return _ended(Ended("SUBSCRIBE", _SUBSCRIBE))
            if kind is OperationType.MUTATION:  # what was begun is finished, whether anybody waits for it or not
                return await crews.commands.do(partial(self._run, kind, context_value, named))
            return await self._answered(context_value, named)
        except Ended as ended:
            return _ended(ended)

    async def stream(  # type: ignore[override]
        self, query: str | None, *, context_value: Context, **named: Any
    ) -> AsyncGenerator[Any, None]:
        """What an operation gives, one answer after the other: of a subscription many, of others one."""
        return self._streamed(query, context_value.anew(), named)

    async def _streamed(
        self, query: str | None, context: Context, named: dict[str, Any]
    ) -> AsyncGenerator[Any, None]:
        kinds = named.get("allowed_operation_types") or _EVERY_KIND
        try:
            prepared = await self.prepared(query, context)
            kind = prepared.kind(named.get("operation_name"))
            if kind is OperationType.SUBSCRIPTION and kind in kinds:
                async with aclosing(await super().stream(query, context_value=context, **named)) as results:
                    async for result in results:
                        yield result
            elif prepared.document is not None and (kind is None or kind not in kinds):
                yield PreExecutionError(None, [GraphQLError(_NOT_HERE)])
            else:
                result = await self.execute(query, context_value=context, **named)
                yield result if prepared.document else PreExecutionError(None, result.errors)
        except (MissingQueryError, Ended) as reason:
            code = {"code": reason.code} if isinstance(reason, Ended) else None
            yield PreExecutionError(None, [GraphQLError(str(reason) or _NO_QUERY, extensions=code)])
        finally:
            context.close()

    async def _answered(self, context: Context, named: dict[str, Any]) -> ExecutionResult:
        """The answer to a query: the one that is kept, or one that is computed once for all who ask it now.

        The position of one that is kept is where the log stood before none of its tables was found to have moved.
        """
        kept, asked = context.desk.kept, _asked(self, named)
        stands = {"position": position(context.desk.platform.follower.offsets)}
        answer = kept.get(asked)
        if answer is None:
            moves = kept.moves
            make = partial(self._made, asked, context.anew(), named)
            made = await context.desk.shared.do((asked, moves[0], sum(moves[1].values())), make)
            if isinstance(made, ExecutionResult):
                return made
            answer, stands = made, {}
        context.etag = kept.etag(asked, answer)
        beside = {**answer.beside, **stands} if answer.beside else None
        return ExecutionResult(_already_json(answer.content), None, beside)

    async def _made(self, asked: Hashable, context: Context, named: dict[str, Any]) -> Answer | ExecutionResult:
        """Compute an answer and keep it, where it follows from tables alone and nothing went wrong."""
        kept, before = context.desk.kept, context.desk.kept.moves

        def work() -> tuple[ExecutionResult, bytes]:
            result = self._run(OperationType.QUERY, context, named)
            return result, b"" if result.errors else orjson.dumps(result.data)

        result, content = await context.desk.crews.answer(context.allowance, work)
        if result.errors or context.reads_beyond_tables:
            return result
        answer = kept.answer(content, context.tables, before, result.extensions)
        kept.put(asked, answer)
        return answer

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Mark outages and limits as such; log only what is neither of these nor a mistake in the question."""
        bugs = []
        for error in errors:
            if isinstance(error.original_error, LogUnavailable | DatabaseUnavailable | VerdictPending):
                error.extensions = {**(error.extensions or {}), "code": "UNAVAILABLE"}
            elif isinstance(error.original_error, Ended):
                error.extensions = {**(error.extensions or {}), "code": error.original_error.code}
            elif not _asked_wrongly(error):
                bugs.append(error)
        super().process_errors(bugs, execution_context)

    def _run(self, kind: OperationType, context: Context, named: dict[str, Any]) -> ExecutionResult:
        try:
            result = self.execute_sync(context_value=context, **named)
            reason = context.allowance.ended
            if reason and kind is OperationType.QUERY:
                return _ended(reason)
            if _RECORDING in named["query"] and _did_not_fit(result):
                _keep(named["query"], named.get("variable_values"), result.errors or (), context)
            if context.has_read:
                result.extensions = {**(result.extensions or {}), **_stamp(context)}
            if context.cut:
                result.extensions = {**(result.extensions or {}), "cut": context.cut}
            return result
        finally:
            context.close()

    def _turned_down(
        self, prepared: Prepared, query: str, context: Context, named: dict[str, Any]
    ) -> ExecutionResult:
        errors = prepared.errors
        if _RECORDING in query:
            _keep(query, named.get("variable_values"), errors, context)
        return ExecutionResult(None, errors)


class _Prepared(SchemaExtension):
    """Hands Strawberry the document that is prepared already."""

    def on_parse(self) -> Iterator[None]:
        schema, query = self.execution_context.schema, self.execution_context.query
        if isinstance(schema, SnapshotSchema) and query:
            self.execution_context.graphql_document = schema.documents.prepare(query).document
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = []
        yield


class _CheckedExecution(StrawberryGraphQLCoreExecutionContext):
    """Makes the answer, and looks every so many objects whether it is still wanted."""

    _objects = 0

    def complete_object_value(self, *args: Any, **named: Any) -> Any:
        self._objects += 1
        if self._objects % _CHECKED_EVERY == 0:
            self.context_value.allowance.check()
        return super().complete_object_value(*args, **named)


def _asked(schema: SnapshotSchema, named: Mapping[str, Any]) -> Hashable:
    """What makes two questions the same."""
    variables = orjson.dumps(named.get("variable_values"), default=str, option=orjson.OPT_SORT_KEYS)
    return id(schema), named["query"], named.get("operation_name"), variables


def _already_json(content: bytes) -> Any:
    """Data as an answer has them, written already."""
    return orjson.Fragment(content)


def _ended(reason: Ended) -> ExecutionResult:
    return ExecutionResult(
        None, [GraphQLError(str(reason), original_error=reason, extensions={"code": reason.code})]
    )


def _stamp(context: Context) -> dict[str, Any]:
    """Where in the log an answer stands, and which tables it was made of lack rows that can't be computed."""
    aside = [{"table": each.table, "rows": each.keys, "error": each.error} for each in context.lacking]
    return {"position": position(context.offsets), **({"setAside": aside} if aside else {})}


def _did_not_fit(result: ExecutionResult) -> bool:
    """Whether an operation was turned down before any of it was carried out, as not of the schema's shape."""
    return result.data is None and any(map(_asked_wrongly, result.errors or ()))


def _asked_wrongly(error: GraphQLError) -> bool:
    return error.original_error is None or isinstance(error.original_error, GraphQLError)


def _keep(query: str, variables: Any, errors: Sequence[GraphQLError], context: Context) -> None:
    """Put observations that don't fit the schema into quarantine, and say so in the answer."""
    content = json.dumps({"query": query, "variables": variables}, default=str).encode()
    message = "; ".join(error.message for error in errors)
    refusal = Refused(
        "does_not_fit_the_schema", message, "variables", "Correct the request after the schema and send it again."
    )
    submission = Submission("graphql", "unknown sender", content)
    kept = not context.platform.observations.take([(refusal, submission)], "graphql").unkept
    for error in errors:
        error.extensions = {**(error.extensions or {}), "code": "BAD_INPUT", "quarantined": kept}
