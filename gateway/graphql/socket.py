"""GraphQL over graphql-transport-ws: what goes wrong with one operation ends that one, not the socket."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from gateway.graphql.context import Context

MOST_SOCKETS_OF_A_PEER = 1000
_TRY_LATER = 1013
_PARTS: Mapping[str, type] = {"query": str, "variables": dict, "operationName": str, "extensions": dict}


class Socket(BaseGraphQLTransportWSHandler[Context, None]):
    """Handles one socket: each operation has a context of its own, which the schema makes."""

    async def handle(self) -> None:
        """Serve the socket until it is closed; beyond so many of one peer it is closed at once."""
        open_sockets: Counter[str] = self.view.sockets  # type: ignore[attr-defined]
        client = self.websocket.ws.client  # type: ignore[attr-defined]
        peer = client.host if client else ""
        open_sockets[peer] += 1
        try:
            if open_sockets[peer] > MOST_SOCKETS_OF_A_PEER:
                await self.websocket.close(
                    _TRY_LATER, f"{MOST_SOCKETS_OF_A_PEER} sockets of one address are allowed"
                )
            else:
                await super().handle()
        finally:
            open_sockets[peer] -= 1

    async def handle_message(self, message: Any) -> None:
        """Handle one message. One that the protocol does not know closes the socket, as the protocol says."""
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.handle_invalid_message("A message is an object with a `type`")
        elif message["type"] in ("subscribe", "complete") and not isinstance(message.get("id"), str):
            await self.handle_invalid_message("The `id` of an operation is a string")
        elif message["type"] == "subscribe" and (wrong := _wrong(message.get("payload"))):
            await self.send_message(
                {"id": message["id"], "type": "error", "payload": [GraphQLError(wrong).formatted]}
            )
        else:
            await super().handle_message(message)  # type: ignore[arg-type]


def _wrong(payload: object) -> str | None:
    """What is wrong with the payload of `subscribe`."""
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        return 'the payload is an object with a `query`, as {"query": "subscription { … }", "variables": {}}'
    named = [name for name, kind in _PARTS.items() if not isinstance(payload.get(name), kind | None)]
    return f"`{named[0]}` of the payload is of another type than it must be" if named else None
