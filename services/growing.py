"""Mappings that follow from each other: adding to the newest costs the same however much it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass
class _Shared(Generic[Key, Value]):
    """What mappings that follow from each other hold together: for each key its values, each with its step."""

    values: dict[Key, list[tuple[int, Value]]] = field(default_factory=dict)
    steps: int = 0


class Growing(Mapping[Key, Value]):
    """Never changes. What follows from it shares what it holds; where a second one does, that one has a copy."""

    def __init__(self, values: Mapping[Key, Value] | None = None) -> None:
        given = {key: [(0, value)] for key, value in (values or {}).items()}
        self._shared = _Shared[Key, Value](given)
        self._step, self._size = 0, len(given)

    def __getitem__(self, key: Key) -> Value:
        for step, value in reversed(self._shared.values[key]):
            if step <= self._step:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[Key]:
        return (key for key, values in list(self._shared.values.items()) if values[0][0] <= self._step)

    def __len__(self) -> int:
        return self._size

    def with_(self, key: Key, value: Value) -> "Growing[Key, Value]":
        """The same, where the key has this value."""
        if self._shared.steps != self._step:
            return Growing(self).with_(key, value)
        grown = Growing[Key, Value]()
        grown._shared, grown._step = self._shared, self._step + 1
        grown._size = self._size + (key not in self)
        self._shared.values.setdefault(key, []).append((grown._step, value))
        self._shared.steps = grown._step
        return grown
