"""Opens the log that a setting names."""

from pathlib import Path

from eventlog.confluent import Ids, RegisteredIds
from eventlog.embedded import EmbeddedLog
from eventlog.kafka import Address, KafkaLog
from eventlog.log import EventLog

_EMBEDDED = ("", "embedded")


def open_log(url: str, path: Path, registry_url: str = "") -> EventLog:
    """The log at `kafka://host:9092`; where `url` is empty or `embedded`, the embedded one at `path`.

    Raises `ValueError` for anything else, and what opening the log raises.
    """
    if url in _EMBEDDED:
        return EmbeddedLog(path)
    return KafkaLog(Address.parse(url), ids=RegisteredIds(registry_url) if registry_url else Ids())


def is_embedded(url: str) -> bool:
    """Whether a setting means the data folder's own log."""
    return url in _EMBEDDED
