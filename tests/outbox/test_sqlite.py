"""The embedded ledger: what it holds outlives the process, and nobody works on it twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.outbox.conformance import Hand, draft, everything
from twilio_async.outbox.errors import OutboxClosed, OutboxError, OutboxFull, OutboxLocked
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where there is no file yet."""
    return tmp_path / "outbox.db"


async def test_everything_outlives_it(path: Path) -> None:
    """Rows, pauses, rests, counters."""
    clock = Hand()
    store = await SqliteStore.open(path, clock=clock)
    await store.add("spring", [draft("a"), draft("b", sender="B"), draft("c", sender="C")])
    await store.rest("B", 60.0)
    (row,) = (await store.claim("me", campaign=None, limit=1, lease=60.0, quotas={"B": 0, "C": 0})).rows
    await store.begin([row], lease=60.0)
    await store.settle(row, Settlement(event="accept", sid="SM1"))
    rows, counts = await everything(store), await store.progress(None)
    await store.pause("spring", paused=True)
    await store.aclose()

    store = await SqliteStore.open(path, clock=clock)
    assert await everything(store) == rows
    assert await store.progress(None) == counts
    assert (await store.claim("me", campaign=None, limit=9, lease=60.0)).next_in is None
    await store.pause("spring", paused=False)
    assert [row.key for row in (await store.claim("me", campaign=None, limit=9, lease=60.0)).rows] == ["c"]
    await store.aclose()


async def test_what_a_dead_process_had_in_hand_is_put_in_order(path: Path) -> None:
    """Whatever its lease: nobody else can be at work. Unsent is pending, on the wire is unknown."""
    store = await SqliteStore.open(path)
    await store.add("spring", [draft("a"), draft("b")])
    rows = (await store.claim("me", campaign=None, limit=9, lease=1e6)).rows
    await store.begin(rows[:1], lease=1e6)
    await store.aclose()
    store = await SqliteStore.open(path)
    assert {row.key: row.state for row in await everything(store)} == {"a": "unknown", "b": "pending"}
    assert (await store.rows(["unknown"], campaign=None))[0].reason == "its worker went away while it was on the wire"
    await store.aclose()


async def test_one_at_a_time_but_anybody_may_look(path: Path) -> None:
    """While it is worked on, its progress can be seen from elsewhere."""
    store = await SqliteStore.open(path)
    with pytest.raises(OutboxLocked):
        await SqliteStore.open(path)
    await store.add("spring", [draft("a")])
    looking = await SqliteStore.open(path, read_only=True)
    assert (await looking.progress(None)).rows == {"pending": 1}
    await store.add("spring", [draft("b")])
    assert (await looking.progress(None)).rows == {"pending": 2}
    with pytest.raises(OutboxError):
        await looking.add("autumn", [draft("c")])
    assert len(await looking.rows((), campaign="spring")) == 2
    await looking.aclose()
    await store.aclose()


def test_a_file_that_cannot_be_opened_is_not_kept_locked(path: Path) -> None:
    """Whoever mends it can go on at once."""

    async def opened() -> None:
        await (await SqliteStore.open(path)).aclose()

    path.write_text("no database" * 100)
    with pytest.raises(OutboxError):
        asyncio.run(opened())
    path.unlink()
    asyncio.run(opened())


async def test_closed_is_closed(path: Path) -> None:
    """Twice is no harm, and nothing is left beside the file but its lock."""
    store = await SqliteStore.open(path)
    await store.add("spring", [draft("a")])
    await store.aclose()
    await store.aclose()
    with pytest.raises(OutboxClosed):
        await store.progress(None)
    assert {found.name for found in path.parent.iterdir()} == {"outbox.db", "outbox.db.lock"}


async def test_whoever_is_cancelled_while_it_opens_or_closes_leaves_nothing_open(path: Path) -> None:
    """Its thread goes on, and would keep the file from everybody else."""
    for _ in range(2):
        opening = asyncio.create_task(SqliteStore.open(path))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    store = await SqliteStore.open(path)
    closing = asyncio.create_task(store.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await store.aclose()
    await (await SqliteStore.open(path)).aclose()


async def test_a_full_disk_loses_nothing(path: Path) -> None:
    """What does not fit is refused as a whole, what was there stays, and with room it goes on."""
    store = await SqliteStore.open(path)
    await store.add("spring", [draft("a")])
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [draft(str(number), payload="x" * 1000) for number in range(100)]
    with pytest.raises(OutboxFull, match="make room and run again"):
        await store.add("spring", many)
    assert (await store.progress(None)).rows == {"pending": 1}
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert (await store.add("spring", many)).added == 100
    assert (await store.progress(None)).rows == {"pending": 101}
    await store.aclose()


async def test_those_who_ask_together_are_told_apart(path: Path) -> None:
    """Many tasks at once, each with its own row."""
    store = await SqliteStore.open(path)
    await store.add("spring", [draft(str(number)) for number in range(50)])
    rows = (await store.claim("me", campaign=None, limit=50, lease=60.0)).rows

    async def sent(number: int) -> bool:
        assert await store.begin([rows[number]], lease=60.0) == {rows[number].id}
        return await store.settle(rows[number], Settlement(event="accept", sid=f"SM{number}"))

    assert all(await asyncio.gather(*map(sent, range(50))))
    assert {row.sid for row in await everything(store)} == {f"SM{number}" for number in range(50)}
    assert repr(store) == f"<SqliteStore {str(path)!r}>"
    await store.aclose()
