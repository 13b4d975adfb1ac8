"""What an enforcement case cites: observations, what exceeded in them, and whether their word still stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import strawberry

from gateway.graphql.context import Info, columns_of, rows_as
from gateway.graphql.exceedance import SourceExceedance
from gateway.moments import naive
from projections.past import Scope


@strawberry.type(description="A reading of an observation that is cited.")
class CitedReading:
    factor: str
    value: float | None
    unit: str | None
    mark: str
    stands: bool | None = strawberry.field(description="Null where it never entered a conclusion.")
    why: str | None = strawberry.field(description="Why it doesn't stand.")


@strawberry.type(
    description="An observation that a case cites. It is recorded in the log at topic, partition and offset, whose"
    " chain of hashes `env1357 verify` checks."
)
class Evidence:
    event_id: str
    site_id: str | None = strawberry.field(description="The monitor; null where no observation has the id.")
    period: str | None
    observed_at: datetime | None = strawberry.field(description="Start of the period.")
    recorded_at: datetime | None
    source: str | None
    topic: str | None
    partition: int | None
    log_offset: int | None
    stands: bool = strawberry.field(
        description="Whether its readings that counted are still the last word, and neither check nor reviewer bars"
        " one of them."
    )
    why: list[str] = strawberry.field(description="What happened to readings that don't stand.")
    readings: list[CitedReading]
    exceedances: list[SourceExceedance] = strawberry.field(
        description="What exceeds at this monitor and hour by what is known, of the factors that still stand."
    )


_PLACES = """SELECT CAST(event_id AS VARCHAR) AS event_id, site_id, observed_at, topic, "partition", log_offset
FROM base.observation WHERE event_id IN (SELECT TRY_CAST(id AS UUID) FROM unnest($ids) AS cited(id))"""

_EVIDENCE = """SELECT event_id, site_id, period, observed_at, recorded_at, source,
  factor, value, unit, mark, stands, why
FROM enforcement.case_evidence WHERE case_id = $case ORDER BY event_id, factor"""

_EXCEEDED = (
    f"SELECT {columns_of(SourceExceedance)} FROM air.source_exceedance"
    " WHERE site_id IN (SELECT unnest($sites)) AND observed_at IN (SELECT unnest($hours))"
    " ORDER BY observed_at, site_id, factor"
)


def evidence_of(info: Info, case_id: str, event_ids: Sequence[str], as_of: datetime | None) -> list[Evidence]:
    """What a case cites, in the order of its ids, as it is known now or was at `as_of`."""
    if not event_ids:
        return []
    places = info.context.frame(_PLACES, {"ids": list(event_ids)}, None)
    sites, hours = places["site_id"].unique().to_list(), [naive(at) for at in places["observed_at"].unique()]
    scope = Scope(sites, min(hours), max(hours) + timedelta(hours=1)) if hours else Scope([])
    cited = info.context.frame(_EVIDENCE, {"case": case_id}, as_of, scope)
    where = {"sites": sites, "hours": hours}
    exceeded = rows_as(SourceExceedance, info.context.frame(_EXCEEDED, where, as_of, scope)) if hours else []
    at = {row["event_id"]: row for row in places.iter_rows(named=True)}
    return [
        _evidence(event_id, cited.filter(pl.col("event_id") == event_id), at.get(event_id.lower(), {}), exceeded)
        for event_id in dict.fromkeys(event_ids)
    ]


def _evidence(
    event_id: str, rows: pl.DataFrame, place: dict[str, Any], exceeded: Sequence[SourceExceedance]
) -> Evidence:
    said = rows.select("site_id", "period", "observed_at", "recorded_at", "source").head(1).to_dicts()
    about = said[0] if said else dict.fromkeys(("site_id", "period", "observed_at", "recorded_at", "source"))
    readings = rows_as(CitedReading, rows.filter(pl.col("factor").is_not_null()).select(_READING))
    counted = [each.stands for each in readings if each.stands is not None]
    standing = {each.factor for each in readings if each.stands}
    return Evidence(
        event_id=event_id,
        **about,
        topic=place.get("topic"),
        partition=place.get("partition"),
        log_offset=place.get("log_offset"),
        stands=bool(counted) and all(counted),
        why=[_why(row) for row in rows.filter(pl.col("why").is_not_null()).iter_rows(named=True)],
        readings=readings,
        exceedances=[
            each
            for each in exceeded
            if (each.site_id, each.observed_at) == (about["site_id"], about["observed_at"])
            and each.factor in standing
        ],
    )


_READING = [name.strip('"') for name in columns_of(CitedReading).split(", ")]


def _why(row: dict[str, str | None]) -> str:
    return f"{row['factor']}: {row['why']}" if row["factor"] else str(row["why"])
