"""How an operation is run: in a thread, on one snapshot, within limits."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio.to_thread
import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult

from eventlog.log import LogUnavailable
from gateway.graphql.context import Context, position
from gateway.graphql.scalars import Stated, StatedScalar
from projections.database import DatabaseUnavailable
from services.decider import Refused
from services.handler import VerdictPending
from services.ingest.quarantine import Submission

CONFIG = StrawberryConfig(scalar_map={Stated: StatedScalar})
LIMITS: list[Callable[[], Any]] = [
    partial(QueryDepthLimiter, max_depth=12),
    partial(MaxAliasesLimiter, max_alias_count=50),
    partial(MaxTokensLimiter, max_token_count=5000),
]


_RECORDING = "recordObservations"


class SnapshotSchema(strawberry.Schema):
    """Runs each operation in a thread of its own, so that the tables' work never holds up the event loop.

    All fields of an operation see one snapshot; `extensions.position` says where in the log it stands.
    """

    async def execute(self, query: str | None, *, context_value: Any = None, **named: Any) -> ExecutionResult:  # type: ignore[override]
        return await anyio.to_thread.run_sync(partial(self._run, query, context_value, named))

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Mark outages as such; log only what is neither an outage nor a mistake in the question."""
        bugs = []
        for error in errors:
            if isinstance(error.original_error, LogUnavailable | DatabaseUnavailable | VerdictPending):
                error.extensions = {**(error.extensions or {}), "code": "UNAVAILABLE"}
            elif not _asked_wrongly(error):
                bugs.append(error)
        super().process_errors(bugs, execution_context)

    def _run(self, query: str | None, context: Context, named: dict[str, Any]) -> ExecutionResult:
        try:
            result = self.execute_sync(query, context_value=context, **named)
            if query and _RECORDING in query and _did_not_fit(result):
                _keep(query, named.get("variable_values"), result, context)
            if context.has_read:
                result.extensions = {**(result.extensions or {}), "position": position(context.offsets)}
            return result
        finally:
            context.close()


def _did_not_fit(result: ExecutionResult) -> bool:
    """Whether an operation was turned down before any of it was carried out, as not of the schema's shape."""
    return result.data is None and any(map(_asked_wrongly, result.errors or ()))


def _asked_wrongly(error: GraphQLError) -> bool:
    return error.original_error is None or isinstance(error.original_error, GraphQLError)


def _keep(query: str, variables: Any, result: ExecutionResult, context: Context) -> None:
    """Put observations that don't fit the schema into quarantine, and say so in the answer."""
    content = json.dumps({"query": query, "variables": variables}, default=str).encode()
    message = "; ".join(error.message for error in result.errors or ())
    refusal = Refused(
        "does_not_fit_the_schema", message, "variables", "Correct the request after the schema and send it again."
    )
    submission = Submission("graphql", "unknown sender", content)
    kept = not context.platform.observations.take([(refusal, submission)], "graphql").unkept
    for error in result.errors or ():
        error.extensions = {**(error.extensions or {}), "code": "BAD_INPUT", "quarantined": kept}
