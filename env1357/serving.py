"""`env1357 serve`: log, projections and gateway in one process."""

import signal
import socket
import sys
from contextlib import ExitStack

from demo import mobile, simulator, sources, voc, water
from env1357.connections import raise_descriptors, server_of, share_of
from env1357.listening import listening_if_free
from env1357.mqtt import subscribed
from env1357.opening import errors, opened, progress_bar
from env1357.settings import DISTRICT, PAGE, BadSetting, Settings
from env1357.tls import certificate_of, renewed
from gateway.app import build_app
from gateway.front.callers import is_loopback
from ingest.quarantine import Submission
from mobile_api.manager import manager_schema
from mobile_api.officer import officer_schema
from mobile_api.public import public_schema
from running import remote
from running.health import failing
from running.keeper import archiving
from running.meters import fields_of
from running.operations import OPERATIONS
from running.platform import Platform, Progress

_BACKLOG = 2048


class PortInUse(Exception):
    """The port that was asked for is taken."""


def serve(settings: Settings, *, demo: bool) -> None:
    """Serve until the process is told to stop. Raises what opening the data folder raises, and `PortInUse`."""
    _expect_safe_host(settings)
    certificate = certificate_of(settings)
    tls = certificate.context() if certificate else None
    descriptors = raise_descriptors()
    with progress_bar() as progress, opened(settings, progress, background=not demo) as platform:
        listening = _bound(settings)
        if demo:
            play_demo(platform, settings.demo_seed, progress)
        url = url_of(listening, "https" if tls else "http")
        with remote.announced(settings.data, url, settings.tls_certificate) as address, ExitStack() as stack:
            schemas = {"public": public_schema(), "officer": officer_schema(), "manager": manager_schema()}
            app = build_app(
                platform, address.key, PAGE, schemas, settings.doors, settings.operation_limits, settings.publisher
            )
            errors.print(f"env1357 serves {settings.data} at [bold]{url}[/] (GraphQL at {url}/graphql)")
            _end_in_order()
            subscriber = stack.enter_context(
                subscribed(settings.mqtt_url, settings.mqtt_topics, platform.observations)
            )
            if subscriber:
                platform.health.watch("mqtt", failing("mqtt", lambda: subscriber.failure))
                platform.meters.count("mqtt", fields_of(subscriber.counts))
            if certificate and tls:
                stack.enter_context(renewed(certificate, tls))
            server = server_of(app, share_of(descriptors), tls, settings.proxies)
            with listening_if_free(platform, settings), archiving(platform, settings.fine_months):
                server.run(sockets=[listening])


def _end_in_order() -> None:
    """Let a signal to stop unwind the process, so that files are closed; uvicorn hands it on when it is done."""

    def stop(*_: object) -> None:
        sys.exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def play_demo(platform: Platform, seed: int, progress: Progress) -> None:
    """The district's reference data, 48 real hours of its stations, and simulated streams beside them."""
    OPERATIONS["load"](platform, {"folder": str(DISTRICT)}, progress)
    files = [str(path) for path in sorted((DISTRICT / "demo").glob("*.csv"))]
    OPERATIONS["import"](platform, {"files": files, "kind": "cnemc"}, progress)
    simulator.play(platform.handler, simulator.commands(seed))
    simulator.play(platform.handler, voc.commands())
    for streams in (water, sources, mobile):
        simulator.play_together(platform.handler, streams.batches(seed))
    played = (simulator, water, sources)
    observed = [each for streams in played for each in streams.observations(seed)]
    said = [(each, Submission("simulator", each.site_id, b"")) for each in observed]
    platform.follower.wait_for(platform.observations.take(said, simulator.SOURCE).offsets, 60)


def _expect_safe_host(settings: Settings) -> None:
    if not (is_loopback(settings.host) or settings.behind_proxy):
        raise BadSetting(
            f"{settings.host} is reachable from other machines, and the server asks nobody who they are. Put a "
            "proxy that authenticates before it and set ENV1357_BEHIND_PROXY=true, or serve on 127.0.0.1"
        )


def url_of(listening: socket.socket, scheme: str = "http") -> str:
    """Where a bound socket is reached from this machine, an IPv6 address in brackets."""
    host, port = listening.getsockname()[:2]
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _bound(settings: Settings) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(_BACKLOG)  # who was told the address before the server runs waits, and is not turned away
    except OSError as error:
        listening.close()
        raise PortInUse(
            f"{settings.host}:{settings.port}: {error.strerror}. Name another with --port, or stop what "
            "listens there"
        ) from None
    return listening
