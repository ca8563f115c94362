"""The rows of a file after they were checked, and later what became of them: on disk, so that there may be millions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Self

_PLACES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE good (line INTEGER PRIMARY KEY, recipient TEXT NOT NULL, key TEXT, body TEXT NOT NULL);
CREATE UNIQUE INDEX good_by_recipient ON good (recipient);
CREATE UNIQUE INDEX good_by_key ON good (key) WHERE key IS NOT NULL;
CREATE TABLE bad (line INTEGER PRIMARY KEY, recipient TEXT, key TEXT, place TEXT, reason TEXT NOT NULL, cells TEXT NOT NULL);
CREATE TABLE ends (key TEXT PRIMARY KEY, state TEXT NOT NULL, sid TEXT, code INTEGER, reason TEXT) WITHOUT ROWID;
BEGIN;
"""


class Good(NamedTuple):
    """A row that can be sent."""

    line: int
    recipient: str
    key: str | None
    """The user's own id of it; `None` if its recipient is its key."""
    body: str


class Bad(NamedTuple):
    """A row that cannot be sent."""

    line: int
    recipient: str
    """As far as it can be told."""
    key: str
    column: str
    """Where the fault is; empty if it is the whole row's."""
    reason: str
    cells: list[str]


class End(NamedTuple):
    """What the ledger says of a row."""

    key: str
    state: str
    sid: str | None
    code: int | None
    reason: str | None


class Fate(NamedTuple):
    """A row of the file with what became of it."""

    line: int
    to: str
    key: str
    state: str | None
    """`None` if the ledger does not know it."""
    sid: str | None
    code: int | None
    reason: str | None


class Clash(ValueError):
    """A row whose recipient or key an earlier row has.

    Args:
        line: of the earlier row.
        of_key: whether it is the key.
    """

    def __init__(self, line: int, *, of_key: bool) -> None:
        super().__init__(line)
        self.line = line
        self.of_key = of_key


class Roll:
    """Checked rows, in a temporary file that nobody else can open and that goes away by itself."""

    def __init__(self) -> None:
        self._sql = sqlite3.connect("", isolation_level=None)
        self._sql.executescript(_PLACES)
        self.good: int = 0
        self.bad: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._sql.close()

    def add(self, row: Good) -> None:
        """Take in a row that can be sent.

        Raises:
            Clash: an earlier one has its recipient or its key.
        """
        try:
            self._sql.execute("INSERT INTO good VALUES (?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            raise self._clash(row) from None
        self.good += 1

    def _clash(self, row: Good) -> Clash:
        for column, value in (("recipient", row.recipient), ("key", row.key)):
            found = self._sql.execute(f"SELECT line FROM good WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
            if found is not None:
                return Clash(found[0], of_key=column == "key")
        raise AssertionError("a line is read once")

    def add_bad(self, row: Bad) -> None:
        """Take in a row that cannot."""
        self._sql.execute("INSERT INTO bad VALUES (?, ?, ?, ?, ?, ?)", (*row[:5], json.dumps(row.cells)))
        self.bad += 1

    def good_rows(self) -> Iterator[Good]:
        """Those that can be sent, in the file's order."""
        return map(Good._make, self._sql.execute("SELECT * FROM good ORDER BY line"))

    def bad_rows(self) -> Iterator[Bad]:
        """Those that cannot, in the file's order."""
        for line, recipient, key, place, reason, cells in self._sql.execute("SELECT * FROM bad ORDER BY line"):
            yield Bad(line, recipient, key, place, reason, json.loads(cells))

    def find(self, key: str) -> Good | None:
        """The row with a key, or without one and with that recipient."""
        found = self._sql.execute(
            "SELECT * FROM good WHERE key = :key UNION ALL SELECT * FROM good WHERE recipient = :key AND key IS NULL",
            {"key": key},
        ).fetchone()
        return None if found is None else Good._make(found)

    def has_recipient(self, recipient: str) -> bool:
        """Whether a row that can be sent has that recipient."""
        return self._sql.execute("SELECT 1 FROM good WHERE recipient = ?", (recipient,)).fetchone() is not None

    def note(self, ends: Iterable[End]) -> None:
        """Note what the ledger says."""
        self._sql.executemany("INSERT OR REPLACE INTO ends VALUES (?, ?, ?, ?, ?)", ends)

    def fates(self) -> Iterator[Fate]:
        """Each row of the file, in its order, with what became of it as far as it was noted."""
        found = self._sql.execute(
            "SELECT line, recipient, coalesce(good.key, recipient), state, sid, code, reason "
            "FROM good LEFT JOIN ends ON ends.key = coalesce(good.key, recipient) "
            "UNION ALL SELECT line, recipient, key, 'invalid', NULL, NULL, "
            "iif(place = '', reason, place || ': ' || reason) FROM bad ORDER BY line"
        )
        return map(Fate._make, found)
