"""Lays out an empty database: schemas, standards, one table for each event type and each projection."""

import hashlib
from pathlib import Path

import duckdb
import polars as pl

from projections.catalogue import FOLDER, Projection, all_keys, catalogue
from projections.kept import bytes_of, kept_fields
from projections.transaction import transaction, with_frame
from schemas.contract import AvroSchema, EventType, event_types, place_kinds
from schemas.ids import REGISTRY_FILE

STANDARDS_FOLDER = Path(REGISTRY_FILE).parent / "standards"
MACROS_FILE = FOLDER / "macros.sql"

_WORDS = frozenset({"clause", "note", "source", "standard", "status"})
_DATE = r"^\d{4}-\d{2}-\d{2}$"

_OPS = """
CREATE TABLE ops.checkpoint (topic VARCHAR, partition INTEGER, next_offset BIGINT);
COMMENT ON TABLE ops.checkpoint IS 'one row per stream of the log, with the offset behind the last folded event';
CREATE TABLE ops.head (
  subject VARCHAR, event_id UUID, length INTEGER, first_offset BIGINT, last_offset BIGINT);
COMMENT ON TABLE ops.head IS
  'one row per subject with a life of its own: its last event that counts, and how many do; rows are never removed';
CREATE TABLE ops.superseded (
  event_id UUID, subject VARCHAR, event VARCHAR, topic VARCHAR, partition INTEGER, log_offset BIGINT);
COMMENT ON TABLE ops.superseded IS
  'one row per event that named another than its subject''s head, and so does not count';
CREATE TABLE ops.unreadable (
  submission_id VARCHAR, topic VARCHAR, partition INTEGER, log_offset BIGINT, reason VARCHAR,
  content_bytes BIGINT, content_sha256 VARCHAR);
COMMENT ON TABLE ops.unreadable IS
  'one row per event of the log that does not fit its schema, whose bytes stand there';
CREATE TABLE ops.set_aside (table_name VARCHAR, key VARCHAR, error VARCHAR, since VARCHAR);
COMMENT ON TABLE ops.set_aside IS
  'one row per table and key of it that can''t be computed, with the error and where the log stood; * is every key';
CREATE TABLE ops.built_by (fingerprint VARCHAR);
COMMENT ON TABLE ops.built_by IS 'one row: the contract, standards and projections that the tables follow from';
CREATE TABLE ops.noted_head (position BIGINT, chain VARCHAR);
COMMENT ON TABLE ops.noted_head IS 'at most one row: a head of the log''s hash chain up to which all is folded';
"""


def lay_out(connection: duckdb.DuckDBPyConnection, tables: set[str] | None = None) -> None:
    """Create every table, empty; or only those named, with the standards that they need."""
    with transaction(connection):
        _lay_out(connection, catalogue().closure(tables) if tables else None)


def _lay_out(connection: duckdb.DuckDBPyConnection, wanted: set[str] | None) -> None:
    known = catalogue()
    folders = {name.partition(".")[0] for name in known.projections} | {"base", "ops"}
    for folder in sorted(folders):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {folder}")
    connection.execute(MACROS_FILE.read_text(encoding="utf-8"))
    connection.execute(_OPS)
    connection.execute("INSERT INTO ops.built_by VALUES (?)", [built_from()])
    _create_standards(connection, wanted)
    for name, event_type in known.events.items():
        if wanted is None or name in wanted:
            connection.execute(f"CREATE TABLE {name} ({_columns(event_type)})")
            connection.execute(f"COMMENT ON TABLE {name} IS {_quoted(event_type.schema['doc'])}")
    for projection in known.projections.values():
        if wanted is None or projection.name in wanted:
            _create(connection, projection)


def built_from() -> str:
    """Fingerprint of all that decides what the tables say: registry, standards and SQL."""
    digest = hashlib.sha256(_OPS.encode())
    digest.update(" ".join(event_type.name for event_type in place_kinds().values()).encode())
    files = [REGISTRY_FILE, MACROS_FILE, *FOLDER.glob("*/*.sql"), *STANDARDS_FOLDER.glob("*.csv")]
    for path in sorted(files):
        digest.update(f"{path.parent.name}/{path.name}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _create_standards(connection: duckdb.DuckDBPyConnection, wanted: set[str] | None) -> None:
    for path in sorted(STANDARDS_FOLDER.glob("*.csv")):
        name = f"standards.{path.stem}"
        if wanted is None or name in wanted:
            with_frame(connection, "incoming", _standard(path), f"CREATE TABLE {name} AS FROM incoming")


def _standard(path: Path) -> pl.DataFrame:
    """A standard's rows: dates where all are written out in full, words by the column's name, else as they look.

    A clause may look like a number or a date: 5.1 and 5.1.3.
    """
    names = pl.read_csv(path, n_rows=0).columns
    words = {name: pl.String for name in names if name in _WORDS}
    rows = pl.read_csv(path, infer_schema_length=None, schema_overrides=words)
    texts = [name for name, kind in rows.schema.items() if kind == pl.String and name not in _WORDS]
    dates = [name for name in texts if rows[name].count() and rows[name].str.contains(_DATE).all()]
    return rows.with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))


def _create(connection: duckdb.DuckDBPyConnection, projection: Projection) -> None:
    name, body = projection.name, projection.sql
    if projection.kind == "view":
        connection.execute(f"CREATE VIEW {name} AS {body}")
    elif projection.kind == "constant":
        connection.execute(f"CREATE TABLE {name} AS {body}")
    elif projection.kind == "append":
        connection.execute(f"CREATE OR REPLACE TEMP TABLE incoming ({_statement_columns(projection)})")
        connection.execute(f"CREATE TABLE {name} AS {body}")
        connection.execute("DROP TABLE incoming")
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS {all_keys(projection)}")
        connection.execute(f"CREATE TABLE {name} AS {body}")
        connection.execute("DROP TABLE wanted")
    word = "VIEW" if projection.kind == "view" else "TABLE"
    connection.execute(f"COMMENT ON {word} {name} IS {_quoted(projection.grain)}")


def _statement_columns(projection: Projection) -> str:
    return _columns(event_types()[projection.sources[0]]) + ", topic VARCHAR, partition INTEGER"


def _columns(event_type: EventType) -> str:
    unkept = bytes_of(event_type)
    fields = [f'"{name}" {_type(each["type"])}' for name, each in event_type.fields.items() if name not in unkept]
    fields += [f'"{name}" {kind}' for name, kind in kept_fields(event_type)]
    return ", ".join([*fields, "log_offset BIGINT", *(["sequence INTEGER"] if event_type.aggregate else [])])


def _type(avro: AvroSchema | list[AvroSchema | str] | str) -> str:
    """DuckDB's type for an Avro type of the kinds that the contract allows."""
    if isinstance(avro, list):
        return _type(next(branch for branch in avro if branch != "null"))
    if isinstance(avro, str):
        return {
            "string": "VARCHAR",
            "long": "BIGINT",
            "int": "INTEGER",
            "double": "DOUBLE",
            "float": "FLOAT",
            "boolean": "BOOLEAN",
        }[avro]
    logical = {"uuid": "UUID", "timestamp-micros": "TIMESTAMP", "date": "DATE"}
    if avro.get("logicalType") in logical:
        return logical[avro["logicalType"]]
    if avro["type"] == "array":
        return _type(avro["items"]) + "[]"
    return "VARCHAR" if avro["type"] == "enum" else _type(avro["type"])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
