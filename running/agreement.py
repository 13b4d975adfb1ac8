"""Whether a log and the tables beside it belong together, and what is to be built anew where they don't."""

from eventlog.log import Chained, EventLog, LogDamaged
from projections.database import Database, Due

_BUILT_BESIDE = 1000
"""So many events are folded in a moment; before more of them the tables would say half the truth for too long."""


def expect_log(log: EventLog, database: Database) -> None:
    """Raise `LogDamaged` where the log is empty and the tables are not: they may be the last copy of it."""
    standing = sum(database.engine.offsets().values())
    if standing and not any(log.ends().values()):
        raise LogDamaged(
            f"the log holds no event, but {database.path} stands at {standing}: the log was deleted, emptied or "
            "is another. Restore it from its backup. To give up what it held, move the `projections*` files out of "
            "the folder first: they are the last copy of what was recorded"
        )


def agree(log: EventLog, database: Database) -> None:
    """Have tables built anew that don't follow from the log, that are another version's, or that are not there.

    Those that hold what the log does not are set aside, not removed.
    """
    why = disagreement(log, database)
    if why:
        database.put_away(why)
    elif database.due is None and database.outdated:
        database.due = Due(
            "the tables are of another version of the platform and are being built anew", readable=True
        )
    elif database.due is None and not database.engine.offsets() and sum(log.ends().values()) > _BUILT_BESIDE:
        database.due = Due("there are no tables yet: they are being built from the log", readable=False)


def disagreement(log: EventLog, database: Database) -> str | None:
    """How the tables can't have followed from the log; None where they can."""
    ends = log.ends()
    for stream, offset in sorted(database.engine.offsets().items()):
        if offset > ends.get(stream, 0):
            return (
                f"they stand at offset {offset} of {stream}, and the log ends at {ends.get(stream, 0)}: "
                "it is an older copy, or another log"
            )
    head = database.noted_head()
    if head is not None and isinstance(log, Chained) and not log.passes(head):
        return f"the log does not pass through {head}, where they stood: it was rewritten, or is another log"
    return None
