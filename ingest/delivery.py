"""Takes down statements that were sent together, and names each that is refused and where it is kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from eventlog.log import Offsets
from ingest.observations import Observations
from ingest.quarantine import Submission
from ingest.sent import Item, refusals
from ingest.statement import Statement
from services.decider import Refused


@dataclass(frozen=True)
class Sender:
    """Who sends, by which channel, and for which sites they may speak; no sites means all."""

    name: str
    channel: str
    sites: Collection[str] = ()


@dataclass
class Delivered:
    """What became of a delivery: `refused` by item number from 0, with where it is kept; "" where it is not.

    What is beyond the sender's quota is counted and not kept.
    """

    accepted: int = 0
    restated: int = 0
    repeated: int = 0
    refused: list[tuple[int, Refused, str]] = field(default_factory=list)
    offsets: Offsets = field(default_factory=dict)


def deliver(
    items: Sequence[Item], sender: Sender, observations: Observations, *, dry_run: bool = False
) -> Delivered:
    """Take down what can be accepted and quarantine the rest; all is durable on return.

    Raises `LogUnavailable` when nothing of it was recorded.
    """
    refused = dict(refusals(items))
    refused.update((n, why) for n, item in enumerate(items) if (why := _not_theirs(item, sender)))
    numbers = [n for n in range(len(items)) if n not in refused]
    statements = [said for n in numbers if isinstance(said := items[n].said, Statement)]
    delivered = Delivered()

    def keep(unsound: Sequence[tuple[int, Refused]]) -> list[tuple[Submission, Refused]]:
        refused.update((numbers[position], why) for position, why in unsound)
        return [(_submission(items[number], number, sender), why) for number, why in sorted(refused.items())]

    taken = observations.take_statements(statements, keep, sender.name, dry_run=dry_run)
    delivered.accepted, delivered.restated, delivered.repeated = taken.accepted, taken.restated, taken.repeated
    delivered.offsets = taken.offsets
    for position, ((submission, why), number) in enumerate(zip(taken.refused, sorted(refused), strict=True)):
        delivered.refused.append((number, why, "" if position in taken.unkept else submission.identity(why)))
    return delivered


def _submission(item: Item, number: int, sender: Sender) -> Submission:
    return Submission(sender.channel, item.origin or f"{sender.name}, item {number}", item.content, sender.name)


def _not_theirs(item: Item, sender: Sender) -> Refused | None:
    """Why a sender for some sites only may not say this: of another site, for somebody else, or as reviewed."""
    said = item.said
    if not sender.sites or isinstance(said, Refused):
        return None
    if said.site_id not in sender.sites:
        message, remedy = (
            f"may not speak for {said.site_id!r}",
            "Send with the key of that site, or have one issued.",
        )
        return Refused("not_your_site", f"{sender.name} {message}", "site_id", remedy)
    if said.source != sender.name:
        message, remedy = f"may not speak as {said.source!r}", "Leave source out: it is the key's holder."
        return Refused("not_your_source", f"{sender.name} {message}", "source", remedy)
    if said.reviewed:
        message, remedy = "sends what nobody has reviewed yet", "Leave reviewed out; a reviewer's key may state it."
        return Refused("not_a_reviewer", f"{sender.name} {message}", "reviewed", remedy)
    return None
