"""S1 and S3: parcels and wells are registered, restated and shown on the map of soil and groundwater."""

import pytest

from tests.journeys.house import PLACE, House


@pytest.fixture(scope="module")
def ground(house: House) -> House:
    house.place("registerParcel", "plot", landUse="FIRST_CLASS", areaM2=5000.0)
    house.place("registerWell", "well", depthM=30.0)
    return house


def test_parcels_and_wells_stand_on_their_map_and_on_no_other(ground: House) -> None:
    assert {"plot", "well"} <= ground.map("soil-groundwater").keys()
    assert not {"plot", "well"} & ground.map("air").keys()


def test_a_corrected_position_moves_the_place_and_a_retired_one_is_told(ground: House) -> None:
    ground.does("registerWell", siteId="moved", **{**PLACE, "lon": 116.01})
    ground.does("registerWell", siteId="moved", **{**PLACE, "lon": 116.02})
    sites = 'sites(kind: "well")'
    assert ("moved", 116.02, "IN_USE") in ground.rows(sites, "siteId lon status")
    ground.does("retireSite", siteId="moved", reason="封井")
    assert ("moved", "RETIRED") in ground.rows(sites, "siteId status")
    assert ground.refuses("retireSite", siteId="moved", reason="x") == "illegal_step"
    ground.does("reinstateSite", siteId="moved", reason="误报")
    assert ("moved", "IN_USE") in ground.rows(sites, "siteId status")


def test_a_place_has_one_kind_and_stands_on_earth(ground: House) -> None:
    assert ground.refuses("registerWell", **{**PLACE, "siteId": "plot"}) == "claimed_by_another_kind"
    assert ground.refuses("registerWell", **{**PLACE, "siteId": "nowhere", "lon": 216.0})
