"""One answer is computed once for all who ask, until a table that it read moves; never later."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from eventlog.codec import drafts
from gateway import maps
from gateway.graphql.context import Context
from gateway.kept import Kept, Shared, tables_in
from projections.catalogue import catalogue
from projections.database import Database
from running.platform import Platform
from tests.factories import NOON, SIX, observation
from tests.journeys.steps import command, fold

_NOW = "{ airNow { nodes { siteId aqi } } }"
_PROJECTS = "{ projects { nodes { projectId } } }"


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL that is asked of the tables for GraphQL."""
    asked, real = list[str](), Context.frame

    def frame(self: Context, sql: str, *given: Any) -> Any:
        asked.append(sql)
        return real(self, sql, *given)

    monkeypatch.setattr(Context, "frame", frame)
    return asked


def test_an_answer_is_kept_until_a_table_of_its_moves(
    platform: Platform, server: TestClient, questions: list[str], ask: Callable[..., Any]
) -> None:
    def answer(query: str) -> Any:
        return server.post("/graphql", json={"query": query}).json()

    platform.log.append(drafts([observation()]))
    fold(platform)
    first = answer(_NOW)
    assert [answer(_NOW) for _ in range(3)] == [first] * 3
    assert len(questions) == 1  # any number of pages, one question

    texts = dict.fromkeys(("projectId", "categoryZh", "nameZh", "nameEn", "contentZh", "unitZh"), "x")
    project = {**texts, "number": 1, "fromYear": 2021, "untilYear": 2025, "budgetYuan": 1.0}
    assert command(ask, "planProject", **project)["__typename"] == "Accepted"
    fold(platform)
    later = answer(_NOW)
    assert len(questions) == 1  # another table moved
    assert later["data"] == first["data"]
    assert later["extensions"]["position"] != first["extensions"]["position"]  # and holds at the new position
    assert answer(_PROJECTS)["data"] == {"projects": {"nodes": [{"projectId": "x"}]}}

    platform.log.append(
        drafts([observation(observed_at=NOON + timedelta(hours=1), readings={**SIX, "PM2.5": 150.0})])
    )
    fold(platform)
    asked = len(questions)
    assert answer(_NOW)["data"] != first["data"]
    assert len(questions) == asked + 1

    with platform.follower.paused():
        pass  # whoever pauses may change any table
    answer(_NOW)
    assert len(questions) == asked + 2


def test_variables_operations_and_schemas_are_told_apart(server: TestClient) -> None:
    document = "query A($n: Boolean!) { __typename @include(if: $n) } query B { sites { nodes { siteId } } }"

    def answer(path: str, operation: str, **variables: Any) -> Any:
        body = {"query": document, "operationName": operation, "variables": variables}
        return server.post(path, json=body).json()["data"]

    for _ in range(2):
        assert answer("/graphql", "A", n=True) == {"__typename": "Query"}
        assert answer("/graphql", "A", n=False) == {}
        assert answer("/graphql", "B") == {"sites": {"nodes": []}}
        typename = server.post("/mobile/public/graphql", json={"query": "{ __typename }"}).json()["data"]
        assert typename == {"__typename": "PublicQuery"}


def test_a_page_that_has_the_answer_is_told_so(platform: Platform, server: TestClient) -> None:
    paths = ["/graphql?query={airNow{ nodes {aqi} }}", "/maps/air.geojson"]
    tags = {path: server.get(path).headers["ETag"] for path in paths}
    for path, tag in tags.items():
        assert server.get(path, headers={"If-None-Match": tag}).status_code == 304
    platform.log.append(drafts([observation()]))
    fold(platform)
    for path, tag in tags.items():
        moved = server.get(path, headers={"If-None-Match": tag})
        assert moved.status_code == 200
        assert moved.headers["ETag"] != tag


def test_what_went_wrong_is_not_kept(server: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Context.frame

    def broken(*_: Any) -> Any:
        raise ValueError("no luck")

    monkeypatch.setattr(Context, "frame", broken)
    assert server.post("/graphql", json={"query": _NOW}).json()["errors"]
    monkeypatch.setattr(Context, "frame", real)
    assert server.post("/graphql", json={"query": _NOW}).json()["data"] == {"airNow": {"nodes": []}}


async def _gathered(shared: Shared[int], count: int, make: Callable[[], Any]) -> list[int]:
    return await asyncio.gather(*(shared.do("same", make) for _ in range(count)))


def test_those_who_ask_at_once_wait_for_one_computation() -> None:
    made = list[int]()

    async def make() -> int:
        await asyncio.sleep(0)
        made.append(1)
        return len(made)

    shared = Shared[int]()
    assert asyncio.run(_gathered(shared, 40, make)) == [1] * 40
    assert asyncio.run(_gathered(shared, 2, make)) == [2, 2]


def test_a_computation_ends_when_the_last_who_waits_for_it_leaves() -> None:
    ended = list[str]()

    async def make() -> int:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("ended")
            raise
        return 1

    async def leave() -> list[int]:
        shared = Shared[int]()
        waiting = [asyncio.create_task(shared.do("same", make)) for _ in range(2)]
        await asyncio.sleep(0.01)
        lengths = list[int]()
        for each in waiting:
            each.cancel()
            await asyncio.sleep(0.01)
            lengths.append(len(ended))
        return lengths

    assert asyncio.run(leave()) == [0, 1]


def test_kept_answers_have_a_bound(platform: Platform) -> None:
    kept = Kept(platform.database, 1000)
    for n in range(20):
        kept.put(n, kept.answer(b"x" * 100, [], kept.moves))
    assert [n for n in range(20) if kept.get(n)] == list(range(10, 20))
    kept.put("long", kept.answer(b"x" * 2000, [], kept.moves))
    assert kept.get("long") is None


@pytest.mark.parametrize("table", sorted(catalogue().projections))
def test_a_question_about_a_table_depends_on_all_that_it_follows_from(table: str) -> None:
    named = tables_in(f"WITH x AS (FROM {table}) SELECT * FROM x JOIN (SELECT 1) USING (y)")
    assert named == {table}


@pytest.mark.parametrize("name", sorted(maps.MAPS))
def test_a_map_says_what_it_is_read_from(name: str, laid_out: Path) -> None:
    with duckdb.connect(str(laid_out), read_only=True) as connection:
        connection.execute("PRAGMA disable_optimizer")  # which leaves out tables that are empty
        for part in maps.MAPS[name].tables:
            ((_, plan),) = connection.execute(f"EXPLAIN (FORMAT json) FROM {part}").fetchall()
            found = set(re.findall(r'"Table":\s*"(?:\w+\.)?(\w+\.\w+)"', plan))
            assert found  # what is below views
            assert found <= catalogue().closure(set(maps.reads(name)))


def test_revisions_follow_the_database(platform: Platform) -> None:
    database: Database = platform.database
    before = Kept(database, 1).moves
    database.note_moved(["air.hourly"])
    assert Kept(database, 1).moves != before
