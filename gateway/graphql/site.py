"""Sites: whatever has a place, by the last word of its register."""

from datetime import datetime

import strawberry

from gateway.graphql.context import Info


@strawberry.type(description="A place in one of the registers: a station, section, outfall, enterprise and so on.")
class Site:
    site_id: str = strawberry.field(description="Its code.")
    theme: str = strawberry.field(description="air, water, soil, risk, enforcement or district.")
    kind: str = strawberry.field(description="station, river, lake, section, outfall, well, enterprise and so on.")
    name_zh: str = strawberry.field(description="Its name in Chinese.")
    name_en: str = strawberry.field(description="Its name in English.")
    lon: float | None = strawberry.field(description="Longitude, degrees east, WGS 84.")
    lat: float | None = strawberry.field(description="Latitude, degrees north, WGS 84.")
    position_quality: str = strawberry.field(description="SURVEYED, PUBLISHED or APPROXIMATE.")
    position_source: str = strawberry.field(description="Where the position comes from.")
    subdistrict_id: str | None = strawberry.field(description="The subdistrict that it stands in, where known.")
    target_class: int | None = strawberry.field(description="For waters: the class of GB 3838 to be reached.")
    source: str = strawberry.field(description="Who registered it; `simulator` where it is not real.")


@strawberry.type
class SiteQuery:
    @strawberry.field(description="Sites in order of their codes, of one theme or kind where given.")
    def sites(
        self, info: Info, theme: str | None = None, kind: str | None = None, as_of: datetime | None = None
    ) -> list[Site]:
        rest = "WHERE theme = coalesce($theme, theme) AND kind = coalesce($kind, kind) ORDER BY site_id"
        return info.context.rows(Site, "base.site", rest, {"theme": theme, "kind": kind}, as_of)
