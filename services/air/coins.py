"""Carbon coins (碳币): low-carbon actions are recorded, coins issued for them, and coins go between accounts.

A posting is one event that names both accounts, so its two entries sum to zero. It belongs to the account that
pays: of two rival spendings the log lets one count, and no balance goes below zero. Only the issuer may pay what it
does not have; what it pays belongs to the account that receives, so that the district does not queue to be paid.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schemas.standards import LowCarbonAction, low_carbon_actions
from services.air.coin_account import ISSUER, Account, evolve, post
from services.checks import expect_past_day
from services.decider import Command, Decider, Fact, Known, Refused, latest, require, restated, stated

_ACCOUNT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class OpenCoinAccount(Command):
    """Open an account of a PERSON or a MERCHANT; a person's is named by a pseudonym only."""

    account_id: str
    kind: str
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordLowCarbonAction(Command):
    """Record a person's low-carbon action, its amount in the unit that its kind is reckoned in."""

    action_no: str
    account_id: str
    kind: str
    amount: float
    unit: str
    acted_on: date
    evidence: str | None = None


@dataclass(frozen=True, kw_only=True)
class IssueCoins(Command):
    """Issue the coins that a recorded action is worth to the person who did it; once for each action."""

    account_id: str
    action_no: str


@dataclass(frozen=True, kw_only=True)
class SpendCoins(Command):
    """Pay a merchant with coins."""

    account_id: str
    posting_no: str
    merchant_id: str
    coins: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class TransferCoins(Command):
    """Give coins to another person."""

    account_id: str
    posting_no: str
    to_account_id: str
    coins: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class RedeemCoins(Command):
    """Take coins that a merchant has earned out of circulation."""

    account_id: str
    posting_no: str
    coins: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReverseCoins(Command):
    """Reverse a posting of `of_account_id`, or an issue of its own: account_id gives the coins back."""

    account_id: str
    posting_no: str
    of_account_id: str
    reversed_no: str
    reason: str


def open_account(command: OpenCoinAccount, state: Account, _now: datetime) -> Sequence[Fact]:
    require(
        bool(_ACCOUNT_ID.fullmatch(command.account_id)) and command.account_id != ISSUER,
        "malformed_account",
        f"{command.account_id!r} can't be an account",
        "account_id",
        "Use up to 64 letters, digits, hyphens and underscores; the issuer's account is there already.",
    )
    require(
        state.entry is None or state.entry.fields["kind"] == command.kind,
        "other_kind",
        f"{command.account_id} is an account of another kind",
        "kind",
        "Open an account of its own for it.",
    )
    require(
        command.name is None or command.kind == "MERCHANT",
        "name_of_person",
        "a person's account has no name",
        "name",
        "Leave the name out.",
    )
    return restated(stated("air.coin_account_opened", command), state.entry)


def record_action(command: RecordLowCarbonAction, state: Fact | None, now: datetime) -> Sequence[Fact]:
    how = _reckoning(command.kind, command.acted_on)
    if how is None:
        raise Refused(
            "unknown_kind",
            f"{command.kind!r} is not reckoned on {command.acted_on}",
            "kind",
            f"Use {', '.join(sorted(low_carbon_actions()))}.",
        )
    require(
        command.unit == how.unit,
        "other_unit",
        f"{command.kind} is reckoned in {how.unit}, not in {command.unit}",
        "unit",
        f"Give the amount in {how.unit}.",
    )
    require(
        math.isfinite(command.amount) and 0 < command.amount <= how.most_per_action,
        "impossible_amount",
        f"the amount is {command.amount} {how.unit}",
        "amount",
        f"Give an amount above 0, at most {how.most_per_action:g} {how.unit}.",
    )
    expect_past_day(command.acted_on, now, "acted_on")
    facts = restated(stated("air.low_carbon_action_recorded", command), state)
    require(
        not facts or state is None,
        "number_taken",
        f"action {command.action_no} was recorded with other words",
        "action_no",
        "An action is never edited: reverse its coins and record another one.",
    )
    return facts


def issue_coins(command: IssueCoins, state: Account, _now: datetime) -> Sequence[Fact]:
    said = state.action.fields if state.action else {}
    require(
        said.get("account_id") == command.account_id,
        "other_person",
        f"action {command.action_no} is not one of {command.account_id}",
        "account_id",
        "Issue coins to the account that the action was recorded of.",
    )
    how = _reckoning(said["kind"], said["acted_on"])
    coins = how.coins(said["amount"]) if how else 0
    require(coins > 0, "too_little", f"action {command.action_no} is worth less than a coin", "action_no",
            "Record what belongs together as one action.")  # fmt: skip
    return post(state, command.action_no, "ISSUE", ISSUER, command.account_id, coins, action_no=command.action_no)


def spend_coins(command: SpendCoins, state: Account, _now: datetime) -> Sequence[Fact]:
    _expect_other(state, "MERCHANT", command.merchant_id, "merchant_id")
    return post(state, command.posting_no, "SPEND", command.account_id, command.merchant_id, command.coins,
                 note=command.note)  # fmt: skip


def transfer_coins(command: TransferCoins, state: Account, _now: datetime) -> Sequence[Fact]:
    _expect_other(state, "PERSON", command.to_account_id, "to_account_id")
    return post(state, command.posting_no, "TRANSFER", command.account_id, command.to_account_id, command.coins,
                 note=command.note)  # fmt: skip


def redeem_coins(command: RedeemCoins, state: Account, _now: datetime) -> Sequence[Fact]:
    kind = state.entry.fields["kind"] if state.entry else ""
    require(kind == "MERCHANT", "no_merchant", f"{command.account_id} is no merchant's account", "account_id",
            "Only merchants redeem coins: persons spend them.")  # fmt: skip
    return post(state, command.posting_no, "REDEEM", command.account_id, ISSUER, command.coins, note=command.note)


def reverse_coins(command: ReverseCoins, state: Account, _now: datetime) -> Sequence[Fact]:
    identity = (command.of_account_id, command.reversed_no)
    found = state.postings.get(identity)
    said = found.fields if found else {}
    receiver = said.get("debit_account_id") if command.account_id == said.get("credit_account_id") else None
    require(
        receiver is not None and said["kind"] != "REVERSAL",
        "no_such_posting",
        f"{command.account_id} received nothing by a posting {command.reversed_no} of {command.of_account_id} that "
        "could be reversed",
        "reversed_no",
        "Name the account that gives back, the account that the posting belongs to, and its number.",
    )
    known = state.postings.get((state.account_id, command.posting_no))
    require(
        identity not in state.reversed or known is not None,
        "reversed_already",
        f"posting {command.reversed_no} of {command.of_account_id} was reversed",
        "reversed_no",
        "A posting is reversed once.",
    )
    return post(state, command.posting_no, "REVERSAL", command.account_id, str(receiver), said["coins"],
                 reversed_no=command.reversed_no, note=command.reason)  # fmt: skip


def _expect_other(state: Account, kind: str, account_id: str, where: str) -> None:
    require(
        state.other in ("", kind),
        "other_kind",
        f"{account_id} is an account of another kind",
        where,
        f"Name an account of a {kind}.",
    )


def _reckoning(kind: str, acted_on: date) -> LowCarbonAction | None:
    known = low_carbon_actions().get(kind, ())
    return next((how for how in known if how.in_force_from <= acted_on), None)


def _beside(command: Any, known: Known) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Coins that the account received by events of others: only an event of its own can take them away again."""
    yield from known.naming("air.coins_posted", "credit_account_id", command.account_id)
    for other in _others(command):
        yield from known.history(f"coin_account/{other}")[:1]


def _others(command: Any) -> Sequence[str]:
    named = [getattr(command, name, None) for name in ("merchant_id", "to_account_id")]
    return [name for name in named if name is not None and name != command.account_id]


def _accounts(command: Any) -> Sequence[tuple[str, str, str]]:
    named = [(name, getattr(command, name, None)) for name in ("account_id", "merchant_id", "to_account_id")]
    return [("coin_account", account_id, name) for name, account_id in named if account_id is not None]


def _of_action(command: IssueCoins) -> Sequence[tuple[str, str, str]]:
    return [*_accounts(command), ("low_carbon_action", command.action_no, "action_no")]


def _recorded_action(command: IssueCoins, known: Known) -> Iterable[tuple[str, Mapping[str, Any]]]:
    yield from known.history(f"low_carbon_action/{command.action_no}")


def _of_account(decide: Any) -> Decider:
    return Decider("coin_account", lambda c: c.account_id, decide, evolve, Account(), _accounts, _beside)


DECIDERS: Mapping[type[Command], Decider] = {
    OpenCoinAccount: Decider("coin_account", lambda c: c.account_id, open_account, evolve, Account()),
    RecordLowCarbonAction: Decider(
        "low_carbon_action", lambda c: c.action_no, record_action, latest, refers=_accounts
    ),
    IssueCoins: Decider(
        "coin_account", lambda c: c.account_id, issue_coins, evolve, Account(), _of_action, _recorded_action
    ),
    SpendCoins: _of_account(spend_coins),
    TransferCoins: _of_account(transfer_coins),
    RedeemCoins: _of_account(redeem_coins),
    ReverseCoins: _of_account(reverse_coins),
}
