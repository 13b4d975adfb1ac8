"""A12: low-carbon actions earn coins, which are spent, given, redeemed and taken back; the ledger sums to zero."""

from typing import Any

import pytest

from tests.journeys.house import House


@pytest.fixture(scope="module")
def town(house: House) -> House:
    for account, kind in (("mei", "PERSON"), ("lin", "PERSON"), ("shop", "MERCHANT")):
        house.does("openCoinAccount", accountId=account, kind=kind)
    return house


def acts(house: House, number: str, kind: str, amount: float, unit: str, **more: Any) -> None:
    given = {"accountId": "mei", "actedOn": "2026-05-01", **more}
    house.does("recordLowCarbonAction", actionNo=number, kind=kind, amount=amount, unit=unit, **given)


def balances(house: House) -> dict[str, int]:
    return {row["accountId"]: row["balance"] for row in house.one("coinAccounts", "accountId balance")}


def test_an_action_saves_by_its_factor_and_earns_once(town: House) -> None:
    before = balances(town)
    acts(town, "a1", "CYCLING", 15.0, "km")
    rows = {
        row[0]: row[1:] for row in town.rows('lowCarbonActions(accountId: "mei")', "actionNo reductionKgCo2e coins")
    }
    assert rows["a1"] == (3.0, 0)  # 15 km × 0.2 kg/km; coins come when they are issued
    town.does("issueCoins", accountId="mei", actionNo="a1")
    assert balances(town)["mei"] == before["mei"] + 30  # 3 kg × 10 coins
    assert town.does("issueCoins", accountId="mei", actionNo="a1") == []
    assert balances(town)["mei"] == before["mei"] + 30
    assert town.refuses("issueCoins", accountId="lin", actionNo="a1") == "other_person"


def test_electricity_is_reckoned_by_the_nation_s_factor(town: House) -> None:
    acts(town, "b1", "ELECTRICITY_SAVED", 50.0, "kWh")
    rows = {row[0]: row[1:] for row in town.rows("lowCarbonActions", "actionNo reductionKgCo2e factorStatus")}
    saved, status = rows["b1"]
    assert saved == pytest.approx(26.83)  # 50 kWh × 0.5366 kg/kWh, the national average of 2022
    assert "from-knowledge" in status  # the coins for it are the district's to set, and it says so


def test_more_than_a_day_s_walk_is_refused_and_so_is_a_wrong_unit(town: House) -> None:
    walk = {"actionNo": "c1", "accountId": "mei", "kind": "WALKING", "actedOn": "2026-05-01"}
    assert town.refuses("recordLowCarbonAction", amount=30.1, unit="km", **walk)
    assert town.refuses("recordLowCarbonAction", amount=3.0, unit="m", **walk)
    assert town.refuses("recordLowCarbonAction", amount=3.0, unit="km", **{**walk, "actedOn": "2026-11-24"})
    acts(town, "c1", "WALKING", 30.0, "km")


def test_coins_go_on_and_come_back_and_all_balances_sum_to_zero(town: House) -> None:
    before = balances(town)
    acts(town, "d1", "RECYCLING", 4.0, "kg", accountId="lin")
    town.does("issueCoins", accountId="lin", actionNo="d1")  # 4 kg × 1 kg/kg × 10
    town.does("spendCoins", accountId="lin", postingNo="s1", merchantId="shop", coins=25)
    town.does("transferCoins", accountId="lin", postingNo="t1", toAccountId="mei", coins=5)
    town.does("redeemCoins", accountId="shop", postingNo="r1", coins=20)
    now = balances(town)
    moved = {name: now[name] - before.get(name, 0) for name in now}
    assert moved == {"issuer": -20, "lin": 10, "mei": 5, "shop": 5}
    assert sum(now.values()) == 0
    assert town.refuses("spendCoins", accountId="lin", postingNo="s2", merchantId="shop", coins=now["lin"] + 1) == (
        "balance_too_low"
    )
    # a posting is reversed by its opposite, while the coins are there
    town.does("redeemCoins", accountId="shop", postingNo="r2", coins=now["shop"])
    undo = {"accountId": "shop", "postingNo": "u1", "ofAccountId": "lin", "reversedNo": "s1", "reason": "误记"}
    assert town.refuses("reverseCoins", **undo) == "balance_too_low"  # what the shop was paid, it has redeemed
    assert sum(balances(town).values()) == 0


def test_actions_are_summed_by_kind_and_lose_their_coins_when_taken_back(town: House) -> None:
    town.does("openCoinAccount", accountId="wang", kind="PERSON")
    acts(town, "e1", "BUS", 40.0, "km", accountId="wang")
    town.does("issueCoins", accountId="wang", actionNo="e1")  # 40 km × 0.1 kg/km × 10
    totals = "kind simulated actions rewarded coins reductionKgCo2e"
    assert ("BUS", False, 1, 1, 40, 4.0) in town.rows("lowCarbonTotals", totals)
    town.does(
        "reverseCoins", accountId="wang", postingNo="u9", ofAccountId="wang", reversedNo="e1", reason="骑错人"
    )
    assert ("BUS", False, 1, 0, 0, 4.0) in town.rows("lowCarbonTotals", totals)
    statement = town.one('coinAccount(accountId: "wang")', "statement { kind coins balance }")["statement"]
    assert [tuple(entry.values()) for entry in statement] == [("ISSUE", 40, 40), ("REVERSAL", -40, 0)]


def test_what_is_in_circulation_is_what_was_issued_and_not_redeemed_or_taken_back(town: House) -> None:
    ((circulating, issued, redeemed),) = town.rows("coinTotals", "inCirculation issued redeemed")
    held = {name: coins for name, coins in balances(town).items() if name != "issuer"}
    assert circulating == sum(held.values()) == -balances(town)["issuer"]
    assert issued >= redeemed
