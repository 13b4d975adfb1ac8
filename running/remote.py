"""The way from a command to a running server on the same data folder: an address and a key in a private file.

The server writes `serve.json`, which only its own user may read; whoever can read it may operate the platform,
as they could by the files themselves.
"""

import json
import os
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx2

from running.platform import Progress

SERVE_FILE = "serve.json"
_PATIENT = httpx2.Timeout(30, read=None)  # an operation takes as long as it takes


@dataclass(frozen=True)
class Address:
    """Where a server runs, the key to operate it, and the file of its certificate where it speaks TLS."""

    pid: int
    url: str
    key: str
    certificate: str = ""

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """What the server's certificate is held to: the file that it shows, whatever name stands in it."""
        if not self.certificate:
            return True
        context = ssl.create_default_context(cafile=self.certificate)
        context.check_hostname = (
            False  # the address is this machine's own, the name in the certificate the public's
        )
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


class OperationFailed(Exception):
    """The server could not carry out an operation; the text says why."""


@contextmanager
def announced(data: Path, url: str, certificate: str = "") -> Iterator[Address]:
    """Let commands on this data folder find this process."""
    whole = str(Path(certificate).resolve()) if certificate else ""
    address = Address(os.getpid(), url, secrets.token_urlsafe(32), whole)
    path = data / SERVE_FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(address), file)
    try:
        yield address
    finally:
        path.unlink(missing_ok=True)


def running_server(data: Path) -> Address | None:
    """The server that has this data folder open, or None."""
    path = data / SERVE_FILE
    try:
        address = Address(**json.loads(path.read_text()))
        os.kill(address.pid, 0)
        httpx2.get(f"{address.url}/healthz", timeout=5, verify=address.verify).raise_for_status()
    except (OSError, ValueError, TypeError, httpx2.HTTPError):
        return None
    return address


def operate(address: Address, name: str, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Have the server carry out an operation, showing its progress. Raises `OperationFailed`."""
    headers = {"Authorization": f"Bearer {address.key}"}
    with httpx2.stream(
        "POST",
        f"{address.url}/ops/{name}",
        json=dict(arguments),
        headers=headers,
        timeout=_PATIENT,
        verify=address.verify,
    ) as response:
        if response.status_code != httpx2.codes.OK:
            response.read()
            raise OperationFailed(f"the server at {address.url} answered {response.status_code}: {response.text}")
        for line in response.iter_lines():
            message = json.loads(line)
            if "failed" in message:
                raise OperationFailed(message["failed"])
            if "report" in message:
                report: dict[str, Any] = message["report"]
                return report
            progress(*message["progress"])
    raise OperationFailed("the server stopped before it was done; run the command again")
