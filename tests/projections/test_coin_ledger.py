"""Carbon coins: whatever is asked for, entries sum to zero, and nobody but the issuer ever owes coins."""

import shutil
import uuid
from collections import Counter
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event, drafts
from projections import replay
from projections.database import Limits
from running.platform import Platform, open_platform
from services.air.coin_account import ISSUER
from services.air.coins import (
    IssueCoins,
    OpenCoinAccount,
    RecordLowCarbonAction,
    RedeemCoins,
    ReverseCoins,
    SpendCoins,
    TransferCoins,
)
from services.decider import Command
from tests.conftest import NOW
from tests.factories import Tables, envelope

PERSONS, MERCHANTS, NUMBERS = ["p1", "p2"], ["m1"], ["1", "2", "3", "4"]
SAID: dict[str, Any] = {"source": "test"}
account, person, merchant = (st.sampled_from(names) for names in (PERSONS + MERCHANTS, PERSONS, MERCHANTS))
number, coins = st.sampled_from(NUMBERS), st.integers(-1, 45)


@st.composite
def command(draw: st.DrawFn) -> Command:
    """Any step: many are refused, for want of coins, of accounts or of what they would reverse."""
    who, no, many = draw(person), draw(number), draw(coins)
    other = draw(st.sampled_from([*PERSONS, *MERCHANTS, "x"]))
    shop = draw(merchant)
    return draw(
        st.sampled_from(
            [
                IssueCoins(account_id=who, action_no=f"{who}-{no}", **SAID),
                SpendCoins(account_id=who, posting_no=no, merchant_id=shop, coins=many, **SAID),
                TransferCoins(account_id=who, posting_no=no, to_account_id=other, coins=many, **SAID),
                RedeemCoins(account_id=shop, posting_no=no, coins=many, **SAID),
                ReverseCoins(
                    account_id=draw(account), posting_no=f"u{no}", of_account_id=who,
                    reversed_no=draw(st.sampled_from([no, f"{who}-{no}"])), reason="x", **SAID,
                ),
            ]
        )
    )  # fmt: skip


STEPS = st.lists(st.one_of(st.lists(command(), min_size=1, max_size=3), st.integers(0, 20)), max_size=15)
"""Commands that are decided from one state and appended together, or which posting a stale author rivals."""


def begin(platform: Platform) -> None:
    """Open the accounts, and record the actions that coins may be issued for."""
    for name in PERSONS + MERCHANTS:
        kind = "PERSON" if name in PERSONS else "MERCHANT"
        platform.handler.handle(OpenCoinAccount(account_id=name, kind=kind, **SAID))
    actions = [
        RecordLowCarbonAction(
            action_no=f"{name}-{no}", account_id=name, kind="WALKING", amount=float(5 * int(no)), unit="km",
            acted_on=date(2022, 1, 4), **SAID,
        )
        for name in PERSONS
        for no in NUMBERS
    ]  # fmt: skip
    platform.handler.handle_all(actions)
    platform.handler.handle_all([IssueCoins(account_id=n, action_no=f"{n}-4", **SAID) for n in PERSONS])


def rival(platform: Platform, which: int) -> None:
    """Append what an author would have said who saw the same head as the author of a posting that counts."""
    said = postings(platform)
    chosen = dict(said[which % len(said)])
    chosen.pop("log_offset"), chosen.pop("sequence")
    again = {**chosen, "event_id": str(uuid.uuid4()), "posting_no": f"rival-{which}", "coins": 1000}
    moments = {name: again[name].replace(tzinfo=UTC) for name in ("occurred_at", "recorded_at")}
    previous = str(again["previous"]) if again["previous"] else None
    offsets = platform.log.append(drafts([Event("air.coins_posted", {**again, **moments, "previous": previous})]))
    assert platform.follower.wait_for(offsets, 30)


def postings(platform: Platform) -> list[dict[str, Any]]:
    with platform.database.read() as snapshot:
        return list(
            snapshot.connection.sql("FROM base.coins_posted ORDER BY log_offset").pl().iter_rows(named=True)
        )


def entries(platform: Platform) -> dict[str, int]:
    with platform.database.read() as snapshot:
        rows = snapshot.connection.execute("SELECT account_id, balance FROM air.coin_balance").fetchall()
    return dict(rows)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_no_account_but_the_issuers_ever_owes_whatever_is_asked_for(
    laid_out: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[list[Command] | int]
) -> None:
    data = tmp_path_factory.mktemp("coins")
    shutil.copy(laid_out, data / "projections.duckdb")
    with open_platform(data, Limits(threads=1), lambda: NOW) as platform:
        begin(platform)
        for step in steps:
            if isinstance(step, int):
                rival(platform, step)
            else:
                platform.handler.handle_all(step)
        balance = Counter[str]()
        for posting in postings(platform):
            balance[posting["debit_account_id"]] -= posting["coins"]
            balance[posting["credit_account_id"]] += posting["coins"]
            assert min([0, *(held for name, held in balance.items() if name != ISSUER)]) == 0
        assert sum(balance.values()) == 0
        told = entries(platform)
        assert {name: told[name] for name in balance} == balance
        assert [t.table for t in replay.compare(platform.log, platform.database) if not t.equal] == []


def posting(no: str, debit: str, credit: str, many: int, of: str, previous: str | None = None) -> Event:
    said = {
        "posting_no": no,
        "kind": "SPEND",
        "debit_account_id": debit,
        "credit_account_id": credit,
        "coins": many,
    }
    more = {"action_no": None, "reversed_no": None, "note": None}
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, repr((no, debit, credit, many, of, previous))))
    return Event(
        "air.coins_posted", {**envelope(f"coin_account/{of}", previous, event_id=event_id), **said, **more}
    )


def test_of_two_rival_spendings_one_counts(tables: Tables) -> None:
    tables.given(issue := posting("1", ISSUER, "p", 10, "p"))
    head = issue.fields["event_id"]
    tables.given(posting("2", "p", "a", 10, "p", head), posting("3", "p", "b", 10, "p", head))
    assert tables.rows("SELECT account_id, balance FROM air.coin_balance ORDER BY ALL") == [
        ("a", 10), (ISSUER, -10), ("p", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        posting("1", "p", "a", 10, "a"),
        posting("1", ISSUER, "p", 10, ISSUER),
        posting("1", "p", "p", 10, "p"),
        posting("1", "p", "a", 0, "p"),
        posting("1", "p", "a", -5, "p"),
    ],
)
def test_a_posting_that_does_not_belong_where_it_stands_moves_nothing(tables: Tables, event: Event) -> None:
    tables.given(event)
    assert tables.rows("FROM air.coin_entry") == []


def test_a_number_that_comes_again_moves_nothing(tables: Tables) -> None:
    tables.given(first := posting("1", ISSUER, "p", 10, "p"))
    tables.given(posting("1", ISSUER, "p", 7, "p", first.fields["event_id"]))
    assert tables.row("SELECT in_circulation FROM air.coin_total") == (10,)


def test_the_factor_of_the_day_says_what_an_action_saved(tables: Tables) -> None:
    said = {"action_no": "a", "account_id": "p", "kind": "WALKING", "unit": "km", "evidence": None}
    for day, amount in ((date(2022, 1, 4), 10.0), (date(2019, 1, 1), 10.0), (date(2022, 1, 4), 1e300)):
        name = f"{day}/{amount}"
        more = {"action_no": name, "amount": amount, "acted_on": day}
        tables.given(
            Event("air.low_carbon_action_recorded", {**envelope(f"low_carbon_action/{name}"), **said, **more})
        )
    rows = tables.rows("SELECT action_no, reduction_kg_co2e FROM air.low_carbon_action ORDER BY ALL")
    assert rows == [("2019-01-01/10.0", None), ("2022-01-04/10.0", 2.0), ("2022-01-04/1e+300", None)]
