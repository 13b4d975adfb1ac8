"""The routes of the API for programs."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.api.files import files, profiles
from gateway.api.observations import observations
from gateway.api.openapi import document

API_ROUTES = (
    Route("/api/v1/observations", observations, methods=["POST"]),
    Route("/api/v1/files", files, methods=["POST"]),
    Route("/api/v1/profiles", profiles),
    Route("/api/v1/openapi.json", lambda _: JSONResponse(document())),
)
