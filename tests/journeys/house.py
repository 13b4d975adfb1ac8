"""A platform that the tests of a module share, and the doors by which users come: devices, files, clients, maps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from running.operations import OPERATIONS
from running.platform import Platform, silent
from tests.hj212.devices import answers, connected, listener
from tests.journeys.steps import command, fold

WHOLE, PUBLIC, OFFICER, MANAGER = (
    "/graphql",
    "/mobile/public/graphql",
    "/mobile/officer/graphql",
    "/mobile/manager/graphql",
)
PLACE = {"nameZh": "甲", "nameEn": "A", "positionSource": "test", "lon": 116.0, "lat": 29.7}


def local(day: date, hour: int) -> str:
    """The UTC time at which a local hour begins, which may lie beyond the day: China Standard Time is UTC+8."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)
    return start.isoformat()


def observed(site_id: str, at: str, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An observation as programs state it; of an hour, where `period` says nothing else."""
    marks = more.pop("marks", {})
    readings = [{"factor": f, "value": v, "mark": marks.get(f, "")} for f, v in values.items()]
    return {"site_id": site_id, "period": "HOUR", "observed_at": at, "readings": readings, **more}


@dataclass(frozen=True)
class House:
    """One platform; its clock stands at `NOW`, 12:00 of 23 November 2026 in Xunyang."""

    platform: Platform
    client: TestClient
    key: str
    """A department's key for `/api/v1/observations`, which may speak for any site."""

    def ask(self, document: str, path: str = WHOLE, **variables: Any) -> Any:
        """The data of an answer, once all that was said is in the tables; errors fail the test."""
        fold(self.platform)
        answer = self.client.post(path, json={"query": document, "variables": variables}).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def one(self, field: str, columns: str, path: str = WHOLE) -> Any:
        """What a field answers that is no list, or a list without pages. `field` has its arguments."""
        return self.ask(f"{{ {field} {{ {columns} }} }}", path)[field.partition("(")[0]]

    def rows(self, field: str, columns: str, path: str = WHOLE) -> list[tuple[Any, ...]]:
        """The rows of a list's first page, each as a tuple of the columns. `field` has its arguments."""
        return [tuple(row.values()) for row in self.one(field, f"nodes {{ {columns} }}", path)["nodes"]]

    def lists(self, field: str, path: str) -> bool:
        """Whether a client's schema knows a field."""
        types = self.ask("{ __schema { queryType { fields { name } } } }", path)["__schema"]["queryType"]
        return field in {known["name"] for known in types["fields"]}

    def does(self, name: str, path: str = WHOLE, /, **given: Any) -> list[str]:
        """Carry out a command, which is to be accepted; returns the ids of what it stated."""
        answer = self._command(name, path, given)
        assert "eventIds" in answer, (name, given, answer)
        return list(answer["eventIds"])

    def refuses(self, name: str, path: str = WHOLE, /, **given: Any) -> str:
        """Send a command, which is to be refused; returns the refusal's code."""
        answer = self._command(name, path, given)
        assert "code" in answer, (name, given, answer)
        return str(answer["code"])

    def place(self, name: str, *site_ids: str, **more: Any) -> None:
        """Register places by one command."""
        for site_id in site_ids:
            self.does(name, siteId=site_id, **{**PLACE, **more})

    def posts(self, *said: Mapping[str, Any]) -> Any:
        """A department's program states observations over HTTP with its key. Returns the answer."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.post("/api/v1/observations", json=list(said), headers=headers).json()

    def hears(self, site_id: str, at: str, values: Mapping[str, Any], **more: Any) -> None:
        """One observation is stated and accepted; `marks` go by factor."""
        answer = self.posts(observed(site_id, at, values, **more))
        assert answer["refused"] == [], answer

    def hears_hours(self, site_id: str, day: date, *hours: Mapping[str, Any], first: int = 0) -> None:
        """So many hours of a local day, from its hour `first` on, are stated in one request and accepted."""
        starts = [local(day, first + number) for number in range(len(hours))]
        answer = self.posts(*(observed(site_id, at, values) for at, values in zip(starts, hours, strict=True)))
        assert answer["refused"] == [], answer

    def frames(self, *sent: bytes, answered: int) -> bytes:
        """Frames of HJ 212 over a socket; returns what was answered, so many frames."""
        with listener(self.platform) as (_, port), connected(port) as device:
            device.sendall(b"".join(sent))
            return answers(device, answered)

    def imports(self, path: Path, kind: str, lines: Sequence[str]) -> dict[str, Any]:
        """Import a file of these lines; returns the report."""
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return OPERATIONS["import"](self.platform, {"files": [str(path)], "kind": kind}, silent)

    def map(self, name: str) -> dict[str, dict[str, Any]]:
        """What a map says of each thing on it, by its id."""
        fold(self.platform)
        return {f["id"]: f["properties"] for f in self.client.get(f"/maps/{name}.geojson").json()["features"]}

    def _command(self, name: str, path: str, given: dict[str, Any]) -> Any:
        return command(lambda document, **variables: self.ask(document, path, **variables), name, **given)
