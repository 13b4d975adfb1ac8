"""A place's line or area is registered, and stands on the maps that the place is on, and on no other."""

import json
from typing import Any

import pytest

from tests.journeys.house import House
from tests.journeys.steps import fold

AREA = {"type": "Polygon", "coordinates": [[[116.0, 29.7], [116.1, 29.7], [116.1, 29.8], [116.0, 29.7]]]}
SAID: dict[str, Any] = {"positionQuality": "PUBLISHED", "positionSource": "test"}


@pytest.fixture(scope="module")
def shores(house: House) -> House:
    house.place("registerLake", "lake")
    house.does("registerOutline", siteId="lake", geometry=json.dumps(AREA), **SAID)
    return house


def drawn(house: House, name: str) -> dict[str, Any]:
    fold(house.platform)
    features = house.client.get(f"/maps/{name}.geojson").json()["features"]
    return {each["id"]: each["geometry"] for each in features if each["properties"]["kind"] == "outline"}


def test_an_outline_is_drawn_where_its_place_is(shores: House) -> None:
    assert drawn(shores, "surface-water") == {"lake/outline": AREA}
    assert drawn(shores, "air") == {}
    assert shores.map("surface-water")["lake"]["kind"] == "lake"
    assert shores.rows('outlines(siteId: "lake")', "siteId positionQuality") == [("lake", "PUBLISHED")]


def test_the_same_outline_says_nothing_and_another_takes_its_place(shores: House) -> None:
    assert shores.does("registerOutline", siteId="lake", geometry=json.dumps(AREA), **SAID) == []
    line = {"type": "LineString", "coordinates": [[116.0, 29.7], [116.1, 29.7]]}
    assert shores.does("registerOutline", siteId="lake", geometry=json.dumps(line), **SAID)
    assert drawn(shores, "surface-water") == {"lake/outline": line}
    shores.does("registerOutline", siteId="lake", geometry=json.dumps(AREA), **SAID)


def test_an_outline_of_nothing_or_that_does_not_close_is_refused(shores: House) -> None:
    nowhere = {"siteId": "nowhere", "geometry": json.dumps(AREA), **SAID}
    assert shores.refuses("registerOutline", **nowhere) == "unknown_place"
    ring = {"type": "Polygon", "coordinates": [AREA["coordinates"][0][:3]]}
    open_ = {**nowhere, "siteId": "lake", "geometry": json.dumps(ring)}
    assert shores.refuses("registerOutline", **open_) == "impossible_geometry"
