"""What an operation may use: time, and values that it reads. Its queries end with it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class OperationLimits:
    """The most that one operation may use, and how many are run at once.

    `values` are rows times columns that are read; an operation waits `patience_s` for its turn. Answers are kept up
    to so many bytes.
    """

    time_s: float = 30.0
    values: int = 1_000_000
    at_once: int = 16
    commands_at_once: int = 64
    patience_s: float = 3.0
    answers_kept_bytes: int = 32 * 1024 * 1024


class Ended(Exception):
    """An operation was ended before its answer was whole; `code` says why, for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def left() -> Ended:
    """Why an operation ends that nobody waits for."""
    return Ended("CANCELLED", "the caller left before the answer was whole")


class Allowance:
    """What one operation may still use. Used by the thread that runs it, and ended from any other."""

    def __init__(self, limits: OperationLimits) -> None:
        self._limits = limits
        self._until = time.monotonic() + limits.time_s
        self._values = 0
        self._reason: Ended | None = None
        self._reading: list[duckdb.DuckDBPyConnection] = []
        self._lock = threading.Lock()

    @property
    def ended(self) -> Ended | None:
        """Why it ended before its time, or None."""
        return self._reason

    def check(self) -> None:
        """Raises `Ended` where the time is over or nobody waits any more."""
        if self._reason is None and time.monotonic() > self._until:
            self.end(self.too_slow())
        if self._reason is not None:
            raise self._reason

    def spend(self, values: int) -> None:
        """Note that values were read. Raises `Ended` where they are too many."""
        self._values += values
        if self._values > self._limits.values:
            self.end(
                Ended(
                    "TOO_MUCH",
                    f"it reads more than {self._limits.values} values (rows by columns): ask for fewer sites, a "
                    "shorter time or fewer rows at once (ENV1357_OPERATION_VALUES)",
                )
            )
        self.check()

    def end(self, reason: Ended) -> None:
        """End the operation: its query is interrupted, and what it asks next raises `reason`."""
        with self._lock:
            self._reason = self._reason or reason
            for connection in self._reading:
                connection.interrupt()

    @contextmanager
    def reading(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """A connection answers a question of this operation inside. Raises `Ended`."""
        with self._lock:
            self._reading.append(connection)
        try:
            self.check()
            yield
        except (duckdb.Error, pa.ArrowException) as error:
            self.check()
            if isinstance(error, duckdb.OutOfMemoryException):
                raise Ended(
                    "TOO_MUCH",
                    "it needs more memory than questions may use (ENV1357_MEMORY_LIMIT): ask for fewer sites or "
                    "a shorter time",
                ) from error
            raise
        finally:
            with self._lock:
                self._reading.remove(connection)

    def too_slow(self) -> Ended:
        """Why an operation ends whose time is over."""
        return Ended(
            "TIMEOUT",
            f"it took longer than {self._limits.time_s:g} s and was ended: ask for fewer sites or a shorter time "
            "(ENV1357_OPERATION_TIME_S)",
        )
