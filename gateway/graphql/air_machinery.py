"""Non-road mobile machinery: its register, counts by kind and stage, and what stands in low-emission zones."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="A non-road mobile machine of the register; times UTC.")
class Machinery:
    registration_no: str = strawberry.field(description="Environmental registration number (环保登记号码).")
    status: str = strawberry.field(description="IN_USE or SCRAPPED.")
    kind: str
    fuel: str
    power_kw: float | None
    emission_stage: str = strawberry.field(description="BEFORE_I, I to IV, NO_ENGINE or UNKNOWN.")
    made_on: date | None
    model: str | None
    machine_code: str | None
    serial_no: str | None
    plate: str | None
    owner: str | None
    enterprise_id: str | None
    inspected_on: date | None
    passed: bool | None = strawberry.field(description="What the inspector found.")
    opacity_m_1: float | None = strawberry.field(name="opacityM1", description="Light absorption, 1/m.")
    ringelmann: float | None
    opacity_limit_m_1: float | None = strawberry.field(name="opacityLimitM1", description="1/m.")
    within_limits: bool | None = strawberry.field(
        description="The last inspection against the limits of its stage and power; null where none is known."
    )
    basis: str | None
    limit_category: str | None
    limit_status: str | None = strawberry.field(description="How well the limit is known.")
    place_id: str | None = strawberry.field(description="Where it stands; null where that is not known.")
    lon: float | None
    lat: float | None
    entered_at: datetime | None
    scrapped_on: date | None
    source: str


@strawberry.type(description="Machinery in use of one kind and emission stage, real and simulated apart.")
class MachineryCount:
    kind: str
    emission_stage: str
    stage_zh: str | None
    machines: int
    inspected: int
    beyond_limits: int = strawberry.field(description="By their last inspection.")
    simulated: bool


@strawberry.type(description="A zone in which machinery of high emissions must not be used.")
class LowEmissionZone:
    zone_id: str
    name_zh: str
    name_en: str
    lons: list[float]
    lats: list[float]
    minimum_stage: str
    in_force_from: date
    in_force_until: date | None
    basis: str
    source: str


@strawberry.type(description="A machine that stands in a low-emission zone; times UTC.")
class ZoneMachinery:
    zone_id: str
    zone_zh: str
    zone_en: str
    minimum_stage: str
    registration_no: str
    kind: str
    emission_stage: str
    place_id: str | None
    lon: float
    lat: float
    entered_at: datetime
    below_minimum: bool | None = strawberry.field(description="Null where its stage is not known.")
    within_zone_limits: bool | None = strawberry.field(
        description="Its last light absorption against category III; null where it is not known."
    )
    simulated: bool


@strawberry.type
class AirMachineryQuery:
    @strawberry.field(description="Machinery in order of registration numbers, of a kind, stage or status.")
    def machinery(
        self,
        info: Info,
        kind: str | None = None,
        emission_stage: str | None = None,
        status: str | None = None,
        limit: int = 1000,
        as_of: datetime | None = None,
    ) -> list[Machinery]:
        rest = (
            "WHERE kind = coalesce($kind, kind)"
            " AND emission_stage = coalesce($stage, emission_stage) AND status = coalesce($status, status)"
            " ORDER BY registration_no LIMIT $limit"
        )
        params = {"kind": kind, "stage": emission_stage, "status": status, "limit": limit}
        return info.context.rows(Machinery, "air.machinery", rest, params, as_of)

    @strawberry.field(description="How many machines of which kind and stage are in use.")
    def machinery_counts(self, info: Info, as_of: datetime | None = None) -> list[MachineryCount]:
        rest = "ORDER BY kind, emission_stage, simulated"
        return info.context.rows(MachineryCount, "air.machinery_count", rest, {}, as_of)

    @strawberry.field(description="Low-emission zones in order of their codes.")
    def low_emission_zones(self, info: Info, as_of: datetime | None = None) -> list[LowEmissionZone]:
        rest = "ORDER BY zone_id"
        return info.context.rows(LowEmissionZone, "air.low_emission_zone", rest, {}, as_of)

    @strawberry.field(
        description="Machines that stand in zones in force on a day; with `belowOnly` those of too low a stage."
    )
    def zone_machinery(
        self,
        info: Info,
        on: date,
        zone_id: str | None = None,
        below_only: bool = False,
        as_of: datetime | None = None,
    ) -> list[ZoneMachinery]:
        rest = (
            "WHERE in_force_from <= $day AND coalesce(in_force_until >= $day, true)"
            " AND local_day(entered_at) <= $day AND zone_id = coalesce($zone, zone_id)"
            " AND (NOT $below OR below_minimum) ORDER BY zone_id, registration_no"
        )
        params = {"day": on, "zone": zone_id, "below": below_only}
        return info.context.rows(ZoneMachinery, "air.zone_machinery", rest, params, as_of)
