"""TLS by a certificate and its key in files, which may be replaced while the process serves."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from env1357.settings import BadSetting, Settings

_LOOKED_AT_EVERY_S = 30.0

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Certificate:
    """A server's certificate, its chain behind it, and the private key, both as PEM files."""

    chain: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """What a server's sockets are wrapped with: TLS 1.2 at the least. Raises `BadSetting`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load(context)
        return context

    def load(self, context: ssl.SSLContext) -> None:
        """Read both files into a context, for connections from now on. Raises `BadSetting`."""
        for path, setting in ((self.chain, "ENV1357_TLS_CERTIFICATE"), (self.key, "ENV1357_TLS_KEY")):
            if not path.is_file():
                raise BadSetting(f"{setting} is {str(path)!r}: there is no such file; name a PEM file")
        try:
            # tried apart first: a pair that does not fit would leave a context with half of it
            for each in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), context):
                each.load_cert_chain(self.chain, self.key, password=_refuse_password)
        except (ssl.SSLError, OSError, ValueError) as error:
            raise BadSetting(
                f"{self.chain} and {self.key} are no certificate and its key: {error}. Use PEM files that belong "
                "together, the certificate first in its file and its chain behind it, the key without a password"
            ) from None

    def changed_at(self) -> tuple[int, int]:
        """When the files were last written, in ns."""
        return self.chain.stat().st_mtime_ns, self.key.stat().st_mtime_ns


def certificate_of(settings: Settings) -> Certificate | None:
    """The certificate that is set, or None. Raises `BadSetting`."""
    if not (settings.tls_certificate or settings.tls_key):
        return None
    if not (settings.tls_certificate and settings.tls_key):
        raise BadSetting("TLS needs both: set ENV1357_TLS_CERTIFICATE and ENV1357_TLS_KEY, or neither")
    return Certificate(Path(settings.tls_certificate), Path(settings.tls_key))


@contextmanager
def renewed(
    certificate: Certificate, context: ssl.SSLContext, every_s: float = _LOOKED_AT_EVERY_S
) -> Iterator[None]:
    """Take over a replaced certificate while the body runs; one that can't be read leaves the former in force."""
    ending = threading.Event()

    def look() -> None:
        seen = certificate.changed_at()
        while not ending.wait(every_s):
            try:
                if (now := certificate.changed_at()) != seen:
                    certificate.load(context)
                    seen = now
                    _logger.info("certificate_renewed", certificate=str(certificate.chain))
            except (BadSetting, OSError) as error:
                _logger.warning("certificate_not_renewed", why=str(error))

    looking = threading.Thread(target=look, name="tls", daemon=True)
    looking.start()
    try:
        yield
    finally:
        ending.set()
        looking.join(5)


def _refuse_password() -> str:
    raise ValueError("the key has a password")
