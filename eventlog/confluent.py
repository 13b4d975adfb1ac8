"""An external schema registry with Confluent's API: its ids are used where one is named."""

import json
import threading
from typing import Any

import httpx2

from eventlog.log import NO_SCHEMA, LogUnavailable
from schemas.ids import Entry, registry
from schemas.registry import schema_fingerprint

_WAIT_S = 10.0
_JSON = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
_UNHEARD_OF = -2
"""What an id becomes whose schema is none of ours: it is in no registry of ours, so its events are set aside."""


class Ids:
    """Schema ids outside and inside are the same: the committed registry is the only one."""

    def outside(self, schema_id: int) -> int:
        """The id that a record on the wire names."""
        return schema_id

    def inside(self, schema_id: int) -> int:
        """The id in the committed registry of a schema that a record names."""
        return schema_id

    def close(self) -> None:
        """Let go of connections."""


class RegisteredIds(Ids):
    """Schema ids of an external registry, where our schemas are registered when they are first written."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._client = httpx2.Client(timeout=_WAIT_S)
        self._outside: dict[int, int] = {}
        self._inside: dict[int, int] = {NO_SCHEMA: NO_SCHEMA}
        self._lock = threading.Lock()

    def outside(self, schema_id: int) -> int:
        """Raises `LogUnavailable` where the registry does not answer or refuses the schema."""
        with self._lock:
            if schema_id not in self._outside:
                entry = registry().entry(schema_id)
                said = self._ask(
                    "POST", f"/subjects/{entry.subject}/versions", {"schema": json.dumps(entry.schema)}
                )
                self._outside[schema_id] = said["id"]
                self._inside[said["id"]] = schema_id
            return self._outside[schema_id]

    def inside(self, schema_id: int) -> int:
        """Raises `LogUnavailable` where the registry does not answer: what it would say decides of an event."""
        with self._lock:
            if schema_id not in self._inside:
                said = self._ask("GET", f"/schemas/ids/{schema_id}", None)
                self._inside[schema_id] = _known(json.loads(said["schema"])) if said else _UNHEARD_OF
            return self._inside[schema_id]

    def close(self) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, content: Any) -> Any:
        """The registry's answer; None where it holds no such schema."""
        try:
            answer = self._client.request(method, self._url + path, json=content, headers=_JSON)
            if answer.status_code == httpx2.codes.NOT_FOUND and method == "GET":
                return None
            answer.raise_for_status()
            return answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise LogUnavailable(f"the schema registry at {self._url} does not answer {path}: {error}") from error


def _known(schema: Any) -> int:
    """The entry of ours with the same Parsing Canonical Form."""
    mark = schema_fingerprint(schema)
    entries: list[Entry] = [entry for entry in registry().entries.values() if entry.fingerprint == mark]
    return entries[-1].id if entries else _UNHEARD_OF
