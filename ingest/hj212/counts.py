"""What the device port has done since it was opened, for those who look on."""

from collections import Counter
from dataclasses import dataclass, field

from ingest.hj212.session import Entry


@dataclass
class Counts:
    """`frames` came, of which some were `answered` and some `refused` (into quarantine), `unexpected` ones among
    them. `turned_away` are connections that found no room or made room for another; `failures` are steps of the
    listener that failed and are tried again."""

    connected: int = 0
    turned_away: int = 0
    frames: int = 0
    answered: int = 0
    refused: int = 0
    unexpected: int = 0
    failures: int = 0
    ledger: Counter[str] = field(default_factory=Counter)
    """Bytes by the kind of entry that they ended in."""

    def add(self, entry: Entry) -> None:
        """Count what has become of an entry."""
        self.ledger[entry.kind.name] += entry.fresh_bytes
        self.frames += entry.message is not None and not entry.from_parts
        self.answered += bool(entry.answer)
        if entry.refusal is not None:
            self.refused += 1
            self.unexpected += entry.refusal.code == "unexpected"

    def numbers(self) -> dict[str, int]:
        """The counts, by name."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return {**counts, **{f"bytes_{kind.lower()}": number for kind, number in self.ledger.items()}}
