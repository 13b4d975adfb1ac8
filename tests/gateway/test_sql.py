"""Free questions in SQL: what they may give, times above all."""

from datetime import date
from typing import Any

import pytest

from running.platform import Platform
from running.query import query

NOON = "TIMESTAMP '2022-01-03 12:00:00'"
ZONED = "TIMESTAMPTZ '2022-01-03 12:00:00+08'"


def cell(platform: Platform, expression: str) -> Any:
    (only,) = query(platform.database, f"SELECT {expression} AS x")[1]
    return only[0]


def test_a_time_with_a_zone_is_told_with_its_offset(platform: Platform) -> None:
    assert cell(platform, f"{ZONED} AT TIME ZONE 'UTC'") == "2022-01-03T04:00:00"
    assert cell(platform, ZONED) == "2022-01-03T04:00:00+00:00"
    assert cell(platform, f"[{ZONED}]") == ["2022-01-03T04:00:00+00:00"]
    assert cell(platform, f"{{'at': {ZONED}}}") == {"at": "2022-01-03T04:00:00+00:00"}
    assert cell(platform, f"now() > {ZONED}") is True
    assert cell(platform, "now()").endswith("+00:00")


def test_a_time_without_a_zone_gets_none(platform: Platform) -> None:
    assert cell(platform, f"{NOON} + INTERVAL 8 HOUR") == "2022-01-03T20:00:00"
    assert cell(platform, f"[{NOON}]") == ["2022-01-03T12:00:00"]
    assert cell(platform, f"CAST({NOON} AS DATE)") == date(2022, 1, 3)


def test_beside_a_time_with_a_zone_other_columns_are_what_they_are(platform: Platform) -> None:
    others = "sum(7) AS total, 'a' AS text, [1, 2] AS list, NULL AS nothing, 1.5 AS half, true AS yes"
    plain = query(platform.database, f"SELECT {others}")
    zoned = query(platform.database, f"SELECT {others}, {ZONED} AS at")
    assert zoned[0] == [*plain[0], "at"]
    assert [row[:-1] for row in zoned[1]] == plain[1]
    assert type(zoned[1][0][0]) is int


@pytest.mark.parametrize(
    "text", ["FROM range(25000) SELECT range, now() ORDER BY range", "FROM range(0) SELECT now()"]
)
def test_all_rows_come_in_their_order(platform: Platform, text: str) -> None:
    numbers = [row[0] for row in query(platform.database, text)[1]]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) in (25000, 0)


@pytest.mark.parametrize(
    "text", ["EXPLAIN SELECT now()", "DESCRIBE SELECT now()", "SUMMARIZE FROM range(3)", "SHOW TABLES"]
)
def test_what_duckdb_says_of_itself_can_be_asked(platform: Platform, text: str) -> None:
    columns, rows = query(platform.database, text)
    assert columns
    assert all(len(row) == len(columns) for row in rows)
