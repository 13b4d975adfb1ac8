"""What devices said about themselves, what they were told to do, and how much they sent: HJ 212's own tables."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from eventlog.codec import Event
from tests.events import event
from tests.factories import NOON, Tables, observation

MN = "010000A8900016F000169DC0"
LATE = datetime(2026, 4, 30, 16, 0, tzinfo=UTC)  # midnight of 1 May in Xunyang


def lists(name: str, **said: Any) -> Event:
    """A lone statement of the device, which follows on none before it."""
    place = {} if name == "district.device_traffic_counted" else {"site_id": "s"}
    return event(name, f"{MN}/{said!r}", mn=MN, **place, **said)


@pytest.mark.parametrize(
    ("table", "name", "moment"),
    [
        ("monitor.device_alarm", "district.device_alarmed", "alarmed_at"),
        ("monitor.device_log", "district.device_logged", "logged_at"),
    ],
)
def test_each_thing_that_was_said_together_has_a_row_in_its_place(
    tables: Tables, table: str, name: str, moment: str
) -> None:
    said = {"cn": "2072", "names": ["a21026", "i11001"], "texts": ["超标", "零点漂移"], moment: LATE}
    tables.given(lists(name, **said))
    assert tables.rows(f"SELECT position, mn, name, text FROM {table} ORDER BY position") == [
        (1, MN, "a21026", "超标"), (2, MN, "i11001", "零点漂移"),
    ]  # fmt: skip


@pytest.mark.parametrize(("names", "texts", "rows"), [(["a", "b"], ["x"], 1), ([], [], 0), (["a"], ["x", "y"], 1)])
def test_lists_that_are_not_of_one_length_lose_nothing_but_what_has_no_other_half(
    tables: Tables, names: list[str], texts: list[str], rows: int
) -> None:
    tables.given(lists("district.device_logged", cn="2081", names=names, texts=texts, logged_at=LATE))
    assert tables.row("SELECT count(*) FROM monitor.device_log") == (rows,)


def test_details_say_code_kind_and_their_number_where_they_are_one(tables: Tables) -> None:
    said = {"names": ["w01018-Min", "w01018-Cou", "lng"], "texts": ["12.5", "1e3", "正常"]}
    tables.given(lists("district.device_detail_recorded", cn="2061", data_at=LATE, **said))
    assert tables.rows("SELECT code, kind, text, value FROM monitor.device_detail ORDER BY position") == [
        ("w01018", "Min", "12.5", 12.5), ("w01018", "Cou", "1e3", 1000.0), ("lng", "", "正常", None),
    ]  # fmt: skip


def equipment(at: datetime, *said: tuple[str, str, float], minute: int = 0) -> Event:
    return lists(
        "district.equipment_stated", stated_at=at, recorded_at=at + timedelta(minutes=minute),
        equipment=[name for name, _, _ in said], aspects=[aspect for _, aspect, _ in said],
        values=[value for _, _, value in said],
    )  # fmt: skip


def test_equipment_stands_as_last_stated_by_the_device_s_time(tables: Tables) -> None:
    tables.given(
        equipment(LATE, ("SB1", "RS", 1.0), ("SB1", "RT", 8.5), ("SB2", "RS", 0.0)),
        equipment(LATE + timedelta(hours=1), ("SB1", "RS", 2.0)),
        equipment(LATE - timedelta(hours=1), ("SB1", "RS", 4.0), ("SB2", "RT", 1.0), minute=300),  # late, and older
    )
    assert tables.rows("SELECT equipment, aspect, value FROM monitor.equipment ORDER BY 1, 2") == [
        ("SB1", "RS", 2.0), ("SB1", "RT", 8.5), ("SB2", "RS", 0.0), ("SB2", "RT", 1.0),
    ]  # fmt: skip


def test_a_command_is_pending_until_it_ends_and_its_first_end_counts(tables: Tables) -> None:
    asked = event("district.device_command_requested", "c1", command_id="c1", mn=MN, cn="1011")
    other = event("district.device_command_requested", "c2", command_id="c2", mn=MN, cn="3011")
    tables.given(asked, other)
    columns = "command_id, status, qn_rtn, exe_rtn, sent, ended_at IS NULL"
    assert tables.rows(f"SELECT {columns} FROM monitor.device_command ORDER BY 1") == [
        ("c1", "PENDING", None, None, 0, True), ("c2", "PENDING", None, None, 0, True),
    ]  # fmt: skip
    done = event(
        "district.device_command_ended", "c1", asked, command_id="c1", outcome="DONE", qn_rtn=1, exe_rtn=1, sent=2
    )
    tables.given(done)
    tables.given(event("district.device_command_ended", "c1", done, command_id="c1", outcome="TIMED_OUT", sent=4))
    assert tables.rows(f"SELECT {columns} FROM monitor.device_command ORDER BY 1")[0] == (
        "c1", "DONE", 1, 1, 2, False,
    )  # fmt: skip


def traffic(since: datetime, minutes: int, frames: int, drift: float | None = None, **more: int) -> Event:
    until = since + timedelta(minutes=minutes)
    return lists(
        "district.device_traffic_counted", since=since, until=until, frames=frames, bytes=frames * 100,
        clock_drift_s=drift, **{**dict.fromkeys(("repeated", "restated", "late", "resent", "refused"), 0), **more},
    )  # fmt: skip


def test_traffic_is_summed_by_local_day_with_the_last_drift(tables: Tables) -> None:
    tables.given(
        traffic(LATE - timedelta(minutes=10), 10, 3, drift=2.0),  # 23:50 of 30 April
        traffic(LATE, 10, 5, drift=4.0, late=2, refused=1),
        traffic(LATE + timedelta(hours=8), 10, 7, drift=-30.0),
    )
    columns = "day, frames, bytes, late, refused, clock_drift_s"
    assert tables.rows(f"SELECT {columns} FROM monitor.device_day ORDER BY day") == [
        (date(2026, 4, 30), 3, 300, 0, 0, 2.0), (date(2026, 5, 1), 12, 1200, 2, 1, -30.0),
    ]  # fmt: skip


def test_a_span_of_a_sender_is_its_own_and_a_site_s_that_of_all(tables: Tables) -> None:
    tables.given(
        observation("s", NOON, source="old logger"),
        observation("s", NOON + timedelta(days=400), source="new logger"),
        observation("s", NOON + timedelta(days=30), source="old logger"),
        observation("s", NOON + timedelta(days=500), source="new logger", period="DAY"),
    )
    asked = "SELECT source, first_day, last_day FROM monitor.heard_span ORDER BY source NULLS FIRST"
    first, last = date(2022, 1, 3), date(2022, 1, 3) + timedelta(days=400)
    # hours only: what is stated once a day is rated by no hour
    assert tables.rows(asked) == [
        (None, first, last), ("new logger", last, last), ("old logger", first, date(2022, 2, 2)),
    ]  # fmt: skip
