"""Which statements a question about months, quarters and years of water can need, asked as of a time before."""

from datetime import date, datetime

from gateway.graphql.context import Info, naive
from projections.past import Scope


def water_scope(info: Info, since: date | None, until: date) -> Scope:
    """All statements of water sites in the local years that the days lie in; from the first on, without `since`."""
    sites = info.context.frame("SELECT site_id FROM base.site WHERE theme = 'water'", {}, None)
    first = naive(datetime(since.year - 1, 12, 31, 16)) if since else None  # noqa: DTZ001  local midnight in UTC
    last = naive(datetime(until.year, 12, 31, 16))  # noqa: DTZ001
    return Scope(sites["site_id"].to_list(), first, last)
