"""Water's other registers and reports: sewage, ships, surveys, black and odorous waters, shorelines."""

from datetime import date, datetime

import strawberry

from gateway.graphql.context import Info, naive
from projections.past import Scope


@strawberry.type(description="What a sewage treatment plant took in and treated in a month.")
class PlantMonth:
    plant_id: str
    name_zh: str | None
    name_en: str | None
    month: date
    capacity_m3_d: float | None
    inflow_m3: float
    treated_m3: float
    load_rate: float | None = strawberry.field(description="Percent of the design capacity.")
    bod5_t: float | None = strawberry.field(description="Tonnes of BOD5 that came in.")
    cod_removed_t: float | None = strawberry.field(description="Tonnes of COD that were removed.")
    sludge_t: float | None
    source: str


@strawberry.type(description="How much domestic sewage was collected and treated in a month (indicator 18).")
class SewageRate:
    month: date
    people: float
    discharged_m3: float
    plants: int
    inflow_m3: float
    treated_m3: float
    bod5_t: float | None
    collection_rate: float | None = strawberry.field(description="Percent of people's BOD5 that reached a plant.")
    treatment_rate: float | None = strawberry.field(
        description="Percent of the sewage discharged that was treated."
    )
    simulated: bool


@strawberry.type(description="A receipt of a ship's pollutants, closed by transfer and disposal.")
class ShipReceipt:
    receipt_no: str
    status: str = strawberry.field(description="RECEIVED, TRANSFERRED or CLOSED.")
    ship_name: str
    pollutant: str
    unit: str
    receiver: str
    carrier: str | None
    disposer: str | None
    method: str | None
    received: float
    transferred: float | None
    disposed: float | None
    discrepancy: str | None
    due_on: date | None = strawberry.field(description="When the next step is due; null where nothing is.")
    received_at: datetime
    transferred_at: datetime | None
    disposed_at: datetime | None
    source: str


@strawberry.type(description="A survey of a group of living things in a water, and of its habitat.")
class EcologicalSurvey:
    survey_id: str
    site_id: str
    surveyed_on: date
    taxon_group: str
    species: list[str]
    protected: list[str]
    richness: int
    individuals: float
    shannon: float | None = strawberry.field(description="Shannon's H', natural logarithms.")
    evenness: float | None = strawberry.field(description="Pielou's J.")
    habitat_score: float | None
    habitat: str | None
    method: str
    source: str


@strawberry.type(description="An urban water that is watched for being black and odorous.")
class UrbanWater:
    site_id: str
    name_zh: str
    name_en: str
    length_m: float | None
    responsible_body: str | None
    state: str | None = strawberry.field(
        description="NOT_BLACK, BLACK_ODOROUS, UNDER_REMEDY, REMEDIED or CLEAR_FOR_GOOD; null until reported."
    )
    grade: str | None = strawberry.field(description="LIGHT or HEAVY.")
    due_on: date | None
    state_since: datetime | None
    times_listed: int
    source: str


@strawberry.type(
    description="Share of urban waters that are black and odorous (indicator 20), real and simulated apart."
)
class BlackOdorousShare:
    simulated: bool
    waters: int
    not_judged: int
    black: int
    share: float | None = strawberry.field(description="Percent of those judged.")


@strawberry.type(description="A sampling of an urban water, graded by what makes a water black and odorous.")
class BlackOdourSampling:
    site_id: str
    period: str
    observed_at: datetime
    grade: str | None = strawberry.field(description="HEAVY, LIGHT, or null where it is neither.")
    deciding_items: list[str]
    items: int
    limit_status: str = strawberry.field(description="How well the limits are known.")
    simulated: bool


@strawberry.type(description="A use of a shoreline.")
class ShorelineUse:
    site_id: str
    name_zh: str
    name_en: str
    water_body_id: str
    used_by: str
    purpose: str
    length_m: float | None
    approval_no: str | None
    state: str = strawberry.field(description="IN_USE, IDLE, UNLAWFUL or CLEARED.")
    source: str


@strawberry.type
class WaterRegisterQuery:
    @strawberry.field(description="Months of sewage treatment plants in [since, until], oldest first.")
    def plant_months(self, info: Info, since: date, until: date, as_of: datetime | None = None) -> list[PlantMonth]:
        rest = "WHERE month BETWEEN $since AND $until ORDER BY month, plant_id"
        return info.context.rows(PlantMonth, "water.plant_month", rest, {"since": since, "until": until}, as_of)

    @strawberry.field(description="Collection and treatment of domestic sewage in months in [since, until].")
    def sewage_rates(self, info: Info, since: date, until: date, as_of: datetime | None = None) -> list[SewageRate]:
        rest = "WHERE month BETWEEN $since AND $until ORDER BY month"
        return info.context.rows(SewageRate, "water.sewage_rate", rest, {"since": since, "until": until}, as_of)

    @strawberry.field(
        description="Receipts of ships' pollutants; with `overdueOn` those whose next step was due before that day."
    )
    def ship_receipts(
        self,
        info: Info,
        status: str | None = None,
        overdue_on: date | None = None,
        as_of: datetime | None = None,
    ) -> list[ShipReceipt]:
        rest = (
            "WHERE status = coalesce($status, status)"
            " AND ($day IS NULL OR due_on < CAST($day AS DATE)) ORDER BY receipt_no"
        )
        params = {"status": status, "day": overdue_on}
        return info.context.rows(ShipReceipt, "water.ship_receipt", rest, params, as_of)

    @strawberry.field(description="Ecological surveys, the latest first, of one water where given.")
    def ecological_surveys(
        self, info: Info, site_id: str | None = None, as_of: datetime | None = None
    ) -> list[EcologicalSurvey]:
        rest = "WHERE site_id = coalesce($site, site_id) ORDER BY surveyed_on DESC, survey_id"
        return info.context.rows(EcologicalSurvey, "water.survey", rest, {"site": site_id}, as_of)

    @strawberry.field(description="Urban waters in order of their codes, of one state where given.")
    def urban_waters(self, info: Info, state: str | None = None, as_of: datetime | None = None) -> list[UrbanWater]:
        rest = "WHERE ($state IS NULL OR state = $state) ORDER BY site_id"
        return info.context.rows(UrbanWater, "water.urban_water", rest, {"state": state}, as_of)

    @strawberry.field(description="Indicator 20.")
    def black_odorous_shares(self, info: Info, as_of: datetime | None = None) -> list[BlackOdorousShare]:
        rest = "ORDER BY simulated"
        return info.context.rows(BlackOdorousShare, "water.black_share", rest, {}, as_of)

    @strawberry.field(description="Samplings of urban waters that start in [since, until), graded.")
    def black_odour_samplings(
        self, info: Info, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> list[BlackOdourSampling]:
        rest = "WHERE observed_at >= $since AND observed_at < $until ORDER BY observed_at, site_id"
        params = {"since": naive(since), "until": naive(until)}
        scope = Scope(None, naive(since), naive(until))
        return info.context.rows(BlackOdourSampling, "water.black_odour", rest, params, as_of, scope)

    @strawberry.field(description="Uses of shorelines in order of their codes, of one state where given.")
    def shoreline_uses(
        self, info: Info, state: str | None = None, as_of: datetime | None = None
    ) -> list[ShorelineUse]:
        rest = "WHERE state = coalesce($state, state) ORDER BY site_id"
        return info.context.rows(ShorelineUse, "water.shoreline_use", rest, {"state": state}, as_of)
