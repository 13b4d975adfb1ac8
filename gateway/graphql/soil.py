"""Soil and solid waste: manifests of hazardous-waste transfers."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="The manifest of a hazardous-waste transfer; quantities in tonnes, times UTC.")
class Manifest:
    manifest_no: str
    status: str = strawberry.field(
        description="ISSUED, LOADED, DELIVERED, ACCEPTED, PARTLY_ACCEPTED, REJECTED or VOIDED."
    )
    generator_id: str
    carrier_id: str
    receiver_id: str
    waste_category: str
    waste_code: str
    waste_name: str
    hazards: list[str]
    form: str
    packages: int
    issued_t: float
    loaded_t: float | None
    accepted_t: float | None
    vehicle_plate: str | None
    discrepancy: str | None
    issued_at: datetime
    loaded_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    voided_at: datetime | None
    source: str


@strawberry.type
class SoilQuery:
    @strawberry.field(description="Manifests in order of their numbers, of one status where given.")
    def manifests(
        self, info: Info, status: str | None = None, manifest_no: str | None = None, as_of: datetime | None = None
    ) -> list[Manifest]:
        rest = (
            "WHERE status = coalesce($status, status)"
            " AND manifest_no = coalesce($manifest_no, manifest_no) ORDER BY manifest_no"
        )
        params = {"status": status, "manifest_no": manifest_no}
        return info.context.rows(Manifest, "soil.manifest", rest, params, as_of)
