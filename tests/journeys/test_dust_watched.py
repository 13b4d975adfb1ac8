"""Dust: a site is registered, watched, inspected, changed and finished; what its monitor states is no AQI."""

from typing import Any

import orjson

from gateway.maps import geojson
from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold, observe, source_monitor

SITE = {
    "siteId": "d", "nameZh": "一号工地", "nameEn": "Site 1", "positionSource": "test", "lon": 116.0, "lat": 29.7,
    "dustKind": "CONSTRUCTION", "videoUrls": ["https://video.test/d"],
}  # fmt: skip
SIX = ("fencing", "covering", "vehicleWashing", "hardenedGround", "wetWork", "closedTransport")
ASKED = "{ dustSources { nodes { state responsibleBody videoUrls measuresMet exceedances } } }"
AT = {"inspectedAt": "2022-01-10T02:00:00Z"}
SPAN = 'since: "2022-01-03T00:00:00Z", until: "2022-01-04T00:00:00Z"'
EXCEEDED = f"""{{ sourceExceedances({SPAN}) {{
  nodes {{ factor value limitValue multiple standard clause limitStatus }} }} }}"""


def test_a_dust_source_is_watched_from_its_register_to_its_end(platform: Platform, ask: Ask) -> None:
    assert command(ask, "registerDustSource", **{**SITE, "videoUrls": ["x"]})["where"] == "video_urls"
    assert command(ask, "registerDustSource", **SITE)["eventIds"]
    source_monitor(ask, "m", "DUST_SOURCE", "d")
    observe(ask, "m", "2022-01-03T04:00:00Z", {"PM10": 1250.0, "Leq": 68.0})
    observe(ask, "m", "2022-01-03T15:00:00Z", {"PM10": 900.0, "Leq": 68.0})  # 23:00: the limit of the night
    fold(platform)
    day, night = ask(EXCEEDED)["sourceExceedances"]["nodes"]
    assert day["limitStatus"].startswith("from-knowledge")
    assert [*day.values()][:5] == ["PM10", 1250.0, 1000.0, 0.25, "GB 16297-1996"]
    assert [*night.values()][:6] == ["Leq", 68.0, 55.0, None, "GB 12523-2011", "4.1"]
    assert ask(f'{{ airHours(siteId: "m", {SPAN}) {{ aqi }} }}')["airHours"] == {"aqi": []}

    met = {name: name != "wetWork" for name in SIX}
    assert command(ask, "inspectDustMeasures", siteId="d", inspectors=["甲"], **AT, **met)["eventIds"]
    assert command(ask, "registerDustSource", **SITE, responsibleBody="演示建设")["eventIds"]
    expected = {
        "state": "ACTIVE", "responsibleBody": "演示建设", "videoUrls": SITE["videoUrls"], "measuresMet": 5,
        "exceedances": 2,
    }  # fmt: skip
    assert ask(ASKED)["dustSources"]["nodes"] == [expected]
    map_ = {f["id"]: f["properties"] for f in platform_map(platform)}
    assert (map_["d"]["exceedances"], map_["m"]["exceedances"], map_["m"].get("aqi")) == (2, 2, None)

    ended = {"siteId": "d", "finishedOn": "2022-02-01", "reason": "竣工"}
    assert command(ask, "finishDustSource", **ended)["eventIds"]
    assert command(ask, "finishDustSource", **ended)["code"] == "illegal_step"
    assert command(ask, "inspectDustMeasures", siteId="d", inspectors=["甲"], **AT, **met)["code"] == "illegal_step"
    assert ask(ASKED.replace("dustSources", 'dustSources(state: "ACTIVE")'))["dustSources"]["nodes"] == []
    assert command(ask, "registerDustSource", **SITE)["eventIds"]
    assert ask(ASKED)["dustSources"]["nodes"][0]["state"] == "ACTIVE"


def platform_map(platform: Platform) -> list[dict[str, Any]]:
    with platform.database.read() as snapshot:
        features: list[dict[str, Any]] = orjson.loads(geojson(snapshot.connection, "air"))["features"]
    return features


def test_nothing_is_observed_by_what_is_watched(ask: Ask) -> None:
    assert command(ask, "registerDustSource", **SITE)["eventIds"]
    readings = [{"factor": "PM10", "value": 1.0}]
    said = {
        "siteId": "d",
        "period": "HOUR",
        "observedAt": "2022-01-03T04:00:00Z",
        "source": "t",
        "readings": readings,
    }
    document = "mutation($input: [ObservationInput!]!) { recordObservations(input: $input) { refused { code } } }"
    assert ask(document, input=[said])["recordObservations"]["refused"] == [{"code": "unknown_site"}]
