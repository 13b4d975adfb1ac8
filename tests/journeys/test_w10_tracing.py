"""W10: an officer traces what lies upstream of a section and what an outfall reaches, with distances."""

from typing import Any

import pytest

from tests.journeys.house import OFFICER, House


@pytest.fixture(scope="module")
def network(house: House) -> House:
    """Works → sewer → plant → outfall a (km 2) → river → section (km 6); b enters at km 8, c at km 6."""
    house.place("registerRiver", "river", lengthKm=12.0)
    house.place("registerLake", "lake")
    house.place("registerEnterprise", "works", industry="化工")
    house.place("registerSewer", "sewer", sewerSystem="SEPARATE_FOUL")
    house.place("registerPlant", "plant")
    house.place("registerOutfall", "a", "b", "c", waterBodyId="river")
    house.place("registerSection", "section", waterBodyId="river", waterBodyKind="RIVER")
    for ends, medium, more in (
        ("enterprise/works > sewer/sewer", "SEWAGE", {"lengthKm": 0.5}),
        ("sewer/sewer > plant/plant", "SEWAGE", {"lengthKm": 1.5}),
        ("plant/plant > outfall/a", "EFFLUENT", {"lengthKm": 0.2}),
        ("outfall/a > river/river", "EFFLUENT", {"lengthKm": 0.0, "entersAtKm": 2.0}),
        ("outfall/b > river/river", "STORMWATER", {"lengthKm": 0.0, "entersAtKm": 8.0}),
        ("lake/lake > outfall/c", "RIVER_WATER", {"lengthKm": 0.3}),
        ("outfall/c > river/river", "RIVER_WATER", {"lengthKm": 0.0, "entersAtKm": 6.0}),
        ("river/river > section/section", "RIVER_WATER", {"lengthKm": 0.0, "leavesAtKm": 6.0}),
    ):
        connect(house, ends, medium, **more)
    return house


def connection(ends: str, medium: str, **more: Any) -> dict[str, Any]:
    (from_kind, from_id), (to_kind, to_id) = (end.strip().split("/") for end in ends.split(">"))
    return {
        "connectionId": f"{from_id}-{to_id}", "fromKind": from_kind, "fromId": from_id, "toKind": to_kind,
        "toId": to_id, "medium": medium, **more,
    }  # fmt: skip


def connect(house: House, ends: str, medium: str, **more: Any) -> None:
    house.does("registerConnection", **connection(ends, medium, **more))


def way(house: House, field: str, site: str) -> dict[str, Any]:
    found = house.one(f'{field}(siteId: "{site}")', "siteId steps distanceKm", OFFICER)
    return {node["siteId"]: (node["steps"], pytest.approx(node["distanceKm"])) for node in found}


def test_upstream_of_the_section_is_what_flows_past_it_with_its_distance(network: House) -> None:
    # outfall a enters at km 2, the section lies at km 6: 4 km; plant 4.2, sewer 5.7, works 6.2. b enters below
    assert way(network, "upstream", "section") == {
        "river": (1, 0.0), "a": (2, 4.0), "c": (2, 0.0), "lake": (3, 0.3), "plant": (3, 4.2), "sewer": (4, 5.7),
        "works": (5, 6.2),
    }  # fmt: skip


def test_what_a_spill_at_the_works_reaches(network: House) -> None:
    reached = way(network, "downstream", "works")
    assert list(reached) == ["sewer", "plant", "a", "river", "section"]
    assert reached["section"] == (5, 6.2)
    assert "section" not in way(network, "downstream", "b")


def test_a_corrected_place_on_the_river_changes_who_is_upstream(network: House) -> None:
    # outfall b was surveyed anew: it enters at km 5, above the section
    connect(network, "outfall/b > river/river", "STORMWATER", lengthKm=0.0, entersAtKm=5.0)
    assert way(network, "upstream", "section")["b"] == (2, 1.0)
    connect(network, "outfall/b > river/river", "STORMWATER", lengthKm=0.0, entersAtKm=8.0)
    assert "b" not in way(network, "upstream", "section")


def test_a_connection_that_was_cut_leads_nowhere_until_it_is_laid_again(network: House) -> None:
    network.does("removeConnection", connectionId="lake-c", reason="封堵")
    assert "lake" not in way(network, "upstream", "section")
    assert "lake-c" not in [row[0] for row in network.rows("waterConnections", "connectionId", OFFICER)]
    connect(network, "lake/lake > outfall/c", "RIVER_WATER", lengthKm=0.3)
    assert "lake" in way(network, "upstream", "section")


def test_what_can_not_be_connected_is_refused(network: House) -> None:
    def refused(ends: str, **more: Any) -> str:
        return network.refuses("registerConnection", **connection(ends, "EFFLUENT", **more))

    assert refused("outfall/a > lake/moon") == "unknown_lake"
    assert refused("outfall/a > section/section", entersAtKm=3.0) == "no_river"
    # the river is 12 km long
    assert refused("outfall/a > river/river", entersAtKm=12.1)
    assert network.refuses("removeConnection", connectionId="moon", reason="x") == "illegal_step"


def test_the_maps_draw_the_connections_between_their_places(network: House) -> None:
    assert {"a-river", "river-section"} <= network.map("surface-water").keys()
    assert {"works-sewer", "plant-a", "a-river"} <= network.map("outfall").keys()
