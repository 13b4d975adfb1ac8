"""Every command with its decider, found by folder: `services/<subsystem>/*.py` say them, and no list is kept.

A module says the commands that it decides in `DECIDERS`, in `OWN` those that nobody can send, and a register that
has nothing to say of its own by one line, `RegisterWell = plain(…)`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from services.decider import Command, Decider

_Kinds = Mapping[type[Command], Decider]


@cache
def deciders() -> _Kinds:
    """Every command that can be sent, by the order of folders and files."""
    return _once((module.__name__, decided_in(module)) for module in _modules())


@cache
def all_deciders() -> _Kinds:
    """Every command, those too by which the platform notes its own deeds."""
    own = ((module.__name__, getattr(module, "OWN", {})) for module in _modules())
    return _once([("services", deciders()), *own])


def decided_in(*modules: ModuleType) -> _Kinds:
    """The commands that modules decide: those of `DECIDERS`, and plain ones."""
    found: dict[type[Command], Decider] = {}
    for module in modules:
        plain = (value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Command))
        found |= {kind: kind.decider for kind in plain if hasattr(kind, "decider")}
        found |= getattr(module, "DECIDERS", {})
    return found


def _once(said: Iterable[tuple[str, _Kinds]]) -> _Kinds:
    """All kinds of commands together. Raises ValueError where a name stands for two."""
    names: dict[str, tuple[str, type[Command]]] = {}
    found: dict[type[Command], Decider] = {}
    for where, kinds in said:
        for kind, decider in kinds.items():
            first, known = names.setdefault(kind.__name__, (where, kind))
            if known is not kind or found.get(kind, decider) is not decider:
                raise ValueError(
                    f"{kind.__name__} is decided in {where} and in {first}; name one of them differently"
                )
            found[kind] = decider
    return found


def _modules() -> Iterator[ModuleType]:
    folder = Path(__file__).parent
    for path in sorted(folder.glob("*/*.py")):
        if path.stem != "__init__":
            yield import_module(f"services.{path.parent.name}.{path.stem}")
