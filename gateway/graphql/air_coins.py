"""Carbon coins: accounts with their balances and statements, totals, and the low-carbon actions behind them."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info
from gateway.graphql.rows import objects, select_of


@strawberry.type(description="An entry of an account: one of the two that a posting makes; times UTC.")
class CoinEntry:
    posting_account_id: str = strawberry.field(description="The account that the posting belongs to.")
    posting_no: str
    kind: str = strawberry.field(description="ISSUE, SPEND, TRANSFER, REDEEM or REVERSAL.")
    counter_account_id: str
    coins: int = strawberry.field(description="Above zero what was received, below zero what was paid.")
    balance: int = strawberry.field(description="Behind this entry.")
    action_no: str | None
    reversed_no: str | None
    note: str | None
    occurred_at: datetime
    source: str


@strawberry.type(description="An account for carbon coins; times UTC.")
class CoinAccount:
    account_id: str
    kind: str | None = strawberry.field(description="PERSON, MERCHANT or ISSUER; null of what was never opened.")
    name: str | None
    balance: int = strawberry.field(description="The issuer's is below zero: what it owes.")
    received: int
    paid: int
    postings: int
    opened_at: datetime | None
    simulated: bool

    @strawberry.field(description="Its entries, oldest first.")
    def statement(self, info: Info, as_of: datetime | None = None) -> list[CoinEntry]:
        sql = (
            f"SELECT {select_of(CoinEntry)} FROM (SELECT *, CAST(sum(coins) OVER (ORDER BY recorded_at,"
            " posting_account_id, posting_no ROWS UNBOUNDED PRECEDING) AS BIGINT) AS balance"
            " FROM air.coin_entry WHERE account_id = $account)"
            " ORDER BY recorded_at, posting_account_id, posting_no"
        )
        return objects(CoinEntry, info.context.frame(sql, {"account": self.account_id}, as_of))


@strawberry.type
class AirCoinQuery:
    @strawberry.field(description="Accounts in order of their codes, of one kind where given.")
    def coin_accounts(
        self, info: Info, kind: str | None = None, limit: int = 1000, as_of: datetime | None = None
    ) -> list[CoinAccount]:
        rest = "WHERE ($kind IS NULL OR kind = $kind) ORDER BY account_id LIMIT $limit"
        params = {"kind": kind, "limit": limit}
        return info.context.rows(CoinAccount, "air.coin_balance", rest, params, as_of)

    @strawberry.field(description="An account; null where there is none.")
    def coin_account(self, info: Info, account_id: str, as_of: datetime | None = None) -> CoinAccount | None:
        sql = f"SELECT {select_of(CoinAccount)} FROM air.coin_balance WHERE account_id = $account"
        found = objects(CoinAccount, info.context.frame(sql, {"account": account_id}, as_of))
        return found[0] if found else None
