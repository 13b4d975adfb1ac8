"""A subscriber to an MQTT broker, which acknowledges a message only when what it says is durable.

The broker keeps what is not acknowledged and sends it again: to this process when it is back, or to its successor,
since the session outlives the connection. What comes twice is recorded once. No more than `_UNACKNOWLEDGED`
messages are under way at a time, so a slow disk holds the broker back instead of filling the memory.

A message whose handling fails unexpectedly is quarantined like any that is refused, alone: those that came with it
are taken down, and it is acknowledged, so no broker sends it for ever.
"""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from eventlog.log import LogUnavailable
from ingest.delivery import Sender, deliver
from ingest.messages import Subscription, read
from ingest.observations import Observations
from ingest.sent import Item
from services.decider import Refused
from services.unexpected import Unexpected, attempted

_UNACKNOWLEDGED = 500
_SESSION_S = 7 * 24 * 3600
_PAUSE_S = 1.0
_TRIES = 2
_SENDER = Sender("mqtt", "mqtt")

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Message:
    """A message as it came; `mid` and `qos` are what it is acknowledged by."""

    topic: str
    payload: bytes
    mid: int
    qos: int


@dataclass
class Counts:
    """What became of messages so far, for those who look on: statements accepted, repeated and refused (into
    quarantine); of messages, those that were `unexpected`, and those that could not even be `kept`."""

    messages: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    unexpected: int = 0
    not_kept: int = 0
    reconnected: int = 0


class Subscriber:
    """Takes down what a broker has for the subscriptions, in a thread of its own, until it is stopped."""

    def __init__(
        self,
        url: str,
        subscriptions: Sequence[Subscription],
        observations: Observations,
        client_id: str = "env1357",
        pause_s: float = _PAUSE_S,
    ) -> None:
        """`url` is mqtt://[user:password@]host[:port], or mqtts:// with TLS. Raises `Refused` for another."""
        self._broker = _broker(url)
        self._subscriptions, self._observations, self._pause_s = subscriptions, observations, pause_s
        self._waiting: queue.Queue[Message] = queue.Queue()
        self._stopping = threading.Event()
        self.counts = Counts()
        self._refused: str | None = None
        self._outage: str | None = None
        self.subscribed = threading.Event()
        self._client_id = client_id
        self._client = self._new_client()
        self._worker = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def _new_client(self) -> "_Client":
        client = _Client(CallbackAPIVersion.VERSION2, self._client_id, protocol=paho.MQTTv5, manual_ack=True)
        client.suppress_exceptions = True
        if self._broker.username:
            client.username_pw_set(unquote(self._broker.username), unquote(self._broker.password or ""))
        if self._broker.scheme == "mqtts":
            client.tls_set()
        client.on_connect, client.on_message = self._connected, self._came
        client.on_subscribe, client.on_disconnect = self._answered, self._disconnected
        return client

    def start(self) -> None:
        """Connect, now or as soon as the broker is there, and again whenever the connection is lost."""
        self._connect()
        self._worker.start()

    def _connect(self) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval, properties.ReceiveMaximum = _SESSION_S, _UNACKNOWLEDGED
        port = self._broker.port or (8883 if self._broker.scheme == "mqtts" else 1883)
        self._client.connect_async(
            self._broker.hostname or "", port, keepalive=30, clean_start=False, properties=properties
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Finish the messages at hand and disconnect; the broker keeps the rest."""
        self._stopping.set()
        if self._worker.ident is not None:
            self._worker.join()
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def failure(self) -> str | None:
        """Why nothing, or not everything, is taken down at the moment; None while all is well."""
        if self._refused or self._outage:
            return self._refused or self._outage
        return None if self.subscribed.is_set() else "not subscribed at the broker yet"

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._refused = f"the broker refuses: {reason}"
            _logger.error("the broker refuses the connection", reason=str(reason))
            return
        self._refused = None
        client.subscribe([(each.topic, SubscribeOptions(qos=1)) for each in self._subscriptions])

    def _answered(self, _client: Any, _data: Any, _mid: int, reasons: Sequence[Any], _properties: Any) -> None:
        refused = [
            f"{asked.topic} ({reason})"
            for asked, reason in zip(self._subscriptions, reasons, strict=False)
            if reason.is_failure
        ]
        if refused:
            self._refused = f"the broker refuses to send {', '.join(refused)}: let this user read it there"
            _logger.error("the broker refuses a subscription", refused=refused)
        else:
            self.subscribed.set()

    def _disconnected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.subscribed.clear()
        if not self._stopping.is_set():
            self._refused = f"not connected to the broker: {reason}"
            _logger.warning("the broker is gone; connecting again", reason=str(reason))

    def _came(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        self._waiting.put(Message(_topic(message), bytes(message.payload), message.mid, message.qos))

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if isinstance(attempted(self._go_on, pass_on=()), Unexpected):
                    self._stopping.wait(self._pause_s)
        finally:
            if not self._stopping.is_set():
                self._outage = "the reader of messages has died; restart the server"

    def _go_on(self) -> None:
        self._take_waiting()
        if not self._client.is_alive() and not self._stopping.is_set():
            self._reconnect()

    def _reconnect(self) -> None:
        """Begin anew where the network thread has ended; the broker sends again what is not acknowledged."""
        self.subscribed.clear()
        self._refused = "the connection to the broker ended unexpectedly; connecting again"
        self.counts.reconnected += 1
        _logger.error("the network thread has ended; connecting again")
        self._client.loop_stop()
        self._client = self._new_client()
        self._connect()
        self._stopping.wait(self._pause_s)

    def _take_waiting(self) -> None:
        try:
            batch = [self._waiting.get(timeout=0.1)]
        except queue.Empty:
            return
        while len(batch) < _UNACKNOWLEDGED and not self._waiting.empty():
            batch.append(self._waiting.get())
        self._take(batch)

    def _take(self, batch: Sequence[Message]) -> None:
        """Take a batch down, as often as it needs; the broker hears of it when it is durable.

        Where that fails unexpectedly its messages are taken one by one; one that fails alone, and again, while
        the tables answer, is to blame, and is quarantined.
        """
        failures, work = 0, partial(self._deliver, batch)
        while not self._stopping.is_set():
            try:
                found = attempted(work)
                if isinstance(found, Unexpected):
                    self._observations.expect_answers()
            except LogUnavailable as outage:
                self._wait_for_the_log(batch, outage)
                continue
            self._outage = None
            if isinstance(found, Unexpected) and len(batch) > 1:
                for message in batch:
                    self._take([message])
                return
            if isinstance(found, Unexpected) and failures < _TRIES:
                failures += 1
                work = partial(self._quarantine, batch[0], found) if failures == _TRIES else work
                continue
            self.counts.not_kept += isinstance(found, Unexpected)  # what it was stands in the process's own log
            self._acknowledge(batch)
            return

    def _wait_for_the_log(self, batch: Sequence[Message], outage: LogUnavailable) -> None:
        self._outage = str(outage)
        _logger.warning("messages wait for the log", messages=len(batch), reason=str(outage))
        self._stopping.wait(self._pause_s)

    def _deliver(self, batch: Sequence[Message]) -> None:
        self._take_down([item for message in batch for item in self._read(message)])

    def _read(self, message: Message) -> list[Item]:
        found = attempted(lambda: read(message.topic, message.payload, self._by(message)))
        if isinstance(found, Unexpected):
            self.counts.unexpected += 1
            return [Item(found.refusal, message.payload, message.topic)]
        return found

    def _quarantine(self, message: Message, what: Unexpected) -> None:
        self._take_down([Item(what.refusal, message.payload, message.topic)])
        self.counts.unexpected += 1

    def _take_down(self, items: Sequence[Item]) -> None:
        delivered = deliver(items, _SENDER, self._observations)
        self.counts.accepted += delivered.accepted
        self.counts.repeated += delivered.repeated
        self.counts.refused += len(delivered.refused)

    def _acknowledge(self, batch: Sequence[Message]) -> None:
        for message in batch:
            self._client.ack(message.mid, message.qos)
        self.counts.messages += len(batch)

    def _by(self, message: Message) -> Subscription:
        """The subscription that a message came by; the first where none does, as of a session before this one."""
        matching = (s for s in self._subscriptions if paho.topic_matches_sub(_filter(s.topic), message.topic))
        return next(matching, self._subscriptions[0])


class _Client(paho.Client):
    """Never lets what a callback raises end its thread, and tells whether that still runs."""

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()


def _topic(message: paho.MQTTMessage) -> str:
    """The topic, also of a broker that lets through what is not UTF-8."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return "a topic that is not UTF-8"


def _filter(topic: str) -> str:
    """The filter by which messages of a subscription come: a shared one (`$share/group/filter`) has it inside."""
    return topic.split("/", 2)[2] if topic.startswith("$share/") and topic.count("/") > 1 else topic


def _broker(url: str) -> SplitResult:
    broker = urlsplit(url)
    if broker.scheme not in ("mqtt", "mqtts") or not broker.hostname:
        raise Refused("bad_url", f"{url!r} names no broker", "mqtt_url", "Write mqtt://host:1883 or mqtts://host.")
    return broker
