"""The settings of a process: read once, from flags and `ENV1357_*` variables, and passed down."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import duckdb

from gateway.front.doors import Doors
from gateway.front.rates import BadRate, rate
from gateway.graphql.allowance import OperationLimits
from gateway.sharing.entries import Publisher
from ingest.bounds import UNPACKED_BYTES
from ingest.quota import MOST_BYTES
from projections.database import Limits

PREFIX = "ENV1357_"

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "web" / "dist"
DISTRICT = ROOT / "deploy" / "districts" / "xunyang"


_LAST_PORT = 65_535
_ORIGIN = re.compile(r"https?://[^/?#@\s*]+")


class BadSetting(Exception):
    """A setting that can't be understood."""


@dataclass(frozen=True)
class Settings:
    """What can be set. A flag wins over a variable, a variable over the default."""

    data: Path = field(default=Path("data"), metadata={"doc": "Data folder: the log and the projections."})
    log: str = field(
        default="embedded",
        metadata={"doc": "The log: `embedded` in the data folder, or kafka://host:9092,host:9092[/prefix]."},
    )
    heads_file: str = field(
        default="",
        metadata={
            "doc": "A second file for the noted heads of the log's hash chain, best on another disk or machine."
        },
    )
    schema_registry: str = field(
        default="",
        metadata={"doc": "URL of an external schema registry (Confluent's API) whose ids Kafka's records name."},
    )
    host: str = field(
        default="127.0.0.1",
        metadata={"doc": "Address that `serve` listens on; others than loopback need BEHIND_PROXY."},
    )
    port: int = field(default=8357, metadata={"doc": "Port that `serve` listens on; 0 takes a free one."})
    behind_proxy: bool = field(
        default=False, metadata={"doc": "Set to true where a proxy that authenticates stands before the server."}
    )
    proxies: str = field(
        default="127.0.0.1,::1",
        metadata={"doc": "Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed."},
    )
    allowed_hosts: str = field(
        default="",
        metadata={
            "doc": "Names that `serve` is asked by beside loopback and its own address, divided by commas; "
            "`.example.org` allows all under it."
        },
    )
    allowed_origins: str = field(
        default="",
        metadata={
            "doc": "Origins of other sites whose pages may ask this server with a key, as https://map.example.org, "
            "divided by commas."
        },
    )
    tls_certificate: str = field(
        default="", metadata={"doc": "PEM file of the certificate that `serve` shows, its chain behind it."}
    )
    tls_key: str = field(default="", metadata={"doc": "PEM file of the certificate's private key."})
    rate_of_address: str = field(
        default="1200/minute",
        metadata={"doc": "Requests that one address other than loopback may make; nothing sets no limit."},
    )
    rate_of_key: str = field(
        default="6000/minute", metadata={"doc": "Requests that one key may make; nothing sets no limit."}
    )
    publisher_name: str = field(
        default="", metadata={"doc": "Who answers for the data sets, as their pages and the catalogue say."}
    )
    publisher_contact: str = field(
        default="", metadata={"doc": "How whoever answers for the data sets is reached."}
    )
    licence: str = field(default="", metadata={"doc": "Under what licence others may use the data sets."})
    hj212_host: str = field(
        default="127.0.0.1", metadata={"doc": "Address that HJ 212 devices reach; 0.0.0.0 for other machines'."}
    )
    hj212_port: int = field(
        default=8212, metadata={"doc": "Port that listens to HJ 212 devices; 0 takes a free one."}
    )
    hj212_longest_segment: int = field(
        default=4096, metadata={"doc": "Bytes of the longest HJ 212 segment taken; the standard allows 1024."}
    )
    hj212_connections_of_a_peer: int = field(
        default=10_000,
        metadata={"doc": "Connections that one HJ 212 address may have; devices may share one."},
    )
    hj212_unknown_idle_s: int = field(
        default=300,
        metadata={"doc": "Seconds after which a silent connection ends whose device is unknown yet."},
    )
    hj212_idle_s: int = field(
        default=90_000, metadata={"doc": "Seconds after which a silent connection of a known device ends."}
    )
    hj212_quarantine_bytes: int = field(
        default=4 * 1024 * 1024,
        metadata={"doc": "Bytes of refused frames and noise kept a day of each HJ 212 address and device."},
    )
    memory_limit: str = field(default="256MB", metadata={"doc": "Memory that DuckDB may use, as DuckDB writes it."})
    operation_time_s: float = field(
        default=30.0, metadata={"doc": "Seconds after which a GraphQL operation is ended, with the code TIMEOUT."}
    )
    operation_values: int = field(
        default=1_000_000,
        metadata={"doc": "Values, rows by columns, that one GraphQL operation may read; then TOO_MUCH."},
    )
    operations_at_once: int = field(
        default=16, metadata={"doc": "GraphQL queries that are answered at once; others wait, then BUSY."}
    )
    threads: int = field(default=2, metadata={"doc": "Threads that DuckDB may use."})
    quarantine_bytes: int = field(
        default=MOST_BYTES, metadata={"doc": "Bytes of refused content kept of each sender a day; more is counted."}
    )
    import_bytes: int = field(
        default=UNPACKED_BYTES,
        metadata={"doc": "Bytes that a file may unpack to, if CSV; an Excel file an eighth of it, JSON a 32nd."},
    )
    fine_months: int = field(
        default=0,
        metadata={
            "doc": "Months that readings of minutes and in real time stay in the tables; `serve` archives older "
            "ones. 0 keeps all."
        },
    )
    demo_seed: int = field(default=1357, metadata={"doc": "Seed of the demo's simulator."})

    mqtt_url: str = field(
        default="",
        metadata={"doc": "Broker that `serve` subscribes to: mqtt://[user:password@]host:1883, or mqtts://."},
    )
    mqtt_topics: str = field(
        default="api=env1357/observations/#",
        metadata={"doc": "<kind>=<topic filter>, divided by blanks; kinds are `api` and profiles."},
    )

    @property
    def hosts(self) -> list[str]:
        """The names that `serve` is asked by beside loopback and its own address."""
        return [name.strip() for name in self.allowed_hosts.split(",") if name.strip()]

    @property
    def origins(self) -> list[str]:
        """The origins of other sites whose pages may ask."""
        return [origin.strip().rstrip("/") for origin in self.allowed_origins.split(",") if origin.strip()]

    @property
    def doors(self) -> Doors:
        """Whom the HTTP port lets in, from where and how often."""
        return Doors(self.hosts, self.origins, self.rate_of_address, self.rate_of_key)

    @property
    def publisher(self) -> Publisher:
        """Who answers for the data sets."""
        return Publisher(self.publisher_name, self.publisher_contact, self.licence)

    @property
    def operation_limits(self) -> OperationLimits:
        """What one GraphQL operation may use."""
        return OperationLimits(self.operation_time_s, self.operation_values, self.operations_at_once)

    @property
    def limits(self) -> Limits:
        return Limits(self.memory_limit, self.threads)


def read_settings(environment: Mapping[str, str] = os.environ, **flags: Any) -> Settings:
    """The settings of this process; flags that are None were not given. Raises `BadSetting`."""
    known = {f"{PREFIX}{each.name.upper()}": each for each in fields(Settings)}
    unknown = [name for name in environment if name.startswith(PREFIX) and name not in known]
    if unknown:
        raise BadSetting(f"{', '.join(unknown)}: no such setting; `env1357 settings` lists them")
    said = {
        each.name: _parsed(name, environment[name], each.type)
        for name, each in known.items()
        if name in environment
    }
    said.update({name: value for name, value in flags.items() if value is not None})
    settings = Settings(**said)
    _expect_sound(settings)
    return settings


def _expect_sound(settings: Settings) -> None:
    """Raise `BadSetting` for what can be understood and can't be."""
    for each in fields(Settings):
        variable, value = f"{PREFIX}{each.name.upper()}", getattr(settings, each.name)
        if each.name.endswith("port") and not 0 <= value <= _LAST_PORT:
            raise BadSetting(
                f"{variable} is {value}: a port is a number from 0 to {_LAST_PORT}; 0 takes a free one"
            )
        if each.type is int and value < 0:
            raise BadSetting(f"{variable} is {value}: use a number from 0 on")
        if each.name.startswith("rate_of"):
            _expect_rate(variable, value)
    for origin in settings.origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadSetting(
                f"{PREFIX}ALLOWED_ORIGINS has {origin!r}: an origin is a scheme and a host, as "
                "https://map.example.org, a port behind it where it is not the usual one"
            )
    if settings.limits != Limits():
        _expect_limits(settings)


def _expect_rate(variable: str, text: str) -> None:
    try:
        rate(text)
    except BadRate as error:
        raise BadSetting(f"{variable}: {error}") from None


def _expect_limits(settings: Settings) -> None:
    try:
        duckdb.connect(config={"memory_limit": settings.memory_limit, "threads": settings.threads}).close()
    except duckdb.Error as error:
        raise BadSetting(
            f"{PREFIX}MEMORY_LIMIT is {settings.memory_limit!r}, {PREFIX}THREADS {settings.threads}: {error} "
            f"Use a number with KB, MB, GB or KiB, MiB, GiB, as 256MB, and 1 thread at the least"
        ) from None


def _parsed(name: str, text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in ("true", "false", "1", "0"):
            raise BadSetting(f"{name} is {text!r}: use true or false")
        return text.lower() in ("true", "1")
    try:
        return kind(text)
    except ValueError:
        raise BadSetting(f"{name} is {text!r}, which is no {kind.__name__}") from None


def listed(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Every setting: variable, value now, default, what it is."""
    return [
        (
            f"{PREFIX}{each.name.upper()}",
            re.sub(r"//[^/@]*@", "//***@", str(getattr(settings, each.name))),
            str(each.default),
            each.metadata["doc"],
        )
        for each in fields(Settings)
    ]
