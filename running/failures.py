"""What an operation may end in for reasons that its caller can mend."""

from eventlog.log import LogDamaged, LogUnavailable
from projections.database import DatabaseUnavailable
from services.decider import Refused
from services.handler import VerdictPending
from services.load import BadDistrict

EXPECTED_FAILURES = (
    Refused,
    VerdictPending,
    LogUnavailable,
    LogDamaged,
    DatabaseUnavailable,
    BadDistrict,
    OSError,
    ValueError,
)
