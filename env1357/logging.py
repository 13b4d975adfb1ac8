"""How a process logs: JSON lines on standard error, from `warning` on."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from services.masking import masked_text


def configure() -> None:
    """Set up logging once a process, before anything logs."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(_StandardError()),  # type: ignore[arg-type]  # all that it asks of a file
        cache_logger_on_first_use=False,
    )


class _StandardError:
    """Standard error as it is when something is logged. Where nobody can be told any more, whoever logs goes on."""

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except (OSError, ValueError):
            return 0

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            return


def _without_secrets(_logger: object, _method: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Whatever is logged, its secrets masked."""
    return {name: masked_text(value) if isinstance(value, str) else value for name, value in said.items()}
