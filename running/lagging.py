"""Which tables are not up to date since something in them can't be computed, for all that show it."""

from collections.abc import Collection, Iterator

from projections.aside import SetAside, read_set_aside
from projections.catalogue import catalogue
from projections.database import Database, DatabaseUnavailable
from running.health import Trouble

_NAMED = 12
_STEPPED_OVER = "SELECT count(*) FROM ops.quarantine WHERE channel = 'log' AND state IN ('OPEN', 'CORRECTED')"


class Lagging:
    """What is set aside in a database; read again only where it has changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[object, list[SetAside]] = (None, [])
        self._counted: tuple[object, int] = (None, 0)

    def set_aside(self) -> list[SetAside]:
        """The tables of which rows are set aside, by name. As it was known last, where the tables can't be read."""
        revision = self._database.revision("ops.set_aside")
        if self._read[0] != revision:
            try:
                with self._database.read() as snapshot:
                    self._read = (revision, read_set_aside(snapshot.connection))
            except DatabaseUnavailable:
                return self._read[1]
        return self._read[1]

    def stepped_over(self) -> int:
        """How many events of the log are in no table and nobody has looked after. Known as `set_aside` is."""
        revision = self._database.revision("ops.quarantine")
        if self._counted[0] != revision:
            try:
                with self._database.read() as snapshot:
                    ((count,),) = snapshot.connection.execute(_STEPPED_OVER).fetchall()
                    self._counted = (revision, count)
            except DatabaseUnavailable:
                return self._counted[1]
        return self._counted[1]

    def following(self, table: str) -> list[str]:
        """The tables and views that follow from one: they are computed without what is set aside."""
        return sorted(catalogue().following({table}))

    def concerning(self, tables: Collection[str]) -> list[SetAside]:
        """What is set aside in these tables, or in what they follow from."""
        found = self.set_aside()
        if not found:
            return []
        reached = catalogue().closure(set(tables))
        return [each for each in found if each.table in reached]

    def troubles(self) -> Iterator[Trouble]:
        """Each table of which something is set aside, with what follows from it; events in no table."""
        if stepped_over := self.stepped_over():
            said = "events of the log can't be taken by any table: see `quarantine` for channel log"
            yield Trouble("events", f"{stepped_over} {said}, and dismiss them there when they are looked after")
        for each in self.set_aside():
            following = self.following(each.table)
            named = ", ".join(following[:_NAMED]) + (" and others" if len(following) > _NAMED else "")
            lags = f"; without it {named} are computed" if following else ""
            yield Trouble(f"table {each.table}", f"{each.message}{lags}")
