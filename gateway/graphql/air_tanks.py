"""Tanks, bypasses of waste-gas systems, and rounds of leak detection: what stands, was found and is open."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="A tank of volatile organic liquid, with the requirement that applies to it.")
class Tank:
    tank_id: str
    enterprise_id: str
    content: str
    volume_m3: float
    vapour_pressure_kpa: float | None = strawberry.field(description="True vapour pressure (真实蒸气压).")
    kind: str = strawberry.field(description="FIXED_ROOF, INTERNAL_FLOATING, EXTERNAL_FLOATING or PRESSURE.")
    seal: str | None = strawberry.field(description="LIQUID_MOUNTED, MECHANICAL_SHOE or OTHER.")
    secondary_seal: bool | None
    vapour_treatment: str | None = strawberry.field(description="NONE, TREATED, BALANCED or EQUIVALENT.")
    treatment_efficiency_percent: float | None
    requirement: str | None = strawberry.field(
        description="PRESSURE_TANK, FLOATING_ROOF_OR_TREATMENT or NONE; null where it is not known which."
    )
    clause: str | None = strawberry.field(description="Where the requirement stands.")
    requirement_status: str | None = strawberry.field(description="How well the requirement is known.")
    meets: bool | None = strawberry.field(
        description="Whether it meets the requirement; null where what is not known decides."
    )
    met_by: list[str] = strawberry.field(description="The ways in which it meets the requirement.")
    inspected_on: date | None
    leak_umol_mol: float | None = strawberry.field(description="The last reading of a leak detector, µmol/mol.")
    open_problems: int
    due_on: date | None = strawberry.field(description="When the first of its open problems is to be solved.")
    source: str


@strawberry.type(description="An inspection of a tank, and what became of its problem.")
class TankInspection:
    inspection_id: str
    tank_id: str
    enterprise_id: str | None
    state: str = strawberry.field(description="CLEAN, OPEN or CLOSED.")
    inspected_on: date
    found: str
    leak_umol_mol: float | None
    due_on: date | None
    closed_on: date | None
    done: str | None
    source: str


@strawberry.type(description="A bypass of a waste-gas system.")
class Bypass:
    bypass_id: str
    enterprise_id: str
    place: str
    kept_for: str = strawberry.field(description="Why it is kept.")
    state: str = strawberry.field(description="CLOSED, OPEN or REMOVED.")
    seal_no: str | None = strawberry.field(description="Number of the lead seal that was put on last.")
    flow_monitored: bool
    valve_monitored: bool
    inspected_on: date | None
    found: str | None
    problem: bool | None
    seal_agrees: bool | None = strawberry.field(
        description="Whether the last inspection found the seal that was on then, and intact."
    )
    openings: int
    unreported_openings: int
    last_opened_at: datetime | None
    source: str


@strawberry.type(description="An opening of a bypass.")
class BypassOpening:
    bypass_id: str
    opening: int = strawberry.field(description="Its number, counted from 1.")
    enterprise_id: str | None
    place: str | None
    reason: str
    opened_at: datetime
    closed_at: datetime | None
    duration_h: float | None = strawberry.field(description="Hours; null while it is open.")
    reported_at: datetime | None = strawberry.field(description="When the bureau was told; null where it was not.")
    source: str


@strawberry.type(description="A round of leak detection and repair (LDAR), as reported.")
class LdarRound:
    round_id: str
    enterprise_id: str
    begun_on: date
    ended_on: date
    components: int = strawberry.field(description="Sealing points (密封点) that there are.")
    checked: int
    checked_share: float | None = strawberry.field(description="Percent of the points.")
    leak_from_umol_mol: float = strawberry.field(description="Reading from which on a point was leaking, µmol/mol.")
    strict_enough: bool = strawberry.field(description="Whether that is not above the standard's reading.")
    leaking: int
    leaking_share: float | None = strawberry.field(description="Percent of those checked.")
    repaired_in_time: int
    repaired_late: int
    unrepaired: int
    in_time_share: float | None = strawberry.field(description="Percent of those leaking.")
    repair_within_days: int = strawberry.field(description="The days that the standard gives.")
    clause: str
    limit_status: str = strawberry.field(description="How well the limits are known.")
    source: str


@strawberry.type
class AirTankQuery:
    @strawberry.field(
        description="Rounds of leak detection and repair, the latest first, of one enterprise where given."
    )
    def ldar_rounds(
        self, info: Info, enterprise_id: str | None = None, as_of: datetime | None = None
    ) -> list[LdarRound]:
        rest = "WHERE enterprise_id = coalesce($enterprise_id, enterprise_id) ORDER BY ended_on DESC, round_id"
        return info.context.rows(LdarRound, "air.ldar_round", rest, {"enterprise_id": enterprise_id}, as_of)

    @strawberry.field(description="Tanks in order of their codes; with `meets: false` those below the requirement.")
    def tanks(
        self,
        info: Info,
        enterprise_id: str | None = None,
        meets: bool | None = None,
        as_of: datetime | None = None,
    ) -> list[Tank]:
        rest = (
            "WHERE enterprise_id = coalesce($enterprise_id, enterprise_id)"
            " AND ($meets IS NULL OR meets = $meets) ORDER BY tank_id"
        )
        params = {"enterprise_id": enterprise_id, "meets": meets}
        return info.context.rows(Tank, "air.tank", rest, params, as_of)

    @strawberry.field(
        description="Inspections of tanks, the latest first; with `overdueOn` open problems due before that day."
    )
    def tank_inspections(
        self,
        info: Info,
        enterprise_id: str | None = None,
        tank_id: str | None = None,
        overdue_on: date | None = None,
        as_of: datetime | None = None,
    ) -> list[TankInspection]:
        rest = (
            "WHERE ($enterprise_id IS NULL OR enterprise_id = $enterprise_id)"
            " AND tank_id = coalesce($tank_id, tank_id)"
            " AND ($day IS NULL OR state = 'OPEN' AND due_on < CAST($day AS DATE))"
            " ORDER BY inspected_on DESC, inspection_id"
        )
        params = {"enterprise_id": enterprise_id, "tank_id": tank_id, "day": overdue_on}
        return info.context.rows(TankInspection, "air.tank_inspection", rest, params, as_of)

    @strawberry.field(
        description="Bypasses of waste-gas systems in order of their codes, of one state where given."
    )
    def bypasses(
        self,
        info: Info,
        enterprise_id: str | None = None,
        state: str | None = None,
        as_of: datetime | None = None,
    ) -> list[Bypass]:
        rest = (
            "WHERE enterprise_id = coalesce($enterprise_id, enterprise_id) AND state = coalesce($state, state)"
            " ORDER BY bypass_id"
        )
        params = {"enterprise_id": enterprise_id, "state": state}
        return info.context.rows(Bypass, "air.bypass", rest, params, as_of)

    @strawberry.field(
        description="Openings of bypasses, the latest first; with `reported: false` those nobody reported."
    )
    def bypass_openings(
        self,
        info: Info,
        enterprise_id: str | None = None,
        bypass_id: str | None = None,
        reported: bool | None = None,
        as_of: datetime | None = None,
    ) -> list[BypassOpening]:
        rest = (
            "WHERE ($enterprise_id IS NULL OR enterprise_id = $enterprise_id)"
            " AND bypass_id = coalesce($bypass_id, bypass_id)"
            " AND ($reported IS NULL OR (reported_at IS NOT NULL) = $reported)"
            " ORDER BY opened_at DESC, bypass_id, opening"
        )
        params = {"enterprise_id": enterprise_id, "bypass_id": bypass_id, "reported": reported}
        return info.context.rows(BypassOpening, "air.bypass_opening", rest, params, as_of)
