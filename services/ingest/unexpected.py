"""What nobody expected, while something that was sent is handled: an intake steps over it, and goes on.

This is the one place of the write side that catches whatever is raised. An outage is expected, and passes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from eventlog.log import LogUnavailable
from services.decider import Refused

T = TypeVar("T")

_SHOWN = 200

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Unexpected:
    """What was raised, in place of what was to be done."""

    error: Exception

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


def attempted(work: Callable[[], T], pass_on: tuple[type[Exception], ...] = (LogUnavailable,)) -> T | Unexpected:
    """What `work` gives, or what it raised; bugs are logged, and what is to be passed on is raised."""
    try:
        return work()
    except pass_on:
        raise
    except Exception as error:
        if not isinstance(error, Refused):
            _logger.exception("what came could not be handled", error=str(error)[:_SHOWN])
        return Unexpected(error)
