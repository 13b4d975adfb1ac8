"""What the holder of a key may state by the API for programs."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from running.keys import issue
from running.platform import Platform
from tests.gateway.test_api_observations import PATH, SAID, STATION


def test_a_key_for_sites_speaks_for_no_other(platform: Platform, server: TestClient) -> None:
    platform.handler.handle(STATION)
    _, token = issue(platform, "logger 8", "DEVICE", ["1804A"], "test")
    answer = server.post(PATH, json=SAID, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["refused"][0]["code"]) == (422, "not_your_site")


@pytest.mark.parametrize(
    ("claimed", "code"),
    [
        ({"source": "cnemc"}, "not_your_source"),
        ({"reviewed": True}, "not_a_reviewer"),
        ({"source": "logger 8"}, ""),
    ],
)
def test_a_key_for_sites_speaks_as_its_holder_and_nothing_as_final(
    platform: Platform, server: TestClient, claimed: dict[str, Any], code: str
) -> None:
    platform.handler.handle(STATION)
    _, token = issue(platform, "logger 8", "DEVICE", ["1803A"], "test")
    whole = server.post(PATH, json=[{**SAID, **claimed}], headers={"Authorization": f"Bearer {token}"})
    assert [why["code"] for why in whole.json()["refused"]] == ([code] if code else [])
    assert whole.json()["accepted"] == (0 if code else 1)
