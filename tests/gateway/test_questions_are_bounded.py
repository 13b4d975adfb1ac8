"""A question for a day, a place or the latest value reads a bounded part of history, however long that is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gateway.graphql.allowance import OperationLimits
from gateway.graphql.context import Context, open_desk
from gateway.graphql.schema import build_schema
from projections.catalogue import all_keys, catalogue
from projections.database import Snapshot
from projections.engine import with_wanted
from projections.heads import Heads
from projections.layout import lay_out
from running.platform import Platform

SITES, DAYS = 20, 400
FINE = ("base.observation", "base.reading", "air.hourly")
"""Tables with rows for each hour: of days there are few enough to look through."""

_STATE = """
INSERT INTO base.site BY NAME SELECT 's' || s AS site_id, 'air' AS theme, 'station' AS kind
  FROM range($sites) AS r(s);
INSERT INTO base.observation BY NAME SELECT uuid() AS event_id, 's' || s AS site_id, 'HOUR' AS period,
  TIMESTAMP '2020-12-31 16:00' + to_hours(h) AS observed_at, local_day(observed_at) AS day, 'test' AS source,
  observed_at AS recorded_at, 'env1357.air' AS topic
  FROM range($hours) AS t(h), range($sites) AS r(s) ORDER BY h, s;
INSERT INTO base.reading BY NAME SELECT o.site_id, f AS factor, o.period, o.observed_at, o.day, o.recorded_at,
  10.0 + hour(o.observed_at) AS value, '' AS mark, o.source, false AS reviewed, 1 AS standing
  FROM base.observation AS o, unnest(['SO2', 'NO2', 'CO', 'O3', 'PM10', 'PM2.5']) AS u(f) ORDER BY o.observed_at;
"""
_KEPT = ("air.hourly", "air.daily_statistic", "air.daily", "air.latest", "monitor.heard", "monitor.heard_year")

DAY = 'since: "{day}T00:00:00Z", until: "{day}T23:00:00Z"'
ONE = 'since: "{day}", until: "{day}"'
QUESTIONS = [
    "{ airNow { nodes { siteId aqi } } }",
    '{ airHours(siteId: "s3", ' + DAY + ") { aqi } }",
    '{ airRolling(siteId: "s3", ' + DAY + ") { pm2524hUgM3 } }",
    '{ airEvaluations(scopeId: "s3", period: MONTH, ' + ONE + ") { goodDays } }",
    '{ readings(siteId: "s3", ' + DAY + ") { nodes { factor value } } }",
    '{ marks(siteId: "s3", ' + DAY + ") { nodes { factor mark } } }",
    '{ transmission(bySource: false, siteId: "s3", ' + ONE + ") { nodes { transmissionRate } } }",
    "{ transmission(bySource: false, " + ONE + ") { nodes { transmissionRate } } }",
    "{ transmission(bySource: true, " + ONE + ") { nodes { transmissionRate } } }",
    '{ alarms(siteId: "s3", at: "{day}T00:00:00Z") { nodes { kind } } }',
    '{ alarms(at: "{day}T00:00:00Z") { nodes { kind } } }',
]


class Watched:
    """A connection that notes how many rows of each table its questions read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection, self.read = connection, dict[str, int]()

    def sql(self, sql: str, params: dict[str, Any]) -> duckdb.DuckDBPyRelation:
        ((_, plan),) = self.connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params).fetchall()
        for scan in scans(json.loads(plan)):
            table = ".".join(scan["extra_info"]["Table"].replace('"', "").split(".")[-2:])
            self.read[table] = self.read.get(table, 0) + int(scan.get("rows_scanned", 0))
        return self.connection.sql(sql, params=params)

    def execute(self, sql: str, params: Any = None) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(sql, params)


def scans(plan: Any) -> Iterator[dict[str, Any]]:
    if isinstance(plan, list):
        for each in plan:
            yield from scans(each)
    elif isinstance(plan, dict):
        if "Table" in (plan.get("extra_info") or {}):
            yield plan
        yield from scans([value for value in plan.values() if isinstance(value, dict | list)])


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Hours of twenty stations over more than a year, in order of time: ten row groups of readings."""
    path: Path = tmp_path_factory.mktemp("history") / "tables.duckdb"
    with duckdb.connect(str(path), config={"threads": 2}) as connection:
        lay_out(connection)
        for statement in _STATE.split(";")[:-1]:
            used = {"sites": SITES, "hours": DAYS * 24}
            connection.execute(statement, {name: used[name] for name in used if f"${name}" in statement})
        for name in _KEPT:
            projection = catalogue().projections[name]
            connection.execute(f"CREATE OR REPLACE TEMP TABLE every_key AS {all_keys(projection)}")
            computed = with_wanted(projection, "every_key")
            order = "ORDER BY observed_at" if name in FINE else ""  # as a log is folded
            connection.execute(f"INSERT INTO {name} BY NAME FROM ({computed}\n) {order}")
        connection.execute("CHECKPOINT")
        yield connection


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_reads_a_part_of_history(
    history: duckdb.DuckDBPyConnection, platform: Platform, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: Any = Watched(history)
    monkeypatch.setattr(Context, "_now", lambda _: Snapshot(watched, {}, Heads()))
    ((day,),) = history.execute("SELECT max(day) FROM base.observation").fetchall()
    desk = open_desk(platform, OperationLimits())
    asked = question.replace("{day}", str(day))
    answer = build_schema().execute_sync(asked, context_value=Context(desk))
    desk.crews.close()
    assert not answer.errors
    assert answer.data
    rows = {name: history.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in FINE}
    beyond = {name: read for name, read in watched.read.items() if name in FINE and read > rows[name] / 2}
    assert beyond == {}
