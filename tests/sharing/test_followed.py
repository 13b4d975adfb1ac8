"""Who follows a data set by what changed has, in the end, the table: whatever is corrected, added and withdrawn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from eventlog.codec import drafts
from gateway.sharing.followed import Followed
from running.operations import OPERATIONS
from running.platform import Platform
from tests.factories import NOON, hours, observation, section
from tests.journeys.steps import fold

Copy = dict[tuple[Any, ...], dict[str, Any]]


class Follower:
    """Keeps a copy by changes alone."""

    def __init__(self, server: TestClient, data_set: str, key: tuple[str, ...], **asked: str) -> None:
        self._server, self._url, self._key, self._asked = server, f"/api/v1/{data_set}", key, asked
        self.since, self.copy, self.seen = "start", Copy(), list[str]()

    def follow(self) -> None:
        answer = self._server.get(self._url, params={**self._asked, "changedSince": self.since})
        assert answer.status_code == 200, answer.text
        said = answer.json()
        for row in said["rows"]:
            change, key = row.pop("change"), tuple(row[name] for name in self._key)
            self.seen.append(change)
            if change == "WITHDRAWN":
                assert [name for name, value in row.items() if value is not None and name not in self._key] == []
                del self.copy[key]
            else:
                assert (key in self.copy) == (change == "CORRECTED")
                self.copy[key] = row
        self.since = said["since"]

    def table(self) -> Copy:
        rows = self._server.get(self._url, params=self._asked).json()["rows"]
        return {tuple(row[name] for name in self._key): row for row in rows}


def state(platform: Platform, hour: int, value: float | None, statement: int) -> None:
    said = {"PM2.5": value, "PM10": 60.0}
    platform.log.append(drafts([observation("S", hours(NOON, 6)[hour], said, statement=statement)]))
    fold(platform)


def test_a_copy_learns_of_new_corrected_and_withdrawn_rows(server: TestClient, platform: Platform) -> None:
    follower = Follower(server, "base.site", ("site_id",), status="IN_USE")
    platform.log.append(drafts([section("a"), section("b")]))
    fold(platform)
    follower.follow()
    assert (follower.seen, set(follower.copy)) == (["NEW", "NEW"], {("a",), ("b",)})
    follower.follow()
    assert follower.seen == ["NEW", "NEW"]
    answer = server.post("/graphql", json={"query": RETIRE}).json()
    assert answer["data"]["retireSite"]["__typename"] == "Accepted", answer
    platform.log.append(drafts([section("c")]))
    fold(platform)
    follower.follow()
    assert sorted(follower.seen[2:]) == ["NEW", "WITHDRAWN"]
    assert follower.copy == follower.table()


RETIRE = """mutation { retireSite(input: {source: "test", siteId: "a", reason: "x"}) { __typename } }"""

steps = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 5), st.one_of(st.none(), st.floats(1, 900, width=16))),
        st.just("follow"),
        st.just("rebuild"),
    ),
    min_size=3,
    max_size=14,
)


@given(steps=steps)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_copy_converges_to_the_table(server: TestClient, platform: Platform, steps: list[Any]) -> None:
    follower = Follower(server, "air.hourly", ("site_id", "observed_at"))
    daily = Follower(server, "air.daily", ("site_id", "day"))
    for step in steps:
        if step == "follow":
            follower.follow()
        elif step == "rebuild":
            OPERATIONS["replay"](platform, {}, lambda *_: None)
        else:
            state(platform, step[0], step[1], next(NUMBERS))
    for each in (follower, daily):
        each.follow()
        assert each.copy == each.table()


def numbers() -> Iterator[int]:
    number = 1
    while True:
        yield number
        number += 1


NUMBERS = numbers()


def test_who_comes_from_a_place_that_is_not_known_is_told_to_start_anew(server: TestClient) -> None:
    answer = server.get("/api/v1/air.hourly?changedSince=env1357.air/0:7~0123456789abcdef")
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
    assert "changedSince=start" in answer.json()["remedy"]


def test_a_token_is_of_its_rows_and_of_those_who_may_see_them(server: TestClient, platform: Platform) -> None:
    state(platform, 0, 5.0, 1)
    token = server.get("/api/v1/air.hourly?changedSince=start").json()["since"]
    asks: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"site_id": "S"}, {}),
        ({}, {"Authorization": "Bearer key"}),
    ]
    for more, headers in asks:
        asked = {"changedSince": token, **more}
        assert server.get("/api/v1/air.hourly", params=asked, headers=headers).status_code == 410


def test_sums_that_are_not_asked_for_make_room(tmp_path: Path, server: TestClient, platform: Platform) -> None:
    state(platform, 0, 5.0, 1)
    server.app.state.downloads._followed = Followed(tmp_path / "followed", most_bytes=1)  # type: ignore[attr-defined]
    first = server.get("/api/v1/air.hourly?changedSince=start").json()["since"]
    state(platform, 1, 5.0, 1)
    second = server.get("/api/v1/air.hourly", params={"changedSince": first}).json()["since"]
    assert server.get("/api/v1/air.hourly", params={"changedSince": first}).status_code == 410
    assert server.get("/api/v1/air.hourly", params={"changedSince": second}).json()["count"] == 0


@pytest.mark.parametrize("more", ["first=1", "asOf=2026-01-01T00:00:00Z", "format=geojson"])
def test_changes_are_not_asked_for_in_part(server: TestClient, more: str) -> None:
    answer = server.get(f"/api/v1/air.hourly?changedSince=start&{more}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")


def test_changes_come_in_every_format_of_rows(server: TestClient, platform: Platform) -> None:
    state(platform, 0, 5.0, 1)
    for form in ("csv", "xlsx", "parquet", "arrow"):
        answer = server.get(f"/api/v1/air.hourly?changedSince=start&format={form}")
        assert (answer.status_code, answer.headers["x-row-count"]) == (200, "1"), form
        assert "~" in answer.headers["x-since"]
