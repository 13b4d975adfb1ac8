"""What `/metrics` tells: requests by route, commands, quarantine, the process; and that labels stay few."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from eventlog.codec import drafts
from ingest.quarantine import Submission
from projections.database import DatabaseUnavailable
from running.platform import Platform
from services.air.commands import RegisterStation
from services.decider import Refused
from tests.factories import observation
from tests.journeys.steps import fold

STATION = RegisterStation(
    source="test", site_id="1803A", name_zh="x", name_en="x", position_source="t", network="NATIONAL"
)

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(server: TestClient) -> Samples:
    """Every sample by its name and labels."""
    answer = server.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def sample(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0)


def test_requests_are_counted_by_route_method_and_class(server: TestClient) -> None:
    for path in (
        "/maps/air.geojson",
        "/maps/risk.geojson",
        "/maps/moon.geojson",
        "/registry/schemas/ids/1",
        "/nowhere",
    ):
        server.get(path)
    server.post("/graphql", json={"query": "{ __typename }"})
    server.get("/maps", headers={"Host": "evil.example"})
    found = scraped(server)
    name = "env1357_http_requests_total"
    assert sample(found, name, route="/maps/{name}.geojson", method="GET", status="2xx") == 2
    assert sample(found, name, route="/maps/{name}.geojson", method="GET", status="4xx") == 1
    assert sample(found, name, route="/registry/schemas/ids/{id:int}", method="GET", status="2xx") == 1
    assert sample(found, name, route="/graphql", method="POST", status="2xx") == 1
    assert sample(found, name, route="none", method="GET", status="4xx") == 2
    assert sample(found, "env1357_http_request_seconds_count", route="/maps/{name}.geojson") == 3
    assert sample(found, "env1357_http_requests_in_flight") == 1, "the scrape itself"


def test_a_client_makes_no_labels_up(server: TestClient) -> None:
    def made_up(numbers: range) -> int:
        for number in numbers:
            server.request(f"M{number}", f"/x{number}")
            server.get(f"/registry/subjects/s{number}/versions")
        return len(scraped(server))

    made_up(range(2))
    assert made_up(range(2, 4)) == made_up(range(4, 20))


def test_an_answer_that_failed_is_counted_as_such(server: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[dict[str, str]]:
        raise RuntimeError("a bug")

    monkeypatch.setattr("gateway.maps.index", broken)
    with pytest.raises(RuntimeError):
        server.get("/maps")
    assert sample(scraped(server), "env1357_http_requests_total", route="/maps", method="GET", status="5xx") == 1


def test_commands_are_counted_by_what_became_of_them(server: TestClient, platform: Platform) -> None:
    platform.handler.handle(STATION)
    outcomes = platform.handler.handle_all([RegisterStation(
        source="test", site_id="", name_zh="x", name_en="x", position_source="t", network="NATIONAL"
    )])  # fmt: skip
    assert isinstance(outcomes[0], Refused)
    found = scraped(server)
    assert sample(found, "env1357_commands_total", outcome="accepted") == 1
    assert sample(found, "env1357_commands_total", outcome="refused") == 1


def test_what_waits_in_quarantine_is_counted_by_reason(server: TestClient, platform: Platform) -> None:
    for number in range(3):
        refusal = Refused("no_such_thing", "m", "w", "r")
        platform.observations.take([(refusal, Submission("http", "x", b"%d" % number))], "x")
    fold(platform)
    found = scraped(server)
    assert sample(found, "env1357_quarantine_open", code="no_such_thing") == 3
    assert sample(found, "env1357_quarantine_open_bytes", code="no_such_thing") == 3


def test_the_process_and_its_files_are_told(server: TestClient, platform: Platform) -> None:
    platform.log.append(drafts([observation()]))
    fold(platform)
    found = scraped(server)
    assert sample(found, "process_resident_memory_bytes") > 1e6
    assert sample(found, "process_open_fds") > 0
    on_disk = sum(
        path.stat().st_size for path in platform.data.glob("log.sqlite*") if not path.name.endswith("-shm")
    )
    assert sample(found, "env1357_log_file_bytes") == on_disk
    assert sample(found, "env1357_projections_file_bytes") >= Path(platform.database.path).resolve().stat().st_size


def test_where_the_tables_can_not_be_read_the_rest_is_told(
    server: TestClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed() -> None:
        raise DatabaseUnavailable("closed")

    monkeypatch.setattr(platform.database, "read", closed)
    found = scraped(server)
    assert sample(found, "env1357_scrape_failed", part="quarantine") == 1
    assert sample(found, "env1357_scrape_failed", part="streams") == 0
    assert sample(found, "env1357_disk_free_bytes") > 0
