"""Rubbish by the million, through session and journal: every byte ends somewhere, and where is in the tables."""

import random
from collections import Counter

import pytest

from ingest.hj212.directory import Directory
from ingest.hj212.journal import Journal
from ingest.hj212.parts import Assembler
from ingest.hj212.session import Entry, Kind, Session, given_up
from ingest.hj212.strangers import CODES
from ingest.hj212.stream import StreamReader
from running.platform import Platform
from tests.hj212.devices import MN, register, said

FRAMES = [
    said("DataTime=20261101080000;a34004-Rtd=33,a34004-Flag=N;a34004-Max=3"),
    said("DataTime=20261101080000;SB1-RS=1", cn="2021"),
    said("DataTime=20261101080000;a34004-Avg=33", cn="2061", flag="Flag=7;PNUM=2;PNO=1;"),
    said("a34002-Avg=33", cn="2061", flag="Flag=7;PNUM=2;PNO=2;"),
    said("DataTime=20261101080000;i11001-Info=维护", cn="3020"),
    said("", cn="9015"),
    said(mn="STRANGER"),
    said(pw="wrong"),
    said("QnRtn=1", cn="9011"),
]


def rubbish(chance: random.Random) -> bytes:
    frame = chance.choice(FRAMES)
    at = chance.randrange(len(frame))
    kinds = [
        frame,
        frame.replace(b"080000", b"%06d" % chance.randrange(235_960)),
        frame[:at],
        frame[:at] + chance.randbytes(2) + frame[at:],
        chance.randbytes(chance.randrange(60)),
        b"##%04d" % chance.randrange(10_000) + frame[6:],
    ]
    return chance.choice(kinds)


@pytest.mark.slow
def test_every_byte_ends_as_an_event_an_answered_command_or_in_quarantine(platform: Platform) -> None:
    register(platform)
    directory, assembler, journal = Directory(), Assembler(60), Journal(platform.observations, platform.clock)
    directory.take_up(platform.state.devices())
    chance, fed, ended = random.Random(1357), 0, Counter[Kind]()
    refused, strange = dict[str, int](), Counter[tuple[str, str]]()

    def keep(entries: list[Entry], *, final: bool = False) -> None:
        journal.keep(entries, final=final)
        for entry in entries:
            ended[entry.kind] += entry.fresh_bytes
            assert not (entry.refusal and entry.answer)
            if entry.refusal is not None and entry.refusal.code in CODES and entry.message is not None:
                strange[entry.peer, entry.refusal.code] += 1
            elif entry.refusal is not None:
                submission, why = entry.kept(entry.refusal)
                refused[submission.identity(why)] = len(submission.content)

    def checked(session: Session, entries: list[Entry], now: float) -> list[Entry]:
        while (asked := session.unchecked) is not None:
            right = asked.password == "123456"
            directory.note(asked, right=right)
            entries += session.checked(now, right=right)
        return entries

    for number in range(6):
        session, waiting, now = Session(f"10.0.0.{number}", directory, assembler, StreamReader(), print), [], 0.0
        for _ in range(400):
            stream = b"".join(rubbish(chance) for _ in range(chance.randrange(12)))
            fed, now = fed + len(stream), now + chance.choice([0.01, 1.0, 20.0])
            waiting += checked(session, session.receive(stream, now) + session.tick(now), now)
            waiting += [given_up(each) for each in assembler.expired(now)]
            if chance.random() < 0.1:
                keep(waiting)
                waiting = []
        keep(waiting + checked(session, session.tick(now, final=True), now))
    keep([given_up(each) for each in assembler.expired(0, everything=True)], final=True)

    assert fed > 1_000_000
    assert sum(ended.values()) == fed
    assert all(ended[kind] > 1000 for kind in (Kind.DATA, Kind.PART, Kind.ANSWERED, Kind.REFUSED))
    assert platform.follower.wait_for(platform.log.ends(), 60)
    with platform.database.read() as snapshot:
        kept = snapshot.connection.execute(
            "SELECT submission_id, bytes FROM ops.quarantine WHERE code NOT IN ('unknown_device', 'wrong_password')"
        ).fetchall()
        counted = snapshot.connection.execute(
            "SELECT peer, code, CAST(sum(frames) AS INTEGER) FROM base.device_refusals_counted GROUP BY ALL"
        ).fetchall()
        heard = snapshot.connection.execute(
            "SELECT CAST(sum(frames) AS BIGINT), CAST(sum(refused) AS BIGINT) FROM monitor.device_day WHERE mn = ?",
            [MN],
        ).fetchall()
    assert dict(kept) == refused
    assert {(peer, code): frames + 3 for peer, code, frames in counted} == strange
    assert not any(b"123456" in batch.datums or b"PW=wrong" in batch.datums for batch in platform.log.read({}))
    assert heard[0][0] > heard[0][1] > 0
