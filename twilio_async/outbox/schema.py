"""The file of an embedded ledger: who may open it, how it is laid out, and how it came to be laid out so.

It is opened in WAL mode with ``synchronous=FULL``: an intent that a power cut could undo would be worth nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from pathlib import Path
from typing import Final

from twilio_async.outbox.errors import (
    OutboxError,
    OutboxFull,
    OutboxLocked,
    OutboxReadOnly,
    OutboxUnreadable,
    OutboxVersion,
)
from twilio_async.outbox.ledger import STATES, State

APPLICATION: Final = 0x74776F62  # "twob", in the file's header: this is an outbox
OLDEST_SQLITE = (3, 35, 0)
"""The first with ``RETURNING``."""
CACHE_KIB = 48 * 1024
CHECKPOINT_PAGES = 8000
"""Pages of the log that are written back together: keys come in no order, so pages are changed again and again."""
QUICKLY_CHECKED = 16 << 20
"""Bytes of a file that is checked for damage when it is opened; a larger one would take seconds."""

CODES: Final[dict[State, int]] = {state: number for number, state in enumerate(STATES)}
"""States as the file holds them. Only ever append."""


def _in(*states: State) -> str:
    return f"state IN ({', '.join(str(CODES[state]) for state in states)})"


# What partial indexes hold. SQLite uses one only for a query that says the same in the same words.
PENDING: Final = f"state = {CODES['pending']}"
WITH_DEADLINE: Final = f"{PENDING} AND deadline IS NOT NULL"
IN_HAND: Final = _in("claimed", "sending")
IN_DOUBT: Final = _in("unknown", "absent")
WITHOUT_SID: Final = f"state = {CODES['accepted']} AND sid IS NULL"
REFUSED: Final = _in("rejected", "skipped")

_FIRST = f"""
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    paused INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE senders (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    rests_until REAL NOT NULL DEFAULT 0
);
CREATE TABLE lanes (
    campaign INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    PRIMARY KEY (campaign, sender)
) WITHOUT ROWID;
CREATE TABLE rows (
    id INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL,
    key TEXT NOT NULL,
    sender INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    payload TEXT NOT NULL,
    segments INTEGER NOT NULL,
    added_at REAL NOT NULL,
    not_before REAL NOT NULL DEFAULT 0,
    deadline REAL,
    state INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease REAL,
    intent_at REAL,
    settled_at REAL,
    sid TEXT,
    code INTEGER,
    reason TEXT,
    evidence TEXT,
    absent_at REAL,
    delivery TEXT,
    delivery_code INTEGER
);
CREATE UNIQUE INDEX rows_by_key ON rows (campaign, key);
CREATE UNIQUE INDEX rows_by_sid ON rows (sid) WHERE sid IS NOT NULL;
CREATE INDEX rows_pending ON rows (campaign, sender, not_before, id) WHERE {PENDING};
CREATE INDEX rows_with_deadline ON rows (deadline) WHERE {WITH_DEADLINE};
CREATE INDEX rows_in_hand ON rows (lease) WHERE {IN_HAND};
CREATE INDEX rows_in_doubt ON rows (id) WHERE {IN_DOUBT};
CREATE INDEX rows_without_sid ON rows (id) WHERE {WITHOUT_SID};
CREATE INDEX rows_refused ON rows (campaign, code) WHERE {REFUSED};
CREATE TABLE counts (
    campaign INTEGER NOT NULL,
    state INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    segments INTEGER NOT NULL,
    PRIMARY KEY (campaign, state)
) WITHOUT ROWID;
"""

_BY_TWILIOS_CLOCK = f"""
ALTER TABLE rows ADD COLUMN asked_at REAL;
UPDATE rows SET absent_at = NULL WHERE {IN_DOUBT} AND absent_at IS NOT NULL;
"""  # noqa: S608 - put together from constants of this file
"""Looks at Twilio's list bear its time; those that bear ours do not count."""

MIGRATIONS: Final = (_FIRST, _BY_TWILIOS_CLOCK)
"""What makes each version of the layout from the one before. Only ever append."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the ledger in a file, with the newest layout.

    Args:
        path: made if there is none, unless it is only to be read.
        read_only: whether to look without changing anything, also while another process works on it.

    Raises:
        OutboxError: it cannot be used; the class and the message say what to do about it.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise OutboxError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 is needed; use a newer Python")
    if read_only and not path.is_file():
        raise OutboxError(f"{path} does not exist: there is no outbox to look at")
    if not read_only:
        _made_private(path)
    try:
        connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise translated(error, path) from None
    try:
        _prepare(connection, path, read_only=read_only)
    except sqlite3.Error as error:
        connection.close()
        raise translated(error, path) from None
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION and (application != 0 or tables):
        raise OutboxUnreadable(f"{path} is a SQLite file, and no outbox: give another path")
    if not read_only and connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise OutboxError(f"{path} lies where SQLite cannot keep a write-ahead log: put it on a local disk")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA trusted_schema = OFF")
    _migrate(connection, path, read_only=read_only)
    if path.stat().st_size <= QUICKLY_CHECKED:
        damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise OutboxUnreadable(f"{path} is damaged ({damage}): restore it from a copy")
    if read_only:
        connection.execute("PRAGMA query_only = ON")


def _migrate(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise OutboxVersion(f"{path} was made by a newer version of twilio_async: upgrade it")
    if read_only and version < len(MIGRATIONS):
        raise OutboxVersion(f"{path} was made by an older version of twilio_async: open it for sending once")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {number};"
        connection.executescript(f"BEGIN IMMEDIATE; {script} {marks} COMMIT;")


def _made_private(path: Path) -> None:
    """Make the file, if there is none, readable by its owner alone: it holds numbers and texts of people."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except IsADirectoryError:
        raise OutboxUnreadable(f"{path} is a folder: give the path of a file in it") from None
    except FileNotFoundError:
        raise OutboxError(f"{path.parent} does not exist: make that folder first") from None
    except PermissionError:
        raise OutboxReadOnly(f"{path} cannot be written: mend its permissions, or give another path") from None
    except OSError as error:
        raise translated_os(error, path) from None


# --- one process at a time -----------------------------------------------------------------------------------------------


class Lock:
    """Keeps every other process out of the file, and ends with this one however it ends.

    It is a file beside the ledger: SQLite has locks of its own on the ledger, which closing any other handle would drop.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        try:
            self._handle = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:
            raise OutboxError(f"{path.parent} does not exist: make that folder first") from None
        except OSError as error:
            raise translated_os(error, path) from None
        try:
            _lock(self._handle)
        except OSError:
            owner = os.read(self._handle, 20).decode("ascii", "replace").strip("\n\0 ")
            os.close(self._handle)
            raise OutboxLocked(
                f"{path} is in use{f' by process {owner}' if owner.isdecimal() else ''}: let it end first, "
                "or keep the outbox in PostgreSQL, which many processes can share"
            ) from None
        try:
            os.ftruncate(self._handle, 0)
            os.write(self._handle, f"{os.getpid()}\n".encode())
        except OSError as error:
            self.release()
            raise translated_os(error, path) from None

    def release(self) -> None:
        """Let others in. Safe to repeat. The file stays: whoever took it away might take another's."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, 1 << 20, os.SEEK_SET)  # beyond what is in it, which others are to read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


# --- errors --------------------------------------------------------------------------------------------------------------

_BY_NAME: Final[tuple[tuple[str, type[OutboxError], str], ...]] = (
    ("SQLITE_FULL", OutboxFull, "the disk is full: make room and run again, it goes on where it was"),
    ("SQLITE_IOERR", OutboxError, "the disk cannot be read or written: look at it, then run again"),
    ("SQLITE_READONLY", OutboxReadOnly, "cannot be written: mend its permissions and its folder's"),
    ("SQLITE_CANTOPEN", OutboxReadOnly, "cannot be opened: mend its permissions and its folder's"),
    ("SQLITE_PERM", OutboxReadOnly, "cannot be opened: mend its permissions and its folder's"),
    ("SQLITE_NOTADB", OutboxUnreadable, "is no outbox: give another path"),
    ("SQLITE_CORRUPT", OutboxUnreadable, "is damaged: restore it from a copy"),
    ("SQLITE_BUSY", OutboxLocked, "is locked by another program: close that first"),
    ("SQLITE_LOCKED", OutboxLocked, "is locked by another program: close that first"),
)


def translated(error: sqlite3.Error, path: Path) -> OutboxError:
    """What a person can do about one of SQLite's errors."""
    name: str = getattr(error, "sqlite_errorname", None) or ""
    for prefix, kind, what in _BY_NAME:
        if name.startswith(prefix):
            return kind(f"{path} {what}" if not what.startswith("the disk") else f"{path}: {what}", operation="outbox")
    return OutboxError(f"{path}: {name or type(error).__name__}: {error}", operation="outbox")


def translated_os(error: OSError, path: Path) -> OutboxError:
    """The same of the system's."""
    import errno

    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutboxFull(f"{path}: the disk is full: make room and run again", operation="outbox")
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return OutboxReadOnly(f"{path} cannot be written: mend its permissions, or give another path", operation="outbox")
    return OutboxError(f"{path}: {error.strerror}", operation="outbox")


def tidy(connection: sqlite3.Connection) -> None:
    """Write the log back into the file before it is closed."""
    with contextlib.suppress(sqlite3.Error):  # then the next to open it does
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
