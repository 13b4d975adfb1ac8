"""How often one may ask, and which other sites' pages may: what stands before all routes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from gateway.front.doors import Doors
from gateway.front.rates import BadRate, rate

MAP_SITE = "https://map.example.org"
CROSS = {"Origin": MAP_SITE, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}


async def said(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


@contextmanager
def behind(doors: Doors, address: str = "198.51.100.7") -> Iterator[TestClient]:
    routes = [Route("/graphql", said, methods=["GET", "POST"]), Route("/healthz", said)]
    app = Starlette(routes=routes, middleware=doors.middleware())
    with TestClient(app, base_url="http://localhost", client=(address, 40000)) as client:
        yield client


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    with behind(Doors(rate_of_address="3/minute")) as client:
        assert [client.get("/graphql").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        turned_away = client.get("/graphql")
        assert 1 <= int(turned_away.headers["retry-after"]) <= 120
        assert turned_away.json()["code"] == "too_often"
        assert "3 requests in 60 s" in turned_away.json()["message"]
        assert client.get("/healthz").status_code == 200  # who watches is never turned away


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8::1", "2001:db8::ffff", True),  # one customer's network
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
    ],
)
def test_addresses_are_counted_apart(one: str, other: str, same: bool) -> None:
    with behind(Doors(rate_of_address="1/hour"), one) as client:
        assert client.get("/graphql").status_code == 200
        again = TestClient(client.app, base_url="http://localhost", client=(other, 1)).get("/graphql")
        assert again.status_code == (429 if same else 200)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_the_machine_itself_is_not_counted_by_address_but_by_key(address: str) -> None:
    with behind(Doors(rate_of_address="1/hour", rate_of_key="2/hour"), address) as client:
        assert {client.get("/graphql").status_code for _ in range(5)} == {200}
        one, other = ({"Authorization": f"Bearer {token}"} for token in ("a", "b"))
        assert [client.get("/graphql", headers=one).status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/graphql", headers=other).status_code == 200


@given(st.integers(1, 10**6), st.sampled_from(["second", "minute", "hour", "day"]))
def test_a_rate_is_a_number_in_a_time(count: int, time: str) -> None:
    item = rate(f"{count}/{time}")
    assert item is not None
    assert (item.amount, item.get_expiry()) == (
        count,
        {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[time],
    )


def test_no_rate_sets_no_limit_and_what_is_none_is_refused() -> None:
    assert rate("") is None
    for text in ("often", "1", "1/fortnight", "-1/second x"):
        with pytest.raises(BadRate, match="1200/minute"):
            rate(text)


def test_an_invited_site_s_page_may_ask_without_its_visitor_s_session() -> None:
    with behind(Doors(origins=[MAP_SITE])) as client:
        asks = CROSS | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        before = client.options("/graphql", headers=asks)
        assert (before.status_code, before.headers["access-control-allow-origin"]) == (200, MAP_SITE)
        answer = client.post("/graphql", headers=CROSS)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, MAP_SITE)
        for each in (before, answer):
            assert "access-control-allow-credentials" not in each.headers


@pytest.mark.parametrize("origin", ["https://map.example.org.evil.example", "http://map.example.org", "null", ""])
def test_other_sites_pages_are_turned_away(origin: str) -> None:
    with behind(Doors(origins=[MAP_SITE])) as client:
        for method in ("OPTIONS", "GET", "POST"):
            assert client.request(method, "/graphql", headers=CROSS | {"Origin": origin}).status_code == 403
