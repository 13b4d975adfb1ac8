"""Answers in JSON what is wrong with a request."""

import orjson
from starlette.requests import Request
from starlette.responses import Response


class BadRequest(Exception):
    """A request that is turned away before anything of it is looked at."""

    def __init__(self, status: int, code: str, message: str, remedy: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.remedy = status, code, message, remedy
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def response(self) -> Response:
        said = {"code": self.code, "message": self.message, "remedy": self.remedy}
        return Response(orjson.dumps(said), self.status, self.headers, "application/json")


def expect_media_type(request: Request, *allowed: str) -> str:
    """The body's media type. Raises `BadRequest` where it is none of those allowed, or encoded."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in allowed:
        message = f"{said or 'nothing'} is no type that is read here"
        raise BadRequest(415, "media_type", message, f"Send {' or '.join(allowed)}.")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise BadRequest(415, "content_encoding", f"{encoding} is not decoded here", "Send it without an encoding.")
    return said
