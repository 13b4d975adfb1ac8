"""Who asks for data, and what of it they may see: the one place where sharing decides that."""

import secrets

from starlette.requests import Request

from gateway.api.bodies import BadRequest
from gateway.sharing.datasets import DataSet, data_sets
from running.keys import key_of
from schemas.contract import Disclosure


def seen_by(request: Request) -> Disclosure:
    """What the caller may see: all with the operator's key, what is internal with a department's, or the public's.

    It reads tables: for a thread. A key that is limited to sites opens no more than none, for it is a sender's.
    Raises `BadRequest` for a key that is not in force.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return "public"
    token = token.strip()
    if secrets.compare_digest(token.encode(), str(request.app.state.key).encode()):
        return "restricted"
    key = key_of(token, request.app.state.platform) if scheme.lower() == "bearer" else None
    if key is None:
        remedy = "Send `Authorization: Bearer <token>` of a department's key, or none for what is public."
        raise BadRequest(
            401, "no_key", "the key that came with it is not in force", remedy, WWW_Authenticate="Bearer"
        )
    return "internal" if key.kind == "DEPARTMENT" and not key.sites else "public"


def asked_data_set(request: Request) -> DataSet:
    """The data set that a path names, as the caller sees it; for a thread. Raises `BadRequest`."""
    name: str = request.path_params["data_set"]
    found = data_sets(seen_by(request)).get(name)
    if found is None:
        said = f"there is no data set {name[:100]!r}, or not for you"
        raise BadRequest(404, "no_such_data_set", said, "GET /api/v1/ lists those that there are.")
    return found
