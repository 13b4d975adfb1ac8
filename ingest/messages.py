"""Reads messages of a broker: JSON as of the API, or a small table of a source that there is a profile for."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.gathered import arranged
from ingest.profile import Profile, kinds, profile
from ingest.rows import BadFile
from ingest.sent import Item, from_json
from ingest.shaping import shaped
from ingest.tables import opened
from services.decider import Refused

API = "api"
"""The kind of messages that are JSON as of the API."""


@dataclass(frozen=True)
class Subscription:
    """What is subscribed to: a topic filter as MQTT writes it, and the kind of what comes there."""

    topic: str
    kind: str

    def site(self, topic: str) -> str:
        """The site that a topic names: what stands for the filter's first `+`, or else its last word."""
        words, levels = self.topic.split("/"), topic.split("/")
        words = words[2:] if words[0] == "$share" else words
        return levels[words.index("+")] if "+" in words[: len(levels)] else levels[-1]


def parsed(text: str) -> Subscription:
    """A subscription written as `<kind>=<topic filter>`. Raises `Refused`."""
    kind, _, topic = text.strip().partition("=")
    if kind != API and kind not in kinds(records=False):
        known = ", ".join([API, *kinds(records=False)])
        raise Refused("unknown_kind", f"there is no profile {kind!r}", text, f"Use {known}.")
    if not topic:
        raise Refused("no_topic", f"{text!r} names no topic", text, "Write <kind>=<topic filter>: api=env/+/hour.")
    return Subscription(topic, kind)


def read(topic: str, payload: bytes, by: Subscription) -> list[Item]:
    """The statements that a message makes; what of it is refused comes with the whole message."""
    try:
        if by.kind == API:
            return [Item(i.said, i.content, topic) for i in from_json(payload, by.site(topic))]
        return _by_profile(topic, payload, profile(by.kind), by.site(topic))
    except Refused as refusal:
        return [Item(refusal, payload, topic)]
    except BadFile as bad:
        return [Item(bad.refusal, payload, topic)]


def _by_profile(topic: str, payload: bytes, how: Profile, site: str) -> list[Item]:
    """A message as a small file: JSON where it begins so, CSV with its header where not."""
    items: list[Item] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"message.{'json' if payload.lstrip()[:1] in (b'{', b'[') else 'csv'}"
        path.write_bytes(payload)
        shapes = how.shapes
        with opened(path, [shape.choice for shape in shapes], how.hints) as source:
            within = replace(shapes[source.choice].within(source.names), separators=source.separators)
            for table in arranged(within, source, site, len(payload)):
                found = shaped(within, table.frame, site)
                items += [Item(said, payload, topic) for said in found.statements]
                items += [
                    Item(refusal, payload, topic) for _, refusal in _first_of_each([*found.refused, *found.items])
                ]
                items += [Item(bad.refusal, payload, topic) for bad in table.bad[:1]]
    return items


def _first_of_each(refused: Sequence[tuple[int, Refused]]) -> list[tuple[int, Refused]]:
    """Of rows that break the same rule in the same column, the first: the message is kept whole all the same."""
    return list({(why.code, why.where): (row, why) for row, why in reversed(refused)}.values())
