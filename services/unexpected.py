"""What nobody expected, while something that was sent is handled: an intake steps over it, and goes on.

This is the one place of the write side that catches whatever is raised. An outage is expected, and passes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from eventlog.log import LogUnavailable, Unavailable
from services.decider import Refused

T = TypeVar("T")

_SHOWN = 200
_PANIC = "PanicException"
"""What a library in Rust raises where it has a bug; it is no `Exception`, and each library has its own."""

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Unexpected:
    """What was raised, in place of what was to be done."""

    error: BaseException

    @property
    def refusal(self) -> Refused:
        """Why what was sent ends in quarantine."""
        if isinstance(self.error, Refused):
            return self.error
        said = f"{type(self.error).__name__}: {self.error}"[:_SHOWN]
        return Refused(
            "unexpected",
            f"its handling failed: {said}",
            "submission",
            "Look at it: it is kept whole. Report it, since the platform should have known what it is.",
        )


def attempted(
    work: Callable[[], T], pass_on: tuple[type[BaseException], ...] = (LogUnavailable,)
) -> T | Unexpected:
    """What `work` gives, or what it raised; bugs are logged, and what is to be passed on is raised."""
    try:
        return work()
    except pass_on:
        raise
    except BaseException as error:
        if not (isinstance(error, Exception) or type(error).__name__ == _PANIC):
            raise
        if not isinstance(error, Refused | Unavailable):
            _logger.exception("what came could not be handled", error=str(error)[:_SHOWN])
        return Unexpected(error)


def guarded(work: Callable[[], T], instead: Callable[[Refused], T], *foreseen: type[BaseException]) -> T:
    """What `work` gives; where it ends in what nobody expected, `instead` is asked, with the refusal.

    Refusals, outages and what is `foreseen` are raised. What asks the log or tables stays outside, so
    that no outage is taken for a submission's fault.
    """
    found = attempted(work, (Unavailable, Refused, *foreseen))
    return instead(found.refusal) if isinstance(found, Unexpected) else found
