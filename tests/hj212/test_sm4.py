"""SM4 of HJ 212-2025: the standard's examples, keys that change, and cipher bytes that look like anything."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.hj212.frame import frame
from ingest.hj212.sm4 import Ciphers
from ingest.hj212.stream import Frame, StreamReader
from running.platform import Platform
from services.decider import Refused
from services.device.commands import RequestDeviceCommand
from services.device.keys import Keys, key_of
from tests.hj212.devices import MN, answers, connected, listener, quarantined, register, said
from tests.journeys.steps import fold

KEY, NEXT = "0" * 16, "abcdefghijklmnop"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    kept = Keys(tmp_path / "sm4")
    kept.register(MN, key_of(KEY))
    return kept


def enciphered(plain: bytes, keys: Keys) -> bytes:
    return Ciphers(keys).enciphered(MN, plain)


def test_the_examples_of_annex_a_are_read_raw_and_as_printed(keys: Keys, shared: Path) -> None:
    path = shared / "standards" / "hj212_2025_sm4_vectors.json"
    for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]:
        plain, cipher = vector["plain_frame"].encode() + b"\r\n", bytes.fromhex(vector["cipher_hex"])
        sent = enciphered(plain, keys)
        assert cipher in sent
        assert len(sent) == len(plain)
        printed = b"{%b}" % b",".join(b"0x%02X" % byte for byte in cipher)
        for form in (sent, sent.replace(cipher, printed)):
            (read,) = StreamReader(ciphers=Ciphers(keys)).feed(form)
            assert isinstance(read, Frame)
            assert (read.segment, read.enciphered, read.raw) == (plain[6:-6], True, form)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="&"), max_size=200), st.data())
def test_whatever_is_enciphered_is_read_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, text: str, drawn: st.DataObject
) -> None:
    keys = Keys(tmp_path_factory.getbasetemp() / "sm4")
    keys.register(MN, key_of(KEY))
    plain = frame(f"QN=1;ST=22;CN=2011;PW=123456;MN={MN};Flag=9;CP=&&{text}&&".encode())
    sent = enciphered(plain, keys) + said()
    at = drawn.draw(st.integers(0, len(sent)))
    reader = StreamReader(ciphers=Ciphers(keys))
    found = [*reader.feed(sent[:at]), *reader.feed(sent[at:]), *reader.flush()]
    frames = [each for each in found if isinstance(each, Frame)]
    assert [each.segment for each in frames] == [plain[6:-6], said()[6:-6]]
    assert b"".join(each.raw for each in found) == sent


def test_a_frame_that_no_key_fits_is_none(keys: Keys) -> None:
    other = Keys(keys._folder.parent / "other") if keys._folder else keys
    other.register(MN, key_of(NEXT))
    (read,) = StreamReader(ciphers=Ciphers(other)).feed(enciphered(said(), keys))
    assert not isinstance(read, Frame)


@pytest.mark.parametrize("text", ["short", "密" * 16, "0" * 31, "g" * 32])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="none of SM4"):
        key_of(text)


def test_a_device_that_enciphers_is_heard_changes_its_key_and_no_key_stands_in_the_log(platform: Platform) -> None:
    register(platform, cipher_secret=KEY)
    keys = platform.secrets.keys
    bad = "DataTime=20261101090000;a34004-Rtd=1;a21026-Rtd=x"
    with listener(platform) as (_, port), connected(port) as device:
        device.sendall(enciphered(said(qn="1"), keys) + enciphered(said(bad, qn="2"), keys))
        assert answers(device, 2).count(b"CN=9014") == 2
        platform.handler.handle(
            RequestDeviceCommand(
                source="t", command_id="k", mn=MN, cn="1014", st="22", parameters=[f"NewKey={NEXT}"]
            )
        )
        fold(platform)
        asked = answers(device, 1)
        (read,) = StreamReader(ciphers=Ciphers(keys)).feed(asked)
        assert isinstance(read, Frame)
        assert read.enciphered
        assert f"NewKey={NEXT}".encode() in read.segment
        assert list(keys.of(MN)) == [key_of(KEY), key_of(NEXT)]
        changed = Keys(platform.data / "device")
        changed.register(MN, key_of(NEXT))
        device.sendall(enciphered(said("DataTime=20261101100000;a34004-Rtd=3", qn="3"), changed))
        assert b"QN=3;" in answers(device, 1)
    assert keys.of(MN)[0] == key_of(NEXT)
    fold(platform)
    with platform.database.read() as snapshot:
        sql = "SELECT count(*) FROM base.reading WHERE site_id = '1803A' AND factor = 'PM2.5' AND value IS NOT NULL"
        assert snapshot.connection.execute(sql).fetchall() == [(3,)]
    ((code, _, _, content),) = quarantined(platform)
    assert code == "not_a_number"
    assert b"a21026-Rtd=x" in content  # readable, whatever becomes of the key
    log = b"".join(path.read_bytes() for path in platform.data.glob("log.sqlite*"))
    assert all(each not in log for each in (KEY.encode(), NEXT.encode(), key_of(NEXT).hex().encode()))


def test_a_key_is_registered_anew_though_nothing_else_changes(platform: Platform) -> None:
    register(platform, cipher_secret=KEY)
    register(platform, cipher_secret="30" * 15 + "31")
    assert list(platform.secrets.keys.of(MN)) == [b"0" * 15 + b"1"]
    register(platform)
    assert list(platform.secrets.keys.of(MN)) == [b"0" * 15 + b"1"]
    with pytest.raises(Refused):
        register(platform, cipher_secret="short")
