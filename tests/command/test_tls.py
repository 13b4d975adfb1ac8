"""TLS against a real server: who the certificate convinces, how it is renewed, and what commands make of it."""

import json
import ssl
from pathlib import Path

import httpx2
import pytest
import trustme

from env1357.settings import BadSetting, Settings
from env1357.tls import Certificate, certificate_of, renewed
from running import remote
from tests.command.test_command import run, serving
from tests.command.test_connections import served
from tests.waiting import eventually


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Certificate:
    files = Certificate(tmp_path / "chain.pem", tmp_path / "key.pem")
    write(files, authority, "data.example.org")
    return files


def write(files: Certificate, authority: trustme.CA, *names: str) -> None:
    leaf = authority.issue_cert(*names)
    leaf.private_key_pem.write_to_path(files.key)
    files.chain.unlink(missing_ok=True)
    for part in leaf.cert_chain_pems:
        part.write_to_path(files.chain, append=True)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_whoever_trusts_the_authority_is_answered(authority: trustme.CA, files: Certificate) -> None:
    write(files, authority, "localhost", "127.0.0.1")
    with served(tls=files.context()) as server:
        url = f"https://127.0.0.1:{server.port}/"
        assert httpx2.get(url, verify=trusting(authority)).status_code == 200
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx2.get(url)
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(f"http://127.0.0.1:{server.port}/")


def test_commands_know_their_own_server_by_its_certificate_whatever_name_it_has(
    files: Certificate, tmp_path: Path
) -> None:
    data, another = tmp_path / "data", Certificate(tmp_path / "another.pem", tmp_path / "another-key.pem")
    data.mkdir()
    write(another, trustme.CA(), "data.example.org")
    with served(tls=files.context()) as server:
        url = f"https://127.0.0.1:{server.port}"
        with remote.announced(data, url, str(files.chain)):
            assert remote.running_server(data) is not None
        with remote.announced(data, url, str(another.chain)):
            assert remote.running_server(data) is None


def test_a_replaced_certificate_is_taken_over_and_half_of_one_is_not(
    authority: trustme.CA, files: Certificate
) -> None:
    write(files, authority, "127.0.0.1")
    context = files.context()
    with served(tls=context) as server, renewed(files, context, every_s=0.02):

        def shown() -> str:
            return ssl.get_server_certificate(("127.0.0.1", server.port))

        first, key = shown(), files.key.read_bytes()
        write(files, authority, "127.0.0.1")
        eventually(lambda: shown() != first)
        second = shown()
        files.key.write_bytes(key)  # the former key beside the new certificate
        with pytest.raises(BadSetting, match="belong together"):
            files.load(context)
        assert shown() == second


def test_what_is_no_certificate_is_refused_and_says_what_would_be(files: Certificate, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="TLS needs both"):
        certificate_of(Settings(tls_certificate=str(files.chain)))
    with pytest.raises(BadSetting, match=r"ENV1357_TLS_KEY is .*no such file"):
        Certificate(files.chain, tmp_path / "none.pem").context()
    with pytest.raises(BadSetting, match="the certificate first in its file"):
        Certificate(files.key, files.chain).context()
    assert certificate_of(Settings()) is None


@pytest.mark.slow
def test_serve_speaks_tls_by_setting_and_commands_reach_it(
    authority: trustme.CA, files: Certificate, tmp_path: Path
) -> None:
    write(files, authority, "127.0.0.1")
    set_so = {"ENV1357_TLS_CERTIFICATE": str(files.chain), "ENV1357_TLS_KEY": str(files.key)}
    with serving(tmp_path / "data", **set_so, ENV1357_HJ212_PORT="0") as url:
        eventually(lambda: remote.running_server(tmp_path / "data") is not None)
        answer = httpx2.get(f"{url}/healthz", verify=trusting(authority))
        assert url.startswith("https://")
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        asked = run("sql", "SELECT 42 AS answer", "--format", "json", data=tmp_path / "data")
        assert json.loads(asked.stdout) == [{"answer": 42}], asked.stderr
    refused = run("serve", data=tmp_path / "other", ENV1357_TLS_CERTIFICATE=str(files.chain))
    assert refused.returncode == 1
    assert "TLS needs both" in refused.stderr
