"""Whatever can't be accepted is answered with what, where and what to do, and is kept."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from running.platform import Platform
from tests.conftest import Ask
from tests.journeys.steps import command, fold

RECORD = """mutation($input: [ObservationInput!]!) {
  recordObservations(input: $input) { accepted refused { code message where remedy } } }"""
KEPT = "{ quarantine { nodes { channel origin code message location remedy bytes } } }"
SOUND: dict[str, Any] = {
    "siteId": "1803A", "period": "HOUR", "observedAt": "2022-01-03T04:00:00Z", "source": "logger 7",
    "readings": [{"factor": "PM2.5", "value": 40}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"siteId": "1803B"}, "unknown_site"),
        ({"readings": [{"factor": "PM25", "value": 40}]}, "unknown_factor"),
        ({"readings": [{"factor": "PM2.5", "value": "forty"}]}, "not_a_number"),
        ({"readings": [{"factor": "PM2.5", "value": True}]}, "not_a_number"),
        ({"readings": [{"factor": "PM2.5", "value": [1, 2]}]}, "not_a_number"),
        ({"readings": [{"factor": "PM2.5", "value": 40, "mark": "ZZ"}]}, "unknown_mark"),
        ({"observedAt": "2126-01-03T04:00:00Z"}, "in_the_future"),
        ({"observedAt": "9999-12-31T23:00:00-14:00"}, "in_the_future"),
        ({"observedAt": "0001-01-01T00:00:00+14:00"}, "too_early"),
        ({"readings": [{"factor": "PM2.5", "value": "４０"}]}, "not_a_number"),
        ({"readings": [{"factor": "PM2.5", "value": "4_0"}]}, "not_a_number"),
        ({"readings": [{"factor": "PM2.5", "value": "1" + "0" * 400}]}, "not_a_number"),
        ({"siteId": "1803\x00A"}, "unknown_site"),
    ],
)
def test_bad_input_is_kept_and_the_rest_goes_on(
    platform: Platform, ask: Ask, changed: dict[str, Any], code: str
) -> None:
    station = {
        "siteId": "1803A",
        "nameZh": "十里",
        "nameEn": "Shili",
        "positionSource": "test",
        "network": "NATIONAL",
    }
    command(ask, "registerStation", **station)
    answer = ask(RECORD, input=[{**SOUND, **changed}, SOUND])["recordObservations"]
    assert answer["accepted"] == 1
    (refused,) = answer["refused"]
    assert refused["code"] == code
    assert all(refused[part] for part in ("message", "where", "remedy"))
    fold(platform)
    (kept,) = ask(KEPT)["quarantine"]["nodes"]
    assert (kept["code"], kept["channel"], kept["origin"]) == (code, "graphql", "logger 7")
    assert kept["bytes"] > 50


@pytest.mark.parametrize(
    "changed", [{"observedAt": "yesterday"}, {"siteId": None}, {"station": "1803A"}, {"readings": "none"}]
)
def test_a_request_that_does_not_fit_the_schema_is_told_so_and_kept(
    platform: Platform, server: TestClient, ask: Ask, changed: dict[str, Any]
) -> None:
    answer = server.post("/graphql", json={"query": RECORD, "variables": {"input": [{**SOUND, **changed}]}}).json()
    (error,) = answer["errors"]
    assert next(iter(changed)) in error["message"]
    assert error["extensions"] == {"code": "BAD_INPUT", "quarantined": True}
    fold(platform)
    (kept,) = ask(KEPT)["quarantine"]["nodes"]
    assert (kept["code"], kept["location"]) == ("does_not_fit_the_schema", "variables")
    assert kept["message"] == error["message"]
