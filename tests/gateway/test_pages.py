"""Pages of lists: put together they are the list, whatever comes meanwhile, and a cursor is its question's own."""

from typing import Any

from starlette.testclient import TestClient

from eventlog.codec import drafts
from running.platform import Platform
from tests.factories import section
from tests.journeys.steps import fold

PAGE = """query($first: Int!, $after: String, $kind: String) {
  sites(first: $first, after: $after, kind: $kind) {
    nodes { siteId } edges { cursor node { siteId } } pageInfo { hasNextPage endCursor moved } position } }"""


def asked(server: TestClient, **variables: Any) -> Any:
    answer = server.post("/graphql", json={"query": PAGE, "variables": variables}).json()
    return answer["data"]["sites"] if "errors" not in answer else answer["errors"][0]


def register(platform: Platform, *codes: str) -> None:
    platform.log.append(drafts([section(code) for code in codes]))
    fold(platform)


def test_pages_go_on_behind_the_last_row_whatever_is_recorded_between_them(
    server: TestClient, platform: Platform
) -> None:
    register(platform, "b", "d", "f")
    first = asked(server, first=2)
    assert [row["siteId"] for row in first["nodes"]] == ["b", "d"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["moved"]) == (True, False)
    register(platform, "a", "e")
    rest = asked(server, first=2, after=first["pageInfo"]["endCursor"])
    assert [row["siteId"] for row in rest["nodes"]] == ["e", "f"]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["moved"]) == (False, True)
    assert rest["position"] != first["position"]


def test_the_cursor_of_any_row_can_be_gone_on_from(server: TestClient, platform: Platform) -> None:
    register(platform, "a", "b", "c")
    edges = asked(server, first=3)["edges"]
    assert [row["siteId"] for row in asked(server, first=3, after=edges[0]["cursor"])["nodes"]] == ["b", "c"]


def test_a_cursor_of_another_question_or_of_nobody_is_refused(server: TestClient, platform: Platform) -> None:
    register(platform, "a", "b")
    cursor = asked(server, first=1)["pageInfo"]["endCursor"]
    for wrong in ({"after": cursor, "kind": "station"}, {"after": "none"}, {"after": "W10"}, {"after": "é"}):
        assert asked(server, first=1, **wrong)["extensions"]["code"] == "BAD_CURSOR"


def test_a_page_has_as_many_rows_as_are_asked_for_and_says_that_there_are_more(
    server: TestClient, platform: Platform
) -> None:
    register(platform, "a", "b", "c")
    answer = server.post("/graphql", json={"query": "{ sites(first: 2) { nodes { siteId } } }"}).json()
    assert len(answer["data"]["sites"]["nodes"]) == 2
    assert answer["extensions"]["cut"] == {"sites": 2}
    assert asked(server, first=0)["pageInfo"] == {"hasNextPage": True, "endCursor": None, "moved": False}
