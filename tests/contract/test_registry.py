"""The registry is complete, and what it once said it says for ever."""

import copy
import json
import subprocess

import pytest
from fastavro import parse_schema

from schemas.contract import event_types
from schemas.ids import REGISTRY_FILE, Entry, UnknownSchema, registry
from schemas.registry import registered, resolving_form, schema_fingerprint

ENTRIES = list(registry().entries.values())


def test_every_schema_is_registered_as_its_file_says_it() -> None:
    assert registered(ENTRIES, event_types()) == ENTRIES, "run `python -m schemas.registry` and commit the result"


def test_ids_count_from_one_and_versions_within_their_subject() -> None:
    assert [entry.id for entry in ENTRIES] == list(range(1, len(ENTRIES) + 1))
    for entry in ENTRIES:
        same = [e.version for e in ENTRIES if e.subject == entry.subject]
        assert same == list(range(1, len(same) + 1))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.id}-{entry.event}")
def test_a_fingerprint_is_that_of_its_schema(entry: Entry) -> None:
    assert schema_fingerprint(entry.schema) == entry.fingerprint
    parse_schema(copy.deepcopy(entry.schema))


def test_what_was_registered_in_an_earlier_commit_is_registered_still() -> None:
    earlier = subprocess.run(
        ["git", "log", "--format=%H", "--", "schemas/registry.json"],
        cwd=REGISTRY_FILE.parent.parent,
        capture_output=True,
        text=True,
    ).stdout.split()
    released = subprocess.run(
        ["git", "tag", "--list", "v*"], cwd=REGISTRY_FILE.parent.parent, capture_output=True, text=True
    ).stdout.split()
    for revision in released or earlier[:1]:
        said = subprocess.run(
            ["git", "show", f"{revision}:schemas/registry.json"],
            cwd=REGISTRY_FILE.parent.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        rows = json.loads(said)
        assert [vars(entry) for entry in ENTRIES[: len(rows)]] == rows


def test_an_added_field_is_a_new_version_behind_the_old_one() -> None:
    event = event_types()["risk.incident_closed"]
    grown = copy.deepcopy(event.schema)
    grown["fields"].append({"name": "lessons", "type": ["null", "string"], "default": None, "doc": "Learned."})
    types = {event.name: type(event)(event.name, event.aggregate, grown)}
    *before, added = registered(ENTRIES, types)
    assert before == ENTRIES
    assert (added.id, added.version, added.subject) == (len(ENTRIES) + 1, 2, event.registry_subject)


def test_words_for_people_are_no_change_of_a_schema() -> None:
    event = event_types()["risk.incident_closed"]
    reworded = copy.deepcopy(event.schema)
    reworded["fields"][-1]["doc"] = "Said in other words."
    assert resolving_form(reworded) == resolving_form(event.schema)


def test_an_unknown_id_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnknownSchema, match="register its schema or update"):
        registry().entry(999_999)
