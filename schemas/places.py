"""What is known of a place, whichever register enters it."""

from datetime import datetime
from typing import NamedTuple


class Site(NamedTuple):
    """A place of the register: what it is, and since when its id is claimed and, if it is, retired (UTC, naive)."""

    theme: str
    kind: str
    claimed_at: datetime | None = None
    retired_at: datetime | None = None
