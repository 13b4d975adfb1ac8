"""What the server answers beside GraphQL: health, metrics, maps, the mobile schemas and operations."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from demo import simulator
from eventlog.codec import drafts
from gateway.app import build_app
from gateway.front.doors import Doors
from gateway.maps import MAPS
from ingest.quarantine import Submission
from mobile_api.public import public_schema
from projections.database import Limits
from running.health import Trouble
from running.operations import OPERATIONS
from running.platform import Platform, open_platform, silent
from services.soil.commands import RegisterWell
from tests.conftest import DISTRICT, NOW, REFERENCES, Ask
from tests.factories import observation
from tests.journeys.steps import fold

KEY = {"Authorization": "Bearer key"}


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the district and the simulated streams, to be copied."""
    data = tmp_path_factory.mktemp("demo")
    with open_platform(data, Limits(threads=1)) as filled:
        OPERATIONS["load"](filled, {"folder": str(DISTRICT)}, silent)
        simulator.play(filled.handler, simulator.commands(1357))
        said = [(each, Submission("simulator", "", b"")) for each in simulator.observations(1357)]
        filled.observations.take(said, simulator.SOURCE)
        fold(filled)
    return data


@pytest.fixture
def data(demo_data: Path, tmp_path: Path) -> Path:
    """These tests look at the demo; the platform opens a copy of it."""
    return Path(shutil.copytree(demo_data, tmp_path / "data", symlinks=True))


def test_it_is_alive_and_ready(server: TestClient) -> None:
    assert server.get("/healthz").json() == {"status": "ok"}
    assert server.get("/readyz").json() == {"status": "ready", "lag_events": 0, "troubles": []}


def test_it_is_not_ready_while_folding_fails(platform: Platform, server: TestClient) -> None:
    platform.follower.stop()
    platform.follower.failure = "disk on fire"
    answer = server.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["troubles"] == [{"part": "fold", "message": "disk on fire", "stops": True}]
    assert 'env1357_trouble{part="fold"} 1.0' in server.get("/metrics").text


def test_it_is_ready_but_degraded_where_a_part_is_not_well(platform: Platform, server: TestClient) -> None:
    end = platform.health.watch("sieve", lambda: [Trouble("sieve", "a hole in it")])
    answer = server.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    end()
    assert server.get("/readyz").json()["status"] == "ready"


def test_metrics_tell_where_the_log_and_the_tables_stand(platform: Platform, server: TestClient) -> None:
    platform.log.append(drafts([observation()]))
    fold(platform)
    text = server.get("/metrics").text
    end = sum(platform.log.ends()[stream] for stream in platform.log.ends() if stream.topic == "env1357.air")
    assert f'env1357_log_end_offset{{partition="0",topic="env1357.air"}} {float(end)}' in text
    assert f'env1357_folded_offset{{partition="0",topic="env1357.air"}} {float(end)}' in text
    assert "env1357_lag_events 0.0" in text


def test_there_are_seven_maps(server: TestClient) -> None:
    ids = [each["id"] for each in server.get("/maps").json()]
    assert ids == ["air", "surface-water", "outfall", "soil-groundwater", "waste", "risk", "enforcement"]


@pytest.mark.parametrize("name", list(MAPS))
def test_every_map_has_its_nodes(server: TestClient, name: str) -> None:
    answer = server.get(f"/maps/{name}.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    assert len(collection["features"]) >= 2
    for feature in collection["features"]:
        assert feature["properties"]["name_zh"]
        line = feature["properties"].get("kind") == "connection"
        assert feature["geometry"]["type"] == ("LineString" if line else "Point")
        assert not line or MAPS[name].edges


def test_simulated_figures_say_so_on_the_map(server: TestClient) -> None:
    features = {f["id"]: f["properties"] for f in server.get("/maps/air.geojson").json()["features"]}
    assert features["xunyang-air-penpu"]["values_simulated"] is True
    assert features["1803A"]["values_simulated"] is None


def test_a_map_that_has_not_changed_is_not_sent_again(platform: Platform, server: TestClient) -> None:
    first = server.get("/maps/air.geojson")
    again = server.get("/maps/air.geojson", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    platform.log.append(drafts([observation()]))
    fold(platform)
    changed = server.get("/maps/air.geojson", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_a_map_can_be_asked_for_as_it_was_known(platform: Platform, server: TestClient) -> None:
    def wells(asked: str) -> set[str]:
        features = server.get(f"/maps/soil-groundwater.geojson{asked}").json()["features"]
        return {feature["id"] for feature in features if feature["properties"]["kind"] == "well"}

    demo = wells("")  # recorded by the clock of today, and the well by that of these tests
    named = {"name_zh": "井", "name_en": "well", "position_source": "test", "source": "test"}
    platform.handler.handle(RegisterWell(site_id="a-new-well", **named))
    assert demo
    assert wells("") == wells("?asOf=2100-01-01T00:00:00+08:00") == demo | {"a-new-well"}
    assert wells(f"?asOf={NOW:%Y-%m-%dT%H:%M:%S.%fZ}") == {"a-new-well"}
    assert wells(f"?asOf={NOW - timedelta(microseconds=1):%Y-%m-%dT%H:%M:%S.%fZ}") == set()


def test_a_map_as_of_no_time_is_refused(server: TestClient) -> None:
    answer = server.get("/maps/air.geojson?asOf=yesterday")
    assert (answer.status_code, "asOf" in answer.text) == (400, True)


def test_an_unknown_map_is_not_found(server: TestClient) -> None:
    answer = server.get("/maps/moon.geojson")
    assert (answer.status_code, "there are air" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("client", "question", "field"),
    [
        ("public", "{ stations { siteId aqi simulated } }", "stations"),
        ("officer", "{ openCases { caseId decisionDueOn } }", "openCases"),
        ("manager", "{ overview { stations openIncidents openCases manifestsUnderWay quarantined } }", "overview"),
    ],
)
def test_each_mobile_client_has_its_schema(ask: Ask, client: str, question: str, field: str) -> None:
    assert ask(question, f"/mobile/{client}/graphql")[field]


def test_the_public_is_told_what_a_level_means_for_their_health(server: TestClient) -> None:
    asked = "{ airLevels { nodes { level nameZh aqiFrom aqiTo colour effectZh adviceEn source status } } }"
    levels = server.post("/mobile/public/graphql", json={"query": asked}).json()["data"]["airLevels"]["nodes"]
    assert [(row["level"], row["aqiFrom"], row["aqiTo"]) for row in levels] == [
        (1, 0, 50), (2, 51, 100), (3, 101, 150), (4, 151, 200), (5, 201, 300), (6, 301, None),
    ]  # fmt: skip
    assert levels[2]["nameZh"] == "轻度污染"
    assert levels[5]["adviceEn"].startswith("Children, the elderly and the ill should stay indoors")
    assert {row["status"] for row in levels} == {"from-knowledge"}  # the words of table 2 were not read


def test_the_public_s_schema_has_nothing_that_is_not_public(server: TestClient) -> None:
    for question in (
        "{ cases { caseId } }",
        "{ quarantine { nodes { code } } }",
        "mutation { closeCase { __typename } }",
    ):
        answer = server.post("/mobile/public/graphql", json={"query": question}).json()
        assert "errors" in answer


def test_operations_need_the_key(server: TestClient) -> None:
    assert server.post("/ops/sql", json={"query": "SELECT 1"}).status_code == 401
    wrong = {"Authorization": "Bearer wrong"}
    assert server.post("/ops/sql", json={"query": "SELECT 1"}, headers=wrong).status_code == 401


def told(server: TestClient, name: str, **arguments: Any) -> list[dict[str, Any]]:
    answer = server.post(f"/ops/{name}", json=arguments, headers=KEY)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_an_operation_tells_its_progress_and_its_report(server: TestClient) -> None:
    *progress, last = told(server, "load", folder=str(DISTRICT))
    assert progress[-1] == {"progress": ["load", REFERENCES, REFERENCES]}
    assert last["report"] == {"recorded": 0, "unchanged": REFERENCES, "refused": []}


def test_an_operation_that_fails_says_why(server: TestClient) -> None:
    assert "only one SELECT" in told(server, "sql", query="DROP TABLE base.site")[-1]["failed"]
    assert "no district.yaml" in told(server, "load", folder="/nowhere")[-1]["failed"]
    assert server.post("/ops/dance", json={}, headers=KEY).status_code == 404


def test_without_a_built_page_the_root_says_how_to_build_it(server: TestClient) -> None:
    assert "make web" in server.get("/").text


@pytest.mark.parametrize("path", ["/graphql", "/mobile/public/graphql"])
def test_a_browser_is_shown_the_editor_and_programs_are_answered(
    platform: Platform, tmp_path: Path, path: str
) -> None:
    (tmp_path / "graphql.html").write_text("the editor")
    schemas = {"public": public_schema()}
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    with TestClient(build_app(platform, "key", tmp_path, schemas, Doors(["testserver"]))) as client:
        assert client.get(path, headers=browser).text == "the editor"
        assert client.get(path, params={"query": "{ __typename }"}, headers=browser).text == "the editor"
        assert client.get(path, params={"query": "{ __typename }"}).json()["data"]
        assert client.post(path, json={"query": "{ __typename }"}, headers=browser).json()["data"]


def test_no_answer_has_a_browser_load_something_from_elsewhere(server: TestClient) -> None:
    for path in ("/", "/graphql", "/mobile/public/graphql", "/mobile/officer/graphql"):
        for accept in ("text/html", "*/*"):
            assert "http" not in server.get(path, headers={"Accept": accept}).text
    assert "make web" in server.get("/graphql", headers={"Accept": "text/html"}).text
