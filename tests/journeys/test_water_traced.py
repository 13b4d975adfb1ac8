"""The water network: what lies upstream of a section, what an outfall reaches, in order and with distances."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import Ask
from tests.journeys.steps import command, enterprise

PLACE = {"positionSource": "test", "lon": 116.0, "lat": 29.74}


def place(ask: Ask, name: str, code: str, **fields: Any) -> None:
    answer = command(ask, name, siteId=code, nameZh=code, nameEn=code, **PLACE, **fields)
    assert answer["__typename"] == "Accepted", answer


def connect(ask: Ask, way: str, medium: str = "SEWAGE", **fields: Any) -> Any:
    """`way` reads `enterprise/works > sewer/main`."""
    (from_kind, from_id), (to_kind, to_id) = (end.strip().split("/") for end in way.split(">"))
    ends = {"fromKind": from_kind, "fromId": from_id, "toKind": to_kind, "toId": to_id}
    return command(ask, "registerConnection", connectionId=f"{from_id}-{to_id}", medium=medium, **ends, **fields)


@pytest.fixture
def network(ask: Ask) -> Ask:
    """works → main sewer → plant → outfall a at km 2 → river → section at km 5; outfall b enters at km 8."""
    enterprise(ask, "works")
    place(ask, "registerSewer", "main", sewerSystem="SEPARATE_FOUL")
    place(ask, "registerPlant", "plant")
    place(ask, "registerRiver", "river")
    for outfall in ("a", "b"):
        place(ask, "registerOutfall", outfall, waterBodyId="river")
    place(ask, "registerSection", "section", waterBodyId="river", waterBodyKind="RIVER")
    for answer in (
        connect(ask, "enterprise/works > sewer/main", lengthKm=0.5),
        connect(ask, "sewer/main > plant/plant", lengthKm=1.5),
        connect(ask, "plant/plant > outfall/a", "EFFLUENT"),
        connect(ask, "outfall/a > river/river", "EFFLUENT", lengthKm=0.0, entersAtKm=2.0),
        connect(ask, "outfall/b > river/river", "STORMWATER", lengthKm=0.0, entersAtKm=8.0),
        connect(ask, "river/river > section/section", "RIVER_WATER", lengthKm=0.0, leavesAtKm=5.0),
    ):
        assert answer["__typename"] == "Accepted", answer
    return ask


def nodes(ask: Ask, field: str, site_id: str) -> list[tuple[Any, ...]]:
    found = ask(f'{{ {field}(siteId: "{site_id}") {{ siteId steps distanceKm distanceKnown }} }}')[field]
    return [tuple(node.values()) for node in found]


def test_upstream_of_a_section_is_only_what_flows_past_it(network: Ask) -> None:
    assert nodes(network, "upstream", "section") == [
        ("river", 1, 0.0, True), ("a", 2, 3.0, True), ("plant", 3, 3.0, False), ("main", 4, 4.5, False),
        ("works", 5, 5.0, False),
    ]  # fmt: skip


def test_an_outfall_reaches_what_lies_below_it(network: Ask) -> None:
    assert [node[0] for node in nodes(network, "downstream", "a")] == ["river", "section"]
    assert [node[0] for node in nodes(network, "downstream", "b")] == ["river"]
    ((_, way),) = [n.values() for n in network('{ downstream(siteId: "a") { siteId way } }')["downstream"][1:]]
    assert way == ["a", "river", "section"]


def test_a_connection_that_is_removed_leads_nowhere(network: Ask) -> None:
    assert command(network, "removeConnection", connectionId="plant-a", reason="封堵")["eventIds"]
    assert [node[0] for node in nodes(network, "upstream", "section")] == ["river", "a"]
    again = command(network, "removeConnection", connectionId="plant-a", reason="封堵")
    assert again["code"] == "illegal_step"
    assert connect(network, "plant/plant > outfall/a", "EFFLUENT")["eventIds"]
    assert "works" in [node[0] for node in nodes(network, "upstream", "section")]


def test_the_network_may_have_cycles(network: Ask) -> None:
    assert connect(network, "outfall/a > sewer/main", lengthKm=1.0)["eventIds"]
    assert [node[0] for node in nodes(network, "downstream", "works")] == ["main", "plant", "a", "river", "section"]


def test_a_connection_to_nowhere_or_a_place_on_no_river_is_refused(network: Ask) -> None:
    assert connect(network, "outfall/a > lake/moon")["code"] == "unknown_lake"
    assert connect(network, "outfall/a > section/section", entersAtKm=3.0)["code"] == "no_river"


@pytest.mark.usefixtures("network")
def test_the_maps_show_connections_as_lines(server: TestClient) -> None:
    for name, ids in (
        ("surface-water", ["a-river", "b-river", "river-section"]),
        ("outfall", ["a-river", "b-river", "main-plant", "plant-a", "works-main"]),
    ):
        features = server.get(f"/maps/{name}.geojson").json()["features"]
        lines = [f for f in features if f["properties"]["kind"] == "connection"]
        assert [f["id"] for f in lines] == ids
        assert {f["geometry"]["type"] for f in lines} == {"LineString"}
        assert {f["geometry"]["type"] for f in features if f not in lines} == {"Point"}
