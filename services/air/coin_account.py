"""What is known of an account for carbon coins, and the one way in which coins leave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.decider import Fact, require
from services.growing import Growing

ISSUER = "issuer"
MOST = 1_000_000
"""Coins that one posting may move: what is more is taken for a slip of the pen."""


@dataclass(frozen=True)
class Account:
    """What the handler knows of an account: every posting that concerns it, by account and number, and its balance.

    `other` is the kind of the account that it deals with, `action` the action that coins are to be issued for.
    """

    account_id: str = ""
    entry: Fact | None = None
    balance: int = 0
    postings: Growing[tuple[str, str], Fact] = field(default_factory=Growing)
    reversed: Growing[tuple[str, str], Fact] = field(default_factory=Growing)
    other: str = ""
    action: Fact | None = None


def evolve(state: Account, fact: Fact) -> Account:
    if fact.event == "air.low_carbon_action_recorded":
        return replace(state, action=fact)
    if fact.event == "air.coin_account_opened":
        if state.entry is None or fact.fields["account_id"] == state.account_id:
            return replace(state, account_id=fact.fields["account_id"], entry=fact)
        return replace(state, other=fact.fields["kind"])
    identity = (_belongs_to(fact.fields), fact.fields["posting_no"])
    if identity in state.postings:
        return state
    change = _change(state.account_id, fact.fields)
    undone = state.reversed
    if fact.fields["kind"] == "REVERSAL" and change < 0:
        undone = undone.with_((_of_reversed(fact.fields), fact.fields["reversed_no"]), fact)
    postings = state.postings.with_(identity, fact)
    return replace(state, balance=state.balance + change, postings=postings, reversed=undone)


def _belongs_to(posting: Mapping[str, Any]) -> str:
    """The account whose event a posting is: the one that pays, or receives where the issuer pays."""
    payer = str(posting["debit_account_id"])
    return str(posting["credit_account_id"]) if payer == ISSUER else payer


def _of_reversed(reversal: Mapping[str, Any]) -> str:
    """The account that the posting belongs to which a reversal reverses."""
    payer = str(reversal["credit_account_id"])
    return str(reversal["debit_account_id"]) if payer == ISSUER else payer


def _change(account_id: str, posting: Mapping[str, Any]) -> int:
    received = int(posting["coins"]) if posting["credit_account_id"] == account_id else 0
    return received - (int(posting["coins"]) if posting["debit_account_id"] == account_id else 0)


def post(
    state: Account, number: str, kind: str, debit: str, credit: str, coins: int, **more: str | None
) -> Sequence[Fact]:
    """The posting, nothing where it is there already; refused where it would leave less than nothing."""
    said = {
        "posting_no": number,
        "kind": kind,
        "debit_account_id": debit,
        "credit_account_id": credit,
        "coins": coins,
    }
    fact = Fact("air.coins_posted", {**said, "action_no": None, "reversed_no": None, "note": None, **more})
    known = state.postings.get((state.account_id, number))
    if known is not None and all(known.fields.get(name) == value for name, value in fact.fields.items()):
        return []
    require(known is None, "number_taken", f"posting {number} says something else", "posting_no",
            "A posting is never edited: reverse it, and post anew under another number.")  # fmt: skip
    require(debit != credit, "same_account", "an account can't pay itself", "account_id", "Name two accounts.")
    require(0 < coins <= MOST, "impossible_coins", f"{coins} coins", "coins", f"Give 1 to {MOST} coins.")
    require(
        debit == ISSUER or state.balance >= coins,
        "balance_too_low",
        f"{debit} has {state.balance} coins, and {coins} are asked for",
        "coins",
        "A balance can't go below zero: ask for what there is.",
    )
    return [fact]
