"""Fine readings that have left the tables: what a fold needs is called back from the log, then leaves again.

`base.history_archived` says of which day and up to which offsets the fine statements of a subsystem have left.
Their rows in `base.observation` stay, and tell where in the log they stand. A reading's statements are in
`base.reading` all together or not at all. They have left if and only if each statement on its site, period and time
stands before such an offset, none of them is cited by a case, and none gives the reading a mark that is shown. That
follows from the events alone, in whatever order they come; and what is computed is computed from all statements.
"""

from collections.abc import Callable, Iterator

import duckdb
import polars as pl

from projections.transaction import with_frame

Recall = Callable[[pl.DataFrame], Iterator[pl.DataFrame]]
"""Gives the statements at positions (`topic`, `partition`, `log_offset`) in a log."""

_KEY = "site_id, period, observed_at"
_BEFORE = "CREATE OR REPLACE TEMP TABLE left_before AS FROM base.archived_span"
_HERE = f"CREATE OR REPLACE TEMP TABLE called_back AS SELECT {_KEY} FROM base.observation LIMIT 0"
_CALLED = f"""
CREATE OR REPLACE TEMP TABLE called AS
SELECT DISTINCT {_KEY} FROM ({{keys}}) AS k
ANTI JOIN called_back USING ({_KEY})
WHERE is_fine(period) AND local_day(observed_at) IN (SELECT day FROM left_before)
"""
_AT = f"SELECT topic, partition, log_offset FROM base.observation SEMI JOIN called USING ({_KEY})"
_TAKE_OUT = """
DELETE FROM base.reading AS r USING called AS c
WHERE r.site_id = c.site_id AND r.period = c.period AND r.observed_at = c.observed_at
"""
_CITED = f"""
SELECT {_KEY} FROM base.observation
WHERE event_id IN (SELECT TRY_CAST(unnest(evidence_ids) AS UUID) FROM {{cases}})
"""
_TOUCHED = f"""
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT {_KEY} FROM ({{parts}})
WHERE is_fine(period) AND local_day(observed_at) IN (SELECT day FROM base.archived_span)
"""
_NEW = f"""
SELECT {_KEY} FROM base.observation AS o
JOIN {{archives}} AS a ON o.topic = 'env1357.' || a.subsystem AND o.day = a.day
"""
_LEAVING = f"""
CREATE OR REPLACE TEMP TABLE leaving AS
WITH cited AS (SELECT TRY_CAST(unnest(evidence_ids) AS UUID) AS event_id FROM base.case_filed)
SELECT site_id, period, observed_at
FROM base.observation AS o
SEMI JOIN touched USING ({_KEY})
LEFT JOIN base.archived_span AS s
  ON s.topic = o.topic AND s.partition = o.partition AND s.day = o.day AND o.log_offset < s.until_offset
GROUP BY ALL
HAVING bool_and(s.until_offset IS NOT NULL)
  AND NOT bool_or(coalesce(o.event_id IN (SELECT event_id FROM cited WHERE event_id IS NOT NULL), false))
"""
_SHOWN = f"""
CREATE OR REPLACE TEMP TABLE shown AS
SELECT DISTINCT site_id, factor, period, observed_at FROM base.reading
SEMI JOIN leaving USING ({_KEY})
WHERE mark NOT IN ('', 'N') OR set_aside IN ('sentinel', 'impossible')
"""
_GONE = f"""
CREATE OR REPLACE TEMP TABLE gone AS
SELECT r.rowid AS row FROM base.reading AS r
SEMI JOIN leaving USING ({_KEY})
ANTI JOIN shown USING (site_id, factor, period, observed_at)
"""
_LEAVE = "DELETE FROM base.reading WHERE rowid IN (SELECT row FROM gone)"


class History:
    """What one transaction has called back. To be made before anything is added, and settled at its end."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        recall: Recall | None,
        readings: str,
        before: bool | None = None,
    ) -> None:
        """Note what had left before. `readings` is the SQL by which readings follow from statements, `incoming`.

        Whoever knows whether anything may have left says so by `before`.
        """
        self._connection, self._recall, self._readings = connection, recall, readings
        self._before = has_archives(connection) if before is None else before
        if self._before:
            connection.execute(_BEFORE)
            connection.execute(_HERE)

    def call_back_for(self, fine: str | None, keys: str) -> None:
        """Have in `base.reading` whatever a table says by its `fine` that it reads for the keys in a relation."""
        if self._before and fine:
            self._call_back(f"WITH wanted AS (FROM {keys}) {fine}")

    def call_back_cited(self, cases: str) -> None:
        """Have in `base.reading` what the cases in a relation cite."""
        if self._before:
            self._call_back(_CITED.format(cases=cases))

    def call_back_restated(self, statements: str) -> None:
        """Have in `base.reading` whatever else was stated on what the statements in a relation are on."""
        if self._before:
            self._call_back(f"SELECT {_KEY} FROM {statements}")

    def settle(self, statements: str | None = None, archives: str | None = None) -> None:
        """Let leave what has to: of what was called back, of new `statements`, and of what new `archives` say."""
        parts = [f"SELECT {_KEY} FROM called_back"] if self._before else []
        parts += [f"SELECT {_KEY} FROM {statements}"] if statements and self._before | bool(archives) else []
        parts += [_NEW.format(archives=archives)] if archives else []
        if not parts:
            return
        ((count,),) = self._connection.execute(_TOUCHED.format(parts=" UNION ALL ".join(parts))).fetchall()
        if count:
            for statement in (_LEAVING, _SHOWN, _GONE, _LEAVE):
                self._connection.execute(statement)
        for table in ("touched", "leaving", "shown", "gone", "called", "called_back", "left_before"):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _call_back(self, keys: str) -> None:
        ((count,),) = self._connection.execute(_CALLED.format(keys=keys)).fetchall()
        if not count:
            return
        if self._recall is None:
            raise LookupError("fine readings have left the tables, and there is no log to call them back from")
        self._connection.execute(_TAKE_OUT)
        for frame in self._recall(self._connection.sql(_AT).pl()):
            with_frame(self._connection, "incoming", frame, f"INSERT INTO base.reading BY NAME {self._readings}")
        self._connection.execute("INSERT INTO called_back FROM called")


def has_archives(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anything has left the tables."""
    ((some,),) = connection.execute("SELECT count(*) > 0 FROM base.history_archived").fetchall()
    return bool(some)
