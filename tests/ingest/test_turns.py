"""Devices and files at once: numbers stay right whoever comes between, and who has much to say lets others go."""

import threading
from collections import Counter
from typing import Any

import pytest

from ingest import observations
from ingest.quarantine import Submission
from ingest.statement import Statement, microseconds
from ingest.turns import Turns
from running.platform import Platform
from services.air.commands import RegisterStation
from services.decider import Refused
from tests.conftest import NOW
from tests.journeys.steps import fold
from tests.waiting import eventually

HOUR = 3_600_000_000
BEGIN = microseconds(NOW) // HOUR * HOUR - 2000 * HOUR


@pytest.fixture
def station(platform: Platform) -> Platform:
    given: dict[str, Any] = {"name_zh": "x", "name_en": "x", "position_source": "t", "network": "NATIONAL"}
    platform.handler.handle(RegisterStation(source="test", site_id="1803A", **given))
    return platform


def said(hour: int, value: float, site: str = "1803A") -> Statement:
    return Statement(site, "HOUR", BEGIN + hour * HOUR, "test", ("PM2.5",), [value], ("",))


def rows(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    fold(platform)
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


def test_whoever_speaks_at_once_each_statement_has_its_own_number(
    station: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observations, "_SLICE", 7)
    failures: list[BaseException] = []

    def speak(number: int) -> None:
        try:
            for turn in range(12):
                whole = [said(hour, number * 100 + turn) for hour in range(20)]
                station.observations.take_statements(whole, lambda _: [], "t", bulk=number % 2 == 0)
        except BaseException as failure:
            failures.append(failure)
            raise

    speakers = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
    for each in speakers:
        each.start()
    for each in speakers:
        each.join()
    assert failures == []
    numbers = rows(
        station, "SELECT observed_at, list(statement ORDER BY statement) FROM base.observation GROUP BY 1"
    )
    assert [found for _, found in numbers] == [list(range(1, 4 * 12 + 1))] * 20


def test_slices_say_of_all_what_one_call_would(station: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observations, "_SLICE", 3)
    station.observations.take_statements([said(0, 1), said(5, 5)], lambda _: [], "t")
    whole = [
        said(0, 1),
        said(1, 1),
        said(2, 1, "nowhere"),
        said(1, 2),
        said(5, 6),
        said(6, 1, "nowhere"),
        said(1, 2),
    ]
    found: list[Any] = []

    def keep(unsound: Any) -> list[tuple[Submission, Refused]]:
        found.append([position for position, _ in unsound])
        return [(Submission("t", str(position), b"x"), why) for position, why in unsound]

    dry = station.observations.take_statements(whole, keep, "t", bulk=True, dry_run=True)
    taken = station.observations.take_statements(whole, keep, "t", bulk=True)
    assert found == [[2, 5], [2, 5]]
    for each in (dry, taken):
        assert (each.accepted, each.repeats, each.restatements) == (3, [0, 6], [3, 4])
        assert [submission.origin for submission, _ in each.refused] == ["2", "5"]
    at = rows(station, "SELECT recorded_at FROM base.observation WHERE statement > 0 ORDER BY log_offset")
    assert len({moment for (moment,) in at[-3:]}) == 3


def test_what_is_folded_while_the_tables_are_asked_is_still_known(station: Platform) -> None:
    asked = threading.Event()
    goes_on, last = threading.Event(), station.state.last_statements

    def slow(keys: Any) -> Any:
        found = last(keys)
        if threading.current_thread().name == "slow":
            asked.set()
            goes_on.wait(20)
        return found

    station.state.last_statements = slow  # type: ignore[method-assign]
    taken: list[Any] = []
    one = threading.Thread(
        name="slow",
        target=lambda: taken.append(station.observations.take_statements([said(0, 1)], lambda _: [], "t")),
    )
    one.start()
    assert asked.wait(20)
    for value in (1, 2):
        station.observations.take_statements([said(0, value)], lambda _: [], "t")
        fold(station)
    goes_on.set()
    one.join()
    assert taken[0].restatements == [0]
    assert rows(station, "SELECT list(statement ORDER BY statement) FROM base.observation") == [([1, 2, 3],)]


def test_others_go_before_who_has_much_to_say_but_not_for_ever() -> None:
    turns, order = Turns(), list[str]()
    let_go = threading.Event()

    def take(name: str, *, bulk: bool) -> None:
        with turns.turn(bulk=bulk):
            order.append(name)

    def hold() -> None:
        with turns.turn(bulk=False):
            let_go.wait(20)

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    eventually(lambda: turns._taken)
    threads.append(threading.Thread(target=take, args=("file",), kwargs={"bulk": True}))
    threads[-1].start()
    for number in range(30):
        threads.append(threading.Thread(target=take, args=(f"device {number}",), kwargs={"bulk": False}))
        threads[-1].start()
    eventually(lambda: turns._waiting == 30)
    let_go.set()
    for each in threads:
        each.join(20)
    assert Counter(order) == Counter(["file", *(f"device {number}" for number in range(30))])
    assert order.index("file") > 0
