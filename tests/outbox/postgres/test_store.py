"""The shared ledger: what several processes do with it at once. That it does what every ledger does is in `test_store`."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.outbox.conformance import draft
from tests.outbox.postgres.conftest import Opener, begun, claimed, states
from twilio_async.errors import ConfigError
from twilio_async.outbox.errors import OutboxClosed, OutboxReadOnly, OutboxUnreachable, OutboxUnreadable
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.postgres import PostgresStore

ACCEPTED = Settlement(event="accept", sid="SM1")


async def test_workers_claim_disjointly(another: Opener) -> None:
    """Each row comes into one hand, and all come into some."""
    stores = [await another() for _ in range(3)]
    await stores[0].add("spring", [draft(str(number), sender=f"S{number % 2}") for number in range(300)])

    async def claim_all(store: PostgresStore, owner: str) -> list[int]:
        found: list[int] = []
        while rows := await claimed(store, owner, limit=7):
            found += [row.id for row in rows]
        return found

    hands = await asyncio.gather(*(claim_all(store, str(number)) for number, store in enumerate(stores)))
    assert sorted(number for hand in hands for number in hand) == sorted(
        row.id for row in await stores[0].rows((), campaign=None, limit=999)
    )
    assert all(hands)


async def test_rows_in_hand_are_told_though_the_database_went_away(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim takes several steps; whoever was not told of the first would keep everybody from its rows."""

    async def away(*_: object) -> None:
        raise OutboxUnreachable("away")

    await store.add("spring", [draft("a"), draft("b")])
    monkeypatch.setattr(store, "_next_in", away)
    found = await store.claim("me", campaign=None, limit=1, lease=60.0)
    assert ([row.key for row in found.rows], found.next_in) == (["a"], 0.0)
    with pytest.raises(OutboxUnreachable):
        await store.claim("me", campaign=None, limit=5, lease=60.0, quotas={found.rows[0].sender: 0})


async def test_a_frozen_worker_may_not_settle_what_another_has_now(another: Opener) -> None:
    """It wakes up after its lease, and the row has been another's since."""
    frozen, other = await another(), await another()
    (mine,) = await begun(frozen, "a")
    await other.sweep(everything=True)  # as if its lease were over
    await other.settle(mine, Settlement(event="put_back"))
    (theirs,) = await claimed(other, "other")
    assert await other.begin([theirs], lease=60.0) == {theirs.id}
    assert not await frozen.settle(mine, ACCEPTED)
    assert await frozen.begin([mine], lease=60.0) == set()
    assert await other.settle(theirs, Settlement(event="accept", sid="SM2"))


async def test_rows_added_by_two_at_once_are_stored_once(another: Opener) -> None:
    """Whoever comes second finds them known."""
    stores = [await another() for _ in range(2)]
    drafts = [draft(str(number)) for number in range(200)]
    added = await asyncio.gather(
        *(store.add("spring", batch) for store, batch in zip(stores, (drafts, drafts[::-1]), strict=True))
    )
    assert sum(each.added for each in added) == 200
    assert sum(each.known for each in added) == 200
    assert not sum(each.changed for each in added)
    assert (await stores[0].progress("spring")).rows == {"pending": 200}


async def test_a_row_that_another_is_about_to_add_is_waited_for(store: PostgresStore, dsn: str) -> None:
    """And known, with the content that it has there."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await store.add("spring", [draft("z")])
        await store.add_within(connection, "spring", [draft("a")])
        adding = asyncio.ensure_future(store.add("spring", [draft("b"), draft("a", payload="{}")]))
        await waits_for_a_lock(dsn)
        await connection.commit()
    added = await adding
    assert (added.added, added.known, added.changed) == (1, 1, 1)


async def test_an_order_and_its_text_are_committed_together(store: PostgresStore, dsn: str) -> None:
    """Within the user's own transaction."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await connection.execute("CREATE TABLE orders (id integer)")
        async with connection.transaction():
            await connection.execute("INSERT INTO orders VALUES (1)")
            assert (await store.add_within(connection, "orders", [draft("1")])).added == 1
            assert await states(store) == {}
    assert await states(store) == {"1": "pending"}


async def test_an_order_that_fails_sends_no_text(store: PostgresStore, dsn: str) -> None:
    """Nothing remains of it, and the row can be added later."""
    with pytest.raises(ZeroDivisionError):
        async with await psycopg.AsyncConnection.connect(dsn) as connection, connection.transaction():
            await store.add_within(connection, "orders", [draft("1")])
            raise ZeroDivisionError
    assert await states(store) == {}
    assert await claimed(store) == []
    assert (await store.add("orders", [draft("1")])).added == 1
    assert len(await claimed(store)) == 1


async def test_a_connection_that_commits_by_itself_is_refused(store: PostgresStore, dsn: str) -> None:
    """Unless a transaction is open on it: otherwise the text would be there without the order."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        with pytest.raises(ConfigError, match="commits by itself"):
            await store.add_within(connection, "orders", [draft("1")])
        async with connection.transaction():
            assert (await store.add_within(connection, "orders", [draft("1")])).added == 1
    with pytest.raises(ConfigError, match="AsyncConnection"):
        await store.add_within("postgresql://", "orders", [draft("1")])  # type: ignore[arg-type]


async def test_a_connection_to_another_database_is_told(store: PostgresStore, dsn: str) -> None:
    """It has no ledger."""
    async with await psycopg.AsyncConnection.connect(dsn, dbname="postgres") as connection:
        with pytest.raises(OutboxUnreadable):
            await store.add_within(connection, "orders", [draft("1")])


async def test_whoever_is_cancelled_while_an_intent_is_noted_can_take_it_back(store: PostgresStore, dsn: str) -> None:
    """What is asked next comes after it, so that no row is left on the wire that was never sent."""
    await store.add("spring", [draft("a")])
    (row,) = await claimed(store)
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        await connection.execute("SELECT FROM twilio_async.messages FOR UPDATE")
        asked = asyncio.ensure_future(store.begin([row], lease=60.0))
        await waits_for_a_lock(dsn)
        asked.cancel()
        await asyncio.sleep(0)
        assert not asked.done()
        await connection.rollback()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await store.settle(row, Settlement(event="put_back"))
    assert await states(store) == {"a": "pending"}


async def test_what_is_asked_at_the_same_time_is_noted_together_and_told_apart(store: PostgresStore) -> None:
    """Many intents and outcomes, some of which are refused."""
    await store.add("spring", [draft(str(number)) for number in range(60)])
    rows = await claimed(store)
    await store.release(rows[:20])
    begun = await asyncio.gather(*(store.begin([row], lease=60.0) for row in rows))
    assert begun == [set()] * 20 + [{row.id} for row in rows[20:]]
    settled = await asyncio.gather(
        *(store.settle(row, Settlement(event="accept", sid=f"SM{row.id}")) for row in rows),
        *(store.settle(row, Settlement(event="reject", code=21211)) for row in rows[:30]),
    )
    assert settled == [False] * 20 + [True] * 40 + [False] * 30
    assert (await store.progress(None)).rows == {"pending": 20, "accepted": 40}


async def test_one_message_of_two_rows_spoils_no_other_outcome(store: PostgresStore) -> None:
    """A server that names a message twice is believed the first time."""
    rows = await begun(store, "a", "b", "c")
    sids = ["SM1", "SM1", "SM3"]
    assert all(
        await asyncio.gather(
            *(store.settle(row, Settlement(event="accept", sid=sid)) for row, sid in zip(rows, sids, strict=True))
        )
    )
    kept = await store.rows((), campaign=None)
    assert [row.state for row in kept] == ["accepted"] * 3
    assert sorted(str(row.sid) for row in kept) == ["None", "SM1", "SM3"]


async def test_rows_put_back_are_found_again(store: PostgresStore) -> None:
    """Also those that lie before the place up to which was claimed."""
    await store.add("spring", [draft(str(number)) for number in range(10)])
    first = await claimed(store, limit=4)
    await claimed(store, limit=3)
    await store.release(first)
    assert {row.key for row in await claimed(store, limit=7)} == {"0", "1", "2", "3", "7", "8", "9"}


async def test_strange_text_is_stored(store: PostgresStore) -> None:
    """Whatever a server says, an outcome is not lost for it."""
    first, second = await begun(store, "a", "b")
    assert await store.settle(first, Settlement(event="lose", code=10**12, reason="what\0 is \ud800 this"))
    assert await store.settle(second, Settlement(event="accept", sid="SM\0" + "9" * 5000))
    assert await store.observe("spr\0ing", "a\ud800", sid="SM3", status="s\0", code=-(10**12)) == "stranger"
    assert await store.known_sids(["\0", "\ud800"]) == set()
    assert await states(store) == {"a": "unknown", "b": "accepted"}


async def test_every_commit_waits_for_the_disk(store: PostgresStore) -> None:
    """Even if the database's default is to be quick; only bookings of rates may be lost."""
    show = b"SHOW synchronous_commit"
    assert await store._access.run(lambda sql: sql.fetch(show)) == [("on",)]
    assert await store._hurried.run(lambda sql: sql.fetch(show)) == [("off",)]


async def test_a_ledger_to_look_at_cannot_be_changed(another: Opener) -> None:
    """And has to be there already."""
    with pytest.raises(OutboxUnreadable, match="no outbox"):
        await another(read_only=True)
    await (await another()).add("spring", [draft("a")])
    onlooker = await another(read_only=True)
    assert await states(onlooker) == {"a": "pending"}
    with pytest.raises(OutboxReadOnly):
        await onlooker.add("spring", [draft("b")])


async def test_a_ledger_that_is_closed_says_so(another: Opener) -> None:
    """Closing it twice does no harm."""
    store = await another()
    await store.aclose()
    await store.aclose()
    with pytest.raises(OutboxClosed):
        await store.progress(None)


async def test_nothing_of_its_counts_is_lost_when_they_are_folded(another: Opener) -> None:
    """While others go on counting."""
    stores = [await another() for _ in range(3)]

    async def busy(store: PostgresStore, name: str) -> None:
        for number in range(20):
            await store.add(name, [draft(str(number), segments=2)])
            await store.sweep()

    await asyncio.gather(*(busy(store, f"c{number}") for number, store in enumerate(stores)))
    counts = await stores[0].progress(None)
    assert (counts.rows, counts.segments) == ({"pending": 60}, {"pending": 120})


async def waits_for_a_lock(dsn: str) -> None:
    """Return when somebody in the database waits for somebody else."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not (await connection.execute(waiting)).rowcount:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.005)
