"""Whatever fits its schema can be folded and read: no event that a log may hold stops the stream or a question."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventlog.codec import Event, drafts
from projections.catalogue import catalogue
from projections.engine import Engine
from projections.incoming import chunk_of
from schemas.contract import event_types, topics
from schemas.registry import registry
from tests.contract.avro_values import extreme
from tests.factories import batches, lake, observation, section

ALIKE = st.sampled_from(["a", "b"])


@st.composite
def wild(draw: st.DrawFn, name: str) -> Event:
    """An event with any values, of few things, so that what follows from them meets."""
    schema = registry().newest(name).schema
    fields: dict[str, Any] = {f: draw(v) for f, v in _fields(schema).items()}
    for field in fields:
        if field == "subject" or (field.endswith(("_id", "_no")) and field != "event_id"):
            fields[field] = draw(ALIKE)
    return Event(name, {**fields, "previous": None})


def _fields(schema: Any) -> dict[str, st.SearchStrategy[Any]]:
    return {field["name"]: extreme(field["type"]) for field in schema["fields"]}


@pytest.mark.slow
@pytest.mark.parametrize("topic", topics())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_event_that_fits_its_schema_can_be_folded_and_what_follows_be_read(
    topic: str, data: st.DataObject, laid_out: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = shutil.copy(laid_out, tmp_path_factory.mktemp("wild") / "live.duckdb")
    sound = [section("a"), lake("b"), observation("a", readings={"TP": 0.1}, subsystem="water"), observation("b")]
    names = [name for name, event_type in event_types().items() if event_type.topic == topic]
    said = [event for name in names for event in data.draw(st.lists(wild(name), min_size=1, max_size=2))]
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        Engine(connection).fold(chunk_of(batches(drafts([*said, *sound])), {}))
        for view in catalogue().of_kind("view"):
            connection.execute(f"FROM {view.name}").fetchall()
