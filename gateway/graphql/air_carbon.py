"""Greenhouse gases: reports by enterprise and year, and the energy of key units."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(
    description="A year's greenhouse gases and energy of an enterprise, by its last report; times UTC."
)
class GhgReport:
    enterprise_id: str
    year: int
    status: str = strawberry.field(description="REPORTED, VERIFIED or RETURNED.")
    scope1_t_co2e: float = strawberry.field(name="scope1TCo2e", description="Direct emissions, tonnes CO2e.")
    scope2_t_co2e: float = strawberry.field(name="scope2TCo2e", description="Of purchased energy, tonnes CO2e.")
    total_t_co2e: float = strawberry.field(name="totalTCo2e", description="Both scopes, tonnes CO2e.")
    output: float
    output_unit: str
    intensity_t_co2e_per_unit: float | None = strawberry.field(
        name="intensityTCo2ePerUnit", description="Tonnes CO2e per unit of output; null where there was none."
    )
    energy_tce: float = strawberry.field(description="Energy used, tonnes of coal equivalent.")
    energy_tce_per_unit: float | None = strawberry.field(description="Energy per unit of output.")
    key_energy_unit: bool
    reported_at: datetime
    answered_at: datetime | None = strawberry.field(description="When it was verified or returned.")
    source: str


@strawberry.type(description="What key energy-using units reported of a year.")
class KeyUnitEnergy:
    year: int
    units: int
    verified_units: int
    energy_tce: float
    total_t_co2e: float = strawberry.field(name="totalTCo2e", description="Tonnes CO2e.")
    simulated: bool


@strawberry.type
class AirCarbonQuery:
    @strawberry.field(description="Reports of greenhouse gases by year and enterprise, of one where given.")
    def ghg_reports(
        self, info: Info, enterprise_id: str | None = None, year: int | None = None, as_of: datetime | None = None
    ) -> list[GhgReport]:
        rest = (
            "WHERE year = coalesce($year, year)"
            " AND enterprise_id = coalesce($enterprise_id, enterprise_id) ORDER BY year, enterprise_id"
        )
        params = {"enterprise_id": enterprise_id, "year": year}
        return info.context.rows(GhgReport, "air.ghg_report", rest, params, as_of)

    @strawberry.field(description="The energy of key energy-using units, by year.")
    def key_unit_energy(self, info: Info, as_of: datetime | None = None) -> list[KeyUnitEnergy]:
        rest = "ORDER BY year"
        return info.context.rows(KeyUnitEnergy, "air.key_unit_energy", rest, {}, as_of)
