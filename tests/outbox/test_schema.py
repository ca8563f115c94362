"""The file: opened safely, by one process at a time, and what is wrong with it is said with what to do about it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from twilio_async.outbox.errors import (
    OutboxError,
    OutboxFull,
    OutboxLocked,
    OutboxReadOnly,
    OutboxUnreadable,
    OutboxVersion,
)
from twilio_async.outbox.ledger import STATES
from twilio_async.outbox.schema import APPLICATION, CODES, MIGRATIONS, Lock, connect, translated, translated_os


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where there is no file yet."""
    return tmp_path / "outbox.db"


def test_nothing_that_was_noted_can_be_lost(path: Path) -> None:
    """A commit is on the disk when it returns: a write-ahead log, and full synchronisation."""
    connection = connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_nobody_else_may_read_it(path: Path) -> None:
    """It holds numbers and texts of people; so does what SQLite puts beside it."""
    old = os.umask(0)
    try:
        connection = connect(path)
        connection.execute("INSERT INTO campaigns (name) VALUES ('x')")
        modes = {found.name: found.stat().st_mode & 0o777 for found in path.parent.iterdir()}
    finally:
        os.umask(old)
    connection.close()
    assert modes == {"outbox.db": 0o600, "outbox.db-wal": 0o600, "outbox.db-shm": 0o600}


def test_opening_again_changes_nothing(path: Path) -> None:
    """The layout is made once."""
    connect(path).close()
    before = path.read_bytes()
    connection = connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()
    assert path.read_bytes() == before


def test_an_older_layout_is_brought_up_to_date(path: Path) -> None:
    """Its rows stay; looks at Twilio's list that bear this machine's time count no more. Whoever only looks is refused."""
    old = sqlite3.connect(path, isolation_level=None)
    old.executescript(
        MIGRATIONS[0] + f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 1; PRAGMA journal_mode = WAL"
    )
    old.executescript("INSERT INTO campaigns (name) VALUES ('spring'); INSERT INTO senders (name) VALUES ('+15017122661')")
    old.executemany(
        "INSERT INTO rows (campaign, key, sender, recipient, payload, segments, added_at, state, absent_at) "
        "VALUES (1, ?, 1, '+15558675310', '{}', 1, 0, ?, 1700000000.0)",
        [(state, CODES[state]) for state in ("unknown", "absent", "accepted")],
    )
    old.close()
    with pytest.raises(OutboxVersion, match="open it for sending once"):
        connect(path, read_only=True)
    connection = connect(path)
    found = connection.execute("SELECT key, asked_at, absent_at FROM rows ORDER BY id").fetchall()
    connection.close()
    assert found == [("unknown", None, None), ("absent", None, None), ("accepted", None, 1_700_000_000.0)]
    connect(path, read_only=True).close()


def test_states_keep_their_numbers() -> None:
    """Files of earlier versions hold them."""
    assert [CODES[state] for state in STATES] == list(range(11))
    assert STATES[:4] == ("pending", "claimed", "sending", "unknown")


def of_another_program(path: Path) -> None:
    """A SQLite file."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()


def of_a_newer_version(path: Path) -> None:
    """An outbox."""
    connection = connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def damaged(path: Path) -> None:
    """An outbox in which something was overwritten."""
    connect(path).close()
    content = bytearray(path.read_bytes())
    content[4096:20000] = b"x" * (20000 - 4096)
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    """An outbox that was not copied to its end."""
    connect(path).close()
    path.write_bytes(path.read_bytes()[:9000])


BROKEN: list[tuple[Callable[[Path], object], type[OutboxError], str]] = [
    (lambda path: path.write_text("to,body\n+1555,Hi\n" * 100), OutboxUnreadable, "is no outbox: give another path"),
    (of_another_program, OutboxUnreadable, "is a SQLite file, and no outbox"),
    (of_a_newer_version, OutboxVersion, "newer version of twilio_async: upgrade it"),
    (damaged, OutboxUnreadable, "restore it from a copy"),
    (cut_off, OutboxUnreadable, "restore it from a copy"),
    (lambda path: path.mkdir(), OutboxUnreadable, "is a folder"),
]


@pytest.mark.parametrize(("make", "kind", "words"), BROKEN, ids=lambda value: getattr(value, "__name__", str(value))[:20])
def test_what_is_wrong_with_a_file_is_said(
    make: Callable[[Path], object], kind: type[OutboxError], words: str, path: Path
) -> None:
    """With its path and what to do; and it is left as it is."""
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(kind, match=words) as caught:
        connect(path)
    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_folder_that_is_not_there_is_named(path: Path) -> None:
    """It is not made: the path may be misspelt."""
    with pytest.raises(OutboxError, match="does not exist: make that folder first"):
        Lock(path / "deep" / "outbox.db")
    with pytest.raises(OutboxError, match="does not exist: make that folder first"):
        connect(path / "deep" / "outbox.db")


def test_one_process_at_a_time(path: Path) -> None:
    """A second is told which one has it, and may have it when that has ended, however it ended."""
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom twilio_async.outbox.schema import Lock\n"
        "lock = Lock(Path(sys.argv[1]))\nprint('mine', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"mine\n"
        with pytest.raises(OutboxLocked, match=f"in use by process {other.pid}: let it end first"):
            Lock(path)
        other.kill()
        other.wait()
    lock = Lock(path)
    with pytest.raises(OutboxLocked, match=str(os.getpid())):
        Lock(path)
    lock.release()
    lock.release()
    Lock(path).release()


def test_looking_needs_a_file(path: Path) -> None:
    """It makes none."""
    with pytest.raises(OutboxError, match="no outbox to look at"):
        connect(path, read_only=True)
    assert not path.exists()


def test_looking_changes_nothing(path: Path) -> None:
    """Whatever is asked."""
    connect(path).close()
    connection = connect(path, read_only=True)
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("INSERT INTO campaigns (name) VALUES ('x')")
    assert isinstance(translated(caught.value, path), OutboxReadOnly)
    connection.close()


def test_a_full_disk_is_told(path: Path) -> None:
    """By SQLite or by the system."""
    connection = connect(path)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.executemany("INSERT INTO campaigns (name) VALUES (?)", ((str(n) * 100,) for n in range(1000)))
    assert isinstance(translated(caught.value, path), OutboxFull)
    connection.close()
    assert isinstance(translated_os(OSError(28, "No space left on device"), path), OutboxFull)


@pytest.mark.parametrize(("number", "kind"), [(13, OutboxReadOnly), (30, OutboxReadOnly), (5, OutboxError)])
def test_the_systems_errors_are_told(number: int, kind: type[OutboxError], path: Path) -> None:
    """With the path."""
    error = translated_os(OSError(number, "oops"), path)
    assert type(error) is kind
    assert str(path) in str(error)


def test_an_error_that_nobody_foresaw_keeps_its_name(path: Path) -> None:
    """It can be looked up."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute("SELECT * FROM nowhere")
    assert "nowhere" in str(translated(caught.value, path))
    connection.close()
