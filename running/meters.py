"""What parts have done since they were started, and how much they hold: numbers, for those who look on."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Look = Callable[[], Mapping[str, float]]
"""Gives numbers by their names; it must answer at once, from memory."""


@dataclass
class Meters:
    """Asks every part for its numbers: counts only grow, levels go up and down."""

    _counts: dict[str, Look] = field(default_factory=dict)
    _levels: dict[str, Look] = field(default_factory=dict)

    def count(self, part: str, look: Look) -> Callable[[], None]:
        """Ask for a part's counts from now on; returns what ends that."""
        self._counts[part] = look
        return lambda: self._counts.pop(part, None) and None

    def level(self, part: str, look: Look) -> Callable[[], None]:
        """Ask for a part's levels from now on; returns what ends that."""
        self._levels[part] = look
        return lambda: self._levels.pop(part, None) and None

    def counts(self) -> dict[tuple[str, str], float]:
        """Every count by part and name."""
        return _asked(self._counts)

    def levels(self) -> dict[tuple[str, str], float]:
        """Every level by part and name."""
        return _asked(self._levels)


def fields_of(counts: Any) -> Look:
    """A look at the fields of a dataclass of numbers."""
    return lambda: asdict(counts)


def _asked(looks: Mapping[str, Look]) -> dict[tuple[str, str], float]:
    return {(part, name): value for part, look in list(looks.items()) for name, value in look().items()}
