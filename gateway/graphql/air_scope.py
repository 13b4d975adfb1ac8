"""Which statements a question about the air can need, asked as of a time before."""

from datetime import date, datetime

from gateway.graphql.context import Info, naive
from projections.past import Scope


def evaluated(info: Info, scope_id: str, since: date | None = None, until: date | None = None) -> Scope:
    """What months and years that begin on these days follow from: they are compared with the year before."""
    sql = "SELECT unnest(site_ids) AS site_id FROM base.evaluation_area_defined WHERE area_id = $scope"
    sites = info.context.frame(sql, {"scope": scope_id}, None)["site_id"].unique().to_list()
    first = naive(datetime(since.year - 1, 1, 1)) if since else None  # noqa: DTZ001  a margin covers the zone
    last = naive(datetime(until.year + 1, 1, 1)) if until else None  # noqa: DTZ001
    return Scope([scope_id, *sites], first, last)
