"""Volatile organic compounds: enterprises that emit them, their plans and measures."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(
    description="An enterprise that emits volatile organic compounds (VOCs), with its plan, tanks and bypasses."
)
class VocEnterprise:
    enterprise_id: str
    name_zh: str | None
    name_en: str | None
    industry: str
    processes: list[str]
    materials: list[str] = strawberry.field(description="Raw materials with VOCs.")
    voc_contents_percent: list[float | None] = strawberry.field(
        description="Content of each material, percent by mass; null where it is not known."
    )
    uses_t_per_year: list[float] = strawberry.field(description="Annual use of each material, tonnes.")
    voc_used_t_per_year: float | None = strawberry.field(
        description="VOCs in its materials; null where a content is not known."
    )
    generated_t_per_year: float = strawberry.field(description="VOCs before treatment, tonnes.")
    emitted_t_per_year: float = strawberry.field(description="VOCs after treatment, tonnes.")
    treatment: str | None
    key_unit: bool = strawberry.field(description="Whether it is a key polluting unit (重点排污单位).")
    grade: str | None = strawberry.field(description="A, B, C or D of emergency reduction (绩效分级).")
    plan_version: int | None
    plan_adopted_on: date | None
    target_reduction_t_per_year: float | None = strawberry.field(
        description="By the last version of its plan (一企一策)."
    )
    planned_measures: int = strawberry.field(description="How many of its measures are still to be done.")
    completed_measures: int
    planned_reduction_t_per_year: float | None = strawberry.field(
        description="Expected of all measures that were not cancelled."
    )
    achieved_reduction_t_per_year: float | None = strawberry.field(
        description="Expected of the measures that are completed."
    )
    next_due_on: date | None
    tanks: int
    tanks_not_meeting: int = strawberry.field(description="Tanks that do not meet the requirement that applies.")
    bypasses: int
    unreported_openings: int = strawberry.field(description="Openings of its bypasses that nobody reported.")
    source: str


@strawberry.type(description="A version of an enterprise's own plan against VOCs (一企一策).")
class VocPlan:
    enterprise_id: str
    version: int
    adopted_on: date
    target_reduction_t_per_year: float = strawberry.field(
        description="By how much emissions are to fall, tonnes a year."
    )
    current: bool = strawberry.field(description="Whether it is the last version.")
    source: str


@strawberry.type(description="A measure of an enterprise against VOCs.")
class VocMeasure:
    measure_id: str
    enterprise_id: str
    category: str = strawberry.field(
        description="SOURCE_SUBSTITUTION, UNORGANISED_CONTROL, TREATMENT_UPGRADE, LDAR, "
        "OPERATION_MANAGEMENT or OTHER."
    )
    description: str
    status: str = strawberry.field(description="PLANNED, COMPLETED or CANCELLED.")
    first_due_on: date = strawberry.field(description="When it was due as planned at first.")
    due_on: date = strawberry.field(description="When it is due now, or was at last.")
    postponements: int
    postponed_because: str | None = strawberry.field(description="Why it was postponed last.")
    expected_reduction_t_per_year: float | None
    done: str | None
    completed_on: date | None
    days_late: int | None = strawberry.field(description="Days from when it was due; null where it was in time.")
    cancelled_because: str | None
    source: str


@strawberry.type
class AirVocQuery:
    @strawberry.field(description="Enterprises that emit VOCs, in order of their codes, or one of them.")
    def voc_enterprises(
        self,
        info: Info,
        enterprise_id: str | None = None,
        grade: str | None = None,
        key_unit: bool | None = None,
        as_of: datetime | None = None,
    ) -> list[VocEnterprise]:
        rest = (
            "WHERE enterprise_id = coalesce($enterprise_id, enterprise_id) AND ($grade IS NULL OR grade = $grade)"
            " AND key_unit = coalesce($key_unit, key_unit) ORDER BY enterprise_id"
        )
        params = {"enterprise_id": enterprise_id, "grade": grade, "key_unit": key_unit}
        return info.context.rows(VocEnterprise, "air.voc_enterprise", rest, params, as_of)

    @strawberry.field(description="Versions of enterprises' plans against VOCs, of one where given.")
    def voc_plans(
        self, info: Info, enterprise_id: str | None = None, as_of: datetime | None = None
    ) -> list[VocPlan]:
        rest = "WHERE enterprise_id = coalesce($enterprise_id, enterprise_id) ORDER BY enterprise_id, version"
        return info.context.rows(VocPlan, "air.voc_plan", rest, {"enterprise_id": enterprise_id}, as_of)

    @strawberry.field(
        description="Measures against VOCs by the day they are due; with `overdueOn` those due before that day."
    )
    def voc_measures(
        self,
        info: Info,
        enterprise_id: str | None = None,
        status: str | None = None,
        overdue_on: date | None = None,
        as_of: datetime | None = None,
    ) -> list[VocMeasure]:
        rest = (
            "WHERE enterprise_id = coalesce($enterprise_id, enterprise_id) AND status = coalesce($status, status)"
            " AND ($day IS NULL OR status = 'PLANNED' AND due_on < CAST($day AS DATE)) ORDER BY due_on, measure_id"
        )
        params = {"enterprise_id": enterprise_id, "status": status, "day": overdue_on}
        return info.context.rows(VocMeasure, "air.voc_measure", rest, params, as_of)
