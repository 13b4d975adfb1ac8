"""Carbon coins: an action earns coins, they are spent and given, and a balance never goes below zero."""

from typing import Any

from tests.conftest import Ask
from tests.journeys.steps import command


def opened(ask: Ask, **accounts: str) -> None:
    for account_id, kind in accounts.items():
        assert command(ask, "openCoinAccount", accountId=account_id, kind=kind)["eventIds"]


def walked(ask: Ask, number: str, km: float = 10.0, account_id: str = "p1") -> Any:
    action = {"actionNo": number, "accountId": account_id, "kind": "WALKING", "unit": "km", "actedOn": "2022-01-04"}
    assert command(ask, "recordLowCarbonAction", **action, amount=km)["eventIds"]
    return command(ask, "issueCoins", accountId=account_id, actionNo=number)


def test_coins_are_issued_for_an_action_once_and_spent_as_far_as_they_go(ask: Ask) -> None:
    opened(ask, p1="PERSON", p2="PERSON", m="MERCHANT")
    assert walked(ask, "a1")["eventIds"]
    told = '{ lowCarbonActions(accountId: "p1") { nodes { actionNo coins reductionKgCo2e factorStatus } } }'
    assert ask(told)["lowCarbonActions"]["nodes"] == [
        {
            "actionNo": "a1",
            "coins": 20,
            "reductionKgCo2e": 2.0,
            "factorStatus": "assumed: the district has to set it",
        }
    ]
    assert command(ask, "issueCoins", accountId="p1", actionNo="a1")["eventIds"] == []
    assert command(ask, "issueCoins", accountId="p2", actionNo="a1")["code"] == "other_person"
    spend = {"accountId": "p1", "merchantId": "m"}
    assert command(ask, "spendCoins", **spend, postingNo="s1", coins=15)["eventIds"]
    assert command(ask, "spendCoins", **spend, postingNo="s1", coins=15)["eventIds"] == []
    assert command(ask, "spendCoins", **spend, postingNo="s1", coins=14)["code"] == "number_taken"
    assert command(ask, "spendCoins", **spend, postingNo="s2", coins=6)["code"] == "balance_too_low"
    give = {"accountId": "p1", "postingNo": "t1", "coins": 5}
    assert command(ask, "transferCoins", **give, toAccountId="x")["code"] == "unknown_coin_account"
    assert command(ask, "transferCoins", **give, toAccountId="m")["code"] == "other_kind"
    assert command(ask, "transferCoins", **give, toAccountId="p2")["eventIds"]
    assert command(ask, "spendCoins", accountId="p2", merchantId="m", postingNo="s1", coins=3)["eventIds"]
    assert command(ask, "redeemCoins", accountId="m", postingNo="r1", coins=10)["eventIds"]
    assert balances(ask) == {"issuer": -10, "m": 8, "p1": 0, "p2": 2}
    totals = ask("{ coinTotals { nodes { inCirculation issued spent transferred redeemed } } }")["coinTotals"][
        "nodes"
    ]
    assert totals == [{"inCirculation": 10, "issued": 20, "spent": 18, "transferred": 5, "redeemed": 10}]
    statement = ask('{ coinAccount(accountId: "p1") { statement { kind coins balance } } }')["coinAccount"]
    assert [(e["kind"], e["coins"], e["balance"]) for e in statement["statement"]] == [
        ("ISSUE", 20, 20), ("SPEND", -15, 5), ("TRANSFER", -5, 0),
    ]  # fmt: skip
    assert ask('{ coinAccounts(asOf: "2021-01-01T00:00:00Z") { accountId } }')["coinAccounts"] == []


def test_a_posting_is_reversed_by_its_opposite_once_and_only_while_the_coins_are_there(ask: Ask) -> None:
    opened(ask, p1="PERSON", m="MERCHANT")
    assert walked(ask, "a1")["eventIds"]
    assert command(ask, "spendCoins", accountId="p1", merchantId="m", postingNo="s1", coins=15)["eventIds"]
    undo = {"postingNo": "u1", "ofAccountId": "p1", "reason": "误记"}
    issue = {**undo, "accountId": "p1", "reversedNo": "a1"}
    assert command(ask, "reverseCoins", **issue)["code"] == "balance_too_low"
    assert command(ask, "reverseCoins", **undo, accountId="p1", reversedNo="s1")["code"] == "no_such_posting"
    assert command(ask, "reverseCoins", **undo, accountId="m", reversedNo="s1")["eventIds"]
    assert command(ask, "reverseCoins", **undo, accountId="m", reversedNo="s1")["eventIds"] == []
    again = {**undo, "postingNo": "u2", "accountId": "m", "reversedNo": "s1"}
    assert command(ask, "reverseCoins", **again)["code"] == "reversed_already"
    assert command(ask, "reverseCoins", **issue)["eventIds"]
    assert balances(ask) == {"issuer": 0, "m": 0, "p1": 0}
    assert ask("{ lowCarbonTotals { nodes { kind actions rewarded coins reductionKgCo2e } } }")["lowCarbonTotals"][
        "nodes"
    ] == [{"kind": "WALKING", "actions": 1, "rewarded": 0, "coins": 0, "reductionKgCo2e": 2.0}]


def balances(ask: Ask) -> dict[str, int]:
    return {
        row["accountId"]: row["balance"] for row in ask("{ coinAccounts { accountId balance } }")["coinAccounts"]
    }
