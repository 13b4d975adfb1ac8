"""Waste: releases that facilities reported, and shipments recorded from other authorities' papers."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="What a facility reported that it released of a chemical in a year.")
class Release:
    report_no: str
    facility_no: str
    facility_name: str
    year: int
    chemical: str
    cas_no: str | None
    media: list[str]
    quantities_kg: list[float] = strawberry.field(description="Kilograms, parallel to media.")
    source: str


@strawberry.type(description="What all facilities released of a chemical into a medium in a year.")
class ReleaseTotal:
    year: int
    chemical: str
    medium: str
    facilities: int
    quantity_kg: float
    simulated: bool


@strawberry.type(description="A shipment of hazardous waste, recorded from another authority's papers.")
class WasteShipment:
    shipment_no: str
    year: int
    notice_no: str
    consignor: str
    consignee_no: str
    consignee: str
    waste_name: str
    waste_codes: list[str]
    un_no: str | None
    quantity: float | None = strawberry.field(description="As stated; null where the papers can't be read.")
    unit: str = strawberry.field(description="As stated.")
    quantity_t: float | None = strawberry.field(description="Tonnes; null where a volume was stated.")
    method: str | None
    source: str


@strawberry.type
class WasteQuery:
    @strawberry.field(description="Reports of releases in order of their numbers, of one year or facility.")
    def releases(
        self,
        info: Info,
        year: int | None = None,
        facility_no: str | None = None,
        limit: int = 1000,
        as_of: datetime | None = None,
    ) -> list[Release]:
        rest = (
            "WHERE year = coalesce($year, year)"
            " AND facility_no = coalesce($facility, facility_no) ORDER BY report_no LIMIT $limit"
        )
        params = {"year": year, "facility": facility_no, "limit": limit}
        return info.context.rows(Release, "soil.release", rest, params, as_of)

    @strawberry.field(description="Totals of a year, the largest first.")
    def release_totals(self, info: Info, year: int, as_of: datetime | None = None) -> list[ReleaseTotal]:
        rest = "WHERE year = $year ORDER BY quantity_kg DESC, chemical, medium"
        return info.context.rows(ReleaseTotal, "soil.release_total", rest, {"year": year}, as_of)

    @strawberry.field(description="Shipments in order of their numbers, of one year where given.")
    def waste_shipments(
        self, info: Info, year: int | None = None, as_of: datetime | None = None
    ) -> list[WasteShipment]:
        rest = "WHERE year = coalesce($year, year) ORDER BY shipment_no"
        return info.context.rows(WasteShipment, "soil.waste_shipment", rest, {"year": year}, as_of)
