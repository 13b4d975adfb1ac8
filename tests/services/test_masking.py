"""Secrets are masked before they enter the log, in whatever a program or a person writes them."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.quarantine import Submission, quarantined
from services.decider import Refused
from services.masking import masked
from tests.conftest import NOW

SECRET = "S3cr€t/pw+d"
WRITTEN = {
    "json": '{"site_id": "1", "password": "%s", "value": 4}',
    "json, another name": '{"devicePassword":"%s"}',
    "json in json": '{"query": "x", "variables": "{\\"api_key\\": \\"%s\\"}"}',
    "graphql": 'mutation { registerDevice(input: {mn: "1", password: "%s"}) { id } }',
    "graphql in json": '{"query": "mutation { registerDevice(input: {password: \\"%s\\"}) { id } }"}',
    "form": "site=1&password=%s&value=4",
    "address": "mqtt://logger:%s@broker:1883",
    "cut off": '{"site_id": "1", "token": "%s',
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_secret_is_masked_however_it_is_written(how: str) -> None:
    secret = SECRET.replace("/", "") if how == "address" else SECRET
    content = (WRITTEN[how] % secret).encode()
    hidden = masked(content)
    assert secret.encode() not in hidden
    assert hidden == (WRITTEN[how] % "***").encode()
    assert masked(hidden) == hidden


@pytest.mark.parametrize(
    ("content", "hidden"),
    [
        (b"Authorization: Bearer abcdef123456", b"Authorization: Bearer ***"),
        (b'{"headers": {"Authorization": "Basic dXNlcjpwdw=="}}', b'{"headers": {"Authorization": "***"}}'),
        (b"a token e1357_abcdefghijklmnop in a text", b"a token *** in a text"),
        (b'{"password": 123456, "value": 7}', b'{"password": ***, "value": 7}'),
    ],
)
def test_credentials_are_masked(content: bytes, hidden: bytes) -> None:
    assert masked(content) == hidden


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=4))
def test_a_password_of_any_characters_is_masked_in_json(secret: str) -> None:
    said = {"a": 1, "password": secret, "z": "kept"}
    hidden = orjson.loads(masked(orjson.dumps(said)))
    assert hidden == {"a": 1, "password": "***", "z": "kept"}


@given(st.lists(st.floats(allow_nan=False), max_size=5), st.text(max_size=10))
def test_what_has_no_secret_is_kept_byte_for_byte(values: list[float], site: str) -> None:
    content = orjson.dumps({"site_id": site.encode("utf-8", "replace").decode(), "readings": values})
    if b"1357_" not in content and b"://" not in content:
        assert masked(content) == content


def test_neither_the_content_nor_the_message_nor_the_identity_tells_a_secret() -> None:
    def kept(secret: str) -> Submission:
        return Submission("http", "x", f'{{"password": "{secret}"}}'.encode())

    refusal = Refused("bad", 'it says password="123456"', "body", "Mend it.")
    (event,) = quarantined(kept("123456"), refusal, "test", NOW)
    assert "123456" not in str(event.fields)
    assert kept("123456").identity(refusal) == kept("654321").identity(refusal)
