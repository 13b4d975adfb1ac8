"""Whether the platform does what it is for: what is wrong now, part by part, and what to rely on meanwhile."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Look = Callable[[], "Iterable[Trouble]"]

Status = Literal["ready", "degraded", "not ready"]


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong now. `stops` where the platform must not be relied on until it is over."""

    part: str
    message: str
    stops: bool = False


@dataclass
class Health:
    """Asks every part how it is. A part that is not well is never silent, and a dead reader is not ready."""

    _looks: dict[str, Look] = field(default_factory=dict)

    def watch(self, part: str, look: Look) -> Callable[[], None]:
        """Ask `look` from now on; returns what ends that. It must answer at once, from memory."""
        self._looks[part] = look
        return lambda: self._looks.pop(part, None) and None

    def troubles(self) -> list[Trouble]:
        """What is wrong now."""
        return [trouble for look in list(self._looks.values()) for trouble in look()]

    def parts(self) -> list[str]:
        """The names of what is asked."""
        return list(self._looks)


def status_of(troubles: Iterable[Trouble]) -> Status:
    """The worst of them: `degraded` where all that is wrong can be lived with."""
    stops = [trouble.stops for trouble in troubles]
    return "not ready" if any(stops) else "degraded" if stops else "ready"


def told(troubles: Iterable[Trouble]) -> list[Mapping[str, Any]]:
    """As JSON has them."""
    return [asdict(trouble) for trouble in troubles]


def failing(part: str, said: Callable[[], str | None]) -> Look:
    """A look at a part that says why it fails, or None while it does not."""

    def look() -> Iterable[Trouble]:
        message = said()
        return [Trouble(part, message, stops=True)] if message else []

    return look
