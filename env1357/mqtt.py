"""`env1357 mqtt`, and the subscriber inside `serve`."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from env1357.opening import errors
from env1357.settings import BadSetting, read_settings
from ingest.messages import parsed
from ingest.mqtt import Subscriber
from ingest.observations import Observations
from running.platform import open_platform

mqtt_app = typer.Typer(no_args_is_help=True, help="Take down what an MQTT broker has.")


@contextmanager
def subscribed(url: str, topics: str, observations: Observations) -> Iterator[Subscriber | None]:
    """A subscriber while the body runs; none where no broker is named. Raises `Refused` for bad settings."""
    if not url:
        yield None
        return
    subscriber = Subscriber(url, [parsed(each) for each in topics.split()], observations)
    subscriber.start()
    try:
        yield subscriber
    finally:
        subscriber.stop()


@mqtt_app.command()
def subscribe(
    url: Annotated[str | None, typer.Option(help="The broker (ENV1357_MQTT_URL).")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="<kind>=<topic filter> (ENV1357_MQTT_TOPICS).")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder.")] = None,
) -> None:
    """Subscribe until stopped. Where `serve` runs on the data folder, give it ENV1357_MQTT_URL instead."""
    settings = read_settings(data=data, mqtt_url=url, mqtt_topics=" ".join(topic) if topic else None)
    if not settings.mqtt_url:
        raise BadSetting("no broker is named: use --url mqtt://host:1883, or set ENV1357_MQTT_URL")
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with (
        open_platform(settings.data, settings.limits, quarantine_bytes=settings.quarantine_bytes) as platform,
        subscribed(settings.mqtt_url, settings.mqtt_topics, platform.observations) as subscriber,
    ):
        errors.print(f"subscribed to {settings.mqtt_topics} of the broker", highlight=False)
        stopping.wait()
    if subscriber:
        counts = subscriber.counts
        typer.echo(
            f"{counts.messages} messages: {counts.accepted} accepted, {counts.repeated} there already, "
            f"{counts.refused} refused"
        )
