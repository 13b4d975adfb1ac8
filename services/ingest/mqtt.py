"""A subscriber to an MQTT broker, which acknowledges a message only when what it says is durable.

The broker keeps what is not acknowledged and sends it again: to this process when it is back, or to its successor,
since the session outlives the connection. What comes twice is recorded once. No more than `_UNACKNOWLEDGED`
messages are under way at a time, so a slow disk holds the broker back instead of filling the memory.
"""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from eventlog.log import LogUnavailable
from services.decider import Refused
from services.ingest.delivery import Sender, deliver
from services.ingest.messages import Subscription, read
from services.ingest.observations import Observations

_UNACKNOWLEDGED = 500
_SESSION_S = 7 * 24 * 3600
_PAUSE_S = 1.0
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
    """What became of messages so far, for those who look on."""

    messages: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0


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
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv5, manual_ack=True)
        if self._broker.username:
            self._client.username_pw_set(unquote(self._broker.username), unquote(self._broker.password or ""))
        if self._broker.scheme == "mqtts":
            self._client.tls_set()
        self._client.on_connect, self._client.on_message = self._connected, self._came
        self._client.on_subscribe, self._client.on_disconnect = self._answered, self._disconnected
        self._worker = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Connect, now or as soon as the broker is there, and again whenever the connection is lost."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval, properties.ReceiveMaximum = _SESSION_S, _UNACKNOWLEDGED
        port = self._broker.port or (8883 if self._broker.scheme == "mqtts" else 1883)
        self._client.connect_async(
            self._broker.hostname or "", port, keepalive=30, clean_start=False, properties=properties
        )
        self._client.loop_start()
        self._worker.start()

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
        return self._refused or self._outage

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
            for asked, reason in zip(self._subscriptions, reasons, strict=True)
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
        self._waiting.put(Message(message.topic, bytes(message.payload), message.mid, message.qos))

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._take_waiting()
        finally:
            if not self._stopping.is_set():  # a bug: nothing more is acknowledged, so nothing is lost
                self._outage = "the reader of messages has died; restart the server"

    def _take_waiting(self) -> None:
        try:
            batch = [self._waiting.get(timeout=0.1)]
        except queue.Empty:
            return
        while len(batch) < _UNACKNOWLEDGED and not self._waiting.empty():
            batch.append(self._waiting.get())
        self._take(batch)

    def _take(self, batch: Sequence[Message]) -> None:
        """Take a batch down, as often as it needs; the broker hears of it when it is durable."""
        items = [item for message in batch for item in read(message.topic, message.payload, self._by(message))]
        while not self._stopping.is_set():
            try:
                delivered = deliver(items, _SENDER, self._observations)
            except LogUnavailable as outage:
                self._outage = str(outage)
                _logger.warning("messages wait for the log", messages=len(batch), reason=str(outage))
                self._stopping.wait(self._pause_s)
                continue
            for message in batch:
                self._client.ack(message.mid, message.qos)
            self._outage = None
            self.counts.messages += len(batch)
            self.counts.accepted += delivered.accepted
            self.counts.repeated += delivered.repeated
            self.counts.refused += len(delivered.refused)
            return

    def _by(self, message: Message) -> Subscription:
        return next(each for each in self._subscriptions if paho.topic_matches_sub(each.topic, message.topic))


def _broker(url: str) -> SplitResult:
    broker = urlsplit(url)
    if broker.scheme not in ("mqtt", "mqtts") or not broker.hostname:
        raise Refused("bad_url", f"{url!r} names no broker", "mqtt_url", "Write mqtt://host:1883 or mqtts://host.")
    return broker
