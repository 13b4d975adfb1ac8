"""The abstract tests of OGC API Features, Part 1 (17-069r4, Annex A) and Part 2 (18-058r1, Annex A)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from eventlog.codec import drafts
from gateway.ogc.wanted import CRS, CRS84, MOST_ITEMS
from gateway.sharing.datasets import data_sets
from running.platform import Platform
from tests.factories import NOON, hours, observation, place, section
from tests.journeys.steps import fold

STATION: dict[str, Any] = {"network": "NATIONAL", "operator": None, "subdistrict_id": None, "factors": ["PM10"]}
SITES, HOURS = "/ogc/collections/base.site/items", "/ogc/collections/air.hourly/items"
EPSG4326, EPSG4490 = CRS[1:]


@pytest.fixture
def filled(server: TestClient, platform: Platform) -> TestClient:
    """Three places and the hours of one of them."""
    station = place("air.station_registered", "station", "S", lon=116.0, lat=29.7, **STATION)
    places = [station, section("east", lon=117.0, lat=29.8), section("north", lon=116.1, lat=30.5)]
    stated = [observation("S", at, {"PM10": 50.0}) for at in hours(NOON, 5)]
    platform.log.append(drafts([*places, *stated]))
    fold(platform)
    return server


def ids(client: TestClient, url: str, **asked: Any) -> list[str]:
    answer = client.get(url, params=asked)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["features"]]


def rels(said: Any) -> dict[str, str]:
    return {each["rel"]: each["href"] for each in said["links"]}


def test_a4_landing_page_links_to_definition_conformance_and_data(filled: TestClient) -> None:
    for path in ("/ogc", "/ogc/"):
        answer = filled.get(path)
        found = rels(answer.json())
        assert (answer.status_code, {"service-desc", "conformance", "data"} <= set(found)) == (200, True)
        assert [filled.get(href).status_code for href in found.values()] == [200] * len(found)


def test_a5_api_definition_is_openapi_3_0(filled: TestClient) -> None:
    answer = filled.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert answer.json()["openapi"].startswith("3.0.")
    for path in answer.json()["paths"]:
        asked = path.replace("{collectionId}", "base.site").replace("{featureId}", "S")
        assert filled.get(f"/ogc{asked}").status_code == 200, path


def test_a6_conformance_declares_core_openapi_geojson_and_crs(filled: TestClient) -> None:
    classes = {each.rsplit("/", 1)[1] for each in filled.get("/ogc/conformance").json()["conformsTo"]}
    assert classes == {"core", "oas30", "geojson", "crs"}


def test_a7_each_collection_says_id_links_extent_and_systems(filled: TestClient) -> None:
    said = filled.get("/ogc/collections").json()
    placed = [name for name, each in data_sets("public").items() if each.place != "none"]
    assert [each["id"] for each in said["collections"]] == placed
    for each in said["collections"]:
        found = rels(each)
        assert filled.get(found["self"]).json() == each
        assert filled.get(found["items"]).headers["content-type"] == "application/geo+json"
        assert filled.get(found["describedby"]).status_code == 200
        assert (each["crs"][0], each["storageCrs"], len(each["extent"]["spatial"]["bbox"][0])) == (CRS84, CRS84, 4)


def test_a8_items_are_a_feature_collection_with_its_counts_and_links(filled: TestClient) -> None:
    said = filled.get(SITES).json()
    assert said["type"] == "FeatureCollection"
    assert said["numberReturned"] == len(said["features"]) == 3
    assert "numberMatched" not in said
    assert datetime.fromisoformat(said["timeStamp"])
    assert set(rels(said)) == {"self", "collection"}
    for each in said["features"]:
        assert {"type", "id", "geometry", "properties"} == set(each)


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_a9_limit_and_next_tell_each_feature_once_and_the_last_page_has_no_next(
    filled: TestClient, limit: int
) -> None:
    found, url = [], f"{HOURS}?limit={limit}"
    while url:
        said = filled.get(url).json()
        assert said["numberReturned"] <= limit
        found += [each["id"] for each in said["features"]]
        url = rels(said).get("next", "")
    assert len(found) == len(set(found)) == 5


def test_a10_a_limit_beyond_the_highest_is_the_highest(filled: TestClient) -> None:
    assert ids(filled, SITES, limit=MOST_ITEMS * 10) == ids(filled, SITES)


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("115.9,29.6,116.05,29.75", ["S"]),
        ("115.9,29.6,0,116.05,29.75,100", ["S"]),
        ("116,29,118,31", ["S", "east", "north"]),
        ("116.9,29,-170,31", ["east"]),
        ("0,0,1,1", []),
    ],
)
def test_a11_bbox(filled: TestClient, bbox: str, found: list[str]) -> None:
    assert sorted(ids(filled, SITES, bbox=bbox)) == found


@pytest.mark.parametrize(
    ("interval", "count"),
    [("{0}", 1), ("{0}/{2}", 3), ("../{1}", 2), ("{3}/..", 2), ("{3}/", 2), ("/{1}", 2), ("{9}/..", 0)],
)
def test_a12_datetime(filled: TestClient, interval: str, count: int) -> None:
    times = [(NOON + timedelta(hours=hour)).isoformat() for hour in range(10)]
    assert len(ids(filled, HOURS, datetime=interval.format(*times))) == count


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=x", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=0,95,1,96", "datetime=x", "datetime=..",
        "datetime=0001-01-01T00:00:00%2B14:00",
        "datetime=2026-01-02T00:00:00Z/2026-01-01T00:00:00Z", "unknown=1", "crs=http://nowhere", "limit=1&limit=2",
        "bbox-crs=x&bbox=1,2,3,4", "after=x",
    ],
)  # fmt: skip
def test_a13_what_cannot_be_read_is_400(filled: TestClient, query: str) -> None:
    answer = filled.get(f"{HOURS}?{query}")
    assert (answer.status_code, bool(answer.json()["message"])) == (400, True)


def test_a14_a_feature_is_had_by_its_id_and_says_its_collection(filled: TestClient) -> None:
    for url in (SITES, HOURS):
        for each in filled.get(url).json()["features"]:
            answer = filled.get(f"{url}/{each['id']}")
            assert answer.headers["content-type"] == "application/geo+json"
            said = answer.json()
            assert {"self", "collection"} == set(rels(said))
            assert {name: said[name] for name in each} == each


def test_a15_what_is_not_there_is_404(filled: TestClient) -> None:
    for path in ("collections/none", "collections/none/items", "collections/base.site/items/none",
                 "collections/air.hourly/items/S~yesterday", "collections/soil.release_total"):  # fmt: skip
        assert filled.get(f"/ogc/{path}").status_code == 404, path


def test_crs_a1_positions_come_in_the_system_and_the_order_that_is_asked_for(filled: TestClient) -> None:
    for crs, position in (
        (None, [116.0, 29.7]),
        (CRS84, [116.0, 29.7]),
        (EPSG4326, [29.7, 116.0]),
        (EPSG4490, [29.7, 116.0]),
    ):
        asked = {"crs": crs} if crs else {}
        answer = filled.get(f"{SITES}/S", params=asked)
        assert answer.headers["content-crs"] == f"<{crs or CRS84}>"
        assert answer.json()["geometry"]["coordinates"] == position
        (first,) = filled.get(SITES, params={**asked, "limit": 1}).json()["features"]
        assert first["geometry"]["coordinates"] == position


def test_crs_a2_a_box_is_read_in_its_own_system(filled: TestClient) -> None:
    assert ids(filled, SITES, bbox="29.6,115.9,29.75,116.05", **{"bbox-crs": EPSG4490}) == ["S"]


def test_properties_are_filters_and_hidden_ones_are_none(filled: TestClient) -> None:
    assert ids(filled, SITES, name_zh="east") == ["east"]
    assert filled.get(SITES, params={"kind": "section"}).status_code == 400
    hidden = filled.get("/ogc/collections", headers={"Authorization": "Bearer key"}).json()["collections"]
    assert {each["id"] for each in hidden} > set(data_sets("public")) & {each["id"] for each in hidden}
