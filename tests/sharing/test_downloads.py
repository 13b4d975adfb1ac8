"""Data sets: the same figures in every format, pages that make the whole, and nothing that may not be seen."""

import csv
import hashlib
import io
import json
from datetime import date, datetime
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
import python_calamine
from starlette.testclient import TestClient

from eventlog.codec import drafts
from gateway.sharing.asking import OF_ALL
from gateway.sharing.datasets import data_sets
from gateway.sharing.formats import FORMATS
from projections.catalogue import catalogue
from projections.columns import columns
from running.keys import issue
from running.platform import Platform
from schemas.contract import OPEN_TO, Disclosure
from tests.factories import observation, place, section
from tests.journeys.steps import fold

STATION: dict[str, Any] = {"network": "NATIONAL", "operator": None, "subdistrict_id": None, "factors": ["PM10"]}
SEEN: list[Disclosure] = ["public", "internal", "restricted"]


def register(platform: Platform, *codes: str, **more: Any) -> None:
    platform.log.append(drafts([section(code, **more) for code in codes]))
    fold(platform)


def hours(platform: Platform, *times: str) -> None:
    station = place("air.station_registered", "station", "S", **STATION)
    platform.log.append(drafts([station]))
    fold(platform)
    stated = [observation("S", datetime.fromisoformat(time), {"PM2.5": 35.5, "PM10": 60.0}) for time in times]
    platform.log.append(drafts(stated))
    fold(platform)


def test_no_data_set_shows_what_may_not_be_seen() -> None:
    def leaks(found: Any, allowed: Any) -> list[str]:
        return [c.name for c in found if c.disclosure not in allowed or not c.words]

    for seen in SEEN:
        for each in data_sets(seen).values():
            assert leaks(each.columns, OPEN_TO[seen]) == [], each.name
            assert set(each.projection.key) <= {column.name for column in each.columns}
            assert not {column.name for column in each.columns} & set(OF_ALL)


def test_every_table_whose_key_is_told_is_a_data_set_of_those_who_may_see_all() -> None:
    told = {
        name
        for name, projection in catalogue().projections.items()
        if all(columns(name)[key].words for key in projection.key)
    }
    assert told == set(data_sets("restricted"))


@pytest.mark.parametrize("seen", SEEN)
def test_every_data_set_answers_in_every_format_to_those_who_may_see_it(
    server: TestClient, platform: Platform, seen: Disclosure
) -> None:
    headers = {"restricted": {"Authorization": "Bearer key"}, "public": {}}
    if seen == "internal":
        _, token = issue(platform, "water-affairs", "DEPARTMENT", [], "test")
        headers["internal"] = {"Authorization": f"Bearer {token}"}
    for name, each in data_sets(seen).items():
        formats = ["json", "geojson"] if each.place != "none" else ["json"]
        for form in formats if name != "air.hourly" else FORMATS:
            answer = server.get(f"/api/v1/{name}", params={"format": form, "first": 2}, headers=headers[seen])
            assert answer.status_code == 200, (name, form, answer.text)
            for row in answer.json()["rows"] if form == "json" else ():
                assert set(row) <= {column.name for column in each.columns}


def test_a_department_sees_what_the_public_may_not_and_a_sender_of_one_site_does_not(
    server: TestClient, platform: Platform
) -> None:
    hidden = "soil.waste_shipment"
    assert hidden not in data_sets("public")
    assert hidden in data_sets("internal")
    _, department = issue(platform, "water-affairs", "DEPARTMENT", [], "test")
    _, of_a_site = issue(platform, "plant", "DEPARTMENT", ["x"], "test")
    _, device = issue(platform, "logger", "DEVICE", [], "test")
    for token, status in ((department, 200), (of_a_site, 404), (device, 404), ("forged", 401)):
        answer = server.get(f"/api/v1/{hidden}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status, answer.text
    assert server.get(f"/api/v1/{hidden}").json()["code"] == "no_such_data_set"


def test_all_formats_have_the_same_figures(server: TestClient, platform: Platform) -> None:
    hours(platform, "2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z")
    got = {form: server.get("/api/v1/air.hourly", params={"format": form}) for form in FORMATS}
    rows = got["json"].json()["rows"]
    assert [row["observed_at"] for row in rows] == ["2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z"]
    pm25 = [row["pm25_ug_m3"] for row in rows]
    assert pm25[0] is not None

    text = got["csv"].content
    assert text.startswith("\ufeff".encode())
    assert text.count(b"\r\n") == text.count(b"\n") == 3
    read = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [datetime.fromisoformat(row["observed_at_utc"]) for row in read] == [
        datetime.fromisoformat(row["observed_at"]) for row in rows
    ]
    assert [float(row["pm25_ug_m3"]) for row in read] == pm25

    for frame in (pl.read_parquet(got["parquet"].content), pl.from_arrow(pa.ipc.open_stream(got["arrow"].content))):
        assert isinstance(frame, pl.DataFrame)
        assert frame["pm25_ug_m3"].to_list() == pm25
        assert frame.schema["observed_at"] == pl.Datetime("us", "UTC")

    features = got["geojson"].json()["features"]
    assert [each["properties"]["pm25_ug_m3"] for each in features] == pm25
    assert features[0]["geometry"]["type"] == "Point"

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(got["xlsx"].content))
    head, *data = book.get_sheet_by_name("数据").to_python()
    assert data[0][head.index("observed_at (北京时间)")] == datetime(2026, 3, 1, 8)  # noqa: DTZ001  Beijing's
    assert [row[head.index("pm25_ug_m3")] for row in data] == pm25
    assert "pm25_ug_m3" in {row[0] for row in book.get_sheet_by_name("说明").to_python()}


def test_a_file_says_its_rows_and_its_sum_and_a_side_file_too(server: TestClient, platform: Platform) -> None:
    register(platform, "a", "b")
    answer = server.get("/api/v1/base.site?format=csv")
    sums = server.get("/api/v1/base.site?format=csv&sums=true").json()
    assert sums["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (sums["count"], sums["bytes"], sums["truncated"]) == (2, len(answer.content), False)
    assert (answer.headers["x-row-count"], answer.headers["x-truncated"]) == ("2", "false")
    assert sums["position"] == answer.headers["x-position"]
    assert (
        server.get("/api/v1/base.site?format=csv", headers={"If-None-Match": answer.headers["etag"]}).status_code
        == 304
    )


def test_no_text_begins_like_a_formula_and_codes_stay_text(server: TestClient, platform: Platform) -> None:
    register(platform, "007", name_zh="=1+1", name_en="+SUM(A1)")
    (row,) = csv.DictReader(io.StringIO(server.get("/api/v1/base.site?format=csv").content.decode("utf-8-sig")))
    assert (row["site_id"], row["name_zh"], row["name_en"]) == ("007", "'=1+1", "'+SUM(A1)")
    content = server.get("/api/v1/base.site?format=xlsx").content
    head, values = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("数据").to_python()
    )
    assert (values[head.index("site_id")], values[head.index("name_zh")]) == ("007", "=1+1")


def test_pages_make_the_whole_and_say_that_they_are_cut_and_that_the_tables_moved(
    server: TestClient, platform: Platform
) -> None:
    register(platform, "b", "d", "f")
    first = server.get("/api/v1/base.site?first=2")
    said = first.json()
    assert [row["site_id"] for row in said["rows"]] == ["b", "d"]
    assert (said["truncated"], said["moved"], first.headers["x-truncated"]) == (True, False, "true")
    assert first.headers["link"] == f'<{said["next"]}>; rel="next"'
    register(platform, "a", "e")
    rest = server.get(said["next"]).json()
    assert [row["site_id"] for row in rest["rows"]] == ["e", "f"]
    assert (rest["truncated"], rest["moved"], rest["next"]) == (False, True, None)
    assert "2-rows" in server.get("/api/v1/base.site?first=2&format=csv").headers["content-disposition"]


def test_a_download_that_broke_off_goes_on_though_the_table_has_moved(
    server: TestClient, platform: Platform
) -> None:
    register(platform, "a", "b")
    url = "/api/v1/base.site?format=csv"
    whole = server.get(url)
    register(platform, "c")
    ranged = {"Range": "bytes=100-", "If-Range": whole.headers["etag"]}
    rest = server.get(url, headers=ranged)
    assert rest.status_code == 206
    assert whole.content[:100] + rest.content == whole.content
    anew = server.get(url, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (anew.status_code, anew.headers["x-row-count"]) == (200, "3")


def test_rows_are_asked_for_by_columns_and_windows(server: TestClient, platform: Platform) -> None:
    hours(platform, "2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z")
    found = server.get(
        "/api/v1/air.hourly",
        params={
            "site_id": "S",
            "observed_at_since": "2026-03-01T09:00:00+08:00",
            "observed_at_until": "2026-03-01T02:00Z",
        },
    ).json()
    assert [row["observed_at"] for row in found["rows"]] == ["2026-03-01T01:00:00Z"]
    assert server.get("/api/v1/air.hourly?site_id=other").json()["count"] == 0


def test_what_is_known_at_a_moment_can_be_asked_for(server: TestClient, platform: Platform) -> None:
    register(platform, "a")
    before = server.get("/api/v1/base.site?asOf=2020-01-01T00:00:00Z").json()
    assert (before["rows"], before["as_of"]) == ([], "2020-01-01T00:00:00Z")
    assert server.get("/api/v1/base.site?asOf=2030-01-01T00:00:00Z").json()["count"] == 1


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("format=pdf", "format"),
        ("first=0", "first"),
        ("first=x", "first"),
        ("nothing=1", "nothing"),
        ("site_id=a&site_id=b", "site_id"),
        ("after=zz", "after"),
        ("asOf=yesterday", "asOf"),
        ("target_class=two", "target_class"),
        ("target_class=99999999999999999999", "target_class"),
        ("subdistrict_id=x", "subdistrict_id"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_parameter(server: TestClient, query: str, where: str) -> None:
    hidden = where == "subdistrict_id" and where in {c.name for c in data_sets("public")["base.site"].columns}
    answer = server.get(f"/api/v1/base.site?{query}")
    if not hidden:
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter"), answer.text
        assert answer.json()["message"].startswith(where)


def test_a_cursor_is_of_its_rows_alone(server: TestClient, platform: Platform) -> None:
    register(platform, "a", "b")
    following = server.get("/api/v1/base.site?first=1").json()["next"]
    assert server.get(f"{following}&status=IN_USE").json()["message"] == (
        "after: it belongs to another data set, or to other parameters"
    )


def test_risk_sources_have_no_place_for_the_public(server: TestClient, platform: Platform) -> None:
    source = place(
        "risk.risk_source_registered", "risk_source", "tank-farm", lon=116.0, lat=29.7, enterprise_id="e",
        substances=["ammonia"], quantities_t=[1.0], risk_level=None,
    )  # fmt: skip
    platform.log.append(drafts([source, section("river", lon=116.1, lat=29.8)]))
    fold(platform)
    public = server.get("/api/v1/base.site?format=geojson").json()["features"]
    assert {f["properties"]["site_id"]: f["geometry"] is None for f in public} == {
        "river": False,
        "tank-farm": True,
    }
    assert "29.7" not in json.dumps(public)
    all_of_it = server.get("/api/v1/base.site?format=geojson", headers={"Authorization": "Bearer key"}).json()
    assert all(f["geometry"] for f in all_of_it["features"])


def test_days_are_days(server: TestClient, platform: Platform) -> None:
    hours(platform, *(f"2026-03-01T{hour:02}:00:00Z" for hour in range(24)))
    found = server.get("/api/v1/air.daily?day_since=2026-03-02&day_until=2026-03-02").json()["rows"]
    assert [date.fromisoformat(row["day"]) for row in found] == [date(2026, 3, 2)]
