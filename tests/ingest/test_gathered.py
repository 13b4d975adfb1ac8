"""Long files in parts on disk: the statements of the whole, and no part larger than what is held at once."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import documents as documents_module
from ingest import rows as rows_module
from ingest import tables as tables_module
from ingest.gathered import gathered
from ingest.shaping import by_site_and_time, shaped
from ingest.tables import Table, tables
from tests.ingest.test_kinds_of_files import long_profile


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.sampled_from(["DO", "TP"])), min_size=1, max_size=60
    )
)
def test_parts_on_disk_make_the_statements_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, str]]
) -> None:
    how = long_profile(tmp_path_factory)
    told = [(site, f"2024-01-0{day + 1} 00:00", name, "1", "mg/L", "", "") for site, day, name in rows]
    frame = pl.DataFrame(told, schema=["s", "t", "n", "v", "u", "d", "f"], orient="row")
    pieces = [
        Table(frame.slice(at, 7), range(at, min(at + 7, len(rows))), done=at + 7) for at in range(0, len(rows), 7)
    ]
    parts = list(
        gathered(iter(pieces), lambda f: by_site_and_time(how, f, "").select("site", "at"), len(rows), together=10)
    )
    assert sorted(number for part in parts for number in part.numbers) == list(range(len(rows)))
    of_parts = [said for part in parts for said in shaped(how, part.frame, "").statements]
    assert sorted(of_parts) == sorted(shaped(how, frame, "").statements)


@pytest.mark.parametrize("ending", ["ndjson", "json", "ndjson.gz", "json.gz", "csv", "csv.gz"])
def test_no_part_of_a_long_file_is_larger_than_what_is_held_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(tables_module, "_BATCH_ROWS", 100)
    for module in (rows_module, documents_module):
        monkeypatch.setattr(module, "_PIECE", 1024)
    said = [{"site": f"s{n % 1500}", "at": "x", "value": str(n)} for n in range(3000)]
    text = {
        "ndjson": "".join(json.dumps(each) + "\n" for each in said),
        "json": json.dumps(said),
        "csv": "site,at,value\n" + "".join(f"{each['site']},x,{each['value']}\n" for each in said),
    }[ending.removesuffix(".gz")].encode()
    path = tmp_path / f"a.{ending}"
    path.write_bytes(gzip.compress(text) if ending.endswith(".gz") else text)
    found = list(
        gathered(tables(path, ["site", "at", "value"]), lambda f: f.select("site", "at"), path.stat().st_size, 150)
    )
    assert sorted(int(value) for part in found for value in part.frame["value"]) == list(range(3000))
    assert max(part.frame.height for part in found) <= 3 * 150
    assert found[-1].done == pytest.approx(path.stat().st_size, rel=0.01)
