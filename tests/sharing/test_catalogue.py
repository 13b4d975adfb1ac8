"""What is written down about data sets: an index, an entry and page of each, and the catalogue by DCAT 3."""

import re
from typing import Any

from starlette.testclient import TestClient

from eventlog.codec import drafts
from gateway.sharing.datasets import data_sets
from gateway.sharing.entries import unit
from projections.catalogue import catalogue
from projections.columns import columns
from running.platform import Platform
from tests.factories import NOON, observation, section
from tests.journeys.steps import fold

KEY = {"Authorization": "Bearer key"}


def test_the_index_lists_what_the_caller_has_and_each_of_it_is_there(server: TestClient) -> None:
    for headers, seen in (({}, "public"), (KEY, "restricted")):
        listed = server.get("/api/v1/", headers=headers).json()["data_sets"]
        assert [each["name"] for each in listed] == list(data_sets(seen))
        for each in listed:
            said = server.get(each["about"], headers=headers).json()
            assert (said["name"], said["fields"] != []) == (each["name"], True)


def test_nothing_that_is_not_public_is_named_to_the_public(server: TestClient) -> None:
    said = server.get("/api/v1/").text + server.get("/dcat").text
    assert [
        name for name in catalogue().projections if name not in data_sets("public") and f'"{name}"' in said
    ] == []
    for name in data_sets("public"):
        fields = {field["name"] for field in server.get(f"/api/v1/{name}/about").json()["fields"]}
        assert fields == {c.name for c in columns(name).values() if c.words and c.disclosure == "public"}, name
    assert server.get("/api/v1/soil.waste_shipment/about").status_code == 404


def test_an_entry_says_what_one_needs(server: TestClient, platform: Platform) -> None:
    platform.log.append(drafts([observation("S", NOON, {"PM2.5": 35.0})]))
    fold(platform)
    said = server.get("/api/v1/air.hourly/about").json()
    (pm25,) = [field for field in said["fields"] if field["name"] == "pm25_ug_m3"]
    assert (pm25["unit"], pm25["disclosure"]) == ("µg/m³", "public")
    assert (said["rows"], said["coverage"]["column"]) == (1, "observed_at")
    assert said["coverage"]["from"] == said["coverage"]["until"] == NOON.replace(tzinfo=None).isoformat()
    assert said["age_h"] == round((platform.clock() - NOON).total_seconds() / 3600, 1)
    assert (said["national"]["共享属性"], said["disclosure"]) == ("无条件共享", "public")
    internal = server.get("/api/v1/soil.waste_shipment/about", headers=KEY).json()
    assert (internal["national"]["共享属性"], internal["national"]["开放属性"]) == ("有条件共享", "不予开放")


def test_the_calls_of_an_entry_are_answered(server: TestClient, platform: Platform) -> None:
    platform.log.append(drafts([section("a")]))
    fold(platform)
    for call in server.get("/api/v1/base.site/about").json()["calls"].values():
        (url,) = re.findall(r"https?://[^'\"]+", call)
        assert server.get(url).headers["x-row-count"] == "1"


def test_a_browser_gets_pages(server: TestClient) -> None:
    browser = {"Accept": "text/html,*/*"}
    assert "air.hourly/about" in server.get("/api/v1/", headers=browser).text
    page = server.get("/api/v1/air.hourly/about", headers=browser)
    assert page.headers["content-type"].startswith("text/html")
    assert "pm25_ug_m3" in page.text


def test_the_catalogue_is_dcat(server: TestClient) -> None:
    answer = server.get("/dcat")
    said: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/ld+json"
    assert (said["@type"], len(said["dcat:dataset"])) == ("dcat:Catalog", len(data_sets("public")))
    prefixes = set(said["@context"])
    for data_set in said["dcat:dataset"]:
        assert {"dct:title", "dct:description", "dct:identifier", "dcat:distribution"} <= set(data_set)
        used = {name.partition(":")[0] for name in data_set if not name.startswith("@")}
        assert used <= prefixes
        for distribution in data_set["dcat:distribution"]:
            assert distribution["dcat:downloadURL"]["@id"].startswith("http")
    first = said["dcat:dataset"][0]["dcat:distribution"][0]
    assert server.get(first["dcat:downloadURL"]["@id"]).status_code == 200


def test_a_unit_is_the_end_of_a_name() -> None:
    assert [unit(name) for name in ("pm25_ug_m3", "loaded_t", "aqi", "area_km2", "t")] == [
        "µg/m³", "t", None, "km²", None,
    ]  # fmt: skip
