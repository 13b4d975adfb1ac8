"""An id belongs to the kind of place that claimed it first: commands of another kind are refused, naming it."""

from collections.abc import Callable

from schemas.contract import place_kinds
from schemas.places import Site
from services.decider import ANY_PLACE, EITHER, Command, Decider, Refused

KnownPlace = Callable[[str], Site | None]


def expect_own(decider: Decider, command: Command, place: KnownPlace) -> None:
    """Refuse a command on a place whose id another kind has claimed."""
    if decider.aggregate not in place_kinds():
        return
    identity = decider.identity(command)
    site = place(identity)
    if site is not None and site.kind != decider.aggregate:
        raise Refused(
            "claimed_by_another_kind",
            f"{identity!r} is {_named(site)}{_since(site)}, and can't be a {_words(decider.aggregate)} too",
            "site_id",
            "Give the place an id of its own; an id stays what it was first registered as.",
        )


def expect_there(decider: Decider, command: Command, place: KnownPlace, exists: Callable[[str], bool]) -> None:
    """Refuse a command that refers to what there is not, or to a place that is of another kind."""
    for aggregate, identity, field in decider.refers(command):
        kinds = aggregate.split(EITHER)
        places = kinds == [ANY_PLACE] or not place_kinds().keys().isdisjoint(kinds)
        site = place(identity) if places else None
        if site is not None and (kinds == [ANY_PLACE] or site.kind in kinds):
            continue
        if not places and exists(f"{aggregate}/{identity}"):
            continue
        instead = f"; {identity!r} is {_named(site)}" if site else ""
        raise Refused(
            f"unknown_{aggregate.replace(EITHER, '_or_')}",
            f"there is no {aggregate} {identity!r}{instead}",
            field,
            f"Register the {_words(aggregate)} first, or correct the id."
            if aggregate != "alarm"
            else "Copy it from `alarms`; a correction may have taken it away.",
        )


def _named(site: Site) -> str:
    return f"a {_words(site.kind)}"


def _since(site: Site) -> str:
    return f" since {site.claimed_at:%Y-%m-%d %H:%M} UTC" if site.claimed_at else ""


def _words(kind: str) -> str:
    return kind.replace("_", " ")
