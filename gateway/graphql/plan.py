"""The district's plan: its indicators and key projects."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="A row of the plan's table of indicators.")
class Indicator:
    indicator_id: str
    number: int
    topic_zh: str
    name_zh: str
    name_en: str
    unit: str
    base_text: str = strawberry.field(description="Value of 2020 as printed.")
    base_value: float | None
    target_text: str = strawberry.field(description="Target of 2025 as printed.")
    target_value: float | None
    five_year_text: str = strawberry.field(description="The five-year cumulative target as printed.")
    attribute: str = strawberry.field(description="BINDING (约束性) or EXPECTED (预期性).")
    note: str | None
    source: str


@strawberry.type(description="A key project of the plan.")
class Project:
    project_id: str
    number: int
    category_zh: str
    name_zh: str
    name_en: str
    content_zh: str
    unit_zh: str = strawberry.field(description="Who is responsible.")
    from_year: int
    until_year: int
    budget_yuan: float
    source: str


@strawberry.type(description="An indicator's value of a year, computed where it can be, else as it was reported.")
class IndicatorProgress:
    indicator_id: str
    number: int
    name_zh: str
    name_en: str
    unit: str
    base_value: float | None
    target_value: float | None
    year: int
    value: float | None
    valid: bool = strawberry.field(description="Whether the year is whole; what is reported is.")
    goal: float | None = strawberry.field(description="What the value is held to.")
    fulfilled: bool | None = strawberry.field(description="Whether the value is at what it is held to.")
    origin: str = strawberry.field(description="COMPUTED from what was observed, or REPORTED.")
    document: str | None = strawberry.field(description="Document that a reported value is taken from.")
    note: str | None
    basis: str | None = strawberry.field(description="What it is computed from, and how it is held.")
    simulated: bool | None


@strawberry.type
class PlanQuery:
    @strawberry.field(description="The plan's indicators, in its order.")
    def indicators(self, info: Info, as_of: datetime | None = None) -> list[Indicator]:
        rest = "ORDER BY number, indicator_id"
        return info.context.rows(Indicator, "plan.indicator", rest, {}, as_of)

    @strawberry.field(description="The plan's key projects, in its order.")
    def projects(self, info: Info, as_of: datetime | None = None) -> list[Project]:
        rest = "ORDER BY number"
        return info.context.rows(Project, "plan.project", rest, {}, as_of)

    @strawberry.field(description="Years of the plan's indicators, in its order.")
    def indicator_progress(self, info: Info, as_of: datetime | None = None) -> list[IndicatorProgress]:
        rest = "ORDER BY number, indicator_id, year"
        return info.context.rows(IndicatorProgress, "plan.progress", rest, {}, as_of)
